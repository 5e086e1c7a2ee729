"""The negotiation file of a provider: its proposals with their effect, its notes, one on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from entraide.apps.care_control.negotiation_figures import Comparison, comparison_of
from entraide.apps.nomenclature.selectors import find_care_items
from entraide.apps.providers.models import Provider
from entraide.apps.providers.negotiation import (
    notes_of,
    proposal_seen,
    proposals_of,
    proposed_lines,
    record_note,
    record_proposal,
)
from entraide.apps.providers.negotiation_models import PriceProposal
from entraide.apps.providers.prices import PriceShown, prices_on
from entraide.apps.providers.register import provider_seen
from entraide.apps.providers.selectors import agreement_on, care_systems
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.negotiation import NoteKind
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.providers.negotiation_forms import (
    NOTE_KINDS,
    SIDES,
    AgreedForm,
    NoteForm,
    ProposalForm,
)
from entraide.web.refusals import show_refusal

NEGOTIATORS = (Right.KEEP_PROVIDERS, Right.APPROVE_CONVENTION)
ITEMS_OFFERED = 600
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal of the list: who, its effect, whether it was agreed to."""

    proposal: PriceProposal
    side: str
    comparison: Comparison
    is_agreed: bool


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def negotiation(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was proposed, what it would cost, what was said, what was agreed."""
    provider = provider_seen(request.mutual, uid)
    notes = list(notes_of(request.mutual, provider))
    agreed = {each.proposal_id for each in notes if each.proposal_id is not None}
    proposals = [
        ProposalShown(
            each, str(SIDES.get(each.side, each.side)), _compared(request, each),
            each.pk in agreed,
        )
        for each in proposals_of(request.mutual, provider)
    ]  # fmt: skip
    context = {
        "provider": provider,
        "agreement": agreement_on(provider, request.day),
        "proposals": proposals,
        "notes": [(each, NOTE_KINDS.get(each.kind, each.kind)) for each in notes],
        "may_keep": Right.KEEP_PROVIDERS in request.rights and provider.state != "refused",
    }
    return render(request, "web/providers/negotiation.html", context)


def _compared(request: OfficeRequest, proposal: PriceProposal) -> Comparison:
    """Beside the twelve months before the proposal's own day: what it said does not move."""
    lines = proposed_lines(proposal)
    return comparison_of(request.mutual, proposal.provider, lines, proposal.proposed_on)


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def propose(request: OfficeRequest, uid: str) -> HttpResponse:
    """Prices and terms that one side proposes."""
    provider = provider_seen(request.mutual, uid)
    systems = care_systems()
    form = ProposalForm(
        request.POST or None, shown=_prices(request, provider), systems=systems,
        currency=request.mutual.currency, initial={"proposed_on": request.day},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = record_proposal(
                provider=provider, **form.proposal(), **command_arguments(request)
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The proposal is in the file."))
            return redirect(office_url(request, "price-proposal", uid=made.uid))
    context = {
        "form": form,
        "provider": provider,
        "items": find_care_items("", systems=systems, limit=ITEMS_OFFERED),
    }
    status = 422 if form.errors else 200
    return render(request, "web/providers/propose.html", context, status=status)


def _prices(request: OfficeRequest, provider: Provider) -> list[PriceShown]:
    agreement = agreement_on(provider, request.day)
    if agreement is None or agreement.tariff_list is None:
        return []
    return prices_on(agreement.tariff_list, request.day)


@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def proposal(request: OfficeRequest, uid: str) -> HttpResponse:
    """One proposal beside the twelve months before it; sent back, it is agreed to."""
    shown = proposal_seen(request.mutual, uid)
    may_keep = Right.KEEP_PROVIDERS in request.rights
    is_sent = request.method == "POST" and may_keep
    form = AgreedForm(
        request.POST if is_sent else None,
        initial={"said_on": request.day, "text": shown.terms},
    )
    if is_sent and form.is_valid() and carried_out(
        form,
        lambda: record_note(
            provider=shown.provider, kind=NoteKind.AGREEMENT.value, proposal=shown,
            **form.cleaned_data, **command_arguments(request),
        ),
    ):  # fmt: skip
        notify(request, _("The agreement is in the file; prices are approved apart."))
        return redirect(office_url(request, "price-proposal", uid=shown.uid))
    agreement = agreement_on(shown.provider, request.day)
    context = {
        "proposal": shown,
        "provider": shown.provider,
        "side": SIDES.get(shown.side, shown.side),
        "comparison": _compared(request, shown),
        "agreements": list(shown.agreements.select_related("entered_by").order_by("id")),
        "list": agreement.tariff_list if agreement is not None else None,
        "form": form,
        "may_keep": may_keep,
    }
    return render(
        request, "web/providers/proposal.html", context, status=422 if form.errors else 200
    )


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def note(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was said at a meeting; it stays as written."""
    provider = provider_seen(request.mutual, uid)
    form = NoteForm(request.POST or None, initial={"said_on": request.day})
    back = office_url(request, "negotiation", uid=provider.uid)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: record_note(
            provider=provider, **form.cleaned_data, **command_arguments(request)
        ),
    ):  # fmt: skip
        notify(request, _("The note is in the file."))
        return redirect(back)
    return form_page(
        request, form, title=_("A note"), verb=_("Keep the note"),
        lede=_("It stays as written, with your name; a mistake is told by a further note."),
        back=back, way=_("Negotiation"), step=provider.name,
        step_url=office_url(request, "provider", uid=provider.uid),
    )  # fmt: skip


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def proposal_sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """The comparison on paper, to lay on the table."""
    shown = proposal_seen(request.mutual, uid)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    compared = _compared(request, shown)

    def told(minor: int | None, *, sign: bool = False) -> str:
        if minor is None:
            return writing.ABSENT
        return writing.amount(minor, currency, language, sign=sign)

    rows = tuple(
        (
            line.care_item.label, told(effect.agreed_minor), told(effect.proposed_minor),
            writing.number(effect.quantity, language), told(effect.asked_minor),
            told(effect.effect_minor, sign=True),
        )
        for line, effect in compared.lines
    )  # fmt: skip
    who = _("Proposed on %(day)s by %(side)s (%(person)s).") % {
        "day": writing.day(shown.proposed_on, language),
        "side": SIDES.get(shown.side, shown.side), "person": shown.said_by,
    }  # fmt: skip
    total = _("Effect in all: %(amount)s") % {
        "amount": writing.money(compared.effect.effect_minor, currency, language, sign=True)
    }
    content = letters_pdf(
        [
            Paper(
                title=_("Proposed prices: %(provider)s") % {"provider": shown.provider.name},
                before=(
                    who, writing.period(compared.start, compared.until, language), formula(),
                    *([shown.terms] if shown.terms else []),
                ),
                head=(_("Act or drug"), _("Price today"), _("Proposed"),
                      pgettext("an act", "Times"), _("Asked for"), _("Effect")),
                rows=rows, total=total, wide=(0,),
                signs=(_("For the provider, signature and stamp"),
                       _("For the mutual, signature and stamp")),
            )
        ],
        title=_("Proposed prices"), mutual=request.mutual.name, place=request.mutual.place,
        day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="proposition-{shown.provider.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def formula() -> str:
    """How the effect is counted, in words."""
    return _(
        "Effect of an act = number in these months × proposed price − what was asked for it in "
        "these months. It supposes the same acts as often."
    )

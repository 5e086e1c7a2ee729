"""The health administration of a convention, and the sheet of its area that the office gives it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.care_control.area_share import Shared, SharedRow, shared_with
from entraide.apps.nomenclature.places import area_label
from entraide.apps.providers.conventions import convention_seen
from entraide.apps.providers.parties import add_party, party_seen, withdraw_party
from entraide.apps.providers.party_models import ConventionParty
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.suppression import SMALLEST_SHOWN
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.files.flat_csv import amount, csv_file
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField, read_count
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.forms import text_input
from entraide.web.providers.negotiation import NEGOTIATORS
from entraide.web.providers.wording import ADMINISTRATIONS
from entraide.web.report.extracts import CSV

_HIDDEN = "*"  # a count that is not told; a dash would say that there is none


class PartyForm(forms.Form):
    """An administration that signed, and where it watches over care."""

    name = forms.CharField(
        label=gettext_lazy("Name of the administration"), max_length=160, widget=text_input()
    )
    role = forms.ChoiceField(label=gettext_lazy("Level"), choices=list(ADMINISTRATIONS.items()))
    area = AreaField(
        label=gettext_lazy("Place"), may_propose=False,
        help_text=gettext_lazy("It may be given the totals of care in this place, nothing else."),
    )  # fmt: skip
    represented_by = forms.CharField(
        label=gettext_lazy("Who signed for it"), max_length=160, widget=text_input()
    )
    signed_on = DayField(label=gettext_lazy("Signed on"))

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].within_mutual(mutual)  # type: ignore[attr-defined]


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def add(request: OfficeRequest, uid: str) -> HttpResponse:
    """Another signatory of a convention in force."""
    agreement = convention_seen(request.mutual, uid)
    form = PartyForm(
        request.POST or None, mutual=request.mutual, initial={"signed_on": request.day}
    )
    back = office_url(request, "convention", uid=agreement.uid)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        area = said.pop("area")
        if carried_out(
            form,
            lambda: add_party(
                agreement=agreement, area=area.area if area else None, **said,
                **command_arguments(request),
            ),
        ):  # fmt: skip
            notify(request, _("The signatory is recorded."))
            return redirect(back)
    return form_page(
        request, form, title=_("A signatory of the health administration"),
        verb=_("Record the signatory"), back=back, way=agreement.provider.name,
        step=_("Conventions"), step_url=office_url(request, "conventions"),
    )  # fmt: skip


@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def party(request: OfficeRequest, uid: str) -> HttpResponse:
    """What is given to an administration, as it is given; sent back, it is withdrawn."""
    shown = party_seen(request.mutual, uid)
    if request.method == "POST" and Right.KEEP_PROVIDERS in request.rights:
        try:
            withdraw_party(party=shown, **command_arguments(request))
        except Refusal as refusal:
            notify(request, told(refusal), kind="bad")
        else:
            notify(request, _("The signatory is withdrawn."))
        return redirect(office_url(request, "convention-party", uid=shown.uid))
    shared = _shared(request, shown)
    labels = _labels(shared, request.LANGUAGE_CODE)
    context = {
        "party": shown,
        "role": ADMINISTRATIONS.get(shown.role, shown.role),
        "place": area_label(shown.area),
        "shared": shared,
        "labels": labels,
        "rows": [(each, list(zip(labels, each.cells, strict=True))) for each in shared.rows],
        "smallest": SMALLEST_SHOWN,
        "last_year": request.day.year - 1,
        "may_keep": Right.KEEP_PROVIDERS in request.rights and shown.withdrawn_on is None,
    }
    return render(request, "web/providers/party.html", context)


def _shared(request: OfficeRequest, shown: ConventionParty) -> Shared:
    """The year asked for, a whole one that is over; the last one by itself."""
    last = request.day.year - 1
    year = read_count(request.GET.get("annee", ""), most=last)
    return shared_with(request.mutual, shown, year if year >= last - 9 else last)


def _labels(shared: Shared, language: str) -> list[str]:
    return [each.label_fr if language == "fr" else each.label_en for each in shared.categories]


def _given(request: OfficeRequest, uid: str) -> tuple[ConventionParty, Shared]:
    """What leaves the mutual for an administration: only while it is a party, and journalled."""
    shown = party_seen(request.mutual, uid)
    if shown.withdrawn_on is not None:
        raise Refusal("PARTY_WITHDRAWN", day=shown.withdrawn_on)
    shared = _shared(request, shown)
    record_audit(
        kind=AuditKind.EXPORT, mutual=request.mutual, actor=request.user,
        subject=f"care of {shared.year} for {shown.name}",
        details={"party": shown.uid, "year": shared.year, "rows": len(shared.rows),
                 "hidden": shared.hidden_count},
    )  # fmt: skip
    return shown, shared


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def file(request: OfficeRequest, uid: str) -> HttpResponse:
    """The table of a year as a file."""
    _party, shared = _given(request, uid)
    currency = request.mutual.currency

    def money(minor: int | None) -> str:
        return _HIDDEN if minor is None else amount(minor, currency) or ""

    heads = ["prestataire", *(each.code for each in shared.categories), "total", "demande",
             "a_payer"]  # fmt: skip
    lines = [
        [row.provider.name, *_counts(row), money(row.asked_minor), money(row.payable_minor)]
        for row in shared.rows
    ]
    name = f"{request.mutual.code}-soins-{shared.year}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(csv_file(heads, lines), content_type=CSV, headers=headers)


def _counts(row: SharedRow) -> list[str]:
    return [_HIDDEN if each is None else str(each) for each in (*row.cells, row.total)]


@require_safe
@office_view(right=NEGOTIATORS, of_whole_mutual=True)
def sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """The table of a year on paper, with the boxes to sign."""
    shown, shared = _given(request, uid)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency

    def money(minor: int | None) -> str:
        return _HIDDEN if minor is None else writing.amount(minor, currency, language)

    content = letters_pdf(
        [
            Paper(
                title=_("Care in %(year)d: %(place)s")
                % {"year": shared.year, "place": area_label(shown.area)},
                to=(shown.name, shown.represented_by),
                before=(meaning(),),
                head=(_("Provider"), *_labels(shared, language), _("Total"),
                      _("Asked for"), _("Owed after decision")),
                rows=tuple(
                    (row.provider.name, *_counts(row), money(row.asked_minor),
                     money(row.payable_minor))
                    for row in shared.rows
                ),
                wide=(0,),
                signs=(_("For the mutual, signature and stamp"),),
            )
        ],
        title=_("Care of an area"), mutual=request.mutual.name, place=request.mutual.place,
        day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="soins-{shared.year}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def meaning() -> str:
    """How the table is counted and what a star says, in words."""
    return _(
        "Persons treated, each once for a category and a provider, under convention with the "
        "mutual. A star hides fewer than %(n)d persons, and what would tell them by subtraction."
    ) % {"n": SMALLEST_SHOWN}

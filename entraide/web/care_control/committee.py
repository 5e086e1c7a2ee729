"""« Comité de suivi »: its file in one action, its minutes, its decisions and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.care_control.committee import (
    close_decision,
    decision_for,
    decisions_of,
    meeting_for,
    meetings_of,
    open_decisions,
    record_decision,
    record_meeting,
)
from entraide.apps.care_control.recoveries import open_recoveries
from entraide.apps.care_control.scorecards import (
    Scorecard,
    reductions_of,
    scorecards,
    share_of,
)
from entraide.apps.providers.breaches import breaches_of
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.care_control.periods import Asked, asked_period
from entraide.web.care_control.scorecards import figures_of, measure_told, refused_told
from entraide.web.claims.reasons import reason_name
from entraide.web.fields import DayField, LastDayField, is_uid
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.pathologies import costs_of_pathologies
from entraide.web.providers.wording import (
    CLAUSES,
    LEVELS,
    SECTOR_CHOICES,
    breach_state,
    convention_state,
)
from entraide.web.refusals import show_refusal

MONTHS = 6
MOST_REASONS = 5
READERS = (Right.CONTROL_CARE, Right.READ_REPORTS, Right.KEEP_PROVIDERS)


class MeetingForm(forms.Form):
    """A sitting: when, about which months, who was there, what was said."""

    held_on = DayField(label=gettext_lazy("Held on"))
    period_from = DayField(label=gettext_lazy("About care from"))
    period_until = LastDayField(label=gettext_lazy("until"))
    present = forms.CharField(label=gettext_lazy("Present"), max_length=500)
    minutes = forms.CharField(
        label=pgettext_lazy("of a sitting", "Minutes"), widget=forms.Textarea(attrs={"rows": 8})
    )


class DecisionForm(forms.Form):
    """Something decided, who does it, until when, about which provider."""

    what = forms.CharField(label=gettext_lazy("What is decided"), max_length=500)
    responsible = forms.CharField(label=gettext_lazy("Who does it"), max_length=160)
    due_on = DayField(label=gettext_lazy("Due on"))
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._providers = {str(each.uid): each for each in agreed_providers(request.day)}
        self.fields["provider"].choices = [
            ("", _("All providers")),
            *((uid, each.name) for uid, each in self._providers.items()),
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command."""
        known = dict(self.cleaned_data)
        return known | {"provider": self._providers.get(known["provider"])}


@office_view(right=READERS, of_whole_mutual=True)
def committee(request: OfficeRequest) -> HttpResponse:
    """What is to be done, the sittings, the file of the next one; a form for the minutes."""
    asked = asked_period(request, MONTHS)
    may_write = Right.CONTROL_CARE in request.rights
    form = MeetingForm(
        request.POST or None,
        initial={
            "held_on": request.day, "period_from": asked.from_, "period_until": asked.until,
        },
    )  # fmt: skip
    if request.method == "POST" and may_write and form.is_valid():
        try:
            meeting = record_meeting(**command_arguments(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The minutes are kept. Write what was decided."))
            return redirect(office_url(request, "care-committee-meeting", uid=meeting.uid))
    context = {
        "open": [
            (each, each.due_on < request.day) for each in open_decisions(request.mutual)
        ],
        "meetings": meetings_of(request.mutual),
        "providers": [
            (str(each.uid), each.name) for each in agreed_providers(request.day)
        ],
        "form": form,
        "period_form": asked.form,
        "may_write": may_write,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "web/care_control/committee.html", context, status=status)


@office_view(right=READERS, of_whole_mutual=True)
def meeting(request: OfficeRequest, uid: str) -> HttpResponse:
    """The minutes of a sitting and its decisions; a form for one more."""
    shown = meeting_for(request.mutual, uid)
    may_write = Right.CONTROL_CARE in request.rights
    form = DecisionForm(request.POST or None, request=request)
    if request.method == "POST" and may_write and form.is_valid():
        try:
            record_decision(**command_arguments(request), meeting=shown, **form.content())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The decision is kept."))
            return redirect(office_url(request, "care-committee-meeting", uid=shown.uid))
    context = {
        "shown": shown,
        "rows": decisions_of(request.mutual).filter(meeting=shown),
        "form": form,
        "may_write": may_write,
    }
    status = 422 if form.errors else 200
    return render(request, "web/care_control/committee_meeting.html", context, status=status)


@require_POST
@office_view(right=Right.CONTROL_CARE, of_whole_mutual=True)
def done(request: OfficeRequest, uid: str) -> HttpResponse:
    """What came of a decision."""
    decision = decision_for(request.mutual, uid)
    outcome = request.POST.get("outcome", "")[:300]
    try:
        close_decision(**command_arguments(request), decision=decision, outcome=outcome)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("What came of it is kept."))
    return redirect(office_url(request, "care-committee"))


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def file(request: OfficeRequest) -> HttpResponse:
    """The whole file as one PDF: common pages, then a page for each provider, or for one."""
    asked = asked_period(request, MONTHS)
    uid = request.GET.get("provider", "")
    cards = scorecards(request.mutual, asked.from_, asked.until, on=request.day)
    chosen = [card for card in cards if not uid or str(card.provider.uid) == uid]
    if uid and not chosen and is_uid(uid):
        provider = Provider.objects.filter(uid=uid).first()
        if provider is None:
            raise Refusal("NOT_FOUND", record="provider", key=uid)
        chosen = scorecards(
            request.mutual, asked.from_, asked.until, on=request.day, provider=provider
        )
    record_audit(
        kind=AuditKind.MEDICAL_READING, mutual=request.mutual, actor=request.user,
        subject="costs of pathologies",
    )  # fmt: skip
    language = request.LANGUAGE_CODE
    papers = [
        _common(request, cards, asked), _pathologies(request, asked),
        *(_of_provider(request, card, asked) for card in chosen), _decisions(request),
    ]  # fmt: skip
    content = letters_pdf(
        papers, title=_("Comité de suivi"), mutual=request.mutual.name,
        place=request.mutual.place, day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    name = f"comite-de-suivi-{asked.from_:%Y-%m}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _mean(card: Scorecard, currency: str, language: str) -> str:
    mean = card.mean_cost_minor
    return "–" if mean is None else writing.money(mean, currency, language)


def _delay(card: Scorecard) -> str:
    days = card.delay_median_days
    return "–" if days is None else ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _common(request: OfficeRequest, cards: list[Scorecard], asked: Asked) -> Paper:
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    return Paper(
        title=_("Comité de suivi: all providers"),
        before=(writing.period(asked.from_, asked.until, language),),
        head=(
            _("Provider"), _("Claims"), _("Cost of a case"), _("Owed, paid included"),
            _("Delay"), _("Breaches"),
        ),
        rows=tuple(
            (
                card.provider.name,
                ", ".join(
                    (
                        writing.number(card.claims_count, language),
                        *refused_told(card, language),
                    )
                ),
                _mean(card, currency, language),
                writing.money(card.payable_minor, currency, language),
                _delay(card),
                writing.number(card.breaches_open, language),
            )
            for card in cards
            if card.claims_count
        ),
        widths=(6, 3, 3, 3, 2, 2),
        after=(
            _("Cost of a case: accepted by the decisions, whoever pays it, the dearest twentieth "
              "of the cases (at least one) counted as the next dearest. Delay: from reception to "
              "payment, median. Breaches: open today."),
        ),
    )  # fmt: skip


def _pathologies(request: OfficeRequest, asked: Asked) -> Paper:
    language, currency = request.LANGUAGE_CODE, request.mutual.currency

    def written(minor: int | None) -> str:
        return "•" if minor is None else writing.money(minor, currency, language)

    return Paper(
        title=_("What the most frequent pathologies cost"),
        before=(writing.period(asked.from_, asked.until, language),),
        head=(
            _("Pathology"),
            _("Claims"),
            _("Median"),
            *(str(w).capitalize() for _k, w in SECTOR_CHOICES),
        ),
        rows=tuple(
            (
                each.label,
                writing.number(each.claims_count, language),
                written(each.median_minor),
                *(written(minor) for minor in each.by_sector),
            )
            for each in costs_of_pathologies(request.mutual, asked.from_, asked.until)
        )
        or ((_("None in these months."), *[""] * (2 + len(SECTOR_CHOICES))),),
        wide=(0,),
        after=(_("• fewer than five persons: hidden, so that nobody is recognised."),),
    )


def _of_provider(request: OfficeRequest, card: Scorecard, asked: Asked) -> Paper:
    provider = card.provider
    before = [writing.period(asked.from_, asked.until, request.LANGUAGE_CODE)]
    if level := str(LEVELS.get(provider.level, "")):
        before.append(_("Level of care: %(level)s") % {"level": level})
    after = [
        _("Cost of a case: accepted by the decisions, whoever pays it, the dearest twentieth of "
          "the cases (at least one) counted as the next dearest. Taken away: refused claims left "
          "out. Delay: from the reception to the payment, median."),
    ]  # fmt: skip
    if any(each.is_unusual for each in card.measures):
        after.append(_("▲ beyond the limit of the peers."))
    return Paper(
        title=provider.name,
        before=tuple(before),
        head=(_("What"), _("In these months"), _("Detail")),
        rows=(*_figures_told(request, card, asked), *_between_us(request, card)),
        after=(*after, _("Decisions to take:"), "\u00a0", "\u00a0"),
        is_text=True,
        widths=(5, 4, 6),
    )


def _figures_told(
    request: OfficeRequest, card: Scorecard, asked: Asked
) -> Iterator[tuple[str, str, str]]:
    """The figures of a provider, beside its peers, and why less was paid: name, value, detail."""
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    share = share_of(request.mutual, card.provider, asked.until)
    for figure in figures_of(request, card, share, ""):
        yield str(figure.definition.term), figure.value, figure.note
    for each in (measure_told(request, shown) for shown in card.measures):
        value = f"{each['estimate']}\u00a0▲" if each["is_unusual"] else each["estimate"]
        detail = _("band of 99 %%: %(band)s; limit of the peers: %(limit)s") % each
        yield str(each["name"]), value, detail
    cuts = reductions_of(request.mutual, card.provider, asked.from_, asked.until)
    for cut in cuts[:MOST_REASONS]:
        lines = ngettext("on %(n)d line", "on %(n)d lines", cut.count) % {"n": cut.count}
        what = _("Taken away: %(reason)s") % {"reason": reason_name(cut.code)}
        yield what, writing.money(cut.amount_minor, currency, language), lines
    if card.refused_count:
        claims = ngettext("%(n)d claim", "%(n)d claims", card.refused_count)
        refused = writing.money(card.refused_minor, currency, language)
        yield _("Refused, as stated"), refused, claims % {"n": card.refused_count}


def _between_us(request: OfficeRequest, card: Scorecard) -> Iterator[tuple[str, str, str]]:
    """Breaches and recoveries that are open, and the convention: name, value, detail."""
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    for breach in breaches_of(request.mutual).filter(
        agreement__provider=card.provider, closed_on__isnull=True
    ):
        what = _("Breach of %(day)s") % {"day": writing.day(breach.occurred_on, language)}
        clause = str(CLAUSES.get(breach.clause, breach.clause))
        yield what, str(breach_state(breach).word), clause
    for owed in open_recoveries(request.mutual).filter(provider=card.provider):
        left = writing.money(owed.amount_minor - owed.taken_minor, currency, language)
        what = _("Asked back: %(number)s") % {"number": owed.document_number}
        yield what, left, _("on %(day)s") % {"day": writing.day(owed.asked_on, language)}
    reference = card.agreement.reference if card.agreement else ""
    yield _("Convention"), str(convention_state(card.agreement, request.day).word), reference


def _decisions(request: OfficeRequest) -> Paper:
    language = request.LANGUAGE_CODE
    return Paper(
        title=_("Decisions taken earlier, still to be done"),
        head=(_("What is decided"), _("Who, until when")),
        rows=tuple(
            (
                each.what if each.provider is None else f"{each.provider.name}\u00a0: {each.what}",
                f"{each.responsible}, {writing.day(each.due_on, language)}",
            )
            for each in open_decisions(request.mutual)
        )
        or ((_("None."), ""),),
        after=(_("Decided today:"), "\u00a0", "\u00a0", "\u00a0"),
        signs=(_("For the providers"), _("For the mutual, signature and stamp")),
        is_text=True,
    )

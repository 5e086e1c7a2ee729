"""The incentive terms of a convention: entered, decided by another, told with what they give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.providers.conventions import convention_seen
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.providers.incentives import (
    decide_incentive,
    enter_incentive,
    incentive_seen,
    incentives_of,
)
from entraide.apps.providers.models import Agreement
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.awards import awards_of
from entraide.apps.settlement.incentives import bonus_of
from entraide.apps.settlement.models import AwardState
from entraide.core.errors import Refusal
from entraide.core.incentives import Incentive, QualityMeasure
from entraide.documents import writing
from entraide.web.fields import DayField, LastDayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.names import State, Text
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.bonuses import AwardShown, award_shown
from entraide.web.providers.forms import text_input
from entraide.web.tariffs.fields import PercentField

KINDS: dict[str, Text] = {
    Incentive.PROMPT_DISCOUNT: gettext_lazy("Discount for prompt payment"),
    Incentive.QUALITY_BONUS: gettext_lazy("Bonus for quality"),
}
MEASURES: dict[str, Text] = {
    QualityMeasure.WELCOME: gettext_lazy("families that find the welcome good"),
    QualityMeasure.TREATMENT: gettext_lazy("families that find the care good"),
}
_A_DAY = timedelta(days=1)


class IncentiveForm(forms.Form):
    """One term; a discount says its days, a bonus its measure and threshold."""

    kind = forms.ChoiceField(label=pgettext_lazy("incentive", "Kind"), choices=list(KINDS.items()))
    rate = PercentField(label=gettext_lazy("Rate"))
    effective_from = DayField(label=gettext_lazy("First day"))
    effective_until = LastDayField(label=gettext_lazy("Last day"), required=False)
    within_days = forms.IntegerField(
        label=gettext_lazy("Discount: paid within (days)"), required=False, min_value=0,
        max_value=365, widget=text_input(inputmode="numeric"),
        help_text=gettext_lazy("Counted from reception."),
    )  # fmt: skip
    measure = forms.ChoiceField(
        label=gettext_lazy("Bonus: measured by"), required=False, choices=list(MEASURES.items()),
        help_text=gettext_lazy("Of the families asked about their care in the year."),
    )  # fmt: skip
    threshold = PercentField(label=gettext_lazy("Bonus: from a share of"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Paper that says so"), max_length=200, widget=text_input(),
        help_text=gettext_lazy("Amendment, minutes: its date and number."),
    )  # fmt: skip

    def term(self) -> dict[str, Any]:
        """What a valid form says."""
        said = dict(self.cleaned_data)
        for name in ("rate", "threshold"):
            said[name] = Decimal(said[name]) if said[name] else None
        return said


@dataclass(frozen=True, slots=True)
class IncentiveShown:
    """A term in words, where it stands, and what it gave in the last whole year."""

    term: IncentiveTerm
    told: str
    state: State
    given: str
    awards: tuple[AwardShown, ...] = ()
    may_prepare: bool = False  # the bonus of the last whole year


def incentives_shown(request: OfficeRequest, agreement: Agreement) -> list[IncentiveShown]:
    """The terms of a convention as its page tells them."""
    return [
        IncentiveShown(
            each,
            _told(each, request.LANGUAGE_CODE),
            _state(each),
            *_given(request, each),
        )
        for each in incentives_of(agreement)
    ]


def _told(term: IncentiveTerm, language: str) -> str:
    rate = writing.percent(term.rate, language)
    if term.kind == Incentive.PROMPT_DISCOUNT:
        text = _("%(rate)s off what is paid within %(days)d days of reception, from %(day)s")
        values: dict[str, object] = {"days": term.within_days}
    else:
        text = _("%(rate)s of the year’s payments, from %(share)s of %(measure)s, from %(day)s")
        values = {
            "share": writing.percent(term.threshold or Decimal(0), language, 0),
            "measure": MEASURES.get(term.measure, term.measure),
        }
    told_ = text % {"rate": rate, "day": writing.day(term.effective_from, language), **values}
    if term.effective_until is None:
        return told_
    last = writing.day(term.effective_until - _A_DAY, language)
    return _("%(term)s to %(last)s included") % {"term": told_, "last": last}


def _state(term: IncentiveTerm) -> State:
    if term.decided_on is None:
        return State("wait", _("To approve"))
    return State("ok", _("Approved")) if term.is_approved else State("bad", _("Refused"))


def _given(request: OfficeRequest, term: IncentiveTerm) -> tuple[str, tuple[AwardShown, ...], bool]:
    """What the last whole year gave where nobody prepared it yet, the awards, and who may."""
    if not term.is_approved or term.kind != Incentive.QUALITY_BONUS:
        return "", (), False
    year, language = request.day.year - 1, request.LANGUAGE_CODE
    awards = tuple(award_shown(request, each) for each in awards_of(term))
    standing = (each for each in awards if each.award.state != AwardState.CANCELLED)
    if any(each.award.year == year for each in standing):
        return "", awards, False
    bonus = bonus_of(term, year)
    if bonus is None:
        told_ = _("%(year)d: too few families were asked to know.") % {"year": year}
        return told_, awards, False
    money = writing.money(bonus, request.mutual.currency, language)
    told_ = _("%(year)d: %(money)s, not prepared yet.") % {"year": year, "money": money}
    if not bonus:
        told_ = _("%(year)d: no bonus was earned.") % {"year": year}
    return told_, awards, bonus > 0 and Right.PREPARE_BATCH in request.rights


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def new(request: OfficeRequest, uid: str) -> HttpResponse:
    """A term for another person to approve."""
    agreement = convention_seen(request.mutual, uid)
    form = IncentiveForm(request.POST or None, initial={"effective_from": request.day})
    back = office_url(request, "convention", uid=agreement.uid)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: enter_incentive(
            agreement=agreement, **form.term(), **command_arguments(request)
        ),
    ):  # fmt: skip
        notify(request, _("The term is recorded; another person approves it."))
        return redirect(back)
    return form_page(
        request, form, title=_("An incentive term"), verb=_("Record the term"), back=back,
        lede=_("A discount comes off the payments that earn it; a bonus is prepared each year."),
        way=agreement.provider.name, step=_("Conventions"),
        step_url=office_url(request, "conventions"),
    )  # fmt: skip


@require_POST
@office_view(right=Right.APPROVE_CONVENTION, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """The term holds, or is refused."""
    term = incentive_seen(request.mutual, uid)
    is_approved = request.POST.get("act") == "approve"
    try:
        decide_incentive(term=term, is_approved=is_approved, **command_arguments(request))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The term is approved.") if is_approved else _("The term is refused."))
    return redirect(office_url(request, "convention", uid=term.agreement.uid))

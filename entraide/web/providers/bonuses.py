"""The bonus of a year: prepared by one person, approved by another, paid with the next batch."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from entraide.apps.enrolment.selectors import found
from entraide.apps.providers.incentives import incentive_seen
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.awards import decide_bonus, prepare_bonus
from entraide.apps.settlement.models import AwardState, IncentiveAward
from entraide.core.errors import Refusal
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told


@dataclass(frozen=True, slots=True)
class AwardShown:
    """A bonus, where it stands, the payment that pays it."""

    award: IncentiveAward
    state: State
    payout_number: str
    may_decide: bool


def award_shown(request: OfficeRequest, award: IncentiveAward) -> AwardShown:
    """A bonus as the page of its convention tells it. One query."""
    paid = award.additions.filter(is_cancelled=False).select_related("payout").first()
    is_prepared = award.state == AwardState.PREPARED
    return AwardShown(
        award,
        _state(award, is_paid=paid is not None and paid.payout.paid_on is not None),
        paid.payout.document_number if paid is not None else "",
        is_prepared
        and Right.AUTHORISE_BATCH in request.rights
        and award.prepared_by_id != request.user.pk,
    )


def _state(award: IncentiveAward, *, is_paid: bool) -> State:
    if award.state == AwardState.PREPARED:
        return State("wait", _("To approve"))
    if award.state == AwardState.CANCELLED:
        return State("bad", _("Refused"))
    if is_paid:
        return State("ok", pgettext("bonus", "Paid"))
    return State("plain", _("Paid with the next batch"))


@require_POST
@office_view(right=Right.PREPARE_BATCH, of_whole_mutual=True)
def prepare(request: OfficeRequest, uid: str) -> HttpResponse:
    """The bonus of the last whole year, for another person to approve."""
    term = incentive_seen(request.mutual, uid)
    try:
        award = prepare_bonus(term=term, year=request.day.year - 1, **command_arguments(request))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(
            request,
            _("Bonus {number} prepared").format(number=award.document_number),
            detail=_("Another person approves it."),
        )
    return redirect(office_url(request, "convention", uid=term.agreement.uid))


@require_POST
@office_view(right=Right.AUTHORISE_BATCH, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """The bonus is owed, or refused."""
    awards = IncentiveAward.objects.filter(mutual=request.mutual)
    award = found(awards.select_related("term__agreement"), uid=uid)
    is_approved = request.POST.get("act") == "approve"
    try:
        decide_bonus(award=award, is_approved=is_approved, **command_arguments(request))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        said = _("The bonus is approved: the next batch of the provider pays it.")
        notify(request, said if is_approved else _("The bonus is refused."))
    return redirect(office_url(request, "convention", uid=award.term.agreement.uid))

"""The technical service's desk: controls, open work and month-end of several mutuals at once.

It reads; whoever follows a mutual has no right to pay there. A mission ends with its appointment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from django_scopes import scope

from entraide.apps.banking.selectors import ReconciledBalance, reconciled_fund_balance
from entraide.apps.contributions.registers import paper_receipt_faults
from entraide.apps.enrolment.selectors import memberships_to_renew, persons_without_photo
from entraide.apps.schemes.models import Appointment, Mutual
from entraide.apps.schemes.network import PAYING_RIGHTS, appointments_of, people_in
from entraide.apps.schemes.rights import Right, posts_on
from entraide.apps.schemes.titles import Duty, holders_of_duties
from entraide.core.periods import add_months, month_start
from entraide.web.navigation import STEPS, Waiting
from entraide.web.network.frame import NetworkRequest, network_view, shown
from entraide.web.network.wording import post_of


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What waits at one step of a mutual; ``url`` is empty where the person may not go."""

    name: str | Promise
    url: str
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Followed:
    """One mutual as its technical service sees it."""

    mutual: Mutual
    url: str
    posts: list[str]
    mission_last_on: date | None
    may_pay: bool
    work: list[OpenWork]
    reconciled: ReconciledBalance | None
    is_month_closed: bool
    booklet_faults: int | None  # None, with the two below, for who reads no register there
    without_photo_count: int | None
    renewals: int | None
    month_end_people: list[Appointment]
    people_count: int | None = None


@require_safe
@network_view(right=Right.READ_REPORTS)
def follow_up(request: NetworkRequest) -> HttpResponse:
    """Every mutual where the person reads reports: what waits, what is closed, who answers.

    The administrator of the network sees of the others how far their month is and who works there.
    """
    held = appointments_of(request.user, request.day)
    followed = [_followed(request, mutual, held) for mutual in request.readable]
    if Right.ADMINISTER in request.network_rights:
        known = {mutual.pk for mutual in request.readable}
        others = Mutual.objects.filter(is_training=False).exclude(pk__in=known).order_by("name")
        followed += [_kept_by_network(request, mutual) for mutual in others]
    context = {
        "followed": followed,
        "month": add_months(month_start(request.day), -1),
        "pays_nowhere": bool(request.readable) and not any(each.may_pay for each in followed),
    }
    return shown(request, "web/network/follow_up.html", context)


def _followed(request: NetworkRequest, mutual: Mutual, held: list[Appointment]) -> Followed:
    here = [each for each in held if each.mutual_id == mutual.pk]
    rights = posts_on(request.user, mutual, request.day).rights
    ends = [each.effective_until for each in here]
    last_of_month = month_start(request.day) - timedelta(days=1)
    with scope(mutual=mutual):
        reconciled = reconciled_fund_balance(mutual, as_of=request.day)
        return Followed(
            mutual=mutual,
            url=reverse("web:home", kwargs={"mutual": mutual.code}),
            posts=[post_of(each) for each in here],
            mission_last_on=_last_day(ends),
            may_pay=bool(rights & PAYING_RIGHTS),
            work=_open_work(mutual, request.day, rights),
            reconciled=reconciled,
            is_month_closed=reconciled is not None and reconciled.on >= last_of_month,
            booklet_faults=len(paper_receipt_faults(mutual)),
            without_photo_count=persons_without_photo(mutual, request.day).order_by().count(),
            renewals=memberships_to_renew(mutual, request.day).count(),
            month_end_people=holders_of_duties(mutual, request.day)[Duty.MONTH_END],
        )


def _kept_by_network(request: NetworkRequest, mutual: Mutual) -> Followed:
    """What the administrator needs to know of a mutual: its month, its people; no member data."""
    last_of_month = month_start(request.day) - timedelta(days=1)
    with scope(mutual=mutual):
        reconciled = reconciled_fund_balance(mutual, as_of=request.day)
        return Followed(
            mutual=mutual,
            url=reverse("network:mutual", kwargs={"code": mutual.code}),
            posts=[],
            mission_last_on=None,
            may_pay=False,
            work=[],
            reconciled=reconciled,
            is_month_closed=reconciled is not None and reconciled.on >= last_of_month,
            booklet_faults=None,
            without_photo_count=None,
            renewals=None,
            month_end_people=holders_of_duties(mutual, request.day)[Duty.MONTH_END],
            people_count=people_in(mutual, request.day),
        )


def _last_day(ends: list[date | None]) -> date | None:
    """The last day of a mission; None when one of its posts has no end."""
    known = [end for end in ends if end is not None]
    if not known or len(known) < len(ends):
        return None
    return max(known) - timedelta(days=1)


def _open_work(mutual: Mutual, day: date, rights: frozenset[Right]) -> list[OpenWork]:
    """What waits at each step of the chain, as the mutual's own rail counts it."""
    found = []
    for step in STEPS:
        if not step.counter:
            continue
        waiting: Waiting = import_string(step.counter)(mutual, day)
        if waiting.count:
            may_go = not step.rights or bool(step.rights & rights)
            url = reverse(f"web:{step.page}", kwargs={"mutual": mutual.code}) if may_go else ""
            found.append(OpenWork(step.name, url, waiting))
    return found

"""The families to see, those overdue first; and one family with its contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.contributions.registers import members_of
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.portfolio_days import followed_days
from entraide.apps.enrolment.portfolios import animator_for, animators, portfolio_scope
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.fieldwork.follow_list import (
    DueCounts,
    FollowLine,
    are_too_many,
    due_counts,
    line_of,
    lines_of,
    to_follow,
    week_end,
)
from entraide.apps.fieldwork.follow_plan import plan_on
from entraide.apps.fieldwork.follow_up import contacts_of, overrides_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.follow_up import Channel, FollowPlan, FollowRule
from entraide.web.follow.wording import (
    CHANNEL_DONE,
    CHANNEL_NAMES,
    KINDS,
    STAGES,
    due_told,
    rule_told,
    segment_name,
)
from entraide.web.office import OfficeRequest, office_view

ROWS_PER_PAGE = 50
EVERYBODY = "tous"  # in the address: not one's own portfolio alone
NOBODY = "personne"  # those in no portfolio
LATE, WEEK = "retard", "semaine"


@dataclass(frozen=True, slots=True)
class Row:
    """A family of the list, in words."""

    household: Household
    member_name: str
    animator: User | None
    segment: str
    stage_kind: str
    stage: str
    rule: str
    own_reason: str  # why it is followed otherwise than the plan says
    last_on: date | None
    last_channel: str
    due_kind: str
    due: str
    buttons: list[tuple[str, str, bool]]  # channel, words, whether it is the planned one


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address; what is unknown is not asked."""

    animator: User | None
    everybody: bool
    nobody: bool
    channel: Channel | None
    when: str

    def until(self, on: date) -> date:
        """The first day of which no due family is shown."""
        return {LATE: on, WEEK: week_end(on)}.get(self.when, on + timedelta(days=1))

    def count(self, counts: DueCounts) -> int:
        """How many families that shows."""
        shown = {LATE: counts.late, WEEK: counts.due + counts.coming}
        return shown.get(self.when, counts.due)


def asked_of(request: OfficeRequest) -> Asked:
    """What the address asks for: who follows families sees their own unless they ask otherwise."""
    given, channel = request.GET, request.GET.get("channel", "")
    uid, animator = given.get("animator", ""), None
    if uid == "":
        own = portfolio_scope(request.user, request.mutual, request.day)
        animator = None if own.is_empty else request.user
    elif uid not in (EVERYBODY, NOBODY):
        try:
            animator = animator_for(request.mutual, uid, request.day)
        except Refusal:
            animator = None
    return Asked(
        animator,
        animator is None and uid != NOBODY,
        uid == NOBODY,
        Channel(channel) if channel in CHANNEL_DONE else None,
        given.get("when", "") if given.get("when", "") in (LATE, WEEK) else "",
    )


@require_safe
@office_view(right=Right.READ_REGISTERS)
def to_see(request: OfficeRequest) -> HttpResponse:
    """The families due for a visit or a call, with one click for what was done."""
    asked, plan = asked_of(request), plan_on(request.mutual, request.day)
    context: dict[str, Any] = {
        "asked": asked,
        "plan": plan,
        "everybody": EVERYBODY,
        "nobody": NOBODY,
        "animators": animators(request.mutual, request.day),
        "channels": [(each.value, CHANNEL_NAMES[each]) for each in CHANNEL_DONE],
        "may_record": Right.ENROL in request.rights,
    }
    context["too_many"] = asked.animator is None and are_too_many(
        request.mutual, request.day, of_nobody=asked.nobody
    )
    if plan is not None and not context["too_many"]:
        context |= _listed(request, plan, asked)
    return render(request, "web/follow/list.html", context)


def _listed(request: OfficeRequest, plan: FollowPlan, asked: Asked) -> dict[str, Any]:
    filters: dict[str, Any] = {
        "animator": asked.animator, "of_nobody": asked.nobody, "channel": asked.channel,
    }  # fmt: skip
    week = to_follow(request.mutual, plan, request.day, until=week_end(request.day), **filters)
    counts = due_counts(week, request.day)
    shown = to_follow(request.mutual, plan, request.day, until=asked.until(request.day), **filters)
    paginator = Paginator(shown, ROWS_PER_PAGE)
    paginator.count = asked.count(counts)  # known: the list is not counted a second time
    page = paginator.get_page(request.GET.get("page"))
    lines = lines_of(request.mutual, plan, list(page.object_list), request.day)
    return {"counts": counts, "page": page, "rows": _rows(request, lines, asked),
            "late": LATE, "week": WEEK}  # fmt: skip


def _rows(request: OfficeRequest, lines: Sequence[FollowLine], asked: Asked) -> list[Row]:
    members = members_of([line.cover.household for line in lines])
    whose = _Animators(request.mutual, request.day) if asked.everybody and lines else None
    return [
        _row(line, members, whose.of(line.cover.household) if whose else None, request.day)
        for line in lines
    ]


def _row(line: FollowLine, members: Any, animator: User | None, on: date) -> Row:
    household = line.cover.household
    member = members.get(household.pk)
    last_on, last_channel = _last(line)
    kind, words = due_told(line.due_on or on, on)
    return Row(
        household=household,
        member_name=member.full_name if member else household.number,
        animator=animator,
        segment=segment_name(line.segment),
        stage_kind=KINDS[line.stage],
        stage=str(STAGES[line.stage]),
        rule=rule_told(line.rule),
        own_reason=line.override.reason if line.override else "",
        last_on=last_on,
        last_channel=last_channel,
        due_kind=kind,
        due=words,
        buttons=[
            (channel.value, str(CHANNEL_DONE[channel]), channel is line.rule.channel)
            for channel in sorted(CHANNEL_DONE, key=lambda each: each is not line.rule.channel)
        ],
    )


def _last(line: FollowLine) -> tuple[date | None, str]:
    """The last contact, whatever it does for: its day and its channel."""
    days = [(line.last_visit_on, Channel.VISIT), (line.last_call_on, Channel.CALL)]
    known = [(day, channel) for day, channel in days if day is not None]
    if not known:
        return None, ""
    day, channel = max(known, key=lambda each: each[0])
    return day, str(CHANNEL_NAMES[channel])


class _Animators:
    """Who follows which families on a day; as many queries whatever the number of families."""

    def __init__(self, mutual: Mutual, on: date) -> None:
        self._of_group: dict[int, int] = {}
        self._of_area: dict[int, int] = {}
        for user, stretches in followed_days(mutual).items():
            for each in stretches:
                if on in each.period:
                    self._of_group |= dict.fromkeys(each.groups, user)
                    self._of_area |= dict.fromkeys(each.areas, user)
        self._users = User.objects.in_bulk({*self._of_group.values(), *self._of_area.values()})

    def of(self, household: Household) -> User | None:
        """Who follows a family; None: nobody."""
        if household.group_id is not None:
            return self._users.get(self._of_group.get(household.group_id, 0))
        return self._users.get(self._of_area.get(household.area_id or 0, 0))


@require_safe
@office_view(right=Right.READ_REGISTERS)
def family(request: OfficeRequest, uid: str) -> HttpResponse:
    """How one family is followed: what is planned, every contact, every rule of its own."""
    household = household_for(request.mutual, uid)
    plan = plan_on(request.mutual, request.day)
    line = line_of(request.mutual, plan, household, request.day) if plan is not None else None
    member = members_of([household]).get(household.pk)
    context = {
        "household": household,
        "member_name": member.full_name if member else household.number,
        "plan": plan,
        "line": line,
        "row": _row(line, {}, None, request.day) if line else None,
        "contacts": [
            (each, CHANNEL_NAMES[Channel(each.channel)]) for each in contacts_of(household)
        ],
        "overrides": [
            (each, rule_told(FollowRule(Channel(each.channel), each.every_days)))
            for each in overrides_of(household)
        ],
        "may_record": Right.ENROL in request.rights,
        "may_coordinate": Right.COORDINATE in request.rights,
    }
    return render(request, "web/follow/family.html", context)

"""Which families are to be seen by a day: counted, sorted and paged by the database alone.

The rule is ``core.follow_up.next_due``, said once more in SQL, for a page of a hundred thousand
families cannot wait for a loop; a test holds both against each other. Days are compared as
numbers, which both databases reckon without a callback.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import GreaterThanOrEqual

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import HouseholdScore, Membership
from entraide.apps.enrolment.portfolios import households_followed, households_of_nobody
from entraide.apps.fieldwork.follow_up import FamilyFacts, contacts_until, facts_of, overrides_on
from entraide.apps.fieldwork.models import FollowOverride
from entraide.apps.schemes.models import Mutual
from entraide.core.follow_up import (
    WITHOUT_SEGMENT,
    Channel,
    ContractStage,
    Followed,
    FollowPlan,
    FollowRule,
    contract_stage,
    next_due,
)
from entraide.core.renewals import RenewalStage, days_to_term, terms_followed, terms_of_stage

WEEK_DAYS = 7
MOST_AT_ONCE = 10_000  # families sorted for one page: beyond, one animator at a time
_NEVER = 900_000  # more days than any calendar of the field has
_VISIT = 1_000_000  # added to the days of a visit
_EPOCH_OF_SQLITE = 1_721_424  # the number of days from the one epoch to the other


class DayNumber(Func):
    """A day as ``date.toordinal`` counts it."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = f"(CAST(julianday(%(expressions)s) AS INTEGER) - {_EPOCH_OF_SQLITE})"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "((%(expressions)s)::date - DATE '0001-01-01' + 1)"
        return self.as_sql(compiler, connection, template=template, **more)


def followed_covers(mutual: Mutual, on: date) -> QuerySet[Membership]:
    """The cover of each family that is followed on a day: running, or over since at most ninety
    days with nothing after it."""
    later = Membership.objects.filter(
        household=OuterRef("household"),
        effective_from__gt=OuterRef("effective_from"),
        effective_from__lte=on,
        ended_on__isnull=True,
    )
    is_over = Q(
        effective_until__lte=on,
        effective_until__gte=terms_followed(on).start,
        renewed_by__isnull=True,
    )
    return Membership.objects.filter(
        Q(effective_until__gt=on) | (is_over & ~Exists(later)),
        mutual=mutual,
        ended_on__isnull=True,
        effective_from__lte=on,
    )


def are_too_many(mutual: Mutual, on: date, *, of_nobody: bool = False) -> bool:
    """Whether the whole mutual, or what nobody follows of it, is more than one page can be sorted
    from while somebody waits."""
    covers = followed_covers(mutual, on)
    if of_nobody:
        covers = covers.filter(household__in=households_of_nobody(mutual, on))
    return covers.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE


def to_follow(
    mutual: Mutual,
    plan: FollowPlan,
    on: date,
    *,
    until: date,
    animator: User | None = None,
    of_nobody: bool = False,
    channel: Channel | None = None,
) -> QuerySet[Membership]:
    """The covers of the families due before ``until``, with ``due_day`` (its ordinal), the longest
    overdue first. ``channel``: only those to visit, or to call; ``of_nobody``: only those in no
    portfolio. One query more for the rules of single families."""
    covers = _with_segment(followed_covers(mutual, on), on)
    if animator is not None:
        covers = covers.filter(household__in=households_followed(animator, mutual, on))
    elif of_nobody:
        covers = covers.filter(household__in=households_of_nobody(mutual, on))
    due_day = _due_day(mutual, plan, on, channel)
    return (
        covers.annotate(due_day=due_day)
        .filter(due_day__lt=until.toordinal())
        .select_related("household__group", "household__area")
        .order_by("due_day", "effective_until", "pk")
    )


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many families are overdue, due on the day itself, and due in the six days after."""

    late: int
    today: int
    coming: int

    @property
    def due(self) -> int:
        """Those to see today at the latest."""
        return self.late + self.today


def due_counts(covers: QuerySet[Membership], on: date) -> DueCounts:
    """Of the covers of :func:`to_follow` for the week. One query, one row a day."""
    rows = covers.order_by().values_list("due_day").annotate(count=Count("pk"))
    counts = [0, 0, 0]
    for day, count in rows:
        counts[(day >= on.toordinal()) + (day > on.toordinal())] += count
    return DueCounts(*counts)


def _due_day(mutual: Mutual, plan: FollowPlan, on: date, channel: Channel | None) -> Any:
    """``core.follow_up.next_due`` as a number of days; what is never due lies out of reach.

    Each look at the contacts stands once in the query: the rule is a number first.
    """
    code = Case(
        *_own_rules(mutual, on, channel),
        *_cells(plan, on, channel),
        default=Value(_NEVER),
        output_field=IntegerField(),
    )
    contacts = (
        contacts_until(mutual, on)
        .filter(household=OuterRef("household"))
        .order_by("-contacted_on")
        .values("contacted_on")
    )
    visits = contacts.filter(channel=Channel.VISIT.value)
    last = Case(  # a call does not do for a visit (core.follow_up.serves)
        When(GreaterThanOrEqual(code, Value(_VISIT)), then=DayNumber(Subquery(visits[:1]))),
        default=DayNumber(Subquery(contacts[:1])),
        output_field=IntegerField(),
    )
    start = DayNumber(F("effective_from"))
    since = Greatest(Coalesce(last, start), start)
    begins = Case(
        *(
            When(is_there, then=DayNumber(F("effective_until")) - _days_to_term(stage))
            for stage, is_there in _stages(on).items()
            if stage is not ContractStage.RUNNING
        ),
        default=start,
        output_field=IntegerField(),
    )
    own = overrides_on(mutual, on)
    starts = own.filter(household=OuterRef("household")).order_by("-starts_on", "-pk")
    planned_from = Case(
        When(
            household__in=own.values("household"),
            then=DayNumber(Subquery(starts.values("starts_on")[:1])),
        ),
        default=Value(plan.effective_from.toordinal()),
        output_field=IntegerField(),
    )
    return Greatest(since + code % Value(_VISIT), begins, start, planned_from)


def _code(rule: FollowRule, channel: Channel | None) -> Value:
    """A rule as one number: its days, and for a visit so much more."""
    if rule.channel is Channel.NONE or channel not in (None, rule.channel):
        return Value(_NEVER)
    return Value(rule.every_days + (_VISIT if rule.channel is Channel.VISIT else 0))


def _own_rules(mutual: Mutual, on: date, channel: Channel | None) -> Iterator[When]:
    """The families with a rule of their own: first, for the plan does not say how."""
    rules = overrides_on(mutual, on)
    pairs = rules.order_by().values_list("channel", "every_days").distinct()
    for used, days in sorted(pairs):
        own = rules.filter(channel=used, every_days=days).values("household")
        code = _code(FollowRule(Channel(used), days), channel)
        yield When(household__in=own, then=code)


def _cells(plan: FollowPlan, on: date, channel: Channel | None) -> Iterator[When]:
    """The cells of the plan, families without a segment that it knows last."""
    stages = _stages(on)
    for segment in plan.segments:
        is_of = Q() if segment == WITHOUT_SEGMENT else Q(told__segment=segment)
        for stage, is_there in stages.items():
            if (segment, stage) in plan.cells:
                code = _code(plan.rule(segment, stage), channel)
                yield When(is_of & is_there, then=code)


def _days_to_term(stage: ContractStage) -> int:
    return days_to_term(RenewalStage(stage.value))


def _stages(on: date) -> dict[ContractStage, Q]:
    """The condition that a followed cover is at each stage."""
    found = {}
    for stage in RenewalStage:
        terms = terms_of_stage(stage, on)
        found[ContractStage(stage.value)] = Q(
            renewed_by__isnull=True,
            effective_until__gte=terms.start,
            effective_until__lt=terms.until,
        )
    found[ContractStage.RUNNING] = Q(renewed_by__isnull=False) | Q(
        effective_until__gte=terms_followed(on).until
    )
    return found


def _with_segment(covers: QuerySet[Membership], on: date) -> QuerySet[Membership]:
    """The covers joined to the latest answers of their family, if it gave any by that day."""
    later = HouseholdScore.objects.filter(
        Q(answered_on__gt=OuterRef("told__answered_on"))
        | Q(answered_on=OuterRef("told__answered_on"), pk__gt=OuterRef("told__pk")),
        household=OuterRef("household"),
        answered_on__lte=on,
    )
    told = FilteredRelation(
        "household__scores", condition=Q(household__scores__answered_on__lte=on)
    )
    return covers.annotate(told=told).filter(Q(told__isnull=True) | ~Exists(later))


@dataclass(frozen=True, slots=True)
class FollowLine:
    """A family on a day: its segment, stage and rule, its last contacts, when it is due."""

    cover: Membership
    segment: str
    stage: ContractStage
    rule: FollowRule
    override: FollowOverride | None
    last_visit_on: date | None
    last_call_on: date | None
    due_on: date | None


def lines_of(
    mutual: Mutual, plan: FollowPlan, covers: Sequence[Membership], on: date
) -> list[FollowLine]:
    """The covers of one page as the pure rule sees them; queries do not grow with them."""
    facts = facts_of(mutual, [each.household_id for each in covers], on)
    renewals = Membership.objects.filter(renews__in=[each.pk for each in covers])
    renewed = set(renewals.values_list("renews", flat=True))
    lines = []
    for cover in covers:
        stage = contract_stage(cover.effective_until, is_renewed=cover.pk in renewed, on=on)
        if stage is not None:
            lines.append(_line(plan, cover, stage, facts))
    return lines


def _line(
    plan: FollowPlan, cover: Membership, stage: ContractStage, facts: FamilyFacts
) -> FollowLine:
    key = cover.household_id
    segment = facts.segments.get(key, WITHOUT_SEGMENT)
    override = facts.overrides.get(key)
    rule, planned_from = plan.rule(segment, stage), plan.effective_from
    if override is not None:
        rule = FollowRule(Channel(override.channel), override.every_days)
        planned_from = override.starts_on
    visit = facts.last_on.get((key, Channel.VISIT.value))
    call = facts.last_on.get((key, Channel.CALL.value))
    family = Followed(
        cover.effective_from, cover.effective_until, last_visit_on=visit, last_call_on=call
    )
    due_on = next_due(rule, family, stage, planned_from=planned_from)
    return FollowLine(cover, segment, stage, rule, override, visit, call, due_on)


def line_of(mutual: Mutual, plan: FollowPlan, household: Any, on: date) -> FollowLine | None:
    """One family on a day; None when it has no contract that is followed."""
    covers = followed_covers(mutual, on).filter(household=household).order_by("-effective_from")
    lines = lines_of(mutual, plan, list(covers[:1]), on)
    return lines[0] if lines else None


def week_end(on: date) -> date:
    """The first day after the week that begins on a day."""
    return on + timedelta(days=WEEK_DAYS)

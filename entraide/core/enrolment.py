"""Who may be enrolled, and what rights a person has on a day.

Rights are computed, never typed: person in the household, membership running, contributions
paid, photo where the mutual asks for one, waiting period over. Every reason is a code with its
data. All days are half-open: ``exited_on`` and ``ended_on`` are the first day without cover. A
person is covered on the day of death.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from entraide.core.completeness import MissingPiece, file_findings
from entraide.core.enrolment_windows import may_join, next_window
from entraide.core.errors import Finding
from entraide.core.periods import Period, age_on
from entraide.core.product import MembershipRule, MembershipUnit, Product
from entraide.core.rating import HouseholdComposition
from entraide.core.waiting_periods import waiting_until, waits_from

PLAUSIBLE_AGE_YEARS = 120


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person of an enrolment form. ``key`` names the row in findings (``persons[2]``)."""

    key: str
    birth_on: date | None
    entered_on: date
    is_head: bool = False
    exited_on: date | None = None
    died_on: date | None = None
    has_photo: bool = False


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """An enrolment as asked for. ``group_persons_count``: persons of the collective contract,
    this household included; None when the household joins on its own."""

    enrolled_on: date
    persons: tuple[PersonFacts, ...]
    group_persons_count: int | None = None
    is_joining: bool = True  # False: a person enters a household that has joined already


# Said to the clerk without refusing the enrolment: the household is registered, the file is
# completed later (a dependant without photo is enrolled, rights_on holds the rights back).
ENROLMENT_REMARKS = frozenset({"BIRTH_DATE_UNKNOWN", "HEAD_UNDER_AGE", "PHOTO_TO_BRING"})


def refusals(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings of :func:`check_enrolment` that prevent the enrolment."""
    return tuple(finding for finding in findings if finding.code not in ENROLMENT_REMARKS)


def check_enrolment(facts: EnrolmentFacts, product: Product, on: date) -> tuple[Finding, ...]:
    """All that an enrolment calls for, at once; :func:`refusals` keeps what prevents it."""
    return tuple(_enrolment_findings(facts, product, on))


def _enrolment_findings(facts: EnrolmentFacts, product: Product, on: date) -> Iterator[Finding]:
    rule = product.membership
    if facts.enrolled_on > on:
        yield _finding("ENROLMENT_IN_FUTURE", "enrolled_on", enrolled_on=facts.enrolled_on, on=on)
    present = [person for person in facts.persons if _is_present(person, facts.enrolled_on)]
    heads = [person for person in present if person.is_head]
    if not present:
        yield _finding("HOUSEHOLD_EMPTY", "persons")
    elif not heads:
        yield _finding("HEAD_MISSING", "persons")
    elif len(heads) > 1:
        yield _finding("HEAD_TWICE", heads[1].key, count=len(heads))
    if rule.max_members is not None and len(present) > rule.max_members:
        yield _finding(
            "MEMBERS_ABOVE_MAXIMUM", "persons", count=len(present), maximum=rule.max_members
        )
    yield from _unit_findings(facts, rule, len(present))
    group = facts.group_persons_count
    if (rule.minimum_group_size > 1 or rule.unit is MembershipUnit.COLLECTIVE) and group is None:
        yield _finding("GROUP_REQUIRED", "group", minimum=rule.minimum_group_size)
    elif product.contribution.has_employer and group is None:
        yield _finding("EMPLOYER_GROUP_REQUIRED", "group")
    elif group is not None and group < rule.minimum_group_size:
        yield _finding("GROUP_TOO_SMALL", "group", count=group, minimum=rule.minimum_group_size)
    for person in facts.persons:
        yield from _person_findings(person, facts, rule, on)


def _unit_findings(
    facts: EnrolmentFacts, rule: MembershipRule, present_count: int
) -> Iterator[Finding]:
    """What may join, and in which part of the year."""
    if rule.unit is MembershipUnit.INDIVIDUAL and present_count > 1:
        yield _finding("INDIVIDUAL_ONE_PERSON", "persons", count=present_count)
    if facts.is_joining and not may_join(rule, facts.enrolled_on):
        coming = next_window(rule, facts.enrolled_on)
        assert coming is not None, "a product with windows has a next one"
        yield _finding(
            "ENROLMENT_OUTSIDE_WINDOW",
            "enrolled_on",
            day=facts.enrolled_on,
            opens_on=coming.start,
            last_on=coming.last,
        )


def _is_present(person: PersonFacts, on: date) -> bool:
    """Neither gone nor dead by that day; somebody who enters later counts as present."""
    has_left = person.exited_on is not None and person.exited_on <= on
    has_died = person.died_on is not None and person.died_on < on
    return not has_left and not has_died


def _person_findings(
    person: PersonFacts, facts: EnrolmentFacts, rule: MembershipRule, on: date
) -> Iterator[Finding]:
    birth_on, key = person.birth_on, person.key
    if birth_on is None:
        yield _finding("BIRTH_DATE_UNKNOWN", key)
    elif birth_on > on:
        yield _finding("BIRTH_IN_FUTURE", key, birth_on=birth_on, on=on)
    elif birth_on > person.entered_on:
        yield _finding("BIRTH_AFTER_ENTRY", key, birth_on=birth_on, entered_on=person.entered_on)
    else:
        age = age_on(birth_on, facts.enrolled_on)
        oldest, youngest = rule.maximum_entry_age_years, rule.minimum_entry_age_years
        if age > PLAUSIBLE_AGE_YEARS:
            yield _finding("AGE_IMPLAUSIBLE", key, age=age, birth_on=birth_on)
        elif oldest is not None and age > oldest:
            yield _finding("AGE_ABOVE_LIMIT", key, age=age, maximum=oldest)
        elif youngest is not None and age < youngest:
            yield _finding("AGE_BELOW_LIMIT", key, age=age, minimum=youngest)
        if person.is_head and age < rule.adult_age_years:
            yield _finding("HEAD_UNDER_AGE", key, age=age, adult_age=rule.adult_age_years)
    if person.exited_on is not None and person.exited_on < person.entered_on:
        yield _finding(
            "EXIT_BEFORE_ENTRY", key, entered_on=person.entered_on, exited_on=person.exited_on
        )
    if person.died_on is not None and person.died_on > on:
        yield _finding("DEATH_IN_FUTURE", key, died_on=person.died_on, on=on)
    if birth_on is not None and person.died_on is not None and person.died_on < birth_on:
        yield _finding("DEATH_BEFORE_BIRTH", key, birth_on=birth_on, died_on=person.died_on)
    if rule.photo_required and not person.has_photo and _is_present(person, facts.enrolled_on):
        yield _finding("PHOTO_TO_BRING", key)


def _finding(code: str, place: str, **data: Any) -> Finding:
    return Finding(code, place=place, data=data)


def composition_of(
    persons: Iterable[PersonFacts],
    rule: MembershipRule,
    on: date,
    *,
    is_first_enrolment: bool = True,
    loan_minor: int | None = None,
) -> HouseholdComposition:
    """Adults and children present on a day, as the price counts them.

    An adult has reached ``adult_age_years``; a person of unknown birth date counts as an adult,
    so that a missing date never lowers the price.
    """
    adults = children = 0
    for person in persons:
        if person.entered_on > on or not _is_present(person, on):
            continue
        if person.birth_on is None or age_on(person.birth_on, on) >= rule.adult_age_years:
            adults += 1
        else:
            children += 1
    return HouseholdComposition(adults, children, is_first_enrolment, loan_minor)


class RightsStatus(StrEnum):
    """What a person may claim on a day. Only ``ACTIVE`` opens care."""

    ACTIVE = "active"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PersonCover:
    """A person inside a household's cover. ``is_newborn``: born into a covered household, and
    so bound by the household's waiting period only, not by one of their own. A newborn who is only
    declared is covered before ``provisional_until``, without a photo; registered, it is None.
    Registered after those days, it was not covered during its ``lapse``, and waits from
    ``waits_from`` on when that came too long after the birth."""

    entered_on: date
    exited_on: date | None = None
    died_on: date | None = None
    has_photo: bool = True
    is_newborn: bool = False
    provisional_until: date | None = None
    lapse: Period | None = None
    waits_from: date | None = None


@dataclass(frozen=True, slots=True)
class MembershipCover:
    """One membership. ``joined_on``: where seniority began; waiting periods count from there.
    ``waits`` is False where a group's contract waives them (``core.groups.waits``)."""

    period: Period
    joined_on: date
    is_renewal: bool = False
    ended_on: date | None = None
    suspended: tuple[Period, ...] = ()
    waits: bool = True


@dataclass(frozen=True, slots=True)
class UnpaidDue:
    """What is still owed of a contribution, in minor units, and the day it fell due."""

    due_on: date
    remaining_minor: int


@dataclass(frozen=True, slots=True)
class Rights:
    """The answer: a status, every reason, and the day each waiting benefit opens.

    When the status is not ``ACTIVE``, ``findings[0]`` is the reason to say first. Benefits still
    waiting on the day come last, as ``WAITING_PERIOD`` findings placed at their category; they
    do not close the other benefits. Rights stand up to and on ``grace_last_on`` while something
    is due and not paid, up to and on ``register_last_on`` while a newborn is only declared.
    """

    status: RightsStatus
    findings: tuple[Finding, ...] = ()
    waiting_until: Mapping[str, date] = field(default_factory=dict)
    waits_from: date | None = None  # since when; None for who does not wait
    grace_last_on: date | None = None
    register_last_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether care may be covered at all on the day."""
        return self.status is RightsStatus.ACTIVE

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Why rights are closed; empty when they are open."""
        return tuple(finding for finding in self.findings if finding.code != "WAITING_PERIOD")


def rights_on(
    person: PersonCover,
    membership: MembershipCover | None,
    unpaid: Iterable[UnpaidDue],
    product: Product,
    on: date,
    held_back: Iterable[MissingPiece] = (),
) -> Rights:
    """The rights of one person on a day, with every reason that closes or delays them.

    The status is that of the gravest reason: none, ended, not yet, expired, suspended. ``unpaid``
    holds the dues of this membership with what remains of each at the time of asking;
    ``held_back`` the missing pieces of the file (``core.completeness.holding_back``).
    """
    if membership is None:
        return Rights(RightsStatus.NONE, (Finding("NO_MEMBERSHIP"),))
    owed = [due for due in unpaid if due.remaining_minor > 0]
    reasons = [
        *_person_reasons(person, on),
        *_membership_reasons(membership, on),
        *_suspension_reasons(person, membership, owed, product, on, held_back),
    ]
    reasons.sort(key=lambda reason: _GRAVITY.index(reason[0]))  # stable: keeps the order above
    since = waits_from(person, membership, on)
    waiting = waiting_until(since, product, on)
    findings = [finding for _, finding in reasons] + [
        _finding("WAITING_PERIOD", category, category=category, waiting_until=opens_on, care_on=on)
        for category, opens_on in waiting.items()
    ]
    if reasons:
        return Rights(reasons[0][0], tuple(findings), waiting, since)
    fallen = [due.due_on for due in owed if due.due_on <= on]
    grace = timedelta(days=product.membership.payment_grace_days)
    grace_last_on = min(fallen) + grace if fallen else None
    until = person.provisional_until
    last_on = until - timedelta(days=1) if until else None
    return Rights(RightsStatus.ACTIVE, tuple(findings), waiting, since, grace_last_on, last_on)


_GRAVITY = (RightsStatus.ENDED, RightsStatus.NOT_YET, RightsStatus.EXPIRED, RightsStatus.SUSPENDED)
_Reason = tuple[RightsStatus, Finding]


def _person_reasons(person: PersonCover, on: date) -> Iterator[_Reason]:
    if person.died_on is not None and person.died_on < on:
        yield RightsStatus.ENDED, _finding("PERSON_DECEASED", "", died_on=person.died_on)
    until = person.provisional_until
    if person.lapse is not None and on in person.lapse:
        until = person.lapse.start
    if until is not None and until <= on:
        last = until - timedelta(days=1)
        yield RightsStatus.SUSPENDED, _finding("NEWBORN_NOT_REGISTERED", "", last_on=last)
    elif person.exited_on is not None and person.exited_on <= on:
        yield RightsStatus.ENDED, _finding("PERSON_EXITED", "", exited_on=person.exited_on)
    if on < person.entered_on:
        yield RightsStatus.NOT_YET, _finding("PERSON_NOT_YET", "", entered_on=person.entered_on)


def _membership_reasons(membership: MembershipCover, on: date) -> Iterator[_Reason]:
    period = membership.period
    if membership.ended_on is not None and membership.ended_on <= period.start:
        yield RightsStatus.ENDED, _finding("COVER_NEVER_BEGAN", "")
        return
    if membership.ended_on is not None and membership.ended_on <= on:
        yield RightsStatus.ENDED, _finding("MEMBERSHIP_ENDED", "", ended_on=membership.ended_on)
    if on < period.start:
        yield RightsStatus.NOT_YET, _finding("COVER_NOT_STARTED", "", starts_on=period.start)
    if on >= period.until:
        yield RightsStatus.EXPIRED, _finding("COVER_EXPIRED", "", last_on=period.last)


def _suspension_reasons(
    person: PersonCover,
    membership: MembershipCover,
    owed: Iterable[UnpaidDue],
    product: Product,
    on: date,
    held_back: Iterable[MissingPiece],
) -> Iterator[_Reason]:
    rule = product.membership
    for period in membership.suspended:
        if on in period:
            yield (
                RightsStatus.SUSPENDED,
                _finding("MEMBERSHIP_SUSPENDED", "", since=period.start, until=period.until),
            )
    grace = timedelta(days=rule.payment_grace_days)
    late = [due for due in owed if due.due_on + grace < on]
    if late:
        # One reason for the whole debt, dated by the oldest due: what the member has to bring.
        yield (
            RightsStatus.SUSPENDED,
            _finding(
                "CONTRIBUTION_UNPAID",
                "",
                remaining_minor=sum(due.remaining_minor for due in late),
                currency=product.currency,
                due_on=min(due.due_on for due in late),
            ),
        )
    lacks_photo = rule.photo_required and not person.has_photo
    if person.provisional_until is not None or _is_in_first_days(person, rule, on):
        lacks_photo = False
    yield from ((RightsStatus.SUSPENDED, told) for told in file_findings(lacks_photo, held_back))


def _is_in_first_days(person: PersonCover, rule: MembershipRule, on: date) -> bool:
    """Whether a newborn is in the days in which it is covered under its mother, without papers."""
    days = timedelta(days=rule.newborn_cover_days)
    return person.is_newborn and person.entered_on <= on < person.entered_on + days


def membership_on(memberships: Iterable[MembershipCover], on: date) -> MembershipCover | None:
    """The membership to judge a day by: covering it, else begun last, else the next; or None."""
    ordered = sorted(memberships, key=lambda membership: membership.period)
    covering = [membership for membership in ordered if on in membership.period]
    if covering:
        return covering[-1]
    begun = [membership for membership in ordered if membership.period.start <= on]
    if begun:
        return begun[-1]
    return ordered[0] if ordered else None

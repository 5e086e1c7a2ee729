"""Who may be enrolled, and the rights of a person on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.enrolment import (
    EnrolmentFacts,
    MembershipCover,
    PersonCover,
    PersonFacts,
    Rights,
    RightsStatus,
    UnpaidDue,
    check_enrolment,
    composition_of,
    membership_on,
    refusals,
    rights_on,
)
from entraide.core.periods import Period, add_months
from entraide.core.product import (
    Benefit,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
)
from entraide.core.renewals import seniority_start

ON = date(2024, 6, 15)
START = date(2024, 1, 1)
YEAR = Period.of_months(START, 12)
PRODUCT = Product(
    code="plan",
    version="plan@1/2024-01-01",
    currency="XOF",
    contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD, amount_minor=12_000),
    membership=MembershipRule(photo_required=True, payment_grace_days=30, renewal_grace_days=30),
    benefits=(
        Benefit("consultation"),
        Benefit("hospital", waiting_period_months=3),
        Benefit("delivery", waiting_period_months=9),
        Benefit("dental", is_covered=False, waiting_period_months=9),
    ),
    fund_share_rate=Decimal("0.75"),
)
HEAD = PersonFacts("persons[0]", date(1985, 3, 1), ON, is_head=True, has_photo=True)
CHILD = PersonFacts("persons[1]", date(2015, 3, 1), ON, has_photo=True)


def with_membership(**changes: object) -> Product:
    return replace(PRODUCT, membership=replace(PRODUCT.membership, **changes))


def codes_of(
    *persons: PersonFacts, product: Product = PRODUCT, group: int | None = None
) -> list[str]:
    facts = EnrolmentFacts(ON, persons, group)
    return [finding.code for finding in check_enrolment(facts, product, ON)]


def test_a_whole_household_raises_nothing() -> None:
    assert codes_of(HEAD, CHILD) == []


@pytest.mark.parametrize(
    ("persons", "code"),
    [
        ((), "HOUSEHOLD_EMPTY"),
        ((CHILD,), "HEAD_MISSING"),
        ((HEAD, replace(HEAD, key="persons[1]")), "HEAD_TWICE"),
        ((replace(HEAD, birth_on=date(2010, 1, 1)),), "HEAD_UNDER_AGE"),
        ((HEAD, replace(CHILD, birth_on=None)), "BIRTH_DATE_UNKNOWN"),
        ((HEAD, replace(CHILD, birth_on=ON + timedelta(days=1))), "BIRTH_IN_FUTURE"),
        (
            (HEAD, replace(CHILD, birth_on=ON, entered_on=ON - timedelta(days=1))),
            "BIRTH_AFTER_ENTRY",
        ),
        ((HEAD, replace(CHILD, birth_on=date(1890, 1, 1))), "AGE_IMPLAUSIBLE"),
        ((HEAD, replace(CHILD, exited_on=ON - timedelta(days=1))), "EXIT_BEFORE_ENTRY"),
        ((HEAD, replace(CHILD, died_on=ON + timedelta(days=1))), "DEATH_IN_FUTURE"),
        ((HEAD, replace(CHILD, died_on=date(2014, 1, 1))), "DEATH_BEFORE_BIRTH"),
        ((HEAD, replace(CHILD, has_photo=False)), "PHOTO_TO_BRING"),
    ],
)
def test_each_fault_has_its_code_and_stands_alone(
    persons: tuple[PersonFacts, ...], code: str
) -> None:
    assert codes_of(*persons) == [code]


@pytest.mark.requirement("R009", begun=True)
def test_limits_of_size_and_age_are_those_of_the_product() -> None:
    assert codes_of(HEAD, CHILD, product=with_membership(max_members=2)) == []
    assert codes_of(HEAD, CHILD, product=with_membership(max_members=1)) == [
        "MEMBERS_ABOVE_MAXIMUM"
    ]
    assert codes_of(HEAD, product=with_membership(maximum_entry_age_years=39)) == []
    assert codes_of(HEAD, product=with_membership(maximum_entry_age_years=38)) == [
        "AGE_ABOVE_LIMIT"
    ]


@pytest.mark.requirement("R010", begun=True)
def test_a_collective_contract_needs_its_minimum_of_persons() -> None:
    collective = with_membership(minimum_group_size=5)
    assert codes_of(HEAD, product=collective) == ["GROUP_REQUIRED"]
    assert codes_of(HEAD, product=collective, group=4) == ["GROUP_TOO_SMALL"]
    assert codes_of(HEAD, product=collective, group=5) == []


def test_a_part_paid_by_an_employer_asks_for_the_company() -> None:
    for rule in ({"employer_share_rate": Decimal("0.5")}, {"employer_minor_per_person": 1_000}):
        shared = replace(PRODUCT, contribution=replace(PRODUCT.contribution, **rule))
        assert codes_of(HEAD, product=shared) == ["EMPLOYER_GROUP_REQUIRED"]
        assert codes_of(HEAD, product=shared, group=1) == []


def test_an_enrolment_of_tomorrow_is_refused() -> None:
    facts = EnrolmentFacts(ON + timedelta(days=1), (HEAD,))
    assert [finding.code for finding in check_enrolment(facts, PRODUCT, ON)] == [
        "ENROLMENT_IN_FUTURE"
    ]


@pytest.mark.requirement("R004", begun=True)
def test_a_dependant_without_photo_is_enrolled_with_a_remark() -> None:
    facts = EnrolmentFacts(ON, (HEAD, replace(CHILD, has_photo=False)))
    findings = check_enrolment(facts, PRODUCT, ON)
    assert [finding.place for finding in findings] == ["persons[1]"]
    assert refusals(findings) == ()
    assert refusals(check_enrolment(EnrolmentFacts(ON, (CHILD,)), PRODUCT, ON)) != ()


def test_adults_and_children_are_counted_on_the_day() -> None:
    persons = (
        HEAD,
        CHILD,
        replace(CHILD, birth_on=None),  # unknown: an adult
        replace(CHILD, birth_on=add_months(ON, -12 * 18)),  # eighteen today
        replace(CHILD, exited_on=ON),
        replace(CHILD, entered_on=ON + timedelta(days=1)),
        replace(CHILD, died_on=ON - timedelta(days=1)),
    )
    composition = composition_of(persons, PRODUCT.membership, ON, loan_minor=5)
    assert (composition.adults, composition.children, composition.loan_minor) == (3, 1, 5)


PERSON = PersonCover(entered_on=START)
COVER = MembershipCover(YEAR, joined_on=date(2020, 1, 1), is_renewal=True)


def rights(
    person: PersonCover = PERSON,
    membership: MembershipCover | None = COVER,
    unpaid: tuple[UnpaidDue, ...] = (),
    product: Product = PRODUCT,
    on: date = ON,
) -> Rights:
    return rights_on(person, membership, unpaid, product, on)


def reasons(answer: Rights) -> tuple[RightsStatus, list[str]]:
    return answer.status, [finding.code for finding in answer.reasons]


@pytest.mark.requirement("R006", begun=True)
def test_all_well_is_active() -> None:
    person = PersonCover(entered_on=date(2020, 1, 1))
    assert rights(person) == Rights(RightsStatus.ACTIVE, waits_from=date(2020, 1, 1))
    assert rights(person).is_open


DAY = timedelta(days=1)


@pytest.mark.requirement("R006", begun=True)
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"membership": None}, RightsStatus.NONE, "NO_MEMBERSHIP"),
        ({"person": replace(PERSON, died_on=ON - DAY)}, RightsStatus.ENDED, "PERSON_DECEASED"),
        ({"person": replace(PERSON, exited_on=ON)}, RightsStatus.ENDED, "PERSON_EXITED"),
        ({"person": replace(PERSON, entered_on=ON + DAY)}, RightsStatus.NOT_YET, "PERSON_NOT_YET"),
        ({"membership": replace(COVER, ended_on=ON)}, RightsStatus.ENDED, "MEMBERSHIP_ENDED"),
        ({"on": START - DAY, "person": PersonCover(date(2020, 1, 1))}, RightsStatus.NOT_YET,
         "COVER_NOT_STARTED"),
        ({"on": YEAR.until}, RightsStatus.EXPIRED, "COVER_EXPIRED"),
        ({"membership": replace(COVER, suspended=(Period(ON, ON + DAY),))},
         RightsStatus.SUSPENDED, "MEMBERSHIP_SUSPENDED"),
        ({"unpaid": (UnpaidDue(date(2024, 5, 15), 500),)}, RightsStatus.SUSPENDED,
         "CONTRIBUTION_UNPAID"),
        ({"person": replace(PERSON, has_photo=False)}, RightsStatus.SUSPENDED, "PHOTO_MISSING"),
    ],
)  # fmt: skip
def test_each_reason_closes_rights(
    changes: dict[str, object], status: RightsStatus, code: str
) -> None:
    answer = rights(**changes)  # type: ignore[arg-type]
    assert reasons(answer) == (status, [code])
    assert not answer.is_open


@pytest.mark.requirement("R006", begun=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"person": replace(PERSON, died_on=ON)},  # covered on the day of death
        {"person": replace(PERSON, exited_on=ON + DAY)},
        {"person": replace(PERSON, entered_on=ON)},
        {"membership": replace(COVER, ended_on=ON + DAY)},
        {"on": START},
        {"on": YEAR.last},
        {"membership": replace(COVER, suspended=(Period(ON - DAY, ON),))},
        {"unpaid": (UnpaidDue(date(2024, 5, 16), 500),)},  # the thirtieth day of grace
        {"unpaid": (UnpaidDue(date(2024, 1, 1), 0),)},  # paid
        {
            "person": replace(PERSON, has_photo=False),
            "product": with_membership(photo_required=False),
        },
    ],
)
def test_the_day_before_each_reason_is_still_covered(changes: dict[str, object]) -> None:
    assert rights(**changes).is_open  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unpaid", "last_on"),
    [
        ((), None),
        ((UnpaidDue(ON - 2 * DAY, 0),), None),  # paid
        ((UnpaidDue(ON + DAY, 500),), None),  # not fallen due
        ((UnpaidDue(ON, 500),), ON + 30 * DAY),
        ((UnpaidDue(ON - 5 * DAY, 500), UnpaidDue(ON - 30 * DAY, 1)), ON),
        ((UnpaidDue(ON - 31 * DAY, 500),), None),  # rights are closed: nothing stands any more
    ],
)
def test_the_days_of_grace_end_on_a_day_that_is_told(
    unpaid: tuple[UnpaidDue, ...], last_on: date | None
) -> None:
    answer = rights(unpaid=unpaid)
    assert answer.grace_last_on == last_on
    if last_on is not None:
        assert rights(unpaid=unpaid, on=last_on).is_open
        assert not rights(unpaid=unpaid, on=last_on + DAY).is_open


@pytest.mark.requirement("R032", begun=True)
def test_the_whole_debt_is_told_with_its_oldest_due() -> None:
    dues = (
        UnpaidDue(date(2024, 3, 1), 300),
        UnpaidDue(date(2024, 2, 1), 200),
        UnpaidDue(date(2024, 6, 1), 400),  # within the grace
    )
    (finding,) = rights(unpaid=dues).reasons
    assert finding.data == {
        "remaining_minor": 500, "currency": "XOF", "due_on": date(2024, 2, 1),
    }  # fmt: skip


def test_every_reason_is_told_the_gravest_first() -> None:
    answer = rights(
        person=replace(PERSON, has_photo=False, exited_on=ON - DAY),
        unpaid=(UnpaidDue(START, 500),),
        on=YEAR.until,
    )
    assert reasons(answer) == (
        RightsStatus.ENDED,
        ["PERSON_EXITED", "COVER_EXPIRED", "CONTRIBUTION_UNPAID", "PHOTO_MISSING"],
    )


@pytest.mark.requirement("R009", begun=True)
def test_benefits_wait_from_the_day_of_joining() -> None:
    new = MembershipCover(YEAR, joined_on=START)
    answer = rights(membership=new, on=date(2024, 3, 31))
    assert answer.is_open
    assert answer.waiting_until == {"hospital": date(2024, 4, 1), "delivery": date(2024, 10, 1)}
    assert [finding.place for finding in answer.findings] == ["hospital", "delivery"]
    assert rights(membership=new, on=date(2024, 4, 1)).waiting_until.keys() == {"delivery"}
    assert rights(membership=new, on=date(2024, 10, 1)).waiting_until == {}


def test_a_later_dependant_waits_from_their_own_entry_a_newborn_does_not() -> None:
    later = PersonCover(entered_on=date(2024, 6, 1))
    assert rights(later).waiting_until["hospital"] == date(2024, 9, 1)
    assert rights(replace(later, is_newborn=True)).waiting_until == {}


@pytest.mark.requirement("R009", begun=True)
def test_seniority_is_kept_within_the_grace_and_lost_after_it() -> None:
    rule = PRODUCT.membership
    last_day = YEAR.until + timedelta(days=30)
    previous = MembershipCover(YEAR, joined_on=START)
    assert seniority_start(rule, previous, YEAR.until) == START
    assert seniority_start(rule, previous, last_day) == START
    assert seniority_start(rule, previous, last_day + DAY) == last_day + DAY
    assert seniority_start(rule, COVER, last_day) == date(2020, 1, 1)
    assert seniority_start(rule, COVER, last_day + DAY) == last_day + DAY
    assert seniority_start(rule, None, ON) == ON
    ended = replace(COVER, ended_on=date(2024, 2, 1))
    assert seniority_start(rule, ended, YEAR.until) == YEAR.until


def test_the_membership_to_judge_a_day_by() -> None:
    first = MembershipCover(Period.of_months(date(2022, 1, 1), 12), date(2022, 1, 1))
    second = replace(first, period=Period.of_months(date(2023, 6, 1), 12))
    both = (second, first)
    assert membership_on((), ON) is None
    assert membership_on(both, date(2021, 1, 1)) is first
    assert membership_on(both, date(2022, 5, 1)) is first
    assert membership_on(both, date(2023, 2, 1)) is first
    assert membership_on(both, date(2023, 6, 1)) is second
    assert membership_on(both, date(2030, 1, 1)) is second


days = st.dates(date(2022, 1, 1), date(2027, 1, 1))
optional_days = st.none() | days
covers = st.builds(
    lambda start, months, joined, ended: MembershipCover(
        Period.of_months(start, months), min(joined, start), ended_on=ended
    ),
    days,
    st.integers(1, 12),
    days,
    optional_days,
)
persons = st.builds(PersonCover, days, optional_days, optional_days, st.booleans())
unpaid_dues = st.lists(st.builds(UnpaidDue, days, st.integers(0, 9_999)), max_size=3)


@given(persons, covers, unpaid_dues, days)
def test_rights_are_open_exactly_when_nothing_closes_them(
    person: PersonCover, cover: MembershipCover, unpaid: list[UnpaidDue], on: date
) -> None:
    answer = rights(person, cover, tuple(unpaid), on=on)
    is_open = (
        on in cover.period
        and person.entered_on <= on
        and (person.exited_on is None or on < person.exited_on)
        and (person.died_on is None or on <= person.died_on)
        and (cover.ended_on is None or on < cover.ended_on)
        and person.has_photo
        and not any(due.remaining_minor and on - due.due_on > timedelta(30) for due in unpaid)
    )
    assert answer.is_open == is_open == (answer.reasons == ())
    assert all(opens_on > on for opens_on in answer.waiting_until.values())


@given(persons, covers, unpaid_dues, days)
def test_paying_never_closes_rights_and_the_order_of_dues_does_not_matter(
    person: PersonCover, cover: MembershipCover, unpaid: list[UnpaidDue], on: date
) -> None:
    owing = rights(person, cover, tuple(unpaid), on=on)
    assert rights(person, cover, tuple(reversed(unpaid)), on=on) == owing
    paid = rights(person, cover, (), on=on)
    assert paid.is_open or not owing.is_open
    assert "CONTRIBUTION_UNPAID" not in [finding.code for finding in paid.findings]

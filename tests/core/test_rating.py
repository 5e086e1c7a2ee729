"""The price of a cover period, its split, its instalments, and when cover begins.

OI-PV1, 2, 3 and 5 are published cases: tests of the openIMIS policy module
(openimis-be-policy_py at 08ed5743, policy/tests/test_values.py); the numbers are copied here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months
from entraide.core.product import (
    BracketMode,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    PayingCategory,
    Product,
)
from entraide.core.rating import (
    HouseholdComposition,
    Payer,
    contribution_due,
    cover_period,
    instalments,
    months_ahead,
    renewal_period,
)

FAMILY = ContributionRule(ContributionKind.BY_AGE, adult_minor=300, child_minor=200)
LUMP_FEES = replace(FAMILY, joining_fee_minor=250, assembly_fee_minor=130)
PERSON_FEES = replace(
    FAMILY, lump_sum_minor=200, joining_fee_minor_per_person=10, assembly_fee_minor_per_person=5
)
FIVE_AT_MOST = MembershipRule(max_members=5)
CYCLES = MembershipRule(max_members=5, cycle_starts=((1, 1), (1, 6)), enrolment_grace_months=1)


def product(
    contribution: ContributionRule,
    membership: MembershipRule = FIVE_AT_MOST,
    fund_share_rate: str = "0.75",
) -> Product:
    return Product(
        code="plan",
        version="plan@1/2020-01-01",
        currency="XOF",
        contribution=contribution,
        membership=membership,
        benefits=(),
        fund_share_rate=Decimal(fund_share_rate),
    )


@pytest.mark.requirement("R025", begun=True)
@pytest.mark.parametrize(
    ("rule", "membership", "adults", "children", "enrolled_on", "value", "start", "last"),
    [
        pytest.param(
            LUMP_FEES, FIVE_AT_MOST, 2, 0, date(2020, 11, 10),
            980, date(2020, 11, 10), date(2021, 11, 9), id="OI-PV1",
        ),
        pytest.param(
            LUMP_FEES, FIVE_AT_MOST, 2, 1, date(2020, 11, 1),
            1180, date(2020, 11, 1), date(2021, 10, 31), id="OI-PV2",
        ),
        pytest.param(
            replace(PERSON_FEES, threshold_members=2), CYCLES, 2, 0, date(2020, 11, 10),
            230, date(2021, 1, 1), date(2021, 12, 31), id="OI-PV3",
        ),
        pytest.param(
            replace(PERSON_FEES, threshold_members=1),
            replace(CYCLES, max_members=2, administration_months=1, cover_months=6),
            2, 0, date(2021, 1, 10), 530, date(2021, 6, 1), date(2021, 11, 30), id="OI-PV5",
        ),
    ],
)  # fmt: skip
def test_published_family_tariffs(
    rule: ContributionRule,
    membership: MembershipRule,
    adults: int,
    children: int,
    enrolled_on: date,
    value: int,
    start: date,
    last: date,
) -> None:
    due = contribution_due(product(rule, membership), HouseholdComposition(adults, children))
    period = cover_period(membership, enrolled_on)
    assert (due.total_minor, period.start, period.last) == (value, start, last)
    assert due.household_minor == value


def test_adults_fill_the_threshold_and_the_maximum_before_children() -> None:
    rule = replace(FAMILY, lump_sum_minor=1000, threshold_members=3)
    due = contribution_due(product(rule), HouseholdComposition(4, 3))
    # five persons priced: 4 adults, 1 child; three adults inside the lump sum
    assert (due.priced_adults, due.priced_children) == (4, 1)
    assert due.contribution_minor == 1000 + 300 + 200
    assert [line.code for line in due.lines] == [
        "DUE_LUMP_SUM", "DUE_ADULTS", "DUE_CHILDREN", "DUE_NOT_PRICED",
    ]  # fmt: skip
    assert due.lines[-1].data["persons"] == 2
    assert contribution_due(product(rule), HouseholdComposition(7, 2)).priced_children == 0


def test_the_joining_fee_is_paid_once_the_assembly_fee_every_time() -> None:
    renewed = HouseholdComposition(2, is_first_enrolment=False)
    due = contribution_due(product(LUMP_FEES), renewed)
    assert (due.joining_fee_minor, due.assembly_fee_minor) == (0, 130)


@pytest.mark.requirement("R028", begun=True)
def test_fees_go_wholly_to_running_costs() -> None:
    due = contribution_due(product(LUMP_FEES), HouseholdComposition(2))
    assert (due.contribution_minor, due.fund_share_minor, due.running_share_minor) == (
        600, 450, 150,
    )  # fmt: skip
    assert due.fees_minor == 380


@pytest.mark.requirement("R025", begun=True)
@pytest.mark.parametrize(
    ("loan", "contribution", "codes"),
    [
        (870_000, 52_200, ["DUE_OF_LOAN"]),
        (500_000, 36_000, ["DUE_OF_LOAN", "DUE_LOAN_FLOOR"]),
        (600_000, 36_000, ["DUE_OF_LOAN"]),
        (1_400_000, 84_000, ["DUE_OF_LOAN"]),
        (2_000_000, 84_000, ["DUE_OF_LOAN", "DUE_LOAN_CAP"]),
        (700_009, 42_001, ["DUE_OF_LOAN"]),  # 42 000.54
    ],
)
def test_a_rate_of_the_loan_between_its_floor_and_its_cap(
    loan: int, contribution: int, codes: list[str]
) -> None:
    rule = ContributionRule(
        ContributionKind.OF_LOAN,
        loan_rate=Decimal("0.06"),
        loan_floor_minor=36_000,
        loan_cap_minor=84_000,
    )
    due = contribution_due(product(rule), HouseholdComposition(2, loan_minor=loan))
    assert due.contribution_minor == contribution
    assert [line.code for line in due.lines] == codes
    assert due.lines[0].data["loan_minor"] == loan


def test_a_formula_on_the_loan_asks_for_the_loan() -> None:
    rule = ContributionRule(ContributionKind.OF_LOAN, loan_rate=Decimal("0.06"))
    with pytest.raises(Refusal, match="LOAN_MISSING"):
        contribution_due(product(rule), HouseholdComposition(2))
    with pytest.raises(Refusal, match="LOAN_INVALID"):
        contribution_due(product(rule), HouseholdComposition(2, loan_minor=0))


@pytest.mark.requirement("R025", begun=True)
def test_tables_by_size_and_by_loan() -> None:
    by_size = ContributionRule(
        ContributionKind.BY_SIZE, by_size_minor=((2, 42_000), (4, 60_000), (6, 72_000))
    )
    sizes = [
        contribution_due(product(by_size, MembershipRule()), HouseholdComposition(1, n))
        for n in range(8)
    ]
    assert [due.contribution_minor // 1000 for due in sizes] == [42, 42, 60, 60, 72, 72, 72, 72]
    by_loan = ContributionRule(
        ContributionKind.BY_LOAN, by_loan_minor=((100_000, 5_000), (300_000, 12_000))
    )
    prices = [
        contribution_due(product(by_loan), HouseholdComposition(1, loan_minor=loan))
        for loan in (1, 100_000, 100_001, 900_000)
    ]
    assert [due.contribution_minor for due in prices] == [5_000, 5_000, 12_000, 12_000]


@pytest.mark.requirement("R043", begun=True)
def test_a_subsidy_comes_on_top_of_what_the_household_pays() -> None:
    """Sugri Laafi: 2 000 F a person from the household, 1 000 F from the State or commune."""
    rule = ContributionRule(
        ContributionKind.PER_PERSON, amount_minor=2_000, subsidy_minor_per_person=1_000
    )
    plan = product(rule, MembershipRule(), "0.85")
    due = contribution_due(plan, HouseholdComposition(2, 4))
    assert (due.contribution_minor, due.subsidy_minor, due.total_minor) == (12_000, 6_000, 18_000)
    assert due.household_minor == 12_000
    assert (due.fund_share_minor, due.running_share_minor) == (15_300, 2_700)
    assert due.share_of(Payer.HOUSEHOLD).fund_share_minor == 10_200
    assert due.share_of(Payer.SUBSIDY).fund_share_minor == 5_100
    assert due.share_of(Payer.EMPLOYER).amount_minor == 0


@pytest.mark.requirement("R043", begun=True)
def test_an_employer_pays_its_share_of_the_contribution() -> None:
    rule = ContributionRule(
        ContributionKind.PER_HOUSEHOLD,
        amount_minor=84_000,
        employer_share_rate=Decimal("0.5"),
        joining_fee_minor=5_000,
    )
    due = contribution_due(product(rule, MembershipRule(), "0.78"), HouseholdComposition(2))
    assert (due.employer_minor, due.household_minor) == (42_000, 47_000)
    assert due.fund_share_minor == 65_520
    monthly = instalments(due, 12, Period.of_months(date(2024, 10, 1), 12), Payer.EMPLOYER)
    assert [part.amount_minor for part in monthly] == [3_500] * 12
    assert sum(part.fund_share_minor for part in monthly) == 32_760


def test_a_household_of_nobody_is_refused() -> None:
    for composition in (HouseholdComposition(0), HouseholdComposition(-1, 3)):
        with pytest.raises(Refusal, match="COMPOSITION_INVALID"):
            contribution_due(product(LUMP_FEES), composition)


amount = st.integers(0, 500_000)
rate = st.decimals("0", "1", places=3)


brackets = st.dictionaries(st.integers(1, 10**8), rate, max_size=4).map(
    lambda rows: tuple(sorted(rows.items()))
)


@st.composite
def contribution_rules(draw: st.DrawFn) -> ContributionRule:
    steps = draw(st.lists(st.tuples(st.integers(1, 20), amount), min_size=1, max_size=4))
    table = tuple(sorted(dict(steps).items()))
    floor = draw(amount)
    return ContributionRule(
        kind=draw(st.sampled_from(ContributionKind)),
        amount_minor=draw(amount),
        by_size_minor=table,
        by_loan_minor=table,
        adult_minor=draw(amount),
        child_minor=draw(amount),
        lump_sum_minor=draw(amount),
        threshold_members=draw(st.integers(0, 6)),
        loan_rate=draw(rate),
        loan_floor_minor=floor,
        loan_cap_minor=draw(st.none() | st.integers(floor, floor + 500_000)),
        joining_fee_minor=draw(amount),
        joining_fee_minor_per_person=draw(amount),
        assembly_fee_minor=draw(amount),
        assembly_fee_minor_per_person=draw(amount),
        subsidy_minor_per_person=draw(amount),
        employer_share_rate=draw(rate),
        state_share_rate=draw(rate),
        sponsor_minor_per_person=draw(amount),
        loan_brackets=draw(brackets),
        income_rate=draw(rate),
        income_brackets=draw(brackets),
        brackets=draw(st.sampled_from(BracketMode)),
        early_enrolment_discount_rate=draw(rate),
        whole_payment_discount_rate=draw(rate),
        discounts_cover_fees=draw(st.booleans()),
        categories=(
            PayingCategory(
                "indigent",
                draw(rate),
                draw(st.sampled_from(["state", "sponsor", "employer", "mutual"])),
                draw(st.booleans()),
                draw(amount),
            ),
        ),
    )


compositions = st.builds(
    HouseholdComposition,
    adults=st.integers(1, 9),
    children=st.integers(0, 9),
    is_first_enrolment=st.booleans(),
    loan_minor=st.integers(1, 10**8),
    income_minor=st.integers(0, 10**7),
    category=st.sampled_from(["", "indigent", "unknown"]),
    months_ahead=st.integers(0, 3),
    pays_at_once=st.booleans(),
)


@given(contribution_rules(), compositions, rate, st.none() | st.integers(1, 12))
def test_every_unit_of_a_due_has_one_payer_and_one_fund(
    rule: ContributionRule,
    composition: HouseholdComposition,
    fund_share_rate: Decimal,
    max_members: int | None,
) -> None:
    plan = product(rule, MembershipRule(max_members=max_members), str(fund_share_rate))
    due = contribution_due(plan, composition)
    assert sum(line.amount_minor for line in due.lines) == due.total_minor
    others = due.employer_minor + due.state_minor + due.sponsor_minor + due.subsidy_minor
    assert due.household_minor + others == due.total_minor
    assert due.fund_share_minor + due.running_share_minor + due.fees_minor == due.total_minor
    assert min(due.household_minor, due.employer_minor, due.fund_share_minor) >= 0
    assert sum(share.amount_minor for share in due.shares) == due.total_minor - due.fees_minor
    assert sum(share.fund_share_minor for share in due.shares) == due.fund_share_minor
    for share in due.shares:
        assert share.amount_minor == share.fund_share_minor + share.running_share_minor
        assert min(share.fund_share_minor, share.running_share_minor) >= 0
    assert due.priced_persons == min(composition.persons, max_members or composition.persons)


@given(
    contribution_rules(),
    compositions,
    rate,
    st.dates(date(2015, 1, 1), date(2040, 1, 1)),
    st.integers(1, 24),
    st.data(),
)
def test_instalments_sum_to_what_each_payer_owes(
    rule: ContributionRule,
    composition: HouseholdComposition,
    fund_share_rate: Decimal,
    start: date,
    months: int,
    data: st.DataObject,
) -> None:
    count = data.draw(st.integers(1, months))
    period = Period.of_months(start, months)
    due = contribution_due(product(rule, MembershipRule(), str(fund_share_rate)), composition)
    for payer in Payer:
        parts = instalments(due, count, period, payer)
        fees = due.fees_minor if payer is Payer.HOUSEHOLD else 0
        share = due.share_of(payer)
        assert sum(part.amount_minor for part in parts) == share.amount_minor + fees
        assert sum(part.fund_share_minor for part in parts) == share.fund_share_minor
        for part in parts:
            assert part.amount_minor == part.fund_share_minor + part.running_share_minor
            assert part.amount_minor > 0
            assert min(part.fund_share_minor, part.running_share_minor) >= 0
        due_days = [part.due_on for part in parts]
        assert due_days == sorted(set(due_days))
        assert all(day in period for day in due_days)


@pytest.mark.requirement("R025", begun=True)
def test_twelve_instalments_fall_due_month_by_month_fees_with_the_first() -> None:
    rule = ContributionRule(
        ContributionKind.PER_HOUSEHOLD, amount_minor=60_000, joining_fee_minor=5_000
    )
    due = contribution_due(product(rule, MembershipRule(), "0.78"), HouseholdComposition(2))
    parts = instalments(due, 12, Period.of_months(date(2024, 1, 31), 12))
    assert [part.amount_minor for part in parts] == [10_000] + [5_000] * 11
    assert [part.fund_share_minor for part in parts] == [3_900] * 12
    assert [part.due_on for part in parts[:3]] == [
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31),
    ]  # fmt: skip
    quarterly = instalments(due, 4, Period.of_months(date(2024, 1, 1), 12))
    assert [part.due_on.month for part in quarterly] == [1, 4, 7, 10]


@pytest.mark.parametrize("count", [0, 13])
def test_too_many_or_no_instalments_are_refused(count: int) -> None:
    due = contribution_due(product(LUMP_FEES), HouseholdComposition(2))
    with pytest.raises(Refusal, match="INSTALMENT_COUNT_INVALID"):
        instalments(due, count, Period.of_months(date(2024, 1, 1), 12))


def test_enrolment_within_the_grace_joins_the_cycle_already_begun() -> None:
    assert cover_period(CYCLES, date(2021, 1, 31)).start == date(2021, 1, 1)
    assert cover_period(CYCLES, date(2021, 2, 1)).start == date(2021, 1, 1)
    assert cover_period(CYCLES, date(2021, 2, 2)).start == date(2021, 6, 1)
    assert cover_period(CYCLES, date(2021, 7, 2)).start == date(2022, 1, 1)


@given(
    st.dates(date(2015, 1, 1), date(2040, 1, 1)),
    st.lists(
        st.tuples(st.integers(1, 28), st.integers(1, 12)), min_size=1, max_size=4, unique=True
    ),
    st.integers(0, 14),
    st.integers(0, 6),
)
def test_the_first_cycle_that_still_takes_the_household(
    enrolled_on: date, cycles: list[tuple[int, int]], grace: int, administration: int
) -> None:
    rule = MembershipRule(
        cycle_starts=tuple(cycles),
        enrolment_grace_months=grace,
        administration_months=administration,
    )
    start = cover_period(rule, enrolled_on).start
    ready_on = add_months(enrolled_on, administration)
    assert (start.day, start.month) in cycles
    assert ready_on <= add_months(start, grace)
    earlier = [
        date(year, month, day) for year in range(start.year - 2, start.year + 1)
        for day, month in cycles if date(year, month, day) < start
    ]  # fmt: skip
    assert all(ready_on > add_months(cycle, grace) for cycle in earlier)


def test_a_renewal_in_time_follows_the_previous_cover_a_late_one_begins_anew() -> None:
    rule = MembershipRule(renewal_grace_days=30)
    previous = Period.of_months(date(2023, 5, 10), 12)
    following = Period.of_months(date(2024, 5, 10), 12)
    assert renewal_period(rule, previous, date(2024, 3, 1)) == following
    assert renewal_period(rule, previous, date(2024, 5, 10)) == following
    assert renewal_period(rule, previous, date(2024, 5, 20)).start == date(2024, 5, 20)


@given(
    brackets.filter(bool),
    st.integers(1, 10**8),
    st.integers(0, 10**6),
)
def test_under_marginal_rates_a_larger_loan_never_pays_less(
    table: tuple[tuple[int, Decimal], ...], loan: int, more: int
) -> None:
    rule = ContributionRule(ContributionKind.OF_LOAN, loan_brackets=table)
    small, large = (
        contribution_due(product(rule), HouseholdComposition(1, loan_minor=each))
        for each in (loan, loan + more)
    )
    assert small.contribution_minor <= large.contribution_minor


@pytest.mark.parametrize(
    ("asked_on", "starts_on", "months"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), 0),
        (date(2024, 12, 2), date(2025, 1, 1), 0),
        (date(2024, 12, 1), date(2025, 1, 1), 1),
        (date(2024, 2, 29), date(2024, 3, 31), 1),
        (date(2025, 3, 1), date(2025, 1, 1), 0),
    ],
)
def test_months_ahead_are_whole(asked_on: date, starts_on: date, months: int) -> None:
    assert months_ahead(asked_on, starts_on) == months

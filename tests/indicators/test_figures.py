"""Every figure of the catalogue on three families, against a count by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from entraide.apps.reporting.warehouse import export_warehouse, folder_of
from entraide.apps.schemes.models import Mutual
from entraide.core.exposure import CoveredGroup, earned_by_month, person_months
from entraide.core.periods import Period
from entraide.indicators.catalogue import BY_CODE, CATALOGUE
from entraide.indicators.engine import Engine
from tests.indicators.three_households import three_households
from tests.people import People

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
YEAR_BEFORE = Period(date(2024, 1, 1), date(2025, 1, 1))
READ_ON = date(2025, 12, 31)

# Adjovi 3 × 12; Bocco February, 3 days of March, 20 of May, June to December; Codjo 2 × 3.
MONTHS = 36 + (1 + Fraction(3, 31) + Fraction(20, 31) + 7) + 6
# At the rate of the days: Adjovi all, Bocco 334 of 365 days, Codjo what 275 of 365 had left.
EARNED, FUND = 12000 + 10981 + (12000 - 9041), 9000 + 8236 + (9000 - 6781)
RUNNING = EARNED - FUND
COSTS = 20000 + 2000 + 300  # 500 were taken back
INCURRED = 3000 + 3000 + 32000
BALANCE = 4 * 9000 - 3 * 3000  # four contributions, three consultations

BY_HAND_2025: dict[str, object] = {
    "households_covered": 2,
    "persons_covered": 4,
    "persons_covered_months": MONTHS,
    "mean_members": MONTHS / 12,
    "mean_household_size": 2,
    "new_households": 1,
    "covers_ended": 2,
    "covers_renewed": 1,
    "covers_left": 1,
    "renewal_rate": Fraction(1, 2),
    "covers_lapsed": 1,  # Codjo
    "covers_exited": 0,
    "households_to_renew": 2,
    "households_kept": 1,
    "retention_rate": Fraction(1, 2),
    "households_at_start": 2,  # Adjovi and Codjo on 31 December 2024
    "households_gained": 0,
    "households_first_covered": 1,  # Bocco, in February
    "households_reopened": 1,  # Bocco, in May
    "households_suspended": 1,  # Bocco, in March
    "households_lapsed": 1,  # Codjo, in April
    "households_exited": 0,
    "growth_rate": 0,
    "contribution_written": 24000,
    "contribution_collected": 12000 + 6000 + 6000,
    "contribution_earned": EARNED,
    "fund_share": FUND,
    "running_share": RUNNING,
    "own_running_share": RUNNING,  # nobody is subsidised; Sugri Laafi's is in tests/demo
    "fund_share_collected": 18000,
    "contribution_due": 24000,
    "collected_on_due": 24000,
    "collection_rate": 1,
    "contribution_per_person": EARNED / (MONTHS / 12),
    "claims_count": 3,
    "claims_incurred": INCURRED,
    "claims_paid": 6000,
    "persons_covered_years": MONTHS / 12,
    "utilisation_rate": 3 / (MONTHS / 12),
    "average_cost": Fraction(INCURRED, 3),
    "claims_per_person": INCURRED / (MONTHS / 12),
    "cost_in_contributions": Fraction(INCURRED, 3) / (EARNED / (MONTHS / 12)),
    "claims_ratio": Fraction(INCURRED, FUND),
    "gross_claims_ratio": Fraction(INCURRED, EARNED),
    "cash_claims_ratio": Fraction(6000, 18000),
    "claims_decided": 4,
    "claims_refused": 1,
    "rejection_rate": Fraction(1, 4),
    "claims_received": 4,
    "claims_decided_by_rules": 4,
    "straight_through_rate": 1,
    "claims_settled": 2,
    "claims_settled_in_time": 1,
    "promptness_rate": Fraction(1, 2),
    "payment_delay_median": 32,  # between 18 and 46 days
    "payment_delay_p90": Fraction(432, 10),  # 18 + 0.9 × 28
    "running_costs": COSTS,
    "staff_costs": 20000,
    "other_income": 1000 + 5000,
    "autonomy_rate": Fraction(RUNNING, COSTS),
    "left_after_care": EARNED - INCURRED,
    "net_autonomy_rate": Fraction(EARNED - INCURRED, COSTS),
    "funding_gap": COSTS - RUNNING - 6000,
    "fund_balance": BALANCE,
    "running_balance": 4 * 3000 + 3 * 1000 + 5000 - COSTS,
    "mean_monthly_claims": Fraction(INCURRED, 12),
    "reserve_months": Fraction(BALANCE * 12, INCURRED),
}


@pytest.fixture
def engine(mutual: Mutual, people: People) -> Iterator[Engine]:
    three_households(mutual, people)
    with Engine(folder_of(export_warehouse(mutual)), READ_ON) as engine:
        yield engine


def _is(value: object, expected: object) -> bool:
    return abs(Decimal(str(value)) - _decimal(expected)) <= Decimal("0.000001")


def _decimal(number: object) -> Decimal:
    exact = Fraction(str(number)) if not isinstance(number, Fraction) else number
    return Decimal(exact.numerator) / Decimal(exact.denominator)


@pytest.mark.requirement("R143")
@pytest.mark.requirement("R146")
@pytest.mark.requirement("R158", begun=True)
def test_each_figure_is_the_count_by_hand(engine: Engine) -> None:
    figures = {code: engine.figure(code, YEAR).value for code in BY_HAND_2025}
    wrong = {
        code: (figures[code], expected)
        for code, expected in BY_HAND_2025.items()
        if not _is(figures[code], expected)
    }
    assert wrong == {}
    assert BY_HAND_2025.keys() == {each.code for each in CATALOGUE if not each.only_by}


def test_openimis_15_each_person_counts_once_whatever_the_receipts(engine: Engine) -> None:
    """Adjovi's three persons renewed, Bocco paid in two receipts: four persons, two families."""
    assert engine.figure("persons_covered", YEAR).value == 4
    assert engine.figure("households_covered", YEAR).value == 2
    receipts = engine.fetch(engine.rows("contribution_collected", YEAR))
    assert len(receipts) == 3
    assert len({row["household"] for row in receipts}) == 2


def test_a_category_is_measured_by_those_at_risk_of_it(engine: Engine) -> None:
    """Nine months wait for a delivery: Adjovi all year, Codjo three months of two persons, Bocco
    two months."""
    at_risk = engine.cut("person_years_at_risk", YEAR, "category")
    assert _is(at_risk["delivery"].value, 3 + Fraction(6 + 2, 12))
    assert _is(at_risk["hospital"].value, MONTHS / 12)
    cost = engine.cut("category_average_cost", YEAR, "category")
    assert {key: (each.numerator, each.denominator) for key, each in cost.items()} == {
        "consultation": (6000, 2),
        "hospital": (32000, 1),
    }
    frequency = engine.cut("category_frequency", YEAR, "category")
    assert frequency["delivery"].value == 0
    assert _is(frequency["consultation"].value, 2 / (MONTHS / 12))


def test_a_ratio_names_its_parts(engine: Engine) -> None:
    figure = engine.figure("claims_ratio", YEAR)
    assert (figure.numerator, figure.denominator) == (INCURRED, FUND)
    assert BY_CODE["claims_ratio"].parts == ("claims_incurred", "fund_share")


def test_a_ratio_over_nothing_is_absent(engine: Engine) -> None:
    before = Period(date(2023, 1, 1), date(2024, 1, 1))
    for indicator in CATALOGUE:
        if not indicator.only_by:
            figure = engine.figure(indicator.code, before)
            is_ratio = len(indicator.parts) == 2 and indicator.unit in ("rate", "per_year")
            assert figure.value is None if is_ratio else not figure.value, indicator.code
    assert engine.figure("autonomy_rate", before).note == "no_denominator"
    assert engine.figure("payment_delay_median", before).note == "nothing_to_measure"


def test_months_add_up_to_the_year(engine: Engine) -> None:
    for code in ("contribution_earned", "fund_share", "claims_incurred", "running_costs"):
        months = engine.series(code, YEAR)
        assert len(months) == 12
        assert sum(int(each.value or 0) for each in months) == engine.figure(code, YEAR).value


def test_a_rolling_year_ends_with_its_month(engine: Engine) -> None:
    rolling = engine.series("claims_ratio", YEAR, months=12)
    assert rolling[-1] == engine.figure("claims_ratio", YEAR)
    assert rolling[0].period == Period(date(2024, 2, 1), date(2025, 2, 1))


@pytest.mark.requirement("R148", begun=True)
def test_cuts_of_every_dimension_add_up(engine: Engine) -> None:
    for code in ("contribution_earned", "claims_incurred", "persons_covered_months"):
        whole = engine.figure(code, YEAR).value
        for dimension in BY_CODE[code].dimensions:
            parts = engine.cut(code, YEAR, dimension)
            assert _is(sum(Decimal(each.value or 0) for each in parts.values()), whole)
    by_sex = engine.cut("persons_covered_months", YEAR, "sex")
    assert _is(by_sex["F"].value, 12 + 12 + 3)  # mother and daughter Adjovi, Rita Codjo
    by_kind = engine.cut("contribution_earned", YEAR, "group_kind")
    assert {kind: each.value for kind, each in by_kind.items()} == {"": 14959, "village": 10981}
    assert engine.cut("claims_ratio", YEAR, "group_kind")["village"].value == 0


def test_the_rows_behind_a_figure_are_those_of_its_period(engine: Engine) -> None:
    rows = engine.fetch(engine.rows("claims_incurred", YEAR))
    assert sum(row["payable_minor"] for row in rows) == INCURRED
    assert {row["care_on"].year for row in rows} == {2025}
    state = engine.fetch(engine.rows("households_covered", YEAR))
    assert len({row["household"] for row in state}) == 2


def test_plain_python_finds_the_same(engine: Engine) -> None:
    """The same two quantities by the functions that ``entraide calc`` opens to everybody."""
    groups = [
        CoveredGroup(YEAR, 3),
        CoveredGroup(Period(date(2025, 2, 1), date(2025, 3, 4)), 1),
        CoveredGroup(Period(date(2025, 5, 12), date(2026, 2, 1)), 1),
        CoveredGroup(Period(date(2024, 4, 1), date(2025, 4, 1)), 2),
    ]
    assert _is(engine.figure("persons_covered_months", YEAR).value, person_months(groups, YEAR))
    covers = [
        Period(date(2025, 1, 1), date(2026, 1, 1)),
        Period(date(2025, 2, 1), date(2026, 2, 1)),
        Period(date(2024, 4, 1), date(2025, 4, 1)),
    ]
    for month in engine.series("contribution_earned", YEAR):
        earned = sum(earned_by_month(12000, cover).get(month.period.start, 0) for cover in covers)
        assert month.value == earned


def test_a_cover_still_to_end_is_not_yet_lost(mutual: Mutual, people: People) -> None:
    three_households(mutual, people)
    with Engine(folder_of(export_warehouse(mutual)), date(2025, 3, 31)) as engine:
        assert engine.figure("covers_ended", YEAR).value == 1
        assert engine.figure("renewal_rate", YEAR).value == 1

"""Two tariffs on the same families; figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product
from entraide.core.rating import HouseholdComposition
from entraide.core.tariff_simulation import Cohort, loan_tiers, simulate, slice_key


def of_loan(floor: int, rate: str = "0.05") -> Product:
    rule = ContributionRule(
        ContributionKind.OF_LOAN, loan_rate=Decimal(rate), loan_floor_minor=floor
    )
    return Product("p", "p@1", "MGA", rule, MembershipRule(), (), Decimal("0.8"))


COHORTS = (
    Cohort(HouseholdComposition(1, loan_minor=100_000), "village", 10),
    Cohort(HouseholdComposition(2, 2, loan_minor=1_000_000), "lender", 5),
    Cohort(HouseholdComposition(1, 1), "village", 3),  # no loan known: priced by neither
)


@pytest.mark.requirement("R026", begun=True)
@pytest.mark.requirement("R027")
def test_a_lower_floor_relieves_small_loans_and_costs_the_fund() -> None:
    """Floor 30 000 → 10 000: ten families pay 20 000 less, 80 % of it lost to the fund."""
    result = simulate(of_loan(30_000), of_loan(10_000), COHORTS, (200_000,))
    total = result.total
    assert (total.families, result.unpriced) == (15, 3)
    assert (total.now_minor, total.then_minor) == (550_000, 350_000)
    assert total.fund_now_minor - total.fund_then_minor == 160_000
    assert (total.winners, total.losers, total.unchanged) == (10, 0, 5)
    small, large = result.by_loan
    assert (small.effort_of_loan_now, small.effort_of_loan_then) == (Decimal("0.3"), Decimal("0.1"))
    assert large.effort_of_loan_then == Decimal("0.05")
    assert [each.key for each in result.by_segment] == ["lender", "village"]
    assert [each.key for each in result.by_kind] == ["alone", "adults_children"]
    for cut in (result.by_kind, result.by_size, result.by_segment):
        assert sum(each.then_minor for each in cut) == total.then_minor


def test_tiers_hold_about_as_many_families_and_round_edges() -> None:
    cohorts = [
        Cohort(HouseholdComposition(1, loan_minor=loan), "", 1)
        for loan in (100_100, 200_200, 300_300, 400_400, 500_500)
    ]
    assert loan_tiers(cohorts) == (110_000, 210_000, 310_000, 410_000)
    assert slice_key("loan", HouseholdComposition(1), "", (1,)) is None


def test_a_hundred_thousand_families_cost_what_their_compositions_cost() -> None:
    """Each composition is priced once: the count does not matter."""
    many = tuple(Cohort(each.composition, each.segment, each.count * 10_000) for each in COHORTS)
    result = simulate(of_loan(30_000), of_loan(10_000), many, ())
    assert result.total.families == 150_000
    assert result.total.then_minor == 3_500_000_000

"""What is promised in full and without a ceiling is named; a share or a ceiling bounds it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entraide.core.care_package import Benefit, Limit, Target
from entraide.core.open_promises import unbounded_categories
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product


def _product(*benefits: Benefit, **more: object) -> Product:
    return Product(
        code="p", version="p@1", currency="XOF",
        contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD),
        membership=MembershipRule(), benefits=benefits, fund_share_rate=Decimal(0), **more,
    )  # fmt: skip


def test_a_blank_promise_is_named() -> None:
    blank = Benefit("consultation")
    assert unbounded_categories(_product(blank)) == ("consultation",)
    assert unbounded_categories(_product(blank, limits=(Limit("a", count=6),))) == ()
    some = Limit("b", target=Target(items=("X1",)), count=6)
    assert unbounded_categories(_product(blank, limits=(some,))) == ("consultation",)
    assert unbounded_categories(_product(blank, ceiling_minor_per_person_per_year=1)) == ()


@pytest.mark.parametrize(
    "said",
    [
        {"is_covered": False}, {"copayment_rate": Decimal("0.2")}, {"flat_rate_minor": 2000},
        {"ceiling_minor_per_case": 15000}, {"ceiling_count_per_person_per_year": 5},
    ],
)  # fmt: skip
def test_a_share_or_a_ceiling_bounds_it(said: dict[str, object]) -> None:
    assert unbounded_categories(_product(Benefit("consultation", **said))) == ()

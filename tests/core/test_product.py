"""A product cannot be built with a rate out of range or a promise written twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from entraide.core.errors import Refusal
from entraide.core.product import (
    Benefit,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
    Sector,
)

PRODUCT = Product(
    code="plan",
    version="plan@1/2024-01-01",
    currency="XOF",
    contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD, amount_minor=12_000),
    membership=MembershipRule(),
    benefits=(
        Benefit("hospital", Sector.PUBLIC, copayment_rate=Decimal("0.2")),
        Benefit("hospital", copayment_rate=Decimal("0.4")),
        Benefit("delivery", Sector.PUBLIC),
    ),
    fund_share_rate=Decimal("0.75"),
)


@pytest.mark.requirement("R047", begun=True)
def test_the_promise_of_the_sector_comes_before_the_general_one() -> None:
    public = PRODUCT.benefit_for("hospital", Sector.PUBLIC)
    private = PRODUCT.benefit_for("hospital", Sector.PRIVATE)
    assert public is not None
    assert private is not None
    assert (public.copayment_rate, private.copayment_rate) == (Decimal("0.2"), Decimal("0.4"))


def test_no_promise_for_another_sector_or_category_is_none() -> None:
    assert PRODUCT.benefit_for("delivery", Sector.PRIVATE) is None
    assert PRODUCT.benefit_for("dental", Sector.PUBLIC) is None


@pytest.mark.parametrize("rate", ["-0.01", "1.01"])
def test_rates_stay_between_0_and_1(rate: str) -> None:
    with pytest.raises(Refusal) as refusal:
        replace(PRODUCT, fund_share_rate=Decimal(rate))
    assert (refusal.value.code, refusal.value.place) == ("RATE_OUT_OF_RANGE", "fund_share_rate")
    with pytest.raises(Refusal) as refusal:
        replace(PRODUCT, benefits=(Benefit("dental", copayment_rate=Decimal(rate)),))
    assert refusal.value.place == "benefits.dental.copayment_rate"


def test_the_same_promise_twice_is_refused() -> None:
    with pytest.raises(Refusal, match="BENEFIT_TWICE"):
        replace(PRODUCT, benefits=(Benefit("dental"), Benefit("dental")))

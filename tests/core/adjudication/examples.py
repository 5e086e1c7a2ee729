"""A product and a claim from which the tests of the decisions start."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from entraide.core.adjudication import ClaimFacts, LineFacts
from entraide.core.product import (
    Benefit,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
    Sector,
)

CARE_ON = date(2025, 3, 18)


def product(*benefits: Benefit, **more: Any) -> Product:
    return Product(
        code="test",
        version="test@1",
        currency="XOF",
        contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD),
        membership=MembershipRule(),
        benefits=benefits,
        fund_share_rate=Decimal("0.8"),
        **more,
    )


def claim(*lines: LineFacts, **more: Any) -> ClaimFacts:
    facts: dict[str, Any] = {
        "care_on": CARE_ON,
        "received_on": CARE_ON,
        "sector": Sector.PUBLIC,
        "lines": lines,
    }
    return ClaimFacts(**{**facts, **more})

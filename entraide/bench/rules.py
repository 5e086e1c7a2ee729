"""The decision alone: claims of three lines through the rules, on one core, without a database."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from entraide.bench.figures import Limit, Timings
from entraide.core.adjudication import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
)
from entraide.core.product import Sector
from entraide.rulebook import product_path, read_product

LINES = 3
_PASS_CLAIMS = 200
_CARE_ON = date(2025, 3, 3)


def claim_and_context() -> tuple[ClaimFacts, Context]:
    """A consultation above the tariff, an examination and a stay, with ceilings partly used."""
    product = read_product(product_path("essentielle")).on(_CARE_ON)
    lines = tuple(
        LineFacts(
            key=str(rank),
            category=category,
            claimed_minor=claimed_minor,
            item_code=f"{category}-1",
            quantity=Decimal(1),
            unit_price_claimed_minor=claimed_minor,
            tariff_unit_minor=tariff_minor,
        )
        for rank, (category, claimed_minor, tariff_minor) in enumerate(
            (
                ("consultation", 5000, 4000),
                ("examinations", 2500, 2500),
                ("hospital", 30000, 28000),
            ),
            start=1,
        )
    )
    claim = ClaimFacts(_CARE_ON, _CARE_ON, Sector.PUBLIC, lines)
    context = Context(
        product=product,
        person=PatientFacts("F", date(1988, 4, 12)),
        cover=CoverFacts(),
        used=UsedAmounts(
            person_minor={"consultation": 16000},
            person_count={"consultation": 4},
            household_minor={"consultation": 16000},
            person_total_minor=16000,
            household_total_minor=16000,
        ),
    )
    return claim, context


def measure_rules(seconds: float) -> tuple[Timings, Limit]:
    """The time of each claim, and what plain arithmetic on the same lines reaches."""
    claim, context = claim_and_context()
    timings = _looped(lambda: adjudicate(claim, context), seconds)
    bare = _looped(lambda: _arithmetic(claim), seconds / 2)
    return timings, Limit("tariff, copayment and ceiling as bare integers", bare.per_second * LINES)


def _arithmetic(claim: ClaimFacts) -> int:
    """The least that a decision computes: no reason, no check, no record of it."""
    payable_minor = 0
    remaining_minor = 20000
    for line in claim.lines:
        allowed_minor = min(line.claimed_minor, line.tariff_unit_minor or 0)
        shared_minor = min((allowed_minor * 3 + 2) // 4, remaining_minor)
        remaining_minor -= shared_minor
        payable_minor += shared_minor
    return payable_minor


def _looped(act: Callable[[], object], seconds: float) -> Timings:
    """Passes of many claims: one is too short for the clock. A time is one claim's of a pass."""
    times: list[float] = []
    started = time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        for _ in range(_PASS_CLAIMS):
            act()
        each = (time.perf_counter() - now) / _PASS_CLAIMS
        times.extend([each] * _PASS_CLAIMS)
    return Timings(tuple(times), time.perf_counter() - started)

"""A tariff tried on 100 000 families: grouped, priced twice, cut four ways, without a database.

Loans are round figures, as lenders grant them: some families are alike and priced once.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date
from decimal import Decimal

from entraide.bench.figures import Figure, Limit, Timings
from entraide.core.rating import HouseholdComposition
from entraide.core.tariff_simulation import Cohort, Simulation, loan_tiers, simulate
from entraide.rulebook import parse_product, product_path, read_product
from entraide.rulebook.revision import revised

FAMILIES = 100_000
_ON = date(2025, 3, 3)
_SEGMENTS = ("village", "lender", "enterprise", "")


def families() -> list[tuple[HouseholdComposition, str]]:
    """100 000 families with a loan each, the same ones at each run."""
    drawn = random.Random(1)
    return [
        (
            HouseholdComposition(
                adults=drawn.randint(1, 4),
                children=drawn.randint(0, 7),
                is_first_enrolment=False,
                loan_minor=drawn.randrange(50_000, 2_000_000, 5_000),
            ),
            drawn.choice(_SEGMENTS),
        )
        for _ in range(FAMILIES)
    ]


def measure_simulation(seconds: float) -> Figure:
    """The time of each whole simulation, and what bare arithmetic on the same families takes."""
    rules = read_product(product_path("atia-prets"))
    changes = {"fund_share_rate": "0.70"}
    tried = parse_product(revised(rules.document, changes, effective_from=_ON, source="bench"))
    now, then = rules.on(_ON), tried.on(_ON)
    rows = families()
    times: list[float] = []
    started = time.perf_counter()
    while not times or time.perf_counter() - started < seconds:
        begun = time.perf_counter()
        counted = Counter(rows)
        cohorts = tuple(Cohort(each, segment, count) for (each, segment), count in counted.items())
        result: Simulation = simulate(now, then, cohorts, loan_tiers(cohorts))
        times.append(time.perf_counter() - begun)
        assert result.total.families + result.unpriced == FAMILIES
    timings = Timings(tuple(times), time.perf_counter() - started)
    return Figure(
        "simulate",
        "core.tariff_simulation.simulate",
        "families",
        timings,
        (_bare(rows),),
        units_per_success=FAMILIES,
        notes=(f"{FAMILIES} families, {len(cohorts)} unlike, no database",),
    )


def _bare(rows: list[tuple[HouseholdComposition, str]]) -> Limit:
    """A rate of the loan, twice, added up: no rule read, no cut."""
    rate, other = Decimal("0.03"), Decimal("0.04")
    begun = time.perf_counter()
    sum(int((each.loan_minor or 0) * rate) + int((each.loan_minor or 0) * other)
        for each, _segment in rows)  # fmt: skip
    spent = time.perf_counter() - begun
    return Limit("two rates of each loan, added up", FAMILIES / spent)

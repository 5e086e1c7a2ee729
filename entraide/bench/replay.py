"""One million past claim lines decided again under other rules, as a trial of rules does.

The texts are those that a database keeps of decisions; reading them from it and keeping the rows
of the trial are not measured.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from entraide.apps.what_if.processes import KeptClaim, decide_chunks
from entraide.bench.figures import Aim, Figure, Limit, Timings
from entraide.core.adjudication import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
)
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.product import Product, Sector
from entraide.rulebook import parse_product, product_path, read_product
from entraide.rulebook.drafts import with_values

LINES = 1_000_000
PER_CLAIM = 3
PER_HOUSEHOLD = 4
PROCESSES = 2
_UNLIKE = 2_000
_CHUNK_HOUSEHOLDS = 375
_YEAR_FROM = date(2025, 1, 1)
_CARE = (("consultation", 4000), ("examinations", 2500), ("hospital", 30000))


def _texts(product: Product) -> list[tuple[str, str]]:
    """Unlike claims, each decided and written as the records write it: facts, decision."""
    drawn = random.Random(1)
    texts = []
    for _rank in range(_UNLIKE):
        care_on = _YEAR_FROM + timedelta(days=drawn.randrange(365))
        lines = tuple(
            LineFacts(
                key=str(rank),
                category=category,
                claimed_minor=(asked := price + drawn.randrange(0, 2000, 100)),
                item_code=f"{category}-1",
                label=category.capitalize(),
                quantity=Decimal(1),
                unit_price_claimed_minor=asked,
                tariff_unit_minor=price,
            )
            for rank, (category, price) in enumerate(_CARE, start=1)
        )
        sector = drawn.choice(tuple(Sector))
        claim = ClaimFacts(care_on, care_on + timedelta(days=5), sector, lines)
        used = UsedAmounts({"consultation": drawn.randrange(0, 20_000, 500)}, {"consultation": 2})
        context = Context(
            product,
            PatientFacts("F", date(1988, 4, 12)),
            CoverFacts(waits_from=date(2024, 1, 1)),
            used,
        )
        decision = adjudicate(claim, context)
        texts.append((json.dumps(facts_to_json(claim, context)), json.dumps(decision.to_json())))
    return texts


def _chunks(texts: list[tuple[str, str]], lines: int) -> Iterator[list[KeptClaim]]:
    cycle = itertools.cycle(texts)
    households = -(-lines // (PER_CLAIM * PER_HOUSEHOLD))
    for start in range(0, households, _CHUNK_HOUSEHOLDS):
        yield [
            KeptClaim(
                key=household * PER_HOUSEHOLD + rank, document=f"S-{household}-{rank}",
                household=household, person=str(rank % 2), year_from=_YEAR_FROM, context=context,
                outcome=outcome,
            )
            for household in range(start, min(start + _CHUNK_HOUSEHOLDS, households))
            for rank, (context, outcome) in enumerate(itertools.islice(cycle, PER_HOUSEHOLD))
        ]  # fmt: skip


def measure_replay(lines: int = LINES) -> Figure:
    """The time of the whole trial, and what reading the same texts alone would take."""
    rules = read_product(product_path("essentielle"))
    tried = parse_product(
        with_values(
            rules.document,
            {"benefits.consultation.copayment_rate": "0.50"},
            on=_YEAR_FROM,
            source="bench",
        )
    ).on(_YEAR_FROM)
    texts = _texts(rules.on(_YEAR_FROM))
    processes = min(PROCESSES, os.cpu_count() or 1)
    begun, done = time.perf_counter(), 0
    for chunk in decide_chunks(_chunks(texts, lines), tried, processes=processes):
        done += chunk.effect.lines_count
    spent = time.perf_counter() - begun
    assert done >= lines, "every line is decided"
    return Figure(
        "replay",
        "past claims under other rules",
        "lines",
        Timings((spent,), spent),
        (_read_only(texts, processes),),
        Aim("seconds", 60.0),
        units_per_success=done,
        notes=(f"{processes} processes, claims of three lines", "without reading the database"),
    )


def _read_only(texts: list[tuple[str, str]], processes: int) -> Limit:
    begun = time.perf_counter()
    for context, outcome in texts:
        json.loads(context)
        json.loads(outcome)
    spent = time.perf_counter() - begun
    a_second = len(texts) * PER_CLAIM / spent * processes
    return Limit("the same texts read as JSON, nothing decided", a_second)

"""Chunks of households decided again, in one process or in several.

A chunk is plain values as the database hands them out; a process reads, decides and adds up. No
record is touched here: what is read before and written after is the caller's.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date

from entraide.core.product import Product
from entraide.core.what_if.effect import Effect
from entraide.core.what_if.fold import Outcome, replay_household
from entraide.core.what_if.past import NOTHING_KNOWN, Known, PastClaim, past_claim

AT_ONCE = 2  # chunks that wait for each process, so that none stands still


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """A claim as its record keeps it; ``context`` and ``outcome`` are the JSON of its decision."""

    key: int
    document: str
    household: int
    person: str
    year_from: date
    context: str
    outcome: str
    known: Known = NOTHING_KNOWN
    is_before: bool = False


@dataclass(slots=True)
class ChunkDone:
    """What a chunk gave: its effect, its outcomes, how many claims had no facts."""

    effect: Effect = field(default_factory=Effect)
    outcomes: list[Outcome] = field(default_factory=list)
    left_out_count: int = 0
    claims_count: int = 0


_product: Product | None = None


def _use(product: Product) -> None:
    global _product
    _product = product


def decide_chunk(claims: list[KeptClaim], product: Product, *, keeps: bool = True) -> ChunkDone:
    """The claims of whole households, each household's in the order of its decisions.

    ``keeps``: the outcomes are handed back, not only what they add up to.
    """
    done = ChunkDone(claims_count=len(claims))
    households: dict[int, list[PastClaim]] = {}
    for kept in claims:
        claim = _read(kept)
        if claim is None:
            done.left_out_count += not kept.is_before
        else:
            households.setdefault(kept.household, []).append(claim)
    for of_household in households.values():
        for outcome in replay_household(of_household, lambda _on: product):
            done.effect.add(outcome)
            if keeps:
                done.outcomes.append(outcome)
    return done


def _read(kept: KeptClaim) -> PastClaim | None:
    """The claim; None for a decision that is another system's, or that nobody can read."""
    context = json.loads(kept.context)
    if context.get("imported") or "claim" not in context:
        return None
    try:
        return past_claim(
            key=kept.key, document=kept.document, household=kept.household, person=kept.person,
            year_from=kept.year_from, context=context, outcome=json.loads(kept.outcome),
            known=kept.known, is_before=kept.is_before,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _in_process(claims: list[KeptClaim], keeps: bool) -> ChunkDone:
    assert _product is not None, "the pool was started with the product"
    return decide_chunk(claims, _product, keeps=keeps)


def decide_chunks(
    chunks: Iterable[list[KeptClaim]], product: Product, *, processes: int = 1, keeps: bool = True
) -> Iterator[ChunkDone]:
    """Every chunk decided under one product, in order; each household stands in one chunk."""
    if processes == 1:
        for chunk in chunks:
            yield decide_chunk(chunk, product, keeps=keeps)
        return
    # A process of its own, not a copy of this one: threads and connections are not shared.
    method = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=method, initializer=_use, initargs=(product,)
    ) as pool:
        waiting: deque[Future[ChunkDone]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_in_process, chunk, keeps))
            if len(waiting) > AT_ONCE * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

"""What ceilings and limits took from claims that were decided, and what was granted in spite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.review import AMOUNT_CEILINGS

CEILINGS = AMOUNT_CEILINGS | {
    "CEILING_COUNT",
    "LIMIT_COUNT",
    "LIMIT_QUANTITY",
    "QUANTITY_OVER_LIMIT",
}
"""The reasons of a decision that are a ceiling, a number or a quantity reached."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One ceiling that took something of one claim: what the family bears of it, in minor units;
    or, with ``is_exception``, what was granted in spite of one."""

    claim: int
    household: int
    category: str
    code: str
    amount_minor: int
    is_exception: bool = False


def hits_of(claim: int, household: int, outcome: Mapping[str, Any]) -> list[Hit]:
    """What ceilings did to a claim, from the JSON of its decision; one for each category and
    code. What the provider or another payer bears is not counted: it is not left to the family."""
    taken: dict[tuple[str, str, bool], int] = {}
    for line in outcome["lines"]:
        for one in line["reductions"]:
            if one["code"] in CEILINGS and one["borne_by"] == BorneBy.MEMBER.value:
                key = (line["category"], one["code"], False)
                taken[key] = taken.get(key, 0) + one["amount_minor"]
        for remark in line["remarks"]:
            if remark["code"] == "CEILING_EXCEPTION":
                key = (line["category"], remark["code"], True)
                taken[key] = taken.get(key, 0) + remark["data"]["granted_minor"]
    return [
        Hit(claim, household, category, code, amount, is_exception)
        for (category, code, is_exception), amount in taken.items()
        if amount
    ]


@dataclass(frozen=True, slots=True)
class HitSum:
    """What some hits add up to."""

    claims_count: int
    households_count: int
    amount_minor: int


def sum_of_hits(hits: Iterable[Hit]) -> HitSum:
    """Claims and households counted once, amounts added."""
    hits = list(hits)
    return HitSum(
        len({hit.claim for hit in hits}),
        len({hit.household for hit in hits}),
        sum(hit.amount_minor for hit in hits),
    )

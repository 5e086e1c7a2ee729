"""A past claim as its records keep it: the facts of its decision in force, and what was decided.

Read from the JSON of a decision (:mod:`entraide.core.adjudication.replay`), with what the records
know besides and the decision did not keep, for its rules did not look at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from entraide.core.adjudication.decision import BorneBy, Decision
from entraide.core.adjudication.facts import ClaimFacts, CoverFacts, PatientFacts
from entraide.core.adjudication.replay import (
    claim_from_json,
    cover_from_json,
    patient_from_json,
)

Amounts = dict[str, tuple[int, int]]  # category → (paid, left to the member), minor units


_NOT_AUTHORISED = ("PRE_AUTHORISATION_MISSING", "PRE_AUTHORISATION_USED_UP")


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person changed on a line: took away (``less_minor``) or granted above a ceiling."""

    line_key: str
    less_minor: int = 0
    more_minor: int = 0
    borne_by: BorneBy = BorneBy.MEMBER


@dataclass(frozen=True, slots=True)
class Known:
    """What the records know of a claim besides the facts that its decision kept.

    ``items``: (system, kind, risk) of each line, in the order of the paper. None where the new
    rules do not ask.
    """

    items: tuple[tuple[str, str, str], ...] | None = None
    lists: tuple[str, ...] | None = None
    household_size: int | None = None


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class PastClaim:
    """One claim to decide again.

    ``key`` names it, ``document`` is its number, by which an episode is named. ``year_from``: the
    first day of its cover year. ``is_before``: it came before the period and counts with what was
    decided; then ``decision`` is there.
    """

    key: int
    document: str
    household: int
    person: str
    year_from: date
    facts: ClaimFacts
    patient: PatientFacts
    cover: CoverFacts
    amounts: Amounts
    codes: frozenset[str]
    refused: frozenset[str] = frozenset()  # keys of lines refused for want of an agreement
    by_hand: tuple[ByHand, ...] = ()
    is_before: bool = False
    decision: Decision | None = field(default=None, compare=False)


def past_claim(
    *,
    key: int,
    document: str,
    household: int,
    person: str,
    year_from: date,
    context: Mapping[str, Any],
    outcome: Mapping[str, Any],
    known: Known = NOTHING_KNOWN,
    is_before: bool = False,
) -> PastClaim:
    """The claim of a decision in force, from the JSON that its record keeps.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for what no decision of ours wrote.
    """
    lines = outcome["lines"]
    amounts, codes = _decided(lines)
    cover = cover_from_json(context["cover"])
    if known.household_size is not None:
        cover = replace(cover, household_size=known.household_size)
    patient = patient_from_json(context["person"])
    if known.lists is not None:
        patient = replace(patient, lists=known.lists)
    return PastClaim(
        key=key,
        document=document,
        household=household,
        person=person,
        year_from=year_from,
        facts=_with_items(claim_from_json(context["claim"]), known.items),
        patient=patient,
        cover=cover,
        amounts=amounts,
        codes=codes,
        refused=frozenset(
            line["line_key"]
            for line in lines
            if any(one["code"] in _NOT_AUTHORISED for one in line["reductions"])
        ),
        by_hand=tuple(_by_hand(lines)),
        is_before=is_before,
        decision=Decision.from_json(outcome) if is_before else None,
    )


def _decided(lines: list[Mapping[str, Any]]) -> tuple[Amounts, frozenset[str]]:
    amounts: Amounts = {}
    codes: set[str] = set()
    member = BorneBy.MEMBER.value
    for line in lines:
        left = 0
        for one in line["reductions"]:
            codes.add(one["code"])
            if one["borne_by"] == member:
                left += one["amount_minor"]
        paid, borne = amounts.get(line["category"], (0, 0))
        amounts[line["category"]] = (paid + line["payable_minor"], borne + left)
    return amounts, frozenset(codes)


def _by_hand(lines: list[Mapping[str, Any]]) -> list[ByHand]:
    found = []
    for line in lines:
        for one in line["reductions"]:
            if one["code"] == "MEDICAL_REVIEW":
                found.append(
                    ByHand(
                        line["line_key"],
                        less_minor=one["amount_minor"],
                        borne_by=BorneBy(one["borne_by"]),
                    )
                )
        for remark in line["remarks"]:
            if remark["code"] == "CEILING_EXCEPTION":
                found.append(ByHand(line["line_key"], more_minor=remark["data"]["granted_minor"]))
    return found


def _with_items(facts: ClaimFacts, items: tuple[tuple[str, str, str], ...] | None) -> ClaimFacts:
    """The facts with what the list of care says of each line, where the decision kept nothing."""
    if items is None or len(items) != len(facts.lines):
        return facts
    lines = tuple(
        replace(
            line,
            item_system=line.item_system or system,
            item_kind=line.item_kind or kind,
            item_risk=line.item_risk or risk,
        )
        for line, (system, kind, risk) in zip(facts.lines, items, strict=True)
    )
    return replace(facts, lines=lines)

"""Who is left with what of each line of the paper, from a decision: as a desk reads it aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entraide.core.adjudication.decision import BorneBy, Decision, LineDecision
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.errors import Finding


@dataclass(frozen=True, slots=True)
class LineShare:
    """One line in minor units: what the mutual pays and what each party is left with.

    Under a flat rate the first line of the category bears the whole episode, the others nothing:
    the parts do not then add up to what the line states. ``why``: the reason that took the most of
    a line of which nothing is paid; None where something is.
    """

    payable_minor: int = 0
    member_minor: int = 0
    provider_minor: int = 0
    other_minor: int = 0
    why: Finding | None = None


def line_shares(decision: Decision, lines: Sequence[tuple[str, str]]) -> tuple[LineShare, ...]:
    """The shares of lines given as (key, category), in their order."""
    decided = {line.line_key: line for line in decision.lines}
    shares = []
    for key, category in lines:
        parts = [decided.pop(name, None) for name in (key, FLAT_RATE_KEY + category)]
        found = [part for part in parts if part is not None]
        shares.append(
            LineShare(
                payable_minor=sum(part.payable_minor for part in found),
                member_minor=_borne(found, BorneBy.MEMBER),
                provider_minor=_borne(found, BorneBy.PROVIDER),
                other_minor=_borne(found, BorneBy.OTHER),
                why=_why(found),
            )
        )
    return tuple(shares)


def _why(lines: Sequence[LineDecision]) -> Finding | None:
    if any(line.payable_minor for line in lines):
        return None
    cuts = [item for line in lines for item in line.reductions]
    most = max(cuts, key=lambda item: item.amount_minor, default=None)
    if most is not None:
        return Finding(most.code, data=dict(most.data))
    said = [remark for line in lines for remark in line.remarks]
    return next((each for each in said if each.code == "INCLUDED_IN_FLAT_RATE"), None)


def _borne(lines: Sequence[LineDecision], by: BorneBy) -> int:
    return sum(
        item.amount_minor for line in lines for item in line.reductions if item.borne_by is by
    )

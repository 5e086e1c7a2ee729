"""Whether those who code do it alike: how often each uses a code, beside the others.

One operator is named for a code when the whole band of their share (Wilson's, see
:mod:`entraide.core.control.bands`) lies above, or below, what the band of all others together
allows. It is a question for the coding workshop, not a fault: they may work for another provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from entraide.core.control.bands import Band, share_band
from entraide.core.suppression import SMALLEST_SHOWN

FEWEST_CODED = 30  # of an operator, before their share of a code is compared


@dataclass(frozen=True, slots=True)
class Coded:
    """One code by one operator: how often of how many, its band, that of all others."""

    operator: str
    code: str
    count: int
    total: int
    own: Band
    others: Band

    @property
    def is_more(self) -> bool:
        """The operator uses the code more than the others."""
        return self.own.low > self.others.high

    @property
    def is_less(self) -> bool:
        """The operator uses the code less than the others."""
        return self.own.high < self.others.low


def coding_differences(counts: Mapping[tuple[str, str], int]) -> tuple[Coded, ...]:
    """From (operator, code) → how often, the codes that an operator uses otherwise than others.

    Operators of fewer than :data:`FEWEST_CODED` codings are left out of the answer, not of the
    others; so are codes used fewer than five times in all, which would tell single claims.
    """
    by_operator: dict[str, int] = {}
    by_code: dict[str, int] = {}
    for (operator, code), count in counts.items():
        by_operator[operator] = by_operator.get(operator, 0) + count
        by_code[code] = by_code.get(code, 0) + count
    whole = sum(by_operator.values())
    found = []
    for operator, total in sorted(by_operator.items()):
        if total < FEWEST_CODED or whole - total < FEWEST_CODED:
            continue
        for code, of_code in sorted(by_code.items()):
            if of_code < SMALLEST_SHOWN:
                continue
            count = counts.get((operator, code), 0)
            own = share_band(count, total)
            others = share_band(of_code - count, whole - total)
            row = Coded(operator, code, count, total, own, others)
            if row.is_more or row.is_less:
                found.append(row)
    return tuple(found)

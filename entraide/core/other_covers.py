"""Another cover of a person beside the mutual's, and which of the two pays first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CoverKind(StrEnum):
    """Who covers a person beside the mutual."""

    NATIONAL = "national"  # the scheme that the law makes compulsory
    EMPLOYER = "employer"
    INSURER = "insurer"
    MUTUAL = "mutual"  # another community mutual


# The compulsory scheme, an employer and an insurer pay what they owe whoever else covers the
# person; between two mutuals nothing says so, and their own agreement does.
PAYS_FIRST_BY_KIND = {
    CoverKind.NATIONAL: True,
    CoverKind.EMPLOYER: True,
    CoverKind.INSURER: True,
    CoverKind.MUTUAL: False,
}


@dataclass(frozen=True, slots=True)
class OtherCover:
    """A cover by ``payer`` in ``[effective_from, effective_until)``; ``pays_first``: before us."""

    payer: str
    effective_from: date
    effective_until: date | None = None
    pays_first: bool = True

    def is_in_force(self, on: date) -> bool:
        """Whether it covers a day."""
        return self.effective_from <= on and (
            self.effective_until is None or on < self.effective_until
        )


def payers_before(covers: Iterable[OtherCover], on: date) -> tuple[str, ...]:
    """Who pays before the mutual for care of a day, the oldest cover first, each named once."""
    first = sorted(
        (cover for cover in covers if cover.pays_first and cover.is_in_force(on)),
        key=lambda cover: (cover.effective_from, cover.payer),
    )
    return tuple(dict.fromkeys(cover.payer for cover in first))

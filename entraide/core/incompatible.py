"""Acts that do not go together on one day for one person (actes non cumulables)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Incompatible:
    """None of ``refused`` goes with any of ``kept`` on the same day, in ``[effective_from,
    effective_until)``. Acts are keys of the register, as its owner names them."""

    kept: frozenset[int]
    refused: frozenset[int]
    effective_from: date
    effective_until: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether the rule counts for care of a day."""
        return self.effective_from <= on and (
            self.effective_until is None or on < self.effective_until
        )


def clashes(
    rules: Iterable[Incompatible],
    asked: Sequence[int],
    earlier: Iterable[int],
    labels: Mapping[int, str],
    on: date,
) -> dict[int, str]:
    """Act → the name of an act of the same day that it does not go with; others are absent.

    Of two acts of one claim, the one that the rule keeps is kept. An act of an ``earlier`` claim
    was decided already: whichever of the two comes later is refused. An act beside itself is a
    duplicate, which is another check.
    """
    before = set(earlier)
    found: dict[int, str] = {}
    for rule in rules:
        if not rule.is_in_force(on):
            continue
        for act in asked:
            if act in found:
                continue
            others: set[int] = set()
            if act in rule.refused:
                others |= rule.kept & (before | set(asked))
            if act in rule.kept:
                others |= rule.refused & before
            others.discard(act)
            if others:
                found[act] = labels.get(min(others), "")
    return found

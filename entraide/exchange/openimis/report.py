"""What was read, what was imported, and what was not or not wholly: nothing is lost silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from entraide.exchange.openimis.reading import Row

IMPORTED = (
    "areas",
    "providers",
    "products",
    "services",
    "items",
    "diagnoses",
    "households",
    "persons",
    "memberships",
    "contributions",
    "contributions_minor",
    "claims",
    "claim_lines",
)
"""What is counted, in the order of the answer."""

Progress = Callable[[str, int], None]
"""Told the English name of a step and how many records it brought."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was left out, or imported without something; ``code`` says which."""

    table: str
    key: str
    code: str
    column: str = ""

    def to_json(self) -> dict[str, str]:
        """``table``, ``key``, ``code`` and, where one column is meant, ``column``."""
        found = {"table": self.table, "key": self.key, "code": self.code}
        return {**found, "column": self.column} if self.column else found


@dataclass
class ImportReport:
    """The account of one run; ``present`` counts what an earlier run had already brought."""

    mutual: str = ""
    currency: str = ""
    read: dict[str, dict[str, int]] = field(default_factory=dict)
    imported: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    def leave(self, row: Row, code: str, column: str = "") -> None:
        """Note that a row is left out, or comes without what ``code`` says."""
        self.skipped.append(Skipped(row.table, str(row.key), code, column))

    def leave_whole(self, table: str, code: str, column: str = "") -> None:
        """Note what concerns a whole table: its key is ``*``."""
        self.skipped.append(Skipped(table, "*", code, column))

    def to_json(self) -> dict[str, Any]:
        """The JSON document of the command."""
        return {
            "mutual": self.mutual,
            "currency": self.currency,
            "read": self.read,
            "imported": {name: self.imported[name] for name in IMPORTED},
            "already_imported": {name: self.present[name] for name in IMPORTED},
            "skipped": [each.to_json() for each in self.skipped],
        }

"""What every step of an import shares: for whom, by whom, when, from what, and its account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual
from entraide.exchange.openimis.reading import Reading, Row
from entraide.exchange.openimis.report import ImportReport, Progress
from entraide.exchange.openimis.tables import Table

SYSTEM = "openimis"
"""The name of openIMIS's lists among the nomenclatures."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """One run. ``on`` is the day of the act; event dates come from the rows."""

    mutual: Mutual
    actor: User
    on: date
    reading: Reading
    report: ImportReport
    progress: Progress

    def uid(self, row: Row, column: str) -> UUID:
        """The ``uid`` that a row has with us: always the same one for the same mutual.

        It is derived, not taken: two mutuals of a network may take over the same openIMIS.
        """
        return uuid5(self.mutual.uid, f"{SYSTEM}:{row.table}:{row[column] or row.key}")

    def fresh(self, table: Table, column: str, known: set[UUID]) -> list[Row]:
        """The rows of a table that are not among the known ``uid`` yet, by key."""
        rows = self.reading[table]
        return [rows[key] for key in sorted(rows) if self.uid(rows[key], column) not in known]

    def done(self, step: str, imported: int, present: int = 0) -> None:
        """Count what a step brought and tell whoever waits."""
        self.report.imported[step] += imported
        self.report.present[step] += present
        self.progress(step, imported)

    def leave_all(self, rows: Iterable[Row], code: str, column: str = "") -> None:
        """Note the same thing about several rows."""
        for row in rows:
            self.report.leave(row, code, column)

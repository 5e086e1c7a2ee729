"""A small openIMIS of our own making, as a folder that a test may spoil."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from entraide.exchange.openimis.importing import import_openimis
from entraide.exchange.openimis.report import ImportReport

SMALL = Path(__file__).parent / "openimis_small"
ON = date(2026, 11, 20)

Change = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small openIMIS."""
    return Path(shutil.copytree(SMALL, tmp_path / "openimis"))


@pytest.fixture
def change(folder: Path) -> Change:
    """``change("tblClaim", 3, ClaimStatus="16")``: other values in the row with this key."""

    def apply(table: str, key: int, **values: str) -> None:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        names = list(rows[0])
        [row] = [row for row in rows if row[names[0]] == str(key)]
        assert set(values) <= set(names)
        row.update(values)
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return apply


@pytest.fixture
def imported(db: None, folder: Path) -> ImportReport:
    """The small openIMIS, imported once as the mutual ``OPENIMIS``."""
    return import_openimis(str(folder), on=ON)


def noted(report: ImportReport) -> set[tuple[str, str, str]]:
    """Table, key and code of everything that was left out or came without something."""
    return {(each.table, each.key, each.code) for each in report.skipped}

"""The raw limit of the database: the product's own rows, written again by the bare driver.

What a command wrote is read back from the scratch base and inserted into a copy of it, in the
same tables with the same indexes and triggers, each group of rows in one durable transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from entraide.bench.figures import Limit, Timings

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-64000",
    "PRAGMA temp_store=MEMORY",
)
"""Those of the product's own connections."""

Counts = Mapping[str, int]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=20)
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        yield connection
    finally:
        connection.close()


def row_counts(path: Path) -> dict[str, int]:
    """How many rows each table of a database holds."""
    with _opened(path) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'enrolment_person_search%'"
            )  # the index of the search is kept by triggers, for the raw driver too
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in tables
        }


def rows_per_command(before: Counts, after: Counts, commands: int) -> dict[str, int]:
    """How many rows of each table one command wrote, rounded to the nearest whole row."""
    written = {name: after[name] - before.get(name, 0) for name in after}
    return {
        name: rows
        for name, count in written.items()
        if commands and (rows := round(count / commands)) > 0
    }


@dataclass(frozen=True, slots=True)
class SqliteRaw:
    """Counting and writing rows of a scratch base that is one file."""

    path: Path

    def row_counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        return row_counts(self.path)

    def insert_limit(self, rows: Counts, *, seconds: float) -> Limit:
        """See :func:`insert_limit`."""
        return insert_limit(self.path, rows, seconds=seconds)


ROWS_WRITTEN = "the same rows by the sqlite3 driver, one durable transaction"


def insert_limit(base: Path, rows: Counts, *, seconds: float) -> Limit:
    """Durable transactions a second, each with so many rows of these tables, in a copy."""
    if not rows:
        return Limit(ROWS_WRITTEN, 0.0)
    copy = base.with_name("raw.sqlite3")
    with _opened(base) as source, _opened(copy) as target:
        source.backup(target)
    try:
        with _opened(copy) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            groups = [_Rows(connection, table, count) for table, count in rows.items()]
            timings = _timed(connection, groups, seconds)
    finally:
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    return Limit(ROWS_WRITTEN, timings.per_second, sum(rows.values()))


class _Rows:
    """Rows of one table to be written again, each time with other keys."""

    def __init__(self, connection: sqlite3.Connection, table: str, count: int) -> None:
        cursor = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid DESC LIMIT 200')  # noqa: S608
        names = [column[0] for column in cursor.description]
        self._rows = cursor.fetchall()
        keys = _key_columns(connection, table)
        self._keys = [position for position, name in enumerate(names) if name in keys]
        self._id = names.index("id") if "id" in names else None
        self._count = count
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in names)
        self._statement = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'  # noqa: S608

    def write(self, connection: sqlite3.Connection, turn: int) -> None:
        """Insert as many rows as one command does."""
        for number in range(turn * self._count, (turn + 1) * self._count):
            connection.execute(self._statement, self._renewed(number))

    def _renewed(self, number: int) -> list[object]:
        values = list(self._rows[number % len(self._rows)])
        for position in self._keys:
            value = values[position]
            if isinstance(value, str):
                values[position] = f"{value[:-8]}{number:08x}"  # as long as before
            elif isinstance(value, int):
                values[position] = _FIRST_KEY + number
        if self._id is not None:
            values[self._id] = None
        return values


_FIRST_KEY = 1 << 40


def _key_columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The columns that some unique index of the table holds."""
    indexes = connection.execute(f'PRAGMA index_list("{table}")').fetchall()
    return {
        column[2]
        for index in indexes
        if index[2]
        for column in connection.execute(f'PRAGMA index_info("{index[1]}")')
    }


def _timed(connection: sqlite3.Connection, groups: Sequence[_Rows], seconds: float) -> Timings:
    times: list[float] = []
    started = time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        for group in groups:
            group.write(connection, len(times))
        connection.execute("COMMIT")
        times.append(time.perf_counter() - now)
    return Timings(tuple(times), time.perf_counter() - started)

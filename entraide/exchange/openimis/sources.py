"""Where the tables lie: a folder of CSV files, or the PostgreSQL database of a running openIMIS."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from entraide.core.errors import Refusal
from entraide.files.csv_cells import is_cell_too_long, limit_cells

Texts = Sequence[str | None]
_URL_STARTS = ("postgres://", "postgresql://")
_LONGEST_FIELD = 1_000_000


class Source(Protocol):
    """Tables of texts. ``header`` answers None for a table that is not there."""

    def table_names(self) -> tuple[str, ...]:
        """Every table that is there and begins with ``tbl``."""

    def header(self, table: str) -> tuple[str, ...] | None:
        """The names of a table's columns."""

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Texts]:
        """The texts of these columns, row by row; raises :class:`Refusal` at a broken row."""


class FolderSource:
    """CSV files ``tbl….csv`` as ``COPY … TO … CSV HEADER`` writes them, in UTF-8."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {path.stem: path for path in sorted(folder.glob("tbl*.csv"))}

    def table_names(self) -> tuple[str, ...]:
        """Every ``tbl….csv`` of the folder."""
        return tuple(self._files)

    def header(self, table: str) -> tuple[str, ...] | None:
        """The first row of the file."""
        if table not in self._files:
            return None
        return tuple(next(self._records(table), ()))

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Texts]:
        """The records after the header; each must have as many fields as the header."""
        records = self._records(table)
        header = next(records)
        places = [header.index(name) for name in columns]
        for number, record in enumerate(records, start=2):
            if len(record) != len(header):
                raise Refusal(
                    "OI_ROW_LENGTH",
                    place=f"{table}:{number}",
                    table=table,
                    row=number,
                    found=len(record),
                    expected=len(header),
                )
            yield [record[place] for place in places]

    def _records(self, table: str) -> Iterator[list[str]]:
        row = 1
        limit_cells(_LONGEST_FIELD)
        try:
            with self._files[table].open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.reader(lines, strict=True)
                lines_before = 0
                try:
                    for record in reader:
                        lines_before = reader.line_num
                        yield record
                        row += 1
                except csv.Error as fault:
                    at: dict[str, Any] = {"place": f"{table}:{row}", "table": table, "row": row}
                    if is_cell_too_long(fault, reader.line_num - lines_before):
                        raise Refusal("OI_CELL_TOO_LONG", maximum=_LONGEST_FIELD, **at) from None
                    raise Refusal("OI_NOT_CSV", **at) from None
        except UnicodeDecodeError:  # a file is decoded by blocks: the row is not known
            raise Refusal("OI_NOT_UTF8", place=table, table=table) from None


class DatabaseSource:
    """The tables of a running openIMIS, in one read-only snapshot."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def table_names(self) -> tuple[str, ...]:
        """Every table of the search path that begins with ``tbl``."""
        found = self._connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = ANY(current_schemas(false)) AND table_name LIKE 'tbl%'"
            " ORDER BY table_name"
        )
        return tuple(name for (name,) in found)

    def header(self, table: str) -> tuple[str, ...] | None:
        """The columns of the table, as the catalogue names them."""
        found = self._connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = ANY(current_schemas(false)) AND table_name = %s"
            " ORDER BY ordinal_position",
            (table,),
        ).fetchall()
        return tuple(name for (name,) in found) or None

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Texts]:
        """Every row, by its first column (the key), a few thousand at a time."""
        from psycopg import sql

        query = sql.SQL("SELECT {columns} FROM {table} ORDER BY {key}").format(
            columns=sql.SQL(", ").join(
                sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns
            ),
            table=sql.Identifier(table),
            key=sql.Identifier(columns[0]),
        )
        with self._connection.cursor(name="entraide_import") as cursor:
            cursor.itersize = 5000
            cursor.execute(query)
            yield from cursor


class open_source(AbstractContextManager[Source]):
    """``with open_source(text) as source``: a folder, or a URL ``postgresql://…``.

    Refused with ``OI_SOURCE_MISSING``, ``OI_DRIVER_MISSING`` or ``OI_DATABASE_UNREACHABLE``.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._open = ExitStack()

    def __enter__(self) -> Source:
        if self._text.startswith(_URL_STARTS):
            return DatabaseSource(self._open.enter_context(_connected(self._text)))
        folder = Path(self._text).expanduser()
        if not folder.is_dir():
            raise Refusal("OI_SOURCE_MISSING", source=self._text)
        return FolderSource(folder)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()


def _connected(url: str) -> Any:
    try:
        import psycopg
    except ImportError:
        raise Refusal("OI_DRIVER_MISSING") from None
    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.Error:  # its text may hold the URL: it is not repeated
        raise Refusal("OI_DATABASE_UNREACHABLE") from None
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection

"""A compiled SQL text, run by the shortest way to the driver.

Django's cursor costs more than the statement: on SQLite the work of Python around it, on PostgreSQL
the parsing and planning of a text that comes with its values written in. So the text goes straight
to the driver's connection, and PostgreSQL keeps it prepared. What Django promises is kept: a broken
transaction is refused, errors are Django's; and when somebody listens (a log, a count of
statements, a wrapper), Django's own cursor is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_PLACE = re.compile(r"(?<!%)%s")
_DIRECT = frozenset({"sqlite", "postgresql"})


class Statement:
    """One text with ``%s`` for its values, as Django compiles it."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._for_sqlite = _PLACE.sub("?", sql).replace("%%", "%")

    def rows(self, connection: Any, values: Sequence[Any]) -> list[Any]:
        """Run it with these values; the rows it answers."""
        if not _is_direct(connection):
            with connection.cursor() as cursor:
                cursor.execute(self.sql, values)
                return list(cursor.fetchall())
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            if connection.vendor == "sqlite":
                return list(connection.connection.execute(self._for_sqlite, values).fetchall())
            with _server_cursor(connection) as cursor:
                return list(cursor.execute(self.sql, values, prepare=True).fetchall())

    def many(self, connection: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Run it once for each row of values; it answers nothing."""
        if not _is_direct(connection):
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, rows)
            return
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            if connection.vendor == "sqlite":
                connection.connection.executemany(self._for_sqlite, rows)
                return
            with _server_cursor(connection) as cursor:
                cursor.executemany(self.sql, rows)


def _server_cursor(connection: Any) -> Any:
    """A cursor whose values travel beside the text: that of Django writes them into it."""
    from psycopg import Cursor

    return Cursor(connection.connection)


def _is_direct(connection: Any) -> bool:
    return (
        connection.vendor in _DIRECT
        and connection.connection is not None
        and not connection.queries_logged
        and not connection.execute_wrappers
    )

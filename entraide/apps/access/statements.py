"""A compiled SQL text, run by the shortest way to the driver.

On SQLite, where the work of Python around a statement costs more than the statement, the text goes
straight to the driver's connection. What Django promises is kept: a broken transaction is refused,
errors are Django's; and when somebody listens (a log, a count of statements, a wrapper), or on
another database, Django's own cursor is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_PLACE = re.compile(r"(?<!%)%s")


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
            return list(connection.connection.execute(self._for_sqlite, values).fetchall())

    def many(self, connection: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Run it once for each row of values; it answers nothing."""
        if not _is_direct(connection):
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, rows)
            return
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            connection.connection.executemany(self._for_sqlite, rows)


def _is_direct(connection: Any) -> bool:
    return (
        connection.vendor == "sqlite"
        and connection.connection is not None
        and not connection.queries_logged
        and not connection.execute_wrappers
    )

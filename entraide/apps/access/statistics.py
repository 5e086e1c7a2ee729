"""What SQLite knows of its own tables, so that it chooses the right index.

Without statistics SQLite takes an index that begins with ``mutual_id`` where one of the household
is there, and reads every row of the mutual for each row of a list: fourteen seconds for a page of
36 000 families that takes a third of a second with them. PostgreSQL gathers its own.
"""

from __future__ import annotations

import time

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

_ROWS_LOOKED_AT = 1000  # of each index: milliseconds, whatever the size of the table
_SECONDS_BETWEEN = 1800
_next_look = 0.0


def gather_statistics(connection: BaseDatabaseWrapper) -> None:
    """Look at every table now: after a migration, an import, a demonstration.

    Not while nothing has been recorded: what is true of empty tables would mislead afterwards.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM access_commandlog)")
        if cursor.fetchone() == (0,):
            return
        cursor.execute(f"PRAGMA analysis_limit={_ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")


def keep_statistics(connection: BaseDatabaseWrapper) -> None:
    """Twice an hour, between two requests, look again at the tables that have grown tenfold."""
    global _next_look
    now = time.monotonic()
    if connection.vendor != "sqlite" or now < _next_look or connection.in_atomic_block:
        return
    _next_look = now + _SECONDS_BETWEEN
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={_ROWS_LOOKED_AT}")
            cursor.execute("PRAGMA optimize")
    except OperationalError:  # somebody writes: the next time will do
        pass

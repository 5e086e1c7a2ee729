"""The raw limit of a PostgreSQL server: the same as :mod:`entraide.bench.raw`, by psycopg alone.

The scratch database is made on a server that whoever measures names, and removed at the end; the
copy that the bare driver writes into is made from it as from a template.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from entraide.bench.figures import Limit, Timings
from entraide.core.errors import Refusal

ROWS_WRITTEN = "the same rows by psycopg, one durable transaction"
_FIRST_KEY = 1_000_000_000
# What can be another key; days and ranks stay, within a record that is another.
_NUMBERS = frozenset({"integer", "bigint"})
_TEXTS = frozenset({"character varying", "text", "uuid"})


@contextlib.contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """A database of our own on a server, dropped at the end; its URL.

    ``BENCH_SERVER_REFUSED`` when the server is not to be reached, or lets nobody make a database.
    """
    name = f"entraide_bench_{os.getpid()}"
    try:
        _on_server(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as fault:
        raise Refusal("BENCH_SERVER_REFUSED", reason=str(fault).splitlines()[0]) from fault
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        _drop(server_url, name)


class PostgresRaw:
    """Counting and writing rows of the scratch database on its server."""

    def __init__(self, server_url: str, database_url: str) -> None:
        self._server_url, self._url = server_url, database_url

    def row_counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        with psycopg.connect(self._url) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            return {name: _count(connection, name) for (name,) in tables}

    def insert_limit(self, rows: Mapping[str, int], *, seconds: float) -> Limit:
        """Durable transactions a second, each with so many rows of these tables, in a copy."""
        if not rows:
            return Limit(ROWS_WRITTEN, 0.0)
        name = urlsplit(self._url).path.lstrip("/")
        copy = f"{name}_raw"
        _on_server(
            self._server_url,
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(copy), sql.Identifier(name)
            ),
        )
        try:
            url = urlunsplit(urlsplit(self._url)._replace(path=f"/{copy}"))
            with psycopg.connect(url, autocommit=True) as connection:
                # Rows that point at nobody, as the raw limit of SQLite writes them.
                connection.execute("SET session_replication_role = replica")
                groups = [_Rows(connection, table, count) for table, count in rows.items()]
                timings = _timed(connection, groups, seconds)
        finally:
            _drop(self._server_url, copy)
        return Limit(ROWS_WRITTEN, timings.per_second, sum(rows.values()))


class _Rows:
    """Rows of one table to be written again, each time with other keys; every value as its text."""

    def __init__(self, connection: psycopg.Connection[Any], table: str, count: int) -> None:
        kinds = dict(
            connection.execute(
                "SELECT column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id'"
                " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                (table,),
            ).fetchall()
        )
        columns = sql.SQL(", ").join(map(sql.Identifier, kinds))
        texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(n)) for n in kinds)
        self._rows = connection.execute(
            sql.SQL("SELECT {} FROM {} ORDER BY id DESC LIMIT 200").format(
                texts, sql.Identifier(table)
            )
        ).fetchall()
        keys = _key_columns(connection, table)
        self._keys = [
            (position, kind in _NUMBERS)
            for position, (name, kind) in enumerate(kinds.items())
            if name in keys and kind in _NUMBERS | _TEXTS
        ]
        self._count = count
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(kinds))
        self._statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table), columns, marks
        )

    def write(self, connection: psycopg.Connection[Any], turn: int) -> None:
        """Insert as many rows as one command does."""
        for number in range(turn * self._count, (turn + 1) * self._count):
            connection.execute(self._statement, self._renewed(number))

    def _renewed(self, number: int) -> list[Any]:
        values = list(self._rows[number % len(self._rows)])
        for position, is_number in self._keys:
            value = values[position]
            if value is not None:
                renewed = str(_FIRST_KEY + number) if is_number else f"{value[:-8]}{number:08x}"
                values[position] = renewed
        return values


def _key_columns(connection: psycopg.Connection[Any], table: str) -> set[str]:
    """The columns that some unique index of the table holds."""
    rows = connection.execute(
        "SELECT DISTINCT a.attname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisunique",
        (table,),
    ).fetchall()
    return {name for (name,) in rows}


def _timed(connection: psycopg.Connection[Any], groups: Sequence[_Rows], seconds: float) -> Timings:
    times: list[float] = []
    started = time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        with connection.transaction():
            for group in groups:
                group.write(connection, len(times))
        times.append(time.perf_counter() - now)
    return Timings(tuple(times), time.perf_counter() - started)


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    ).fetchone()
    assert row is not None
    return int(row[0])


def _on_server(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)


def _drop(server_url: str, name: str) -> None:
    _on_server(
        server_url,
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
    )

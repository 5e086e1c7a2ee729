"""A first start leaves the tables that all migrations leave, one after the other."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

# Made by a start or by SQLite itself, in no migration.
OTHERS = ("access_cache", "sqlite_stat1", "sqlite_stat4", "sqlite_sequence")

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default,
           character_maximum_length, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, prosrc FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal
"""
MIGRATIONS = "SELECT app, name, '' FROM django_migrations"


def _start(data: Path, database_url: str | None = None) -> None:
    _run(["-m", "entraide.cli.main", "verify"], data, database_url)


def _migrate(data: Path, database_url: str | None = None) -> None:
    data.mkdir(exist_ok=True)
    _run(["manage.py", "migrate", "--verbosity", "0"], data, database_url)


def _run(words: list[str], data: Path, database_url: str | None) -> None:
    environment = {**os.environ, "ENTRAIDE_DATA": str(data)}
    environment.pop("DATABASE_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    subprocess.run([sys.executable, *words], env=environment, check=True, capture_output=True)


def _parts(create_table: str) -> tuple[str, ...]:
    """What stands between the commas of a CREATE TABLE, in an order of its own."""
    body = create_table[create_table.index("(") + 1 : create_table.rindex(")")]
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(body):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(body[start:place].strip())
            start = place + 1
    return tuple(sorted([*parts, body[start:].strip()]))


def _of_sqlite(rows: list[tuple[str, str, str, str | None]]) -> set[Any]:
    found: set[Any] = set()
    for kind, name, table, sql in rows:
        if sql is None or table in OTHERS:
            continue
        is_table = kind == "table" and "VIRTUAL" not in sql
        found.add((kind, name, table, _parts(sql) if is_table else sql))
    return found


def _of_postgresql(cursor: Any) -> set[Any]:
    found: set[Any] = set()
    for query in (COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, MIGRATIONS):
        cursor.execute(query)
        found |= {row for row in cursor.fetchall() if row[0] not in OTHERS}
    return found


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """The addresses of two empty PostgreSQL databases beside the tests' own."""
    names = [f"{connection.settings_dict['NAME']}_{end}" for end in ("first", "migrated")]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    server = urlsplit(os.environ["DATABASE_URL"])
    first, migrated = (urlunsplit(server._replace(path=f"/{name}")) for name in names)
    yield first, migrated
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own tables")
def test_a_first_start_leaves_what_all_migrations_leave(tmp_path: Path) -> None:
    _start(tmp_path)
    _migrate(tmp_path / "migrated")
    made, recorded = _in_file(tmp_path / "entraide.sqlite3")
    migrated, known = _in_file(tmp_path / "migrated" / "entraide.sqlite3")
    assert len(made) > 300
    assert made ^ migrated == set()
    assert recorded == known


def _in_file(path: Path) -> tuple[set[Any], set[Any]]:
    """What a database holds beside rows, and the migrations that it knows."""
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        known = set(database.execute("SELECT app, name FROM django_migrations"))
    database.close()
    return _of_sqlite(rows), known


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own tables")
def test_a_first_start_on_postgresql_leaves_what_all_migrations_leave(
    tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    first, migrated = two_databases
    _start(tmp_path, first)
    _migrate(tmp_path / "migrated", migrated)
    made, steps = _on_server(first), _on_server(migrated)
    assert len(made) > 300
    assert made ^ steps == set()


def _on_server(url: str) -> set[Any]:
    with psycopg.connect(url) as database:
        return _of_postgresql(database.cursor())

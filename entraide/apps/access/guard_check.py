"""Whether the guards of :mod:`entraide.apps.access.triggers` stand in the database as written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from entraide.apps.access.triggers import GUARDS, Guard, statements_of


def missing_guards(connection: BaseDatabaseWrapper = default_connection) -> tuple[str, ...]:
    """The triggers that should stand in the database and do not, or do something else there.

    A trigger that is switched off, for this or for every kind of session, counts as missing.
    """
    present = _present(connection)
    wanted = (
        _wanted_in_sqlite() if connection.vendor == "sqlite" else _wanted_in_postgresql(connection)
    )
    return tuple(name for name, body in wanted.items() if present.get(name) != body)


_DEFINITION = "pg_get_triggerdef(pg_trigger.oid, true)"


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name of each trigger in the database → what it is and does."""
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            f"SELECT tgname, {_DEFINITION} || ' ' || prosrc"  # noqa: S608 (a name of this module)
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: _one_line(body) for name, body in cursor.fetchall()}


def _wanted_in_sqlite() -> dict[str, str]:
    """Name of each trigger → its text: SQLite keeps it as it was written."""
    return {
        statement.split()[2]: _one_line(statement)
        for guard in GUARDS
        for statement in statements_of(guard, "sqlite")
    }


def _wanted_in_postgresql(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name of each trigger → its definition and the body of its function.

    PostgreSQL tells a condition in words of its own: the triggers are made again on empty twins of
    the tables, read, and taken back with them.
    """
    wanted: dict[str, str] = {}
    with _taken_back(connection), connection.cursor() as cursor:
        for guard in GUARDS:
            cursor.execute(f"CREATE TEMPORARY TABLE {guard.table} (LIKE {guard.table})")
            functions = _functions_of(guard)
            for statement in statements_of(guard, "postgresql"):
                if statement.startswith("CREATE TRIGGER"):
                    _kind, _trigger, name, *_rest, function = statement.split()
                    cursor.execute(statement)
                    cursor.execute(
                        f"SELECT {_DEFINITION} FROM pg_trigger"  # noqa: S608 (as above)
                        f" WHERE tgname = %s AND tgrelid = 'pg_temp.{guard.table}'::regclass",
                        [name],
                    )
                    [(definition,)] = cursor.fetchall()
                    wanted[name] = _one_line(f"{definition} {functions[function]}")
    return wanted


def _functions_of(guard: Guard) -> dict[str, str]:
    """``name()`` of each function of a guard → its body."""
    return {
        statement.split()[4]: statement.split("$$")[1]
        for statement in statements_of(guard, "postgresql")
        if not statement.startswith("CREATE TRIGGER")
    }


@contextmanager
def _taken_back(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with transaction.atomic(using=connection.alias):
        yield
        transaction.set_rollback(True, using=connection.alias)


def _one_line(text: str) -> str:
    return " ".join(text.split())

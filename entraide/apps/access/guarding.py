"""The migration operation that puts guards on tables; see :mod:`entraide.apps.access.triggers`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from entraide.apps.access.triggers import guard_of, put_guards, take_guards_away


class _PutGuards(Operation):
    """Triggers put by SQL: unlike ``RunPython``, without every model rendered as it was then."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, tables: Sequence[str]) -> None:
        self._guards = tuple(guard_of(table) for table in tables)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        put_guards(schema_editor.connection, self._guards)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        take_guards_away(schema_editor.connection, self._guards)


def guarding(*tables: str) -> Operation:
    """The migration operation that puts the guards of these tables."""
    return _PutGuards(tables)

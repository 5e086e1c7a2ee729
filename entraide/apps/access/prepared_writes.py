"""Writes of the hot path: the statement is compiled by Django once, the rows come at each run.

The counterpart of :mod:`entraide.apps.access.prepared`. No signal is sent: none carries business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql import InsertQuery, UpdateQuery

from entraide.apps.access.prepared import Place

RecordT = TypeVar("RecordT", bound=models.Model)


class PreparedInsert(Generic[RecordT]):
    """New rows of one model, with every column but the key, which the database gives."""

    def __init__(self, model: type[RecordT]) -> None:
        self._model = model
        self._sql: dict[tuple[str, bool], str] = {}

    def one(self, record: RecordT) -> RecordT:
        """Insert a record and give it its key; the record itself."""
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(connection, True), self._values(record, connection))
            [(record.pk,)] = cursor.fetchall()
        self._written(record)
        return record

    def all(self, records: Sequence[RecordT]) -> None:
        """Insert records whose keys nobody needs yet: they stay without."""
        if not records:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        rows = [self._values(record, connection) for record in records]
        with connection.cursor() as cursor:
            cursor.executemany(self._statement(connection, False), rows)
        for record in records:
            self._written(record)

    @staticmethod
    def _written(record: models.Model) -> None:
        record._state.adding = False
        record._state.db = DEFAULT_DB_ALIAS

    def _columns(self) -> list[models.Field[Any, Any]]:
        return [field for field in self._model._meta.concrete_fields if not field.primary_key]

    def _values(self, record: RecordT, connection: Any) -> tuple[Any, ...]:
        return tuple(
            field.get_db_prep_save(field.pre_save(record, True), connection)
            for field in self._columns()
        )

    def _statement(self, connection: Any, with_key: bool) -> str:
        kept = (connection.vendor, with_key)
        if kept not in self._sql:
            query = InsertQuery(self._model)
            # As from the database: a new record would draw an identifier for nothing.
            fields = self._model._meta.concrete_fields
            names = [field.attname for field in fields]
            blank = self._model.from_db(DEFAULT_DB_ALIAS, names, [None] * len(fields))
            query.insert_values(self._columns(), [blank])
            compiler = query.get_compiler(connection=connection)
            if with_key:
                compiler.returning_fields = [self._model._meta.pk]
            [(self._sql[kept], _values)] = compiler.as_sql()
        return self._sql[kept]


class PreparedUpdate:
    """Some columns of rows that exist, found by their key."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self._model = model
        self._fields = [model._meta.get_field(name) for name in names]
        self._sql: dict[str, str] = {}

    def all(self, records: Sequence[models.Model]) -> None:
        """Write these columns of each record."""
        if not records:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        rows = [
            (
                *(
                    field.get_db_prep_save(field.pre_save(record, False), connection)
                    for field in self._fields
                ),
                record.pk,
            )
            for record in records
        ]
        with connection.cursor() as cursor:
            cursor.executemany(self._statement(connection), rows)

    def _statement(self, connection: Any) -> str:
        if connection.vendor not in self._sql:
            query = UpdateQuery(self._model)
            query.add_filter("pk", Place("pk", -1, self._model._meta.pk))
            query.add_update_fields(
                [(field, self._model, Place(field.name, -1, field)) for field in self._fields]
            )
            sql, places = query.get_compiler(connection=connection).as_sql()
            wanted = [*(field.name for field in self._fields), "pk"]
            assert [place.name for place in places] == wanted, "columns first, then the key"
            self._sql[connection.vendor] = sql
        return self._sql[connection.vendor]

"""Writes of the hot path: the statement is compiled by Django once, the rows come at each run.

The counterpart of :mod:`entraide.apps.access.prepared`. No signal is sent: none carries business.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.sql import InsertQuery, UpdateQuery

from entraide.apps.access.prepared import Place
from entraide.apps.access.statements import Statement

_ROWS_AT_ONCE = 500
RecordT = TypeVar("RecordT", bound=models.Model)


# Django prepares each value for the driver through five calls. SQLite's driver takes these kinds as
# they are; PostgreSQL's is told the width of integers, so that there every value is prepared.
_TAKEN_AS_THEY_ARE = frozenset(
    {
        models.CharField,
        models.TextField,
        models.BooleanField,
        models.IntegerField,
        models.BigIntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.ForeignKey,
    }
)


class PreparedInsert(Generic[RecordT]):
    """New rows of one model, with every column but the key, which the database gives."""

    def __init__(self, model: type[RecordT]) -> None:
        self._model = model
        self._columns = [
            field for field in self._model._meta.concrete_fields if not field.primary_key
        ]
        self._read = attrgetter(*(field.attname for field in self._columns))
        self._pointers = [field for field in self._columns if isinstance(field, models.ForeignKey)]
        self._prepared = [
            index
            for index, field in enumerate(self._columns)
            if type(field) not in _TAKEN_AS_THEY_ARE
        ]
        self._statements: dict[tuple[str, bool], Statement] = {}

    def one(self, record: RecordT) -> RecordT:
        """Insert a record and give it its key; the record itself."""
        connection = connections[DEFAULT_DB_ALIAS]
        values = self._values(record, connection)
        [(record.pk,)] = self._statement(connection, True).rows(connection, values)
        self._written(record)
        return record

    def all(self, records: Sequence[RecordT]) -> None:
        """Insert records whose keys nobody needs yet: they stay without."""
        if not records:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        rows = [self._values(record, connection) for record in records]
        self._statement(connection, False).many(connection, rows)
        for record in records:
            self._written(record)

    def keyed(self, records: Sequence[RecordT]) -> None:
        """Insert records and give each its key, as ``bulk_create`` does, at a fraction of its cost.

        On another database than SQLite a row each would be a message each: it is done there.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor != "sqlite":
            self._model._base_manager.bulk_create(records, batch_size=_ROWS_AT_ONCE)
            return
        statement = self._statement(connection, True)
        for record in records:
            self._point_at_written(record)
            [(record.pk,)] = statement.rows(connection, self._values(record, connection))
            self._written(record)

    def _point_at_written(self, record: RecordT) -> None:
        """What a record points at may have got its key after it was pointed at."""
        for field in self._pointers:
            if getattr(record, field.attname) is None and field.is_cached(record):
                setattr(record, field.name, getattr(record, field.name))

    @staticmethod
    def _written(record: models.Model) -> None:
        record._state.adding = False
        record._state.db = DEFAULT_DB_ALIAS

    def _values(self, record: RecordT, connection: Any) -> list[Any]:
        values = list(self._read(record))
        prepared: Iterable[int] = self._prepared
        if connection.vendor != "sqlite" or float in map(type, values):
            prepared = range(len(values))
        for index in prepared:
            field = self._columns[index]
            values[index] = field.get_db_prep_save(field.pre_save(record, True), connection)
        return values

    def _statement(self, connection: Any, with_key: bool) -> Statement:
        kept = (connection.vendor, with_key)
        if kept not in self._statements:
            query = InsertQuery(self._model)
            # As from the database: a new record would draw an identifier for nothing.
            fields = self._model._meta.concrete_fields
            names = [field.attname for field in fields]
            blank = self._model.from_db(DEFAULT_DB_ALIAS, names, [None] * len(fields))
            query.insert_values(self._columns, [blank])
            compiler = query.get_compiler(connection=connection)
            if with_key:
                compiler.returning_fields = [self._model._meta.pk]
            [(sql, _values)] = compiler.as_sql()
            self._statements[kept] = Statement(sql)
        return self._statements[kept]


def write_many(model: type[RecordT], records: Iterable[RecordT]) -> list[RecordT]:
    """Insert many records of one model inside one transaction, each with its key; the records."""
    rows = list(records)
    if rows:
        with transaction.atomic():
            _insert_of(model).keyed(rows)
    return rows


@functools.cache
def _insert_of(model: type[RecordT]) -> PreparedInsert[RecordT]:
    return PreparedInsert(model)


class PreparedUpdate:
    """Some columns of rows that exist, found by their key."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self._model = model
        self._fields = [model._meta.get_field(name) for name in names]
        self._statements: dict[str, Statement] = {}

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
        self._statement(connection).many(connection, rows)

    def _statement(self, connection: Any) -> Statement:
        if connection.vendor not in self._statements:
            query = UpdateQuery(self._model)
            query.add_filter("pk", Place("pk", -1, self._model._meta.pk))
            query.add_update_fields(
                [(field, self._model, Place(field.name, -1, field)) for field in self._fields]
            )
            sql, places = query.get_compiler(connection=connection).as_sql()
            wanted = [*(field.name for field in self._fields), "pk"]
            assert [place.name for place in places] == wanted, "columns first, then the key"
            self._statements[connection.vendor] = Statement(sql)
        return self._statements[connection.vendor]


class PreparedAddition:
    """An amount added to one column of rows found by their key: what it holds need not be read."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        self._model = model
        self._field = model._meta.get_field(name)
        self._statements: dict[str, Statement] = {}

    def all(self, added: Mapping[int, int]) -> None:
        """Add to each row, by its key, so much."""
        if not added:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        rows = [(amount, key) for key, amount in added.items()]
        self._statement(connection).many(connection, rows)

    def _statement(self, connection: Any) -> Statement:
        if connection.vendor not in self._statements:
            query = UpdateQuery(self._model)
            query.add_filter("pk", Place("pk", -1, self._model._meta.pk))
            sum_of = models.F(self._field.name) + Place("added", -1, self._field)
            query.add_update_fields([(self._field, self._model, sum_of)])
            sql, places = query.get_compiler(connection=connection).as_sql()
            assert [place.name for place in places] == ["added", "pk"], "the amount, then the key"
            self._statements[connection.vendor] = Statement(sql)
        return self._statements[connection.vendor]

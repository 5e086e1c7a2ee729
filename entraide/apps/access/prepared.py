"""Reads of the hot path: compiled by Django once, run many times with other values.

Building and compiling a queryset costs Python several times what the database needs to answer it.
A :class:`Prepared` keeps the compiled statement of a queryset whose values are named places, for
each database and each length of its lists. It is a queryset all the same: the same text, the same
records, the same scopes; whatever it cannot keep, it runs as an ordinary queryset.

What is ``steady`` (posts, rules, accounts, covers before a claim) a command of the hot path does
not change and then read: while :func:`reading_once` lasts it is read from the database once, until
the command is written. So a command reads before its transaction what it needs inside, and keeps
the next writer waiting for less: SQLite has one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators
from django_scopes import get_scope, scope

from entraide.apps.access.records import sections_in_sight
from entraide.apps.access.statements import Statement

Row = TypeVar("Row")
_SCOPE = "mutual of the scope"

_READ: ContextVar[dict[Any, list[Any]] | None] = ContextVar("steady rows read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read each steady row once until the block ends; inside another such block, until that ends.

    For acts that write nothing of what is steady: they would not see their own change.
    """
    if _READ.get() is not None:
        yield
        return
    before = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(before)


def worked_out_once(key: tuple[Any, ...], work_out: Callable[[], Row]) -> Row:
    """What was worked out of steady rows alone, once while :func:`reading_once` lasts.

    ``key`` names the work and everything that it depends on.
    """
    read = _READ.get()
    if read is None:
        return work_out()
    if key not in read:
        read[key] = [work_out()]
    answer: Row = read[key][0]
    return answer


def forget_read() -> None:
    """What was read may have changed: read it again, though :func:`reading_once` goes on."""
    read = _READ.get()
    if read is not None:
        read.clear()


class Place(Expression):
    """Where a value will stand in a compiled statement."""

    allowed_default = True

    def __init__(self, name: str, position: int, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name
        self.position = position  # in a list; -1 for a single value

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A parameter that :meth:`bound` fills."""
        return "%s", [self]

    def bound(self, values: Mapping[str, Any], connection: Any) -> Any:
        """The value for this place as the database driver takes it."""
        value = values[self.name] if self.position < 0 else values[self.name][self.position]
        if isinstance(value, models.Model):
            value = value.pk
        return self.output_field.get_db_prep_value(value, connection)


class _Plan:
    """One compiled statement, and how its rows become records."""

    def __init__(self, queryset: models.QuerySet[Any], alias: str, *, is_steady: bool) -> None:
        self.is_steady = is_steady
        connection = connections[alias]
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.parameters = compiler.as_sql()
        self.statement = Statement(self.sql)
        select = compiler.select
        self.converters = list(compiler.get_converters([each[0] for each in select]).items())
        self.model: type[models.Model] | None = None
        if queryset._fields is None:  # records, not tuples of values
            assert not compiler.annotation_col_map, "a prepared read has no annotations"
            info = compiler.klass_info
            positions = info["select_fields"]
            self.model = info["model"]
            self.start, self.end = positions[0], positions[-1] + 1
            self.names = [each[0].target.attname for each in select[self.start : self.end]]
            self.populators = get_related_populators(info, select, alias)

    def run(self, alias: str, values: Mapping[str, Any]) -> list[Any]:
        connection = connections[alias]
        bound = tuple(
            each.bound(values, connection) if isinstance(each, Place) else each
            for each in self.parameters
        )
        read = _READ.get() if self.is_steady else None
        if read is not None and (kept := read.get((self.sql, bound))) is not None:
            return list(kept)
        rows = self.statement.rows(connection, bound)
        if self.converters:
            rows = [self._converted(row, connection) for row in rows]
        if self.model is not None:
            rows = [self._record(alias, row) for row in rows]
        if read is not None:
            read[self.sql, bound] = list(rows)
        return rows

    def _converted(self, row: Sequence[Any], connection: Any) -> tuple[Any, ...]:
        values = list(row)
        for position, (converters, expression) in self.converters:
            value = values[position]
            for converter in converters:
                value = converter(value, expression, connection)
            values[position] = value
        return tuple(values)

    def _record(self, alias: str, row: tuple[Any, ...]) -> Any:
        assert self.model is not None
        record = self.model.from_db(alias, self.names, row[self.start : self.end])
        for populator in self.populators:
            populator.populate(row, record)
        return record


class Prepared(Generic[Row]):
    """``Prepared(build, number=CharField())``: a read whose ``number`` is given at each run.

    ``build`` makes the queryset from keyword arguments of these names: conditions, order and a
    slice, with values only compared. The values of the names in ``lists`` are sequences, to be
    used with ``__in``. A value is never None. ``is_steady``: see :func:`reading_once`.
    """

    def __init__(
        self,
        build: Callable[..., models.QuerySet[Any]],
        *,
        lists: Sequence[str] = (),
        is_steady: bool = False,
        **fields: models.Field[Any, Any],
    ) -> None:
        self._build = build
        self._lists = tuple(lists)
        self._is_steady = is_steady
        self._fields = fields
        self._plans: dict[tuple[Any, ...], _Plan | None] = {}

    def all(self, **values: Any) -> list[Row]:
        """The rows for these values: records, or tuples for a queryset of values."""
        for name in self._lists:
            values[name] = tuple(values[name])
        active = get_scope()
        mutual = active.get("mutual")
        is_closed = not active.get("_enabled", True)
        is_closed = is_closed or sections_in_sight() is not None  # no plan knows sections
        if is_closed or not (mutual is None or isinstance(mutual, models.Model)):
            return list(self._build(**values))
        lengths = tuple(len(values[name]) for name in self._lists)
        key = (connections[DEFAULT_DB_ALIAS].vendor, active.keys() >= {"mutual"}, mutual is None)
        key += lengths
        if key not in self._plans:
            self._plans[key] = self._compiled(lengths, is_scoped=mutual is not None)
        plan = self._plans[key]
        if plan is None:  # an empty list: no row can be found
            return []
        return plan.run(DEFAULT_DB_ALIAS, {**values, _SCOPE: mutual})

    def first(self, **values: Any) -> Row | None:
        """The first row, or None; the queryset should be cut to one row."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def _compiled(self, lengths: tuple[int, ...], *, is_scoped: bool) -> _Plan | None:
        counts = dict(zip(self._lists, lengths, strict=True))
        places: dict[str, Any] = {
            name: [Place(name, position, field) for position in range(counts[name])]
            if name in counts
            else Place(name, -1, field)
            for name, field in self._fields.items()
        }
        try:
            if not is_scoped:
                return self._plan(places)
            with scope(mutual=Place(_SCOPE, -1, models.BigIntegerField())):
                return self._plan(places)
        except EmptyResultSet:
            return None

    def _plan(self, places: Mapping[str, Any]) -> _Plan:
        return _Plan(self._build(**places), DEFAULT_DB_ALIAS, is_steady=self._is_steady)

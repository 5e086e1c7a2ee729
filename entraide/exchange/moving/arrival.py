"""A mutual joins a network: its file is put in place in one transaction, then proven.

Every row gets the key that it had plus one number for its table, so that rows find each other
without a list of them in memory. Identifiers, numbers, dates and hashes stay as they were.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import CharField, Max, Model

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.choices import DEMONSTRATION, checked_settings
from entraide.apps.schemes.models import Federation, Mutual
from entraide.apps.schemes.network import federation_for
from entraide.core.errors import Refusal
from entraide.core.money import currency as known_currency
from entraide.exchange.moving.reading import LONGEST_NAME, Head, is_name, proven_head, tables_in
from entraide.exchange.moving.shared import Note, Row, SharedRows
from entraide.exchange.moving.tables import (
    MUTUAL,
    SHARED,
    columns_of,
    own_models,
    relations_of,
    shared_models,
)
from entraide.exchange.moving.writing import Progress
from entraide.rulebook import country_path, read_country

_ROWS_AT_ONCE = 1_000
_NAMES = ("name", "code", "place")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came: the mutual, table → rows, and what is not as it was in the other network."""

    mutual: Mutual
    sha256: str
    rows: dict[str, int]
    notes: tuple[Note, ...]


def bring_mutual(path: Path, *, actor: User, federation: str = "", progress: Progress) -> Arrived:
    """Put a mutual in place, wholly or not at all, under a union of here or the one it had.

    Refused beside what ``reading.proven_head`` refuses: ``MOVE_MUTUAL_THERE``,
    ``MOVE_DEMONSTRATION``, ``MOVE_FILE_UNREADABLE``, ``MOVE_BOOKS_BROKEN``, ``NOT_FOUND``, and the
    faults of ``schemes.choices.checked_settings``.
    """
    head = proven_head(path)
    union = federation_for(federation) if federation else None
    with transaction.atomic():
        _keep_others_out()
        there = Mutual.objects.filter(code=head.code) | Mutual.objects.filter(uid=head.uid)
        if there.exists():
            raise Refusal("MOVE_MUTUAL_THERE", mutual=head.name, entered=head.code)
        arrival = _Arrival(head, union, progress)
        mutual = _read_well(arrival, path)
        broken = verify(mutual).findings
        if broken:
            raise Refusal("MOVE_BOOKS_BROKEN", mutual=mutual.name, first=broken[0].code)
        record_audit(
            kind=AuditKind.IMPORT, mutual=mutual, actor=actor,
            subject=f"mutual {mutual.code}, brought whole",
            details={"sha256": head.sha256, "version": head.version},
        )  # fmt: skip
    return Arrived(mutual, head.sha256, arrival.counts, tuple(arrival.shared.notes))


def _read_well(arrival: _Arrival, path: Path) -> Mutual:
    """The file was whole: what cannot be placed now was never written by us."""
    try:
        with transaction.atomic():
            mutual = arrival.read(path)
            connection.check_constraints()
    except (
        ArithmeticError, AttributeError, DataError, IntegrityError, KeyError, LookupError,
        RecursionError, StopIteration, TypeError, ValidationError, ValueError,
    ):  # fmt: skip
        place = f"{arrival.table} {arrival.row}".strip()
        raise Refusal("MOVE_FILE_UNREADABLE", file=path.name, place=place) from None
    return mutual


def _keep_others_out() -> None:
    """Nobody writes between the look at the highest keys and the rows above them.

    On SQLite the transaction has the database to itself from its first write; PostgreSQL is asked.
    """
    if connection.vendor == "postgresql":
        tables = [model._meta.db_table for model in (*shared_models(), Mutual, *own_models())]
        names = ", ".join(map(connection.ops.quote_name, tables))
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


class _Arrival:
    """One file on its way in."""

    def __init__(self, head: Head, union: Federation | None, progress: Progress) -> None:
        self.head, self.union, self.progress = head, union, progress
        self.shared = SharedRows(head.code)
        self.mutual: Mutual | None = None
        self.counts: dict[str, int] = {}
        self.table, self.row = "", 0
        self._own = {model._meta.label: model for model in own_models()}
        self._shared = frozenset(shared_models())
        self._above = {model: _highest(model) for model in self._own.values()}

    def read(self, path: Path) -> Mutual:
        """Every table of the file."""
        for label, columns, rows in tables_in(path):
            self.table, self.row = label, 0
            if label in SHARED:
                self._take_shared(apps.get_model(label), columns, rows)
            elif label == MUTUAL:
                self.mutual = self._take_mutual(columns, rows)
            else:
                self._take_own(self._own[label], columns, rows)
        if self.counts != self.head.rows or self.mutual is None:
            raise ValueError("tables are missing")
        _reset_sequences([*self._own.values(), Mutual])
        return self.mutual

    def _take_shared(self, model: type[Model], columns: list[str], rows: Iterator[Any]) -> None:
        for row in self._decoded(model, columns, rows):
            self.shared.add(model, row)

    def _take_mutual(self, columns: list[str], rows: Iterator[Any]) -> Mutual:
        (row,) = self._decoded(Mutual, columns, rows)
        others = Mutual.objects.exclude(is_demonstration=row["is_demonstration"])
        if others.exists():
            raise Refusal("MOVE_DEMONSTRATION", mutual=row["name"])
        if self.union is not None:
            self.shared.place_under(Federation, row["federation_id"], self.union.pk)
        self.shared.settle()
        row["federation_id"] = self.shared.key(Federation, row["federation_id"])
        if (row["code"], str(row["uid"])) != (self.head.code, self.head.uid):
            raise ValueError("another mutual than the first line says")
        del row["id"]
        mutual = Mutual(**row)
        _require_usable(mutual)
        mutual.save(force_insert=True)
        return mutual

    def _take_own(self, model: type[Model], columns: list[str], rows: Iterator[Any]) -> None:
        decoded = self._decoded(model, columns, rows)
        has_mutual = any(field.name == "mutual" for field in model._meta.concrete_fields)
        count = 0
        while batch := list(islice(decoded, _ROWS_AT_ONCE)):
            for row in batch:
                self._rekey(model, row)
                if has_mutual:
                    row["mutual"] = self.mutual
            model._base_manager.bulk_create([model(**row) for row in batch])
            count += len(batch)
        if count:
            self.progress(model._meta.label, count)

    def _rekey(self, model: type[Model], row: Row) -> None:
        row["id"] = _moved(row["id"], self._above[model])
        for relation in relations_of(model):
            old, target = row[relation.attname], relation.related_model
            if old is None:
                continue
            assert isinstance(target, type)
            if target in self._shared:
                row[relation.attname] = self.shared.key(target, old)
            else:
                row[relation.attname] = _moved(old, self._above[target])

    def _decoded(
        self, model: type[Model], columns: list[str], rows: Iterator[list[Any]]
    ) -> Iterator[Row]:
        fields = columns_of(model)
        if columns != [field.attname for field in fields]:
            raise ValueError("other columns")
        convert = [_converter(field) for field in fields]
        for row in rows:
            self.row += 1
            yield {
                name: value if value is None else to(value)
                for name, value, to in zip(columns, row, convert, strict=True)
            }
        self.counts[model._meta.label] = self.row


def _require_usable(mutual: Mutual) -> None:
    """What every page and paper needs of a mutual: else none could be opened to mend it.

    Its settings as the page of settings takes them: every fault with its code and place.
    """
    mutual.full_clean(exclude=["settings"])
    if not isinstance(mutual.settings, dict):
        raise ValueError("no settings")
    # The demonstration says beside its choices of which build it is.
    checked_settings(
        {name: value for name, value in mutual.settings.items() if name != DEMONSTRATION}
    )
    try:
        known_currency(mutual.currency)
        read_country(country_path(mutual.country))
    except Refusal as refusal:
        raise ValueError(refusal.code) from None
    if mutual.time_zone not in available_timezones():
        raise ValueError("no time zone")


def _converter(field: Any) -> Any:
    """What makes the text of a file the value of a column; JSON is one already."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, CharField) and target.name.endswith(_NAMES):
        return functools.partial(_name, target)
    return target.to_python


def _name(field: CharField[Any, Any], value: Any) -> str:
    """A name that people read: SQLite keeps one of any length, and what nobody sees in it."""
    text = str(field.to_python(value))
    if not is_name(text, field.max_length or LONGEST_NAME):
        raise ValueError("no name")
    return text


def _highest(model: type[Model]) -> int:
    return int(model._base_manager.aggregate(last=Max("pk"))["last"] or 0)


def _moved(old: int, above: int) -> int:
    """The key of a row here. A key that was never one could name a row of somebody else."""
    if old < 1:
        raise ValueError("no key")
    return old + above


def _reset_sequences(models: list[type[Model]]) -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    if statements:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

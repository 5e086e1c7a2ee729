"""The file of a mutual: lines of JSON, compressed, written as they are read.

The first line says what the file is; then each table by its columns and its rows; the last line
counts the rows and gives the SHA-256 of every line before it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from entraide import __version__
from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.exchange.moving.tables import (
    FORMAT,
    HANGING,
    columns_of,
    own_models,
    owner_of,
    relations_of,
    shared_models,
    table_states,
)

Progress = Callable[[str, int], None]

_ROWS_AT_ONCE = 5_000
_KEYS_AT_ONCE = 500  # in one question: SQLite takes a limited number of values


@dataclass(slots=True)
class Written:
    """What a file holds: table → rows, and the SHA-256 of its lines."""

    rows: dict[str, int] = field(default_factory=dict)
    sha256: str = ""


def write_mutual(mutual: Mutual, target: IO[bytes], *, actor: User, progress: Progress) -> Written:
    """Write all that a mutual is. Refused with ``MOVE_BOOKS_BROKEN`` when its books do not hold.

    The file holds names and medical detail: whoever carries it answers for it. The departure is
    in the journal of audit, and goes along.
    """
    broken = verify(mutual).findings
    if broken:
        raise Refusal("MOVE_BOOKS_BROKEN", mutual=mutual.name, first=broken[0].code)
    record_audit(kind=AuditKind.EXPORT, mutual=mutual, actor=actor,
                 subject=f"mutual {mutual.code}, written whole")  # fmt: skip
    may_choose = not connection.in_atomic_block and connection.vendor == "postgresql"
    with transaction.atomic():
        if may_choose:  # every table as it was at one moment; SQLite gives that by itself
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as lines:
            return _Writer(lines, progress).whole(mutual)


class _Writer:
    """One file on its way."""

    def __init__(self, lines: gzip.GzipFile, progress: Progress) -> None:
        self.lines, self.progress = lines, progress
        self.seen = hashlib.sha256()
        self.written = Written()

    def whole(self, mutual: Mutual) -> Written:
        """Every line, in order."""
        self._line(_first_line(mutual))
        keys = _shared_keys(mutual)
        for model in shared_models():
            self._table(model, _rows_with(model, "pk", sorted(keys[model])))
        self._table(Mutual, [Mutual.objects.filter(pk=mutual.pk)])
        for model in own_models():
            self._table(model, [model._base_manager.filter(**{owner_of(model): mutual})])
        self.written.sha256 = self.seen.hexdigest()
        self._line({"rows": self.written.rows, "sha256": self.written.sha256})
        return self.written

    def _line(self, content: Any) -> None:
        text = json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":"))
        line = text.encode() + b"\n"
        self.seen.update(line)
        self.lines.write(line)

    def _table(self, model: type[Model], parts: Iterable[QuerySet[Any]]) -> None:
        names = [column.attname for column in columns_of(model)]
        self._line({"table": model._meta.label, "columns": names})
        count = 0
        for part in parts:
            rows = part.order_by("pk").values_list(*names)
            for row in rows.iterator(chunk_size=_ROWS_AT_ONCE):
                self._line(row)
                count += 1
        self.written.rows[model._meta.label] = count
        if count:
            self.progress(model._meta.label, count)


def _first_line(mutual: Mutual) -> dict[str, Any]:
    return {
        "entraide": "mutual",
        "format": FORMAT,
        "version": __version__,
        "written_at": timezone.now(),
        "tables": table_states(),
        "mutual": {"code": mutual.code, "name": mutual.name, "uid": mutual.uid},
    }


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    raise AssertionError(f"no column holds a {type(value).__name__}")


def _shared_keys(mutual: Mutual) -> dict[type[Model], set[int]]:
    """Of each table of the network, the rows that the mutual refers to, and those that these do."""
    keys: dict[type[Model], set[int]] = {model: set() for model in shared_models()}
    for model in (*own_models(), Mutual):
        rows = model._base_manager.filter(
            **({"pk": mutual.pk} if model is Mutual else {owner_of(model): mutual})
        )
        for relation in relations_of(model):
            if relation.related_model in keys:
                found = rows.values_list(relation.attname, flat=True).distinct()
                keys[relation.related_model] |= set(found.order_by()) - {None}
    news = {model: set(found) for model, found in keys.items()}
    while any(news.values()):
        news = _referred_to(news, keys)
    return keys


def _referred_to(
    news: dict[type[Model], set[int]], keys: dict[type[Model], set[int]]
) -> dict[type[Model], set[int]]:
    """One step further from rows just found; ``keys`` grows by what is answered."""
    further: dict[type[Model], set[int]] = {model: set() for model in keys}
    for model, found in news.items():
        for relation in relations_of(model):
            if relation.related_model in keys:
                for part in _rows_with(model, "pk", sorted(found)):
                    further[relation.related_model] |= set(
                        part.values_list(relation.attname, flat=True)
                    )
    for label, (above, name) in HANGING.items():
        hanging = next(model for model in keys if model._meta.label == label)
        over = next(model for model in keys if model._meta.label == above)
        for part in _rows_with(hanging, f"{name}__in", sorted(news.get(over, ()))):
            further[hanging] |= set(part.values_list("pk", flat=True))
    for model, found in further.items():
        found -= keys[model] | {None}  # type: ignore[arg-type]
        keys[model] |= found
    return further


def _rows_with(model: type[Model], path: str, keys: list[int]) -> Iterator[QuerySet[Any]]:
    path = path if path.endswith("__in") else f"{path}__in"
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield model._base_manager.filter(**{path: keys[start : start + _KEYS_AT_ONCE]})

"""What every record has in common, and what makes a record belong to one mutual."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init
from django.utils import timezone
from django_scopes import ScopedManager

from entraide.core.ids import uuid7


@dataclass(frozen=True, slots=True)
class _Sight:
    """The sections whose families a person works with; lifted while a command computes."""

    sections: frozenset[int]
    is_lifted: bool = False


_SIGHT: ContextVar[_Sight | None] = ContextVar("sections in sight", default=None)


@contextmanager
def only_sections(keys: frozenset[int] | None) -> Iterator[None]:
    """Inside, registers show the families of these sections only; of all for None.

    The doors say it, for who is appointed in sections. Commands compute on the whole mutual
    (:func:`whole_mutual`): numbers, doubles and balances know no sections.
    """
    token = _SIGHT.set(None if keys is None else _Sight(keys))
    try:
        yield
    finally:
        _SIGHT.reset(token)


@contextmanager
def whole_mutual() -> Iterator[None]:
    """Inside, the registers are whole again; who acts still belongs to their sections."""
    sight = _SIGHT.get()
    token = _SIGHT.set(None if sight is None else _Sight(sight.sections, is_lifted=True))
    try:
        yield
    finally:
        _SIGHT.reset(token)


def sections_in_sight() -> frozenset[int] | None:
    """The sections that registers are narrowed to just now; None for the whole mutual."""
    sight = _SIGHT.get()
    return None if sight is None or sight.is_lifted else sight.sections


def sections_of_who_acts() -> frozenset[int] | None:
    """The sections that who acts works in, also while a command computes; None for all."""
    sight = _SIGHT.get()
    return None if sight is None else sight.sections


def section_of_who_acts() -> int | None:
    """The section that a new family takes: the first of those of who enters it, or none."""
    sight = _SIGHT.get()
    return min(sight.sections, default=None) if sight is not None else None


def in_section(*paths: str) -> type[models.Manager[Any]]:
    """A manager of records that belong to a family, whose section is found by a path.

    What is of two families is seen where both are.
    """

    class OfFamily(models.Manager[Any]):
        def get_queryset(self) -> models.QuerySet[Any]:
            rows = super().get_queryset()
            sections = sections_in_sight()
            if sections is None:
                return rows
            return rows.filter(**{f"{path}__in": sections for path in paths})

    return OfFamily


def of_family(*paths: str) -> Any:
    """The manager of a mutual's record that belongs to a family: scoped, and by section."""
    return ScopedManager(_manager_class=in_section(*paths), mutual="mutual")


class ReadAtOnce(models.Model):
    """A model whose records are read as they stand, not built field by field."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """A record as it was read: its values set at once, not one by one through ``__init__``.

        A list, an import and a claim read records by the thousand, and Django's way costs several
        times what SQLite needs. What was not read is read when it is asked for, as with Django's.
        Nobody of ours listens to the making of a record.
        """
        assert not post_init.has_listeners(cls), "a listener would not hear of what is read"
        record = cls.__new__(cls)
        record._state = ModelState()
        record._state.adding = False
        record._state.db = db
        record.__dict__.update(zip(field_names, values, strict=True))
        return record


class Record(ReadAtOnce):
    """A fact: the integer key is never shown, ``uid`` stands in addresses, commands and exports."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


def mutual_without_index() -> models.ForeignKey[Any, Any]:
    """The owner of a record that is never looked for by its mutual alone.

    Other indexes of its table begin with the mutual. One of the mutual alone would only tempt
    SQLite, which may take it for the rows of one household and read those of the whole mutual.
    """
    return models.ForeignKey(
        "schemes.Mutual", on_delete=models.PROTECT, related_name="+", db_index=False
    )


class MutualRecord(Record):
    """A fact that belongs to one mutual: a query outside ``scope(mutual=…)`` raises."""

    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        abstract = True

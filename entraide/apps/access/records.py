"""What every record has in common, and what makes a record belong to one mutual."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager

from entraide.core.ids import uuid7


class Record(models.Model):
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

"""The start of the app: the index of the search is there after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class Enrolment(AppConfig):
    """Households, persons, partner groups, covers."""

    name = "entraide.apps.enrolment"

    def ready(self) -> None:
        """Hear when migrations are done."""
        post_migrate.connect(_make_search_index, sender=self)


def _make_search_index(*, using: str, **_told: Any) -> None:
    from entraide.apps.enrolment.search_index import ensure_search_index

    connection = connections[using]
    if "enrolment_person" in connection.introspection.table_names():
        ensure_search_index(connection)

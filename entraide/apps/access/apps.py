"""The start of the app: the statistics of the database are there, and are kept."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate

from entraide.apps.access.statistics import gather_statistics, keep_statistics


class Access(AppConfig):
    """People, tokens, journals."""

    name = "entraide.apps.access"

    def ready(self) -> None:
        """Hear when migrations are done and when a request is over."""
        post_migrate.connect(_gather, sender=self)
        request_finished.connect(_keep)


def _gather(*, using: str, **_told: Any) -> None:
    gather_statistics(connections[using])


def _keep(**_told: Any) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is not None:
        keep_statistics(connection)

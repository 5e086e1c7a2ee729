"""The membership form of a mutual, versioned by date."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class EnrolmentFormVersion(MutualRecord):
    """What the form of a mutual asks from a day on; a household keeps the one it was taken with.

    ``fields`` holds, by the name of each optional field, whether it is shown and required, and
    what it is called: ``{"occupation": {"shown": true, "required": false,
    "labels": {"fr": "Métier"}}}``.
    """

    effective_from = models.DateField()
    fields = models.JSONField(default=dict)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "effective_from"], name="form_version_once")
        ]

"""The health administration as a party of a convention."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class ConventionParty(MutualRecord):
    """A health administration that signed a convention; ``area`` is where its word holds.

    Never edited: what was wrong is withdrawn once, with the day.
    """

    agreement = models.ForeignKey(
        "providers.Agreement", on_delete=models.PROTECT, related_name="parties"
    )
    name = models.CharField(max_length=160)
    role = models.CharField(max_length=10)  # core.conventions.Administration
    represented_by = models.CharField(max_length=160)
    area = models.ForeignKey("nomenclature.Area", on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

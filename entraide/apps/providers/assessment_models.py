"""A provider assessed with the form of the day: kept as it was filled in."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class ProviderAssessment(MutualRecord):
    """What one person saw of a provider on a day, with the form that was asked.

    ``document`` is the form as its file said it; ``answers``: question → answer; ``met``: who was
    spoken to.
    """

    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="assessments"
    )
    assessed_on = models.DateField()
    met = models.CharField(max_length=200, blank=True)
    remarks = models.CharField(max_length=1000, blank=True)
    document = models.JSONField()
    answers = models.JSONField()
    points = models.PositiveIntegerField()
    most_points = models.PositiveIntegerField()
    grade = models.CharField(max_length=1)
    assessed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "assessed_on"])]

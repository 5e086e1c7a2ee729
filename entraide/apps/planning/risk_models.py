"""What a tariff assumes of care, and what people write about how care changed."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class TariffAssumption(MutualRecord):
    """What the price of a product supposes of care from a day on: entered by one, approved by
    another, and never changed then; the latest that begins on or before a day is in force.

    ``lines``: ``{"category", "risk", "frequency", "cost_minor"}``: cases a person-year at risk (a
    decimal as text), mean cost of a case for the mutual.
    """

    product = models.ForeignKey(
        "schemes.Product", on_delete=models.PROTECT, related_name="tariff_assumptions"
    )
    effective_from = models.DateField()
    source = models.CharField(max_length=200)  # the study, the vote, their day
    lines = models.JSONField()
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [
            models.Index(fields=["mutual", "effective_from"], name="tariff_assumption_of_day")
        ]


class CareNote(MutualRecord):
    """Why care of a category, or of one pathology in it, changed from one period to another.

    Rows are only added: a mistake is put right by another note. With a ``diagnosis`` it is medical.
    """

    period_from = models.DateField()
    period_until = models.DateField()
    category = models.ForeignKey(
        "nomenclature.CareCategory", on_delete=models.PROTECT, related_name="+"
    )
    diagnosis = models.ForeignKey(
        "nomenclature.Diagnosis", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_until__gt=models.F("period_from")),
                name="care_note_has_days",
            )
        ]
        indexes = [models.Index(fields=["mutual", "period_from"], name="care_note_of_period")]

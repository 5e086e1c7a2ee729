"""Incentive terms of a convention: dated, entered by one person, decided by another."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class IncentiveTerm(MutualRecord):
    """A discount for prompt payment or a bonus for quality, in ``[effective_from, until)``.

    ``within_days`` is of the discount; ``measure`` and ``threshold`` (a share) of the bonus.
    Decided once; never edited.
    """

    agreement = models.ForeignKey(
        "providers.Agreement", on_delete=models.PROTECT, related_name="incentives"
    )
    kind = models.CharField(max_length=10)  # core.incentives.Incentive
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    measure = models.CharField(max_length=10, blank=True)  # core.incentives.QualityMeasure
    threshold = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    is_approved = models.BooleanField(null=True, blank=True)  # None: waits
    decided_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

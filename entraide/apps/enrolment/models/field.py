"""The field: focal points of villages, portfolios, segments of families, reasons not to join."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family
from entraide.apps.enrolment.models.groups import PartnerGroup
from entraide.apps.enrolment.models.households import Household


class FocalPoint(MutualRecord):
    """A person of a village to whom the mutual turns, during ``[starts_on, ends_on)``."""

    area = models.ForeignKey("nomenclature.Area", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "area"])]


class FocalPointMessage(MutualRecord):
    """What was written to the focal points of a place, or of all places, and to whom. Never
    changed: what was said was said."""

    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=120)
    text = models.CharField(max_length=1000)
    written_on = models.DateField()
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recipients = models.ManyToManyField(FocalPoint, related_name="messages")

    objects = ScopedManager(mutual="mutual")


class PortfolioTransfer(MutualRecord):
    """One act by which a portfolio, or a part of it, went to another person. Never changed."""

    from_animator = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    to_animator = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    transferred_on = models.DateField()
    reason = models.CharField(max_length=200)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    assignments_count = models.PositiveIntegerField()

    objects = ScopedManager(mutual="mutual")


class PortfolioAssignment(MutualRecord):
    """An animator follows a group, or the families without group of an area, in
    ``[starts_on, ends_on)``. One animator at a time."""

    group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    animator = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    transfer = models.ForeignKey(
        PortfolioTransfer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # that began it

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group__isnull=True) ^ models.Q(area__isnull=True),
                name="assignment_of_group_or_area",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(ends_on__isnull=True),
                name="one_animator_of_group",
            ),
            models.UniqueConstraint(
                fields=["mutual", "area"],
                condition=models.Q(ends_on__isnull=True),
                name="one_animator_of_area",
            ),
        ]
        indexes = [models.Index(fields=["mutual", "animator"])]


class ScorecardVersion(MutualRecord):
    """The questions and segments from a day on: validated document, two persons, kept."""

    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    document = models.JSONField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="scorecard_number_once")
        ]


class HouseholdScore(MutualRecord):
    """What a family answered on a day, and the segment that it gave. Never changed."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="scores")
    version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField()
    answers = models.JSONField()
    points = models.IntegerField()
    segment = models.CharField(max_length=8)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("household__branch")

    class Meta:
        indexes = [models.Index(fields=["household", "answered_on"])]


class Obstacle(MutualRecord):
    """Somebody does not join, or a family does not renew, for a coded reason told on a day.

    ``name`` may stay empty: a reason counts without it. Reasons of exits stand on the membership.
    """

    kind = models.CharField(max_length=10)  # core.obstacles.ObstacleKind: joining, renewal
    reason = models.CharField(max_length=30)  # core.obstacles.ObstacleReason
    told_on = models.DateField()
    name = models.CharField(max_length=160, blank=True)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="obstacles"
    )
    group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("household__branch")

    class Meta:
        indexes = [models.Index(fields=["mutual", "told_on"])]

"""The work of the field: the time that each activity takes."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class Activity(models.TextChoices):
    """What time is spent on. Those that a business plan counts bear its names."""

    MONTHLY_COLLECTION = "monthly_collection"
    SINGLE_COLLECTION = "single_collection"
    ENROLMENT = "enrolment"
    RENEWAL = "renewal"
    HOME_VISIT = "home_visit"
    CALL = "call"
    GROUP_SESSION = "group_session"
    HOSPITAL_VISIT = "hospital_visit"
    INVOICE_FETCHING = "invoice_fetching"
    OTHER = "other"


class TimeSpent(MutualRecord):
    """Minutes of one person on one day for one activity, way included.

    ``acts_count`` is how many receipts, visits or calls they served. What was told by mistake is
    withdrawn, with its reason; it stays written.
    """

    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    activity = models.CharField(max_length=24, choices=Activity)
    worked_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    acts_count = models.PositiveSmallIntegerField()
    group = models.ForeignKey(
        "enrolment.PartnerGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0, acts_count__gt=0), name="time_spent_positive"
            )
        ]
        indexes = [models.Index(fields=["mutual", "worked_on"])]

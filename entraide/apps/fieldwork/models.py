"""The work of the field: the time that each activity takes, and whom to visit or to call."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, mutual_without_index, of_family


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


class FollowPlanVersion(MutualRecord):
    """How families are followed from a day on (``core.follow_up``): proposed, approved, kept."""

    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    rows = models.JSONField()  # of segment, stage, channel and days, as core.follow_up.FollowRow
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="follow_plan_number_once")
        ]


class FollowOverride(MutualRecord):
    """A family is followed otherwise than the plan says in ``[starts_on, ends_on)``, and why."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="follow_overrides"
    )
    channel = models.CharField(max_length=8)  # core.follow_up.Channel
    every_days = models.PositiveSmallIntegerField()  # 0: not followed
    reason = models.CharField(max_length=200)
    starts_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.CharField(max_length=200, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to"
    )  # that of the file of the family merged into this one

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(ends_on__isnull=True),
                name="one_follow_override",
            )
        ]
        indexes = [models.Index(fields=["mutual", "starts_on"])]


class FollowContact(MutualRecord):
    """A family was visited or called on a day, by the channel really used; withdrawn if not."""

    mutual = mutual_without_index()
    household = models.ForeignKey(
        "enrolment.Household",
        on_delete=models.PROTECT,
        related_name="follow_contacts",
        db_index=False,
    )
    channel = models.CharField(max_length=8)  # core.follow_up.Channel, never none
    contacted_on = models.DateField()
    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=200, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to"
    )  # that of the file of the family merged into this one

    objects = of_family("household__branch")

    class Meta:
        indexes = [
            models.Index(
                fields=["household", "withdrawn_on", "contacted_on", "channel"],
                name="follow_contact_of_family",
            )
        ]

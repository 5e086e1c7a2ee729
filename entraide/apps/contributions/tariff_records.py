"""A tariff in the making, the groups told of it, and reminders of what is late."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class TariffChange(MutualRecord):
    """What stands beside a version of a product that waits for approval.

    ``scenario`` names the scenario of the business plan that justified it, and ``scenario_uid`` is
    its key where the plan is kept here: no foreign key, since plans stand above this app.
    ``without_briefing_reason`` says why it was approved before enough groups knew.
    """

    version = models.OneToOneField(
        "schemes.ProductVersion", on_delete=models.PROTECT, related_name="tariff_change"
    )
    scenario = models.CharField(max_length=400, blank=True)
    scenario_uid = models.UUIDField(null=True, blank=True, db_index=True)
    without_briefing_reason = models.TextField(blank=True)

    objects = ScopedManager(mutual="mutual")


class TariffBriefing(MutualRecord):
    """One partner group to tell of a new tariff; ``staff`` are the people of it who were told."""

    change = models.ForeignKey(TariffChange, on_delete=models.PROTECT, related_name="briefings")
    group = models.ForeignKey(
        "enrolment.PartnerGroup", on_delete=models.PROTECT, related_name="tariff_briefings"
    )
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "group"], name="briefing_of_group_once")
        ]


class ReminderWay(models.TextChoices):
    """How a family was reminded."""

    LETTER = "letter"
    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"
    GROUP_MEETING = "group_meeting"


class Reminder(MutualRecord):
    """A family was reminded of what it owed that day: who did it, when and how."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="reminders"
    )
    given_on = models.DateField()
    given_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=14, choices=ReminderWay)
    remaining_minor = models.BigIntegerField()
    oldest_due_on = models.DateField()

    objects = of_family("household__branch")

    class Meta:
        indexes = [models.Index(fields=["household", "given_on"])]

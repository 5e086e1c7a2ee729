"""The partner groups through which households join: who they are, what they signed, who answers."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class PartnerGroup(MutualRecord):
    """A company, NGO, lender, village … through which households join.

    What it is now; ``GroupChange`` keeps what it was. ``closed_on`` is the first day on which
    nobody joins through it any more.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=30)  # one of core.groups.GROUP_KINDS
    product = models.ForeignKey(
        "schemes.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "code"], name="group_code_once")]

    def __str__(self) -> str:
        return self.name


class GroupChange(MutualRecord):
    """What was changed of a group, by whom: field → [before, after]. Never changed itself."""

    group = models.ForeignKey(PartnerGroup, on_delete=models.PROTECT, related_name="changes")
    changed_on = models.DateField()
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField()

    objects = ScopedManager(mutual="mutual")


class GroupContract(MutualRecord):
    """A collective contract, in force during ``[starts_on, ends_on)`` once ``activated_on`` stands.

    ``mode``: voluntary, compulsory or automatic; ``minimum_share``: the part of the group that
    must join; ``waives_waiting``: new members do not wait, where nobody chooses to join.
    """

    group = models.ForeignKey(PartnerGroup, on_delete=models.PROTECT, related_name="contracts")
    reference = models.CharField(max_length=60, blank=True)
    product = models.ForeignKey("schemes.Product", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=12)
    minimum_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    waives_waiting = models.BooleanField(default=False)
    joining_count = models.PositiveIntegerField(default=0)  # persons on the signed list
    signed_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    activated_on = models.DateField(null=True, blank=True)
    activated_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=30, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="group_contract_interval",
            )
        ]
        indexes = [models.Index(fields=["group", "starts_on"])]


class GroupHeadcount(MutualRecord):
    """How many persons a group has, as its officers declared on a day; the latest one counts."""

    group = models.ForeignKey(PartnerGroup, on_delete=models.PROTECT, related_name="headcounts")
    declared_on = models.DateField()
    persons_count = models.PositiveIntegerField()
    source = models.CharField(max_length=160, blank=True)  # the list, the letter, who said it
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["group", "declared_on"])]


class OfficerRole(models.TextChoices):
    """What a person is for a group."""

    PRESIDENT = "president"
    TREASURER = "treasurer"
    SECRETARY = "secretary"
    CONTACT = "contact"


class GroupOfficer(MutualRecord):
    """A president, treasurer, secretary or contact of a group during ``[starts_on, ends_on)``."""

    group = models.ForeignKey(PartnerGroup, on_delete=models.PROTECT, related_name="officers")
    role = models.CharField(max_length=12, choices=OfficerRole)
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")


class BriefingItem(MutualRecord):
    """One thing that the presidents of groups must know, in the mutual's words."""

    code = models.SlugField(max_length=40)
    text = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField(default=100)
    retired_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "code"], name="briefing_item_once")
        ]


class OfficerBriefing(MutualRecord):
    """A day on which an officer was told some of the items. Never changed."""

    officer = models.ForeignKey(GroupOfficer, on_delete=models.PROTECT, related_name="briefings")
    briefed_on = models.DateField()
    briefed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    items = models.JSONField()  # codes of the items covered

    objects = ScopedManager(mutual="mutual")


class GroupMove(MutualRecord):
    """A household is in ``to_group`` from ``moved_on`` on; the database refuses any change."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="group_moves"
    )
    from_group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, related_name="+"
    )
    to_group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, related_name="+"
    )
    moved_on = models.DateField()

    objects = of_family("household__branch")

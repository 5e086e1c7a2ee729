"""What families say of their care, and what the comité de suivi decides with the providers."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class FeedbackMode(models.TextChoices):
    """How a family was asked."""

    CALL = "call"
    VISIT = "visit"


class Opinion(models.IntegerChoices):
    """An answer to one of the two questions."""

    BAD = 1
    FAIR = 2
    GOOD = 3


class CareFeedback(MutualRecord):
    """Two questions to a family after care: the welcome, the care itself. Once for a claim.

    ``complaint`` is what the family wants to be looked at; empty where it has none.
    """

    claim = models.OneToOneField("claims.Claim", on_delete=models.PROTECT, related_name="feedback")
    mode = models.CharField(max_length=5, choices=FeedbackMode)
    welcome = models.PositiveSmallIntegerField(choices=Opinion)
    treatment = models.PositiveSmallIntegerField(choices=Opinion)
    complaint = models.CharField(max_length=500, blank=True)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("claim__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    welcome__gte=1, welcome__lte=3, treatment__gte=1, treatment__lte=3
                ),
                name="feedback_answers",
            )
        ]
        indexes = [models.Index(fields=["mutual", "asked_on"])]


class CommitteeMeeting(MutualRecord):
    """A sitting of the comité de suivi about the care of a period, with its minutes."""

    held_on = models.DateField()
    period_from = models.DateField()
    period_until = models.DateField()
    present = models.CharField(max_length=500)
    minutes = models.TextField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_until__gt=models.F("period_from")),
                name="committee_period",
            )
        ]


class CommitteeDecision(MutualRecord):
    """What the committee decided, who does it until when, and what came of it, filled once."""

    meeting = models.ForeignKey(
        CommitteeMeeting, on_delete=models.PROTECT, related_name="decisions"
    )
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    what = models.CharField(max_length=500)
    responsible = models.CharField(max_length=160)
    due_on = models.DateField()
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "done_on", "due_on"])]

"""Trials: the rules of a draft or a version, held against the claims of a period."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class TrialState(models.TextChoices):
    """asked → running → done; or failed. A worker that was killed leaves it running, unheard."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RuleTrial(MutualRecord):
    """Rules tried on the claims of a product in a period ``[start, until)``.

    ``checksum`` names the rules: of the draft as it stood, and of the version that it may become.
    ``effect`` is what :class:`~entraide.core.what_if.effect.Effect` wrote. ``reason`` is why it
    may be approved without past claims, where there are none. Immutable once done.
    """

    product = models.ForeignKey(
        "schemes.Product", on_delete=models.PROTECT, null=True, related_name="trials"
    )  # whose claims; None: the mutual has no product yet
    title = models.CharField(max_length=160)
    checksum = models.CharField(max_length=64)
    document = models.JSONField()
    effective_from = models.DateField()  # the rules as they stand on this day
    start = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=8, choices=TrialState, default=TrialState.ASKED)
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    claims_done_count = models.PositiveIntegerField(default=0)  # while it runs
    claims_count = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)
    left_out_count = models.PositiveIntegerField(default=0)  # claims without facts to decide from
    effect = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["mutual", "checksum"], name="rule_trial_of_rules"),
            models.Index(fields=["mutual", "asked_on"], name="rule_trial_latest"),
        ]

    def __str__(self) -> str:
        return self.title


class TrialRow(MutualRecord):
    """One claim and category of a trial, before and after: what every figure of it adds up.

    ``is_changed`` concerns the whole claim. The reasons are written on changed claims only.
    """

    trial = models.ForeignKey(RuleTrial, on_delete=models.PROTECT, related_name="rows")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    category_code = models.CharField(max_length=40)
    sector = models.CharField(max_length=12)
    paid_before_minor = models.BigIntegerField()
    paid_after_minor = models.BigIntegerField()
    member_before_minor = models.BigIntegerField()
    member_after_minor = models.BigIntegerField()
    is_changed = models.BooleanField()
    codes_before = models.JSONField(default=list)
    codes_after = models.JSONField(default=list)

    objects = of_family("household__branch")

    class Meta:
        indexes = [
            models.Index(fields=["trial", "is_changed"], name="trial_row_changed"),
            models.Index(fields=["trial", "household"], name="trial_row_of_family"),
        ]

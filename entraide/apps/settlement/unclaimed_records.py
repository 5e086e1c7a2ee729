"""Refunds that families do not come for: who was spoken to, and what was set aside."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class ContactMeans(models.TextChoices):
    """How a family was reached, or tried."""

    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"
    GROUP = "group"  # by an officer of its group


class ContactResult(models.TextChoices):
    """What came of it: why the refund still waits."""

    WILL_COME = "will_come"
    FEARS_ARREARS = "fears_arrears"  # stays away, having unpaid loans or contributions
    TOO_FAR = "too_far"
    OTHER_CHANNEL = "other_channel"  # wants it another way
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    DECEASED = "deceased"
    OTHER = "other"


class RefundContact(MutualRecord):
    """Somebody told a family that its refund waits; never changed."""

    payout = models.ForeignKey(
        "settlement.Payout", on_delete=models.PROTECT, related_name="contacts"
    )
    contacted_on = models.DateField()
    means = models.CharField(max_length=10, choices=ContactMeans)
    result = models.CharField(max_length=15, choices=ContactResult)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("payout__household__branch")


class SetAsideState(models.TextChoices):
    """proposed → approved → reinstated when the family comes; or refused."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    REINSTATED = "reinstated"


class UnclaimedRefund(MutualRecord):
    """A refund written to « non réclamés » by two persons: still owed, payable when asked for.

    ``document_number`` and ``entry`` come with the approval; ``decision``: why it was refused.
    """

    payout = models.ForeignKey(
        "settlement.Payout", on_delete=models.PROTECT, related_name="set_asides"
    )
    state = models.CharField(max_length=10, choices=SetAsideState)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=200, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reinstated_on = models.DateField(null=True, blank=True)
    reinstated_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("payout__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout"],
                condition=models.Q(state__in=("proposed", "approved")),
                name="one_set_aside_of_payout",
            ),
            models.UniqueConstraint(
                fields=["mutual", "document_number"],
                condition=~models.Q(document_number=""),
                name="set_aside_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="set_aside_positive"
            ),
        ]

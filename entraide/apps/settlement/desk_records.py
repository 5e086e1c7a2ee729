"""Refunds given into a hand: the cash an agent carries for them, and the proof of each."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class FloatMovement(MutualRecord):
    """Cash put into an agent's hands for refunds, or given back; never changed.

    ``cash_account`` is the box that the agent answers for, ``other_account`` where the money came
    from or went to.
    """

    document_number = models.CharField(max_length=60)
    holder = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    cash_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    other_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    is_given_back = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField()
    moved_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="float_number_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="float_positive"),
        ]
        indexes = [models.Index(fields=["holder", "cash_account"], name="float_of_holder")]


class ProofKind(models.TextChoices):
    """What proves that the family got its money."""

    SIGNATURE = "signature"  # drawn on the screen
    SCAN = "scan"  # the signed receipt, photographed
    THUMBPRINT = "thumbprint"  # photographed, with a witness


class PayoutReceipt(MutualRecord):
    """Who received the money, and the proof: a JPEG; never changed.

    ``witness`` is named where a thumbprint stands for a signature.
    """

    payout = models.OneToOneField(
        "settlement.Payout", on_delete=models.PROTECT, related_name="receipt"
    )
    received_by = models.CharField(max_length=160)
    witness = models.CharField(max_length=160, blank=True)
    proof_kind = models.CharField(max_length=12, choices=ProofKind)
    proof = models.BinaryField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("payout__household__branch")

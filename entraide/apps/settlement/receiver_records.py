"""Who received a refund: a person of the family, or another with a mandate."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family
from entraide.apps.enrolment.models import DocumentKind


class RefundReceiver(MutualRecord):
    """Whose hand a receipt was signed by; never changed.

    ``person`` is an adult of the family; without one the receiver came with a mandate: ``link`` to
    the family, and the paper that proves who they are, of which ``mandate`` is a picture (JPEG) or
    nothing. ``slip_number`` is written on the paper that was signed, where one was. No two receipts
    of a mutual bear the same picture or the same slip.
    """

    receipt = models.OneToOneField(
        "settlement.PayoutReceipt", on_delete=models.PROTECT, related_name="receiver"
    )
    person = models.ForeignKey(
        "enrolment.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    link = models.CharField(max_length=80, blank=True)
    paper_kind = models.CharField(max_length=20, choices=DocumentKind, blank=True)
    paper_number = models.CharField(max_length=40, blank=True)
    mandate = models.BinaryField(null=True)
    slip_number = models.CharField(max_length=40, null=True, blank=True)  # None: no such paper
    proof_sha256 = models.CharField(max_length=64)

    objects = of_family("receipt__payout__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, paper_number="")
                | (
                    models.Q(person__isnull=True)
                    & ~models.Q(link="")
                    & ~models.Q(paper_kind="")
                    & ~models.Q(paper_number="")
                ),
                name="receiver_of_family_or_mandated",
            ),
            models.UniqueConstraint(fields=["mutual", "proof_sha256"], name="proof_serves_once"),
            models.UniqueConstraint(fields=["mutual", "slip_number"], name="slip_serves_once"),
        ]

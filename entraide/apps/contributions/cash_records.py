"""Records about cash on its way: hand-overs between people, deposits of several slips, notes."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class BankDeposit(MutualRecord):
    """Several slips taken to the bank at once, under one number and one line of the statement.

    A slip deposited alone bears its own number at the bank and has no such record.
    """

    document_number = models.CharField(max_length=60)
    bank_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    deposited_on = models.DateField()
    total_minor = models.BigIntegerField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="bank_deposit_number_once"
            )
        ]


class HandoverState(models.TextChoices):
    """What became of cash that one person said to have given to another."""

    GIVEN = "given"  # the receiver has not counted yet: the giver still answers for it
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"  # counted another amount: the giver still answers for it
    WITHDRAWN = "withdrawn"


class CashHandover(MutualRecord):
    """The cash of slips goes from one person to another: the giver records, the receiver counts.

    ``counted_minor`` and ``explanation`` are the receiver's. Only a confirmed hand-over changes
    who holds the slips; ``entry`` moves the money when the two keep different cash accounts.
    """

    document_number = models.CharField(max_length=60)
    giver = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    from_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    to_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    total_minor = models.BigIntegerField()
    missing_minor = models.BigIntegerField(default=0)  # booked as shortages since
    given_on = models.DateField()
    state = models.CharField(max_length=10, choices=HandoverState, default=HandoverState.GIVEN)
    counted_minor = models.BigIntegerField(null=True, blank=True)
    explanation = models.CharField(max_length=200, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="handover_number_once"
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to say something."""
        return self.state in (HandoverState.GIVEN, HandoverState.DISPUTED)

    @property
    def expected_minor(self) -> int:
        """What the receiver has to find: announced, less the shortages booked since."""
        return int(self.total_minor - self.missing_minor)

    @property
    def difference_minor(self) -> int:
        """Counted minus what is expected; negative when money is missing."""
        return 0 if self.counted_minor is None else self.counted_minor - self.expected_minor


class HandoverSlip(MutualRecord):
    """A slip handed over; its amount as it was then."""

    handover = models.ForeignKey(CashHandover, on_delete=models.PROTECT, related_name="lines")
    slip = models.ForeignKey(
        "contributions.CollectionSlip", on_delete=models.PROTECT, related_name="handovers"
    )
    amount_minor = models.BigIntegerField()

    objects = ScopedManager(mutual="mutual")


class CheckNote(MutualRecord):
    """How a line of the daily check was resolved: the explanation, its person and day.

    ``subject`` is what the line is about, as the check names it; a note closes that line only.
    """

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=120)
    explanation = models.CharField(max_length=300)
    noted_on = models.DateField()
    noted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "kind", "subject"], name="check_noted_once")
        ]


class ReceiptPrint(MutualRecord):
    """A receipt was printed: the first is the original, the others are marked DUPLICATA."""

    payment = models.ForeignKey(
        "contributions.ContributionPayment", on_delete=models.PROTECT, related_name="prints"
    )
    copy = models.PositiveIntegerField()
    printed_on = models.DateField()
    printed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "copy"], name="receipt_copy_once")
        ]

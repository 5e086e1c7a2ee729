"""Records about the numbers and papers of receipts: ranges given, leaves cancelled, corrections."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class RangeKind(models.TextChoices):
    """What bears the numbers of a range."""

    DEVICE = "device"  # a telephone that writes receipts without network
    PAPER = "paper"  # a booklet with a stub


class ReceiptRange(MutualRecord):
    """Receipt numbers reserved to one person: ``series`` + ``first`` … ``series`` + ``last``.

    Those of devices are cut from one book of the mutual (``RT-<year>-``), so that every number of
    it belongs to one range. Handed back, ``unused_from`` is the first number that nobody used.
    """

    kind = models.CharField(max_length=8, choices=RangeKind)
    series = models.CharField(max_length=24, blank=True)
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    width = models.PositiveSmallIntegerField()  # digits that the paper shows
    holder = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    device_label = models.CharField(max_length=80, blank=True)
    given_on = models.DateField()
    given_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    returned_on = models.DateField(null=True, blank=True)
    returned_to = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unused_from = models.PositiveBigIntegerField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "series", "first"], name="range_begins_once"),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="range_in_order"
            ),
        ]

    def written(self, rank: int) -> str:
        """A number of the range as the paper shows it."""
        return f"{self.series}{rank:0{self.width}d}"

    @property
    def first_number(self) -> str:
        """The first number, as written."""
        return self.written(self.first)

    @property
    def last_number(self) -> str:
        """The last number, as written."""
        return self.written(self.last)


class VoidedNumber(MutualRecord):
    """A number of a range that no receipt will ever bear: a leaf torn, a ticket misprinted."""

    receipt_range = models.ForeignKey(ReceiptRange, on_delete=models.PROTECT, related_name="voided")
    rank = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    voided_on = models.DateField()
    voided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_range", "rank"], name="number_voided_once")
        ]


class PaymentReassignment(MutualRecord):
    """A receipt written for the wrong family: the money stays, what it pays moves.

    Its number is that of the entry. Allocations of the old family are taken back by negative
    ones; the receipt keeps its number, its day, its slip.
    """

    document_number = models.CharField(max_length=60)
    payment = models.ForeignKey(
        "contributions.ContributionPayment", on_delete=models.PROTECT, related_name="reassignments"
    )
    from_household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="+"
    )
    to_household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)
    reassigned_on = models.DateField()
    reassigned_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = of_family("from_household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="reassignment_number_once"
            )
        ]


class CashRefund(MutualRecord):
    """The voucher of money given back for a receipt whose cash is no longer in its box."""

    document_number = models.CharField(max_length=60)
    payment = models.OneToOneField(
        "contributions.ContributionPayment", on_delete=models.PROTECT, related_name="refund"
    )
    account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    given_to = models.CharField(max_length=160)
    amount_minor = models.BigIntegerField()
    refunded_on = models.DateField()
    refunded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, related_name="cashrefund"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="refund_number_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_positive"),
        ]

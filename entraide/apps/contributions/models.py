"""What is due, what was paid, and where the cash is."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, mutual_without_index, of_family
from entraide.apps.contributions.advance_records import AdvanceState, OpeningAdvance
from entraide.apps.contributions.cash_records import (
    BankDeposit,
    CashHandover,
    CheckNote,
    HandoverSlip,
    HandoverState,
    ReceiptPrint,
)
from entraide.apps.contributions.group_records import GroupPayment, SumOrigin
from entraide.apps.contributions.receipt_records import (
    CashRefund,
    PaymentReassignment,
    RangeKind,
    ReceiptRange,
    VoidedNumber,
)

__all__ = [
    "AdvanceState",
    "BankDeposit",
    "CashHandover",
    "CashRefund",
    "Channel",
    "CheckNote",
    "CollectionSlip",
    "ContributionDue",
    "ContributionPayment",
    "DueKind",
    "GroupPayment",
    "HandoverSlip",
    "HandoverState",
    "OpeningAdvance",
    "Payer",
    "PaymentAllocation",
    "PaymentReassignment",
    "RangeKind",
    "ReceiptPrint",
    "ReceiptRange",
    "SumOrigin",
    "VoidedNumber",
]


class DueKind(models.TextChoices):
    """Why an amount is due."""

    CONTRIBUTION = "contribution"
    JOINING_FEE = "joining_fee"
    ASSEMBLY_FEE = "assembly_fee"


class Payer(models.TextChoices):
    """Who owes it."""

    HOUSEHOLD = "household"
    EMPLOYER = "employer"
    STATE = "state"
    SPONSOR = "sponsor"


class ContributionDue(MutualRecord):
    """One amount due by one payer for a cover, split between funds by the rate of its first day.

    ``amount_minor = fund_share_minor + running_share_minor``. Cancelled by reversal only.
    """

    mutual = mutual_without_index()
    membership = models.ForeignKey(
        "enrolment.Membership", on_delete=models.PROTECT, related_name="dues"
    )
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="dues"
    )
    document_number = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=DueKind, default=DueKind.CONTRIBUTION)
    payer = models.CharField(max_length=12, choices=Payer, default=Payer.HOUSEHOLD)
    payer_name = models.CharField(max_length=160, blank=True)  # whom an exemption names
    instalment = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    cover_from = models.DateField()
    cover_until = models.DateField()
    amount_minor = models.BigIntegerField()
    fund_share_minor = models.BigIntegerField()
    running_share_minor = models.BigIntegerField()
    fund_share_rate = models.CharField(max_length=12)  # a Decimal as text, as it was in force
    paid_minor = models.BigIntegerField(default=0)  # kept equal to the allocations; verify checks
    cancelled_on = models.DateField(null=True, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="due_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor=models.F("fund_share_minor") + models.F("running_share_minor")
                ),
                name="due_split_whole",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="due_positive"),
            models.CheckConstraint(
                condition=models.Q(paid_minor__gte=0, paid_minor__lte=models.F("amount_minor")),
                name="due_not_overpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "due_on"]),
            models.Index(fields=["mutual", "due_on"]),
            models.Index(fields=["membership"]),
            models.Index(
                fields=["mutual", "payer", "due_on", "household", "amount_minor", "paid_minor"],
                condition=models.Q(
                    cancelled_on__isnull=True, paid_minor__lt=models.F("amount_minor")
                ),
                name="due_open",
            ),
            models.Index(
                fields=["household", "payer", "due_on", "amount_minor", "paid_minor"],
                condition=models.Q(
                    cancelled_on__isnull=True, paid_minor__lt=models.F("amount_minor")
                ),
                name="due_open_of_household",
            ),
        ]

    @property
    def remaining_minor(self) -> int:
        """What is still to pay of it."""
        return int(self.amount_minor - self.paid_minor)


class Channel(models.TextChoices):
    """How money travels."""

    CASH = "cash"
    BANK = "bank"
    MOBILE_MONEY = "mobile_money"
    LENDER = "lender"  # kept back at disbursement
    GROUP = "group"
    OPENING = "opening"  # paid ahead before the books opened: no money comes in


class CollectionSlip(MutualRecord):
    """A *bordereau de cotisations*: cash receipts of one holder handed to the bank together.

    ``document_number`` is also the number of the deposit in the books and on the statement,
    unless several slips went together. ``holder`` and ``cash_account`` say who holds the cash now:
    a confirmed hand-over changes them.
    """

    document_number = models.CharField(max_length=60)
    holder = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    cash_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    prepared_on = models.DateField()
    total_minor = models.BigIntegerField()
    missing_minor = models.BigIntegerField(default=0)  # of it, booked as shortages
    deposited_on = models.DateField(null=True, blank=True)
    deposit_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deposit = models.ForeignKey(
        BankDeposit, on_delete=models.PROTECT, null=True, blank=True, related_name="slips"
    )  # of several slips; a slip alone has its own entry

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="slip_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    missing_minor__gte=0, missing_minor__lte=models.F("total_minor")
                ),
                name="slip_missing_within",
            ),
        ]

    @property
    def held_minor(self) -> int:
        """What is there to hand over or to deposit: the receipts less what is missing."""
        return int(self.total_minor - self.missing_minor)


class ContributionPayment(MutualRecord):
    """Money received, and its receipt: ``document_number`` is on the paper and in the books."""

    mutual = mutual_without_index()
    document_number = models.CharField(max_length=60)
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, null=True, related_name="payments"
    )
    payer = models.CharField(max_length=12, choices=Payer, default=Payer.HOUSEHOLD)
    payer_name = models.CharField(max_length=160, blank=True)
    channel = models.CharField(max_length=12, choices=Channel)
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )
    external_reference = models.CharField(max_length=80, blank=True)  # mobile money transaction id
    paper_number = models.CharField(max_length=30, blank=True)  # of the collector's booklet
    receipt_range = models.ForeignKey(
        ReceiptRange, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )  # that its number, or its paper number, belongs to
    group_payment = models.ForeignKey(
        GroupPayment, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )  # the lump sum that paid it: its money travels with that sum
    opening_advance = models.ForeignKey(
        OpeningAdvance, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )  # what the family had paid ahead, that paid it
    paid_on = models.DateField()
    amount_minor = models.BigIntegerField()
    received_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(
        CollectionSlip, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(null=True, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="receipt_number_once"
            ),
            models.UniqueConstraint(
                fields=["mutual", "channel", "external_reference"],
                condition=~models.Q(external_reference="") & models.Q(reversed_on__isnull=True),
                name="external_reference_once",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_positive"),
        ]
        indexes = [
            models.Index(fields=["mutual", "paid_on"]),
            models.Index(
                fields=["mutual", "paper_number"],
                condition=~models.Q(paper_number=""),
                name="receipt_on_paper",
            ),
            models.Index(
                fields=["mutual", "channel", "received_by", "paid_on", "amount_minor"],
                condition=models.Q(reversed_on__isnull=True, slip__isnull=True),
                name="receipt_in_hand",
            ),
        ]


class PaymentAllocation(MutualRecord):
    """The part of one payment that pays one due; the receipt follows the due's split.

    A reassignment takes a part back by the same part, negative, and adds those of the other
    family: the sum of a due's parts is what it has received.
    """

    payment = models.ForeignKey(
        ContributionPayment, on_delete=models.PROTECT, related_name="allocations"
    )
    due = models.ForeignKey(ContributionDue, on_delete=models.PROTECT, related_name="allocations")
    amount_minor = models.BigIntegerField()
    fund_share_minor = models.BigIntegerField()
    running_share_minor = models.BigIntegerField()
    reassignment = models.ForeignKey(
        PaymentReassignment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
    )

    objects = of_family("payment__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor=models.F("fund_share_minor") + models.F("running_share_minor")
                ),
                name="allocation_split_whole",
            )
        ]


# These records stand in their own modules; Django finds them through this one.
from entraide.apps.contributions.shortage_records import (  # noqa: E402, F401
    CashShortage,
    CashSurplus,
    ClearanceKind,
    ClearanceState,
    SettlementKind,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.tariff_records import (  # noqa: E402, F401
    Reminder,
    TariffBriefing,
    TariffChange,
)
from entraide.apps.contributions.terms_records import (  # noqa: E402, F401
    CoverTerms,
    Exemption,
)

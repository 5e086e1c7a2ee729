"""Paying what was decided: numbered batches, authorised by one person, paid by another."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class BatchState(models.TextChoices):
    """prepared → authorised → paid (every payout recorded); or cancelled before authorisation."""

    PREPARED = "prepared"
    AUTHORISED = "authorised"
    PAID = "paid"
    CANCELLED = "cancelled"


class SettlementBatch(MutualRecord):
    """A *bordereau de règlement*."""

    document_number = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=BatchState)
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )
    total_minor = models.BigIntegerField()
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    authorised_on = models.DateField(null=True, blank=True)
    authorised_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="batch_number_once")
        ]


class PayeeKind(models.TextChoices):
    """Who is paid."""

    PROVIDER = "provider"
    HOUSEHOLD = "household"


class PayoutPlace(models.TextChoices):
    """Where the money came into the payee's hands."""

    OFFICE = "office"
    AGENCY = "agency"
    HOME = "home"
    TRANSFER = "transfer"  # to an account or a telephone: nobody went anywhere


class ReturnCode(models.TextChoices):
    """Why a payment came back."""

    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_CLOSED = "account_closed"
    NAME_DIFFERS = "name_differs"
    LIMIT_EXCEEDED = "limit_exceeded"
    REFUSED = "refused"  # by the bank or operator, for another reason
    NOT_FETCHED = "not_fetched"
    MISTAKE = "mistake"  # recorded here by mistake


class Payout(MutualRecord):
    """One payment to one payee within a batch; ``document_number`` is the bank's reference too.

    ``amount_minor`` is what the payee gets: its claims less its deductions.
    """

    batch = models.ForeignKey(SettlementBatch, on_delete=models.PROTECT, related_name="payouts")
    document_number = models.CharField(max_length=60)
    payee_kind = models.CharField(max_length=10, choices=PayeeKind)
    provider = models.ForeignKey(
        "providers.Provider",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payouts",
    )
    household = models.ForeignKey(
        "enrolment.Household",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payouts",
    )
    channel = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    paid_on = models.DateField(null=True, blank=True)
    paid_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The cash box of the agent who gave it, where it was not the batch's account.
    from_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(max_length=10, choices=PayoutPlace, blank=True)  # empty: not said
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # way and wait; None: not said
    # It did not reach the payee, or was recorded by mistake: what it paid is payable again.
    returned_on = models.DateField(null=True, blank=True)
    returned_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_code = models.CharField(max_length=20, blank=True, choices=ReturnCode)
    return_reason = models.CharField(max_length=200, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="payout_number_once"
            ),
            # Of 0: claims are settled against what is asked back, and no money moves.
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="payout_not_negative"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the money has neither gone nor come back."""
        return self.paid_on is None and self.returned_on is None

    @property
    def stands_paid(self) -> bool:
        """Whether the money has gone and did not come back."""
        return self.paid_on is not None and self.returned_on is None


class PayoutClaim(MutualRecord):
    """A claim that a payout pays. A claim stands in one batch that is not cancelled."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="claims")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="payouts")
    amount_minor = models.BigIntegerField()
    is_cancelled = models.BooleanField(default=False)

    objects = of_family("claim__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(is_cancelled=False), name="claim_paid_once"
            )
        ]


class RecoveryDeduction(MutualRecord):
    """The part of a recovery that a payout keeps back, until the payout is given up or returned."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="deductions")
    recovery = models.ForeignKey(
        "care_control.Recovery", on_delete=models.PROTECT, related_name="deductions"
    )
    amount_minor = models.BigIntegerField()
    is_cancelled = models.BooleanField(default=False)

    objects = of_family("recovery__claim__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="deduction_positive"
            ),
            models.UniqueConstraint(fields=["payout", "recovery"], name="deduction_once"),
        ]


class Overpayment(MutualRecord):
    """A recovery that no control found: why the claim was paid too much, in words."""

    recovery = models.OneToOneField(
        "care_control.Recovery", on_delete=models.PROTECT, related_name="overpayment"
    )
    why = models.CharField(max_length=200)

    objects = of_family("recovery__claim__household__branch")


class PayoutAnswer(MutualRecord):
    """What a bank or operator answered to one payment, as it was written; never changed."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="answers")
    is_paid = models.BooleanField()
    answered_on = models.DateField()
    return_code = models.CharField(max_length=20, blank=True, choices=ReturnCode)
    words = models.CharField(max_length=200, blank=True)  # code and words of the bank
    bank_reference = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200)  # the file
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("payout__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "is_paid", "answered_on"], name="payout_answer_once"
            )
        ]


# Part of this app's tables, in modules of their own.
from entraide.apps.settlement.desk_records import (  # noqa: E402, F401
    FloatMovement,
    PayoutReceipt,
    ProofKind,
)
from entraide.apps.settlement.incentive_records import (  # noqa: E402, F401
    AwardKind,
    AwardState,
    IncentiveAward,
    PayoutAddition,
    PayoutDiscount,
)
from entraide.apps.settlement.inclusion_records import InvoiceInclusion  # noqa: E402, F401
from entraide.apps.settlement.payee_records import (  # noqa: E402, F401
    PaymentAccount,
    PayoutDestination,
    PayoutPreference,
)
from entraide.apps.settlement.receiver_records import RefundReceiver  # noqa: E402, F401
from entraide.apps.settlement.returned_records import AccountConfirmation  # noqa: E402, F401
from entraide.apps.settlement.subsidy_records import (  # noqa: E402, F401
    RepaymentState,
    SubsidyCredit,
    SubsidyCreditLine,
    SubsidyInvoice,
    SubsidyLine,
    SubsidyOffset,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyReceiptReversal,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.apps.settlement.unclaimed_records import (  # noqa: E402, F401
    ContactMeans,
    ContactResult,
    RefundContact,
    SetAsideState,
    UnclaimedRefund,
)

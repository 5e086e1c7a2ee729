"""What the State owes of care: invoices, what it paid, and to whom that went."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class SubsidyState(models.TextChoices):
    """prepared → issued by another person; or cancelled before."""

    PREPARED = "prepared"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class SubsidyInvoice(MutualRecord):
    """The shares of the State in the care of ``[period_from, period_until)``, asked together."""

    document_number = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=SubsidyState)
    payer_name = models.CharField(max_length=160)
    period_from = models.DateField()
    period_until = models.DateField()
    total_minor = models.BigIntegerField()
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    issued_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="subsidy_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(period_until__gt=models.F("period_from")),
                name="subsidy_has_days",
            ),
        ]


class SubsidyLine(MutualRecord):
    """The State's share of one claim by its decision ``decision_number``; a claim stands on one
    invoice that is not cancelled, and on a later one with what a new decision adds (a supplement).

    Owed to ``provider``, or to the family (``household``) that had paid for the care itself.
    """

    invoice = models.ForeignKey(SubsidyInvoice, on_delete=models.PROTECT, related_name="lines")
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, related_name="subsidy_lines"
    )
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    decision_number = models.PositiveSmallIntegerField()
    is_supplement = models.BooleanField(default=False)
    is_cancelled = models.BooleanField(default=False)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=models.Q(is_cancelled=False, is_supplement=False),
                name="claim_on_one_subsidy",
            ),
            models.UniqueConstraint(
                fields=["invoice", "claim"], name="claim_once_on_a_subsidy_invoice"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="subsidy_line_positive"
            ),
        ]


class SubsidyReceipt(MutualRecord):
    """Money of the State for an invoice, whole or in parts; never changed."""

    invoice = models.ForeignKey(SubsidyInvoice, on_delete=models.PROTECT, related_name="receipts")
    document_number = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    received_on = models.DateField()
    reference = models.CharField(max_length=80, blank=True)
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="subsidy_receipt_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="subsidy_receipt_positive"
            ),
        ]


class SubsidyPayment(MutualRecord):
    """What the State paid, passed on to one provider or family; never changed."""

    invoice = models.ForeignKey(SubsidyInvoice, on_delete=models.PROTECT, related_name="payments")
    document_number = models.CharField(max_length=60)
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    paid_on = models.DateField()
    paid_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="subsidy_payment_once"
            ),
            models.UniqueConstraint(
                fields=["invoice", "provider"],
                condition=models.Q(provider__isnull=False),
                name="subsidy_paid_once_to_provider",
            ),
            models.UniqueConstraint(
                fields=["invoice", "household"],
                condition=models.Q(household__isnull=False),
                name="subsidy_paid_once_to_family",
            ),
        ]


class SubsidyCredit(MutualRecord):
    """A credit note to the State: what an issued invoice asked too much for claims that were undone
    or decided again since.

    prepared → issued by another person; or cancelled before.
    """

    invoice = models.ForeignKey(SubsidyInvoice, on_delete=models.PROTECT, related_name="credits")
    document_number = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=SubsidyState)
    total_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    issued_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="subsidy_credit_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(total_minor__gt=0), name="subsidy_credit_positive"
            ),
        ]


class SubsidyCreditLine(MutualRecord):
    """What a credit note gives back of a line of an invoice, whole or a part.

    ``decision_number``: of the claim, by which the State owes less.
    """

    credit = models.ForeignKey(SubsidyCredit, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(SubsidyLine, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()
    decision_number = models.PositiveSmallIntegerField()
    is_cancelled = models.BooleanField(default=False)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credit", "line"], name="subsidy_line_once_on_credit"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="subsidy_credit_line_positive"
            ),
        ]


class SubsidyOffset(MutualRecord):
    """What the State paid too much of one invoice, counted for another; never changed.

    No money moves, and nothing in the books: the State is one party there.
    """

    from_invoice = models.ForeignKey(
        SubsidyInvoice, on_delete=models.PROTECT, related_name="offsets_out"
    )
    to_invoice = models.ForeignKey(
        SubsidyInvoice, on_delete=models.PROTECT, related_name="offsets_in"
    )
    amount_minor = models.BigIntegerField()
    recorded_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="subsidy_offset_positive"
            )
        ]


class SubsidyReceiptReversal(MutualRecord):
    """A receipt of the State recorded by mistake is taken back, once; never changed."""

    receipt = models.OneToOneField(
        SubsidyReceipt, on_delete=models.PROTECT, related_name="reversal"
    )
    reason = models.CharField(max_length=200)
    reversed_on = models.DateField()
    reversed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")


class RepaymentState(models.TextChoices):
    """prepared → approved by another person → paid by a third; cancelled before it is paid; or
    returned: the money came back, or was recorded by mistake."""

    PREPARED = "prepared"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class SubsidyRepayment(MutualRecord):
    """What the State paid too much of an invoice, paid back to it; one at a time of an invoice.

    From its preparation on the amount counts for no other invoice.
    """

    invoice = models.ForeignKey(SubsidyInvoice, on_delete=models.PROTECT, related_name="repayments")
    document_number = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=RepaymentState)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_on = models.DateField(null=True, blank=True)
    paid_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reference = models.CharField(max_length=80, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_on = models.DateField(null=True, blank=True)
    returned_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="subsidy_repayment_number_once"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=models.Q(state__in=["prepared", "approved"]),
                name="subsidy_one_repayment_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="subsidy_repayment_positive"
            ),
        ]

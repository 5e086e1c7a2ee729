"""Records of cash that a count found missing, or found too much."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord
from entraide.core.ledger import FundCode


class _ByFund(models.Model):
    """An amount, and the part of it that each fund bears."""

    amount_minor = models.BigIntegerField()
    mutual_minor = models.BigIntegerField(default=0)
    running_minor = models.BigIntegerField(default=0)
    other_minor = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def by_fund(self) -> dict[FundCode, int]:
        """The part of each fund, in minor units."""
        return {fund: getattr(self, f"{fund.value}_minor") for fund in FundCode}


class CashShortage(_ByFund, MutualRecord):
    """Cash of a slip is missing: who held it owes it, until it is settled.

    The holder acknowledged it (``established_by`` is the holder) or another person established it.
    ``settled_minor`` is what was paid back, kept back or written off. ``received_on`` is the day
    of the slip's oldest money: the period in which it came in.
    """

    document_number = models.CharField(max_length=60)
    holder = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(
        "contributions.CollectionSlip", on_delete=models.PROTECT, related_name="shortages"
    )
    handover = models.ForeignKey(
        "contributions.CashHandover",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shortages",
    )  # whose count found it
    cash_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    found_on = models.DateField()
    reason = models.CharField(max_length=200)
    established_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    settled_minor = models.BigIntegerField(default=0)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="shortage_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    settled_minor__gte=0,
                    settled_minor__lte=models.F("amount_minor"),
                ),
                name="shortage_settled_within",
            ),
        ]

    @property
    def remaining_minor(self) -> int:
        """What the holder still owes."""
        return int(self.amount_minor - self.settled_minor)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the holder said it."""
        return bool(self.established_by_id == self.holder_id)


class SettlementKind(models.TextChoices):
    """How a part of a shortage came to its end."""

    REPAID = "repaid"
    DEDUCTED = "deducted"  # kept back from a salary
    WRITTEN_OFF = "written_off"


class ShortageSettlement(_ByFund, MutualRecord):
    """A shortage, or a part of it, is paid back, kept back from a salary, or written off.

    Cash paid back is held by ``received_by`` until it is on a ``slip``, as that of a receipt.
    Recorded by mistake it is taken back (``reversed_on``), and the shortage is owed again.
    """

    document_number = models.CharField(max_length=60)
    shortage = models.ForeignKey(CashShortage, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=12, choices=SettlementKind)
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # where the money came, or stays
    paid_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    received_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(
        "contributions.CollectionSlip",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="repayments",
    )
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversal_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="shortage_settlement_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="shortage_settlement_positive"
            ),
        ]


class CashSurplus(MutualRecord):
    """More cash than the receipts say: it waits in suspense, with how it was found.

    ``cleared_minor`` of it was given back to who had paid it, or became income.
    """

    document_number = models.CharField(max_length=60)
    cash_account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    found_on = models.DateField()
    reason = models.CharField(max_length=200)
    found_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    cleared_minor = models.BigIntegerField(default=0)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="surplus_number_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="surplus_positive"),
            models.CheckConstraint(
                condition=models.Q(
                    cleared_minor__gte=0, cleared_minor__lte=models.F("amount_minor")
                ),
                name="surplus_cleared_within",
            ),
        ]

    @property
    def remaining_minor(self) -> int:
        """What still waits in suspense."""
        return int(self.amount_minor - self.cleared_minor)


class ClearanceKind(models.TextChoices):
    """How cash found too much leaves suspense."""

    GIVEN_BACK = "given_back"
    INCOME = "income"


class ClearanceState(models.TextChoices):
    """Where it stands; nothing is in the books before ``POSTED``."""

    PROPOSED = "proposed"  # as income, by one person: another decides
    POSTED = "posted"
    REFUSED = "refused"
    REVERSED = "reversed"


class SurplusClearance(MutualRecord):
    """Cash found too much, or a part of it, leaves suspense: ``LEV-…``.

    Given back to who had paid it (``given_to``) by one act; income of the running fund once
    another person than the one who proposed it, and than the finder, decided so. ``decision``: why
    it was refused or taken back.
    """

    document_number = models.CharField(max_length=60, blank=True)
    surplus = models.ForeignKey(CashSurplus, on_delete=models.PROTECT, related_name="clearances")
    kind = models.CharField(max_length=10, choices=ClearanceKind)
    state = models.CharField(max_length=8, choices=ClearanceState)
    amount_minor = models.BigIntegerField()
    given_to = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    reversed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversed_on = models.DateField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"],
                condition=~models.Q(document_number=""),
                name="clearance_number_once",
            ),
            models.UniqueConstraint(
                fields=["surplus"],
                condition=models.Q(state="proposed"),
                name="clearance_proposed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="clearance_positive"
            ),
        ]

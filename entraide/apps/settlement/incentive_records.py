"""What incentive terms of conventions take off payments and add to them."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class AwardKind(models.TextChoices):
    """Why a provider is owed more than its claims."""

    BONUS = "bonus"  # for the quality of a year
    LAPSED = "lapsed"  # a discount was kept, and the payment came too late for it


class AwardState(models.TextChoices):
    """prepared → approved by another person; or cancelled."""

    PREPARED = "prepared"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class IncentiveAward(MutualRecord):
    """What a provider is owed by a term of its convention, paid with its next batch.

    A bonus: of ``year``, on ``base_minor`` paid for its care, once a year and term. A discount that
    lapsed: of ``payout``. Owed from the approval on.
    """

    document_number = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=AwardKind)
    state = models.CharField(max_length=10, choices=AwardState)
    provider = models.ForeignKey("providers.Provider", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        "providers.IncentiveTerm", on_delete=models.PROTECT, related_name="awards"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    payout = models.ForeignKey(
        "settlement.Payout",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lapses",
    )
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    prepared_on = models.DateField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="award_number_once"),
            models.UniqueConstraint(
                fields=["term", "year"],
                condition=models.Q(year__isnull=False) & ~models.Q(state="cancelled"),
                name="bonus_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=models.Q(payout__isnull=False) & ~models.Q(state="cancelled"),
                name="discount_lapses_once",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="award_positive"),
        ]


class PayoutDiscount(MutualRecord):
    """What a payout keeps back for being made soon, on ``base_minor`` of its claims."""

    payout = models.ForeignKey(
        "settlement.Payout", on_delete=models.PROTECT, related_name="discounts"
    )
    term = models.ForeignKey("providers.IncentiveTerm", on_delete=models.PROTECT, related_name="+")
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    is_cancelled = models.BooleanField(default=False)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout"], name="one_discount_of_a_payout"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="discount_positive"
            ),
        ]


class PayoutAddition(MutualRecord):
    """An award that a payout pays beside its claims; in one batch that is not given up."""

    payout = models.ForeignKey(
        "settlement.Payout", on_delete=models.PROTECT, related_name="additions"
    )
    award = models.ForeignKey(IncentiveAward, on_delete=models.PROTECT, related_name="additions")
    amount_minor = models.BigIntegerField()
    is_cancelled = models.BooleanField(default=False)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=models.Q(is_cancelled=False),
                name="award_paid_once",
            )
        ]

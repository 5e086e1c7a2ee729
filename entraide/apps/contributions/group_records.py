"""Records about one sum paid for many families: a collective field, a common purse, a sponsor."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class SumOrigin(models.TextChoices):
    """Where a lump sum comes from."""

    COLLECTIVE_FIELD = "collective_field"
    COMMON_PURSE = "common_purse"
    SPONSOR = "sponsor"
    EMPLOYER = "employer"
    OTHER = "other"


class GroupPayment(MutualRecord):
    """A lump sum received: the group's advance until it is shared between families.

    ``allocated_minor`` is kept equal to the standing receipts that it paid; ``verify`` checks.
    """

    document_number = models.CharField(max_length=60)
    group = models.ForeignKey(
        "enrolment.PartnerGroup",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lump_sums",
    )
    origin = models.CharField(max_length=20, choices=SumOrigin)
    payer_name = models.CharField(max_length=160)
    treasury_account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+"
    )
    external_reference = models.CharField(max_length=80, blank=True)
    paid_on = models.DateField()
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField(default=0)
    received_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(
        "contributions.CollectionSlip",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lump_sums",
    )
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="lump_sum_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="lump_sum_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    allocated_minor__gte=0, allocated_minor__lte=models.F("amount_minor")
                ),
                name="lump_sum_not_overspent",
            ),
        ]

    @property
    def rest_minor(self) -> int:
        """What is not shared yet: the group's advance; nothing once the sum was taken back."""
        return 0 if self.reversed_on else self.amount_minor - self.allocated_minor

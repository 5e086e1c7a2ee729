"""How payees wish to be paid, and where: each with the days during which it holds."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family
from entraide.core.settlement_channels import PayoutChannel

CHANNELS = [(each.value, each.name.capitalize()) for each in PayoutChannel]


class PayoutPreference(MutualRecord):
    """How a family asked to be reimbursed, during ``[effective_from, effective_until)``."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="payout_preferences"
    )
    channel = models.CharField(max_length=12, choices=CHANNELS)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(effective_until__isnull=True),
                name="one_payout_preference",
            )
        ]


class PaymentAccount(MutualRecord):
    """An account outside: of a provider, to which it is paid, or the mutual's own, as its bank
    knows it (``treasury_account``). Held during ``[effective_from, effective_until)``.

    ``number`` is an IBAN, an account number, or a telephone; ``bic`` names the bank, or is empty.
    """

    provider = models.ForeignKey(
        "providers.Provider",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_accounts",
    )
    treasury_account = models.ForeignKey(
        "ledger.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_accounts",
    )
    channel = models.CharField(max_length=12, choices=CHANNELS)
    institution = models.CharField(max_length=120)
    bic = models.CharField(max_length=11, blank=True)
    number = models.CharField(max_length=40)
    holder_name = models.CharField(max_length=140)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True, treasury_account__isnull=False)
                | models.Q(provider__isnull=False, treasury_account__isnull=True),
                name="payment_account_of_one",
            ),
            models.UniqueConstraint(
                fields=["mutual", "provider"],
                condition=models.Q(effective_until__isnull=True, provider__isnull=False),
                name="one_account_of_provider",
            ),
            models.UniqueConstraint(
                fields=["treasury_account"],
                condition=models.Q(effective_until__isnull=True, treasury_account__isnull=False),
                name="one_identity_of_treasury",
            ),
        ]


class PayoutDestination(MutualRecord):
    """The account to which a payout goes, as it was when the batch was prepared: what is exported
    is what was authorised, whatever is noted since. Mobile money without an account has the
    telephone only: neither institution nor holder."""

    payout = models.OneToOneField(
        "settlement.Payout", on_delete=models.PROTECT, related_name="destination"
    )
    institution = models.CharField(max_length=120)
    bic = models.CharField(max_length=11, blank=True)
    number = models.CharField(max_length=40)
    holder_name = models.CharField(max_length=160)

    objects = of_family("payout__household__branch")

    @property
    def is_telephone(self) -> bool:
        """Whether it is the telephone of the register, nobody having noted an account."""
        return not self.holder_name

"""Referral vouchers (bons de référence): who was sent on, by whom, where to, until when."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class ReferralVoucher(MutualRecord):
    """A person is sent on to a provider of a higher level, for care in
    ``[effective_from, effective_until)``.

    ``referred_by`` is the provider of the first level that sent them; None where the médecin
    conseil did. ``provider``: where to; None for any. No illness stands here: the paper has room
    for it, under closed cover. Nothing of a voucher changes: it is cancelled by another record, and
    used by the claims that name it.
    """

    document_number = models.CharField(max_length=60)
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    referred_by = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "nomenclature.CareCategory",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_on = models.DateField()
    issued_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateField()
    effective_until = models.DateField()
    note = models.CharField(max_length=200, blank=True)  # read by the family and the providers

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="referral_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_until__gt=models.F("effective_from")),
                name="referral_has_days",
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "issued_on"], name="referral_by_day"),
            models.Index(fields=["person", "effective_until"], name="referral_of_person"),
        ]

    def __str__(self) -> str:
        return self.document_number


class ReferralCancellation(MutualRecord):
    """A voucher taken back from a day on, by whom and why."""

    voucher = models.OneToOneField(
        ReferralVoucher, on_delete=models.PROTECT, related_name="cancellation"
    )
    cancelled_on = models.DateField()
    cancelled_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    objects = of_family("voucher__household__branch")


class ReferralLink(MutualRecord):
    """A voucher that a person put on a claim after its entry, and the decision made then."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="+")
    voucher = models.ForeignKey(ReferralVoucher, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="referral_link"
    )
    linked_on = models.DateField()
    linked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    objects = of_family("claim__household__branch")

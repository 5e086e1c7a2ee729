"""The papers on which claims arrive: invoices of providers and their scans."""

from __future__ import annotations

from datetime import date

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class InvoiceState(models.TextChoices):
    """received → closed, once its attestations are entered; or cancelled, received by mistake."""

    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Invoice(MutualRecord):
    """A provider's invoice of several attestations, as the reception register writes it.

    ``document_number`` is the number of reception, without holes; ``provider_number`` the one that
    the provider wrote. ``stated_minor`` and ``stated_count`` are what the paper says, never
    altered; what was entered is the sum of its claims. Period ``[period_from, period_until)``.
    ``closing_*`` keep what the difference was when a person closed it in spite of it: what was
    entered less what the paper says.
    """

    document_number = models.CharField(max_length=60)
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="invoices"
    )
    provider_number = models.CharField(max_length=60)
    period_from = models.DateField()
    period_until = models.DateField()
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    stated_count = models.PositiveIntegerField()
    stated_minor = models.BigIntegerField()
    page_count = models.PositiveSmallIntegerField(default=0)  # of the bundle; 0: nobody counted
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.RECEIVED)
    received_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)  # closed or cancelled
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    closing_difference_minor = models.BigIntegerField(null=True, blank=True)
    closing_difference_count = models.IntegerField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["mutual", "provider", "provider_number"],
                condition=~models.Q(state="cancelled"),
                name="invoice_of_provider_once",
            ),
            models.CheckConstraint(
                condition=models.Q(period_until__gt=models.F("period_from")),
                name="invoice_has_days",
            ),
        ]
        indexes = [models.Index(fields=["mutual", "state", "received_on"])]

    def __str__(self) -> str:
        return self.document_number

    def holds(self, care_on: date) -> bool:
        """Whether a day of care is within its period."""
        return self.period_from <= care_on < self.period_until


class InvoiceScan(MutualRecord):
    """Pages of an invoice as a PDF or a picture."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="scans")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")


class AttestationRange(MutualRecord):
    """Numbers of attestations on paper, from ``first`` to ``last``: a booklet given to a provider,
    or to a person of the mutual who hands them out. ``unused_from``: once it came back, the first
    number that nobody used."""

    series = models.CharField(max_length=40)  # what stands before the digits
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    width = models.PositiveSmallIntegerField()
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    holder = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_on = models.DateField()
    given_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    returned_on = models.DateField(null=True, blank=True)
    returned_to = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unused_from = models.BigIntegerField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="attestation_range_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True) ^ models.Q(holder__isnull=True),
                name="attestation_range_has_one_holder",
            ),
        ]
        indexes = [models.Index(fields=["mutual", "series", "first"], name="attestation_in_range")]

    def written(self, rank: int) -> str:
        """A number of the range as printed."""
        return f"{self.series}{rank:0{self.width}d}"

    @property
    def first_number(self) -> str:
        """The first number as printed."""
        return self.written(self.first)

    @property
    def last_number(self) -> str:
        """The last number as printed."""
        return self.written(self.last)


class SpoiltKind(models.TextChoices):
    """Why a number of a booklet may not be used."""

    LOST = "lost"
    CANCELLED = "cancelled"


class SpoiltAttestation(MutualRecord):
    """An attestation of a range that is lost, or cancelled; a later use of it is told."""

    attestation_range = models.ForeignKey(
        AttestationRange, on_delete=models.PROTECT, related_name="spoilt"
    )
    rank = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=SpoiltKind)
    reason = models.CharField(max_length=300)
    spoilt_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attestation_range", "rank"], name="attestation_spoilt_once"
            )
        ]


class UsualCare(MutualRecord):
    """What a mutual usually sees of an act: price of one and quantity, over twelve months.

    Of one provider; where ``provider`` is empty, of the providers of a ``sector``, and of one
    ``level`` unless that is empty: public and private prices are never pooled. A value above
    its limit is unusual (``core.control.usual``). Measured again from time to time: statistics,
    not history.
    """

    care_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, related_name="+"
    )
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sector = models.CharField(max_length=20, blank=True)  # core.care_package.Sector
    level = models.CharField(max_length=20, blank=True)  # core.care_package.ProviderLevel
    sample_count = models.PositiveIntegerField()
    price_median_minor = models.BigIntegerField()
    price_limit_minor = models.BigIntegerField()
    quantity_median = models.DecimalField(max_digits=10, decimal_places=2)
    quantity_limit = models.DecimalField(max_digits=10, decimal_places=2)
    measured_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "care_item", "provider"],
                condition=models.Q(provider__isnull=False),
                name="usual_care_once_of_provider",
            ),
            models.UniqueConstraint(
                fields=["mutual", "care_item", "sector", "level"],
                condition=models.Q(provider__isnull=True),
                name="usual_care_once_of_sector",
            ),
        ]

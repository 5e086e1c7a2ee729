"""The papers on which claims arrive: invoices of providers and their scans."""

from __future__ import annotations

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


class InvoiceScan(MutualRecord):
    """Pages of an invoice as a PDF or a picture."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="scans")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

"""Why claims of an invoice that does not add up were paid all the same."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class InvoiceInclusion(MutualRecord):
    """Claims of an open invoice put on a batch in spite of its difference; never changed.

    ``difference_*`` are what they were that day: what was entered less what the paper says.
    """

    batch = models.ForeignKey(
        "settlement.SettlementBatch", on_delete=models.PROTECT, related_name="inclusions"
    )
    invoice = models.ForeignKey(
        "claims.Invoice", on_delete=models.PROTECT, related_name="inclusions"
    )
    difference_minor = models.BigIntegerField()
    difference_count = models.IntegerField()
    claim_count = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    included_on = models.DateField()
    included_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "invoice"], name="invoice_included_once")
        ]

"""Paying claims whose invoice does not add up: left out, or put in with a reason that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.held import HeldInvoice, held_findings, held_ids, held_invoices
from entraide.apps.claims.models import Claim
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import InvoiceInclusion, SettlementBatch
from entraide.core.errors import RefusedRows


def free_of_invoices(mutual: Mutual, claims: Sequence[Claim]) -> list[Claim]:
    """These claims without those that an invoice holds; ``INVOICE_HOLDS_CLAIMS`` when it holds all.

    None held: the same claims.
    """
    held = held_invoices(mutual, claims)
    kept_back = held_ids(held)
    free = [claim for claim in claims if claim.pk not in kept_back]
    if held and not free:
        raise RefusedRows(held_findings(held, "claims"))
    return free


def held_with_reason(mutual: Mutual, claims: Sequence[Claim], reason: str) -> list[HeldInvoice]:
    """The invoices that hold some of the claims that a person named: only with a reason.

    Refused with ``INVOICE_HOLDS_CLAIMS`` for each invoice, where there is none.
    """
    held = held_invoices(mutual, claims)
    if held and not reason.strip():
        raise RefusedRows(held_findings(held, "invoice_reason"))
    return held


def keep_inclusions(
    batch: SettlementBatch, held: Sequence[HeldInvoice], *, reason: str, actor: User, on: date
) -> None:
    """Write which invoices a batch pays in spite of their differences, and why."""
    InvoiceInclusion.objects.bulk_create(
        InvoiceInclusion(
            mutual_id=batch.mutual_id,
            batch=batch,
            invoice=each.invoice,
            difference_minor=each.difference_minor,
            difference_count=each.difference_count,
            claim_count=len(each.claims),
            reason=reason.strip()[:300],
            included_on=on,
            included_by=actor,
        )
        for each in held
    )


def inclusions_of(batch: SettlementBatch) -> QuerySet[InvoiceInclusion]:
    """The invoices whose claims a batch pays in spite of their differences."""
    rows = InvoiceInclusion.objects.filter(batch=batch).select_related("invoice", "included_by")
    return rows.order_by("invoice__document_number")

"""Invoices of providers: received under a number, filled with their attestations, closed.

An invoice whose total is not the sum of its attestations stays open and visible with its
difference; only another person, with a reason, closes it all the same, and the difference is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from entraide.apps.access.models import User
from entraide.apps.claims.invoice_selectors import InvoiceTotals, totals_of
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimState,
    Invoice,
    InvoiceScan,
    InvoiceState,
)
from entraide.apps.providers.models import Provider
from entraide.apps.providers.scans import PreparedScan
from entraide.apps.providers.selectors import agreement_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.booklets import paper_key
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.paper_numbers import paper_number_faults
from entraide.core.periods import last_day

INVOICE_PREFIX = "FR"
MOST_ATTESTATIONS = 5000


@command("receive_invoice", right=Right.ENTER_CLAIM)
def receive_invoice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    provider_number: str,
    period_from: date,
    period_until: date,
    received_on: date,
    stated_count: int,
    stated_minor: int,
    page_count: int = 0,
    due_on: date | None = None,
) -> Invoice:
    """Write an invoice in the reception register; it takes its number at once.

    ``due_on`` left out is counted from the convention in force that day. Every fault at once:
    ``INVOICE_NUMBER_MISSING``, ``PAPER_NUMBER_MIXED`` (a letter of another alphabet),
    ``PERIOD_EMPTY``, ``INVOICE_BEFORE_CARE`` (received before the period begins),
    ``RECEIVED_IN_FUTURE``, ``INVOICE_COUNT_INVALID``, ``INVOICE_AMOUNT_INVALID``.
    ``INVOICE_TWICE``: the provider's invoice of this number was received before.
    """
    number = provider_number.strip()
    findings: list[Finding] = []
    if not number:
        findings.append(Finding("INVOICE_NUMBER_MISSING", place="provider_number"))
    findings += paper_number_faults({"provider_number": number})
    if period_until <= period_from:
        data = {"start": period_from, "until": last_day(period_until)}
        findings.append(Finding("PERIOD_EMPTY", place="period_until", data=data))
    if received_on > on:
        data = {"received_on": received_on}
        findings.append(Finding("RECEIVED_IN_FUTURE", place="received_on", data=data))
    elif received_on < period_from:
        data = {"received_on": received_on}
        findings.append(Finding("INVOICE_BEFORE_CARE", place="received_on", data=data))
    if not 1 <= stated_count <= MOST_ATTESTATIONS:
        data = {"count": stated_count, "most": MOST_ATTESTATIONS}
        findings.append(Finding("INVOICE_COUNT_INVALID", place="stated_count", data=data))
    if stated_minor < 0:
        findings.append(Finding("INVOICE_AMOUNT_INVALID", place="stated_total"))
    if findings:
        raise RefusedRows(tuple(findings))
    # Two spellings of one number are two texts to the database: who receives at once waits.
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    earlier = Invoice.objects.filter(provider=provider).exclude(state=InvoiceState.CANCELLED)
    same = (each for each in earlier if paper_key(each.provider_number) == paper_key(number))
    if (twice := next(same, None)) is not None:
        raise Refusal(
            "INVOICE_TWICE", place="provider_number", number=number, invoice=twice.document_number,
            received_on=twice.received_on,
        )  # fmt: skip
    return Invoice.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=INVOICE_PREFIX, on=on),
        provider=provider,
        provider_number=number,
        period_from=period_from,
        period_until=period_until,
        received_on=received_on,
        due_on=due_on or _due_on(provider, received_on),
        stated_count=stated_count,
        stated_minor=stated_minor,
        page_count=page_count,
        received_by=actor,
    )


def _due_on(provider: Provider, received_on: date) -> date | None:
    agreement = agreement_on(provider, received_on)
    if agreement is None or agreement.payment_delay_days is None:
        return None
    return received_on + timedelta(days=agreement.payment_delay_days)


@command("keep_invoice_scan", right=Right.ENTER_CLAIM)
def keep_invoice_scan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: Invoice,
    scan: PreparedScan,
) -> InvoiceScan:
    """Pages of an invoice; earlier ones stay."""
    return InvoiceScan.objects.create(
        mutual=mutual, invoice=invoice, content=scan.content, media_type=scan.media_type,
        sha256=hashlib.sha256(scan.content).hexdigest(), recorded_by=actor, recorded_on=on,
    )  # fmt: skip


@command("attach_claims", right=Right.ENTER_CLAIM)
def attach_claims(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: Invoice,
    claims: Sequence[Claim],
) -> Invoice:
    """Put claims that were entered without it on an invoice: all of them, or none.

    Refused with ``INVOICE_NOT_OPEN``, and for each claim with ``CLAIM_OF_ANOTHER_PROVIDER``,
    ``CLAIM_ON_OTHER_INVOICE``, ``CLAIM_NOT_THIRD_PARTY`` or ``CLAIM_REVERSED``.
    """
    held = open_invoice(invoice)
    rows = list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=[c.pk for c in claims]))
    faults = [
        Finding(code, place=claim.document_number, data={"claim": claim.document_number})
        for claim in rows
        if (code := _why_not(held, claim))
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    for claim in rows:
        claim.invoice, claim.invoice_number = held, held.provider_number
    Claim.objects.bulk_update(rows, ["invoice", "invoice_number"])
    return held


def _why_not(invoice: Invoice, claim: Claim) -> str:
    if claim.state == ClaimState.REVERSED:
        return "CLAIM_REVERSED"
    if claim.provider_id != invoice.provider_id:
        return "CLAIM_OF_ANOTHER_PROVIDER"
    if claim.circuit != Circuit.THIRD_PARTY_PAYMENT:
        return "CLAIM_NOT_THIRD_PARTY"
    return "" if claim.invoice_id in (None, invoice.pk) else "CLAIM_ON_OTHER_INVOICE"


def open_invoice(invoice: Invoice) -> Invoice:
    """The invoice as it stands, locked until the end of the command; ``INVOICE_NOT_OPEN``."""
    held = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("received_by", "provider")
        .get(pk=invoice.pk)
    )
    if held.state != InvoiceState.RECEIVED:
        raise Refusal("INVOICE_NOT_OPEN", place="invoice", invoice=held.document_number)
    return held


def invoice_taking(invoice: Invoice, provider: Provider, circuit: Circuit) -> Invoice:
    """The invoice, locked, on which a claim of this provider is about to stand."""
    held = open_invoice(invoice)
    if provider.pk != held.provider_id:
        raise Refusal("CLAIM_OF_ANOTHER_PROVIDER", place="provider", claim="")
    if circuit != Circuit.THIRD_PARTY_PAYMENT:
        raise Refusal("CLAIM_NOT_THIRD_PARTY", place="circuit", claim="")
    return held


@command("close_invoice", right=Right.ENTER_CLAIM)
def close_invoice(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, invoice: Invoice
) -> Invoice:
    """Close an invoice whose attestations add up to its total and are as many as it says.

    Refused with ``INVOICE_NOT_OPEN``, or ``INVOICE_DIFFERS`` with both differences.
    """
    held = open_invoice(invoice)
    totals = totals_of([held])[held.pk]
    if totals.differs(held):
        raise _differs(held, totals)
    return _ended(held, InvoiceState.CLOSED, actor, on, "", totals)


@command("close_invoice_with_difference", right=Right.APPROVE_CLAIM)
def close_invoice_with_difference(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, invoice: Invoice, reason: str
) -> Invoice:
    """Close an invoice in spite of its difference, with a reason; the difference is kept.

    By another person than who received it (``SEPARATION_OF_DUTIES``). ``INVOICE_REASON_MISSING``.
    """
    if not reason.strip():
        raise Refusal("INVOICE_REASON_MISSING", place="reason")
    held = open_invoice(invoice)
    require_other_person(actor, held.received_by, step="enter")
    totals = totals_of([held])[held.pk]
    return _ended(held, InvoiceState.CLOSED, actor, on, reason, totals)


@command("cancel_invoice", right=Right.ENTER_CLAIM)
def cancel_invoice(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, invoice: Invoice, reason: str
) -> Invoice:
    """Take an invoice that was received by mistake out of the register; its number stays used.

    Refused with ``INVOICE_REASON_MISSING``, ``INVOICE_NOT_OPEN``, or ``INVOICE_HAS_CLAIMS``: they
    are reversed or moved first.
    """
    if not reason.strip():
        raise Refusal("INVOICE_REASON_MISSING", place="reason")
    held = open_invoice(invoice)
    totals = totals_of([held])[held.pk]
    if totals.count:
        raise Refusal("INVOICE_HAS_CLAIMS", count=totals.count)
    return _ended(held, InvoiceState.CANCELLED, actor, on, reason, None)


def _differs(invoice: Invoice, totals: InvoiceTotals) -> Refusal:
    return Refusal(
        "INVOICE_DIFFERS",
        invoice=invoice.document_number,
        difference_minor=totals.stated_minor - invoice.stated_minor,
        difference_count=totals.count - invoice.stated_count,
        currency=invoice.mutual.currency,
    )


def _ended(
    invoice: Invoice,
    state: InvoiceState,
    actor: User,
    on: date,
    reason: str,
    totals: InvoiceTotals | None,
) -> Invoice:
    invoice.state, invoice.ended_by, invoice.ended_on = state, actor, on
    invoice.reason = reason.strip()
    if totals is not None:
        invoice.closing_difference_minor = totals.stated_minor - invoice.stated_minor
        invoice.closing_difference_count = totals.count - invoice.stated_count
    invoice.save(
        update_fields=[
            "state", "ended_by", "ended_on", "reason", "closing_difference_minor",
            "closing_difference_count",
        ]
    )  # fmt: skip
    return invoice

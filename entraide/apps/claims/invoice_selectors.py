"""Reading invoices of providers: the register, what was entered of each, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimState,
    Decision,
    Invoice,
    InvoiceScan,
    InvoiceState,
)
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal

# What a provider may still wait for.
UNPAID_STATES = (
    ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.APPROVED, ClaimState.IN_BATCH,
)  # fmt: skip


# Of a claim: its care was not given within the period of its invoice.
OUTSIDE_PERIOD = Q(care_on__lt=F("invoice__period_from")) | Q(
    care_on__gte=F("invoice__period_until")
)


@dataclass(frozen=True, slots=True)
class InvoiceTotals:
    """What was entered of an invoice: its attestations, reversed ones left out."""

    count: int = 0
    stated_minor: int = 0
    payable_minor: int = 0
    paid_minor: int = 0
    unpaid_count: int = 0  # neither paid nor refused yet
    outside_count: int = 0  # of care on a day outside the period of the invoice

    def differs(self, invoice: Invoice) -> bool:
        """Whether what was entered is not what the paper says, in number or in amount."""
        return (self.count, self.stated_minor) != (invoice.stated_count, invoice.stated_minor)


def totals_of(invoices: Sequence[Invoice]) -> dict[int, InvoiceTotals]:
    """What was entered of each invoice. One query."""
    rows = (
        Claim.objects.filter(invoice__in=invoices)
        .exclude(state=ClaimState.REVERSED)
        .order_by()
        .values_list("invoice")
        .annotate(
            count=Count("pk"),
            stated=Sum("stated_minor"),
            payable=Sum("payable_minor"),
            paid=Sum("payable_minor", filter=Q(state=ClaimState.PAID)),
            unpaid=Count("pk", filter=Q(state__in=UNPAID_STATES)),
            outside=Count("pk", filter=OUTSIDE_PERIOD),
        )
    )
    entered = {
        pk: InvoiceTotals(count, stated, payable, paid or 0, unpaid, outside)
        for pk, count, stated, payable, paid, unpaid, outside in rows
    }
    return {invoice.pk: entered.get(invoice.pk, InvoiceTotals()) for invoice in invoices}


def invoices_list(mutual: Mutual, *, state: str = "", text: str = "") -> QuerySet[Invoice]:
    """The reception register, the latest first, narrowed to a state and to words: of the
    provider's name, of either number."""
    invoices = Invoice.objects.filter(mutual=mutual).select_related("provider", "received_by")
    if state:
        invoices = invoices.filter(state=state)
    for word in search_terms(text):
        invoices = invoices.filter(
            Q(provider__name__icontains=word)
            | Q(document_number__icontains=word)
            | Q(provider_number__icontains=word)
        )
    return invoices.order_by("-received_on", "-id")


def invoices_by_state(mutual: Mutual) -> dict[str, int]:
    """How many invoices are in each state that has some."""
    rows = Invoice.objects.filter(mutual=mutual).order_by().values_list("state")
    return dict(rows.annotate(count=Count("pk")))


def overdue_invoices(mutual: Mutual, on: date) -> QuerySet[Invoice]:
    """Invoices whose day of payment is over and of which something is still to be paid."""
    late = Invoice.objects.filter(mutual=mutual, due_on__lt=on)
    open_ = Q(state=InvoiceState.RECEIVED) | Q(claims__state__in=UNPAID_STATES)
    return late.exclude(state=InvoiceState.CANCELLED).filter(open_).distinct()


def invoice_for(mutual: Mutual, uid: UUID | str) -> Invoice:
    """The invoice of this mutual with this ``uid``, or ``NOT_FOUND``."""
    invoices = Invoice.objects.filter(mutual=mutual)
    return found(invoices.select_related("provider", "received_by", "ended_by"), uid=uid)


def invoice_numbered(mutual: Mutual, number: str) -> Invoice:
    """The invoice received under this number, or ``NOT_FOUND``."""
    invoice = Invoice.objects.filter(mutual=mutual, document_number=number).first()
    if invoice is None:
        raise Refusal("NOT_FOUND", place="reception_number", record="invoice", key=number)
    return invoice


def scan_for(mutual: Mutual, uid: UUID | str) -> InvoiceScan:
    """The scan of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(InvoiceScan.objects.filter(mutual=mutual), uid=uid)


def scans_of(invoice: Invoice) -> list[InvoiceScan]:
    """The scans of an invoice without their content, the first kept first."""
    scans = InvoiceScan.objects.filter(invoice=invoice).defer("content")
    return list(scans.select_related("recorded_by").order_by("pk"))


def claims_on(invoice: Invoice) -> QuerySet[Claim]:
    """The claims of an invoice in the order of entry, reversed ones among them."""
    return Claim.objects.filter(invoice=invoice).select_related("person").order_by("pk")


def loose_claims(invoice: Invoice) -> QuerySet[Claim]:
    """Claims that bear the provider's number of an invoice and are on none: entered before it."""
    claims = Claim.objects.filter(
        invoice__isnull=True,
        provider=invoice.provider_id,
        invoice_number=invoice.provider_number,
        circuit=Circuit.THIRD_PARTY_PAYMENT,
    )
    return claims.exclude(state=ClaimState.REVERSED).select_related("person").order_by("pk")


def decided_on(invoice: Invoice) -> list[tuple[Claim, CoreDecision]]:
    """Each claim of an invoice that stands, with the decision in force. Two queries."""
    claims = list(claims_on(invoice).exclude(state=ClaimState.REVERSED))
    in_force = Decision.objects.filter(claim__in=claims, number=F("claim__decision_number"))
    outcomes = dict(in_force.values_list("claim_id", "outcome"))
    return [(claim, CoreDecision.from_json(outcomes[claim.pk])) for claim in claims]

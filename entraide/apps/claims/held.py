"""Claims on an invoice that is open and does not add up: they wait, unless a person says why not.

The paper may lack an attestation, or ask for one twice: until its invoice is closed (whole, or by a
second person with a reason) a claim of it is neither approved with the others nor paid unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from entraide.apps.access.models import User
from entraide.apps.access.records import whole_mutual
from entraide.apps.claims.invoice_selectors import InvoiceTotals, totals_of
from entraide.apps.claims.models import Claim, ClaimState, Invoice, InvoiceState
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.core.errors import Finding


@dataclass(frozen=True, slots=True)
class HeldInvoice:
    """An open invoice that does not add up, with the claims of it that wait."""

    invoice: Invoice
    totals: InvoiceTotals
    claims: tuple[Claim, ...]

    @property
    def difference_minor(self) -> int:
        """What was entered less what the paper says, in minor units."""
        return self.totals.stated_minor - self.invoice.stated_minor

    @property
    def difference_count(self) -> int:
        """Attestations entered less those that the paper counts."""
        return self.totals.count - self.invoice.stated_count

    @property
    def payable_minor(self) -> int:
        """What the claims that wait pay."""
        return sum(claim.payable_minor for claim in self.claims)


def differing_invoices(mutual: Mutual) -> QuerySet[Invoice]:
    """The open invoices whose attestations are not what the paper says, in number or amount."""
    stands = ~Q(claims__state=ClaimState.REVERSED)
    entered = Invoice.objects.filter(mutual=mutual, state=InvoiceState.RECEIVED).annotate(
        entered_count=Count("claims", filter=stands),
        entered_minor=Coalesce(Sum("claims__stated_minor", filter=stands), 0),
    )
    return entered.exclude(entered_count=F("stated_count"), entered_minor=F("stated_minor"))


def closers_of(invoice: Invoice, on: date) -> list[User]:
    """Who may close this invoice in spite of its difference on a day: whoever approves claims, but
    who received it. By name."""
    people = people_who_may(invoice.mutual, Right.APPROVE_CLAIM, on)
    return [each for each in people if each.pk != invoice.received_by_id]


def invoices_to_close(mutual: Mutual, person: User) -> QuerySet[Invoice]:
    """The open invoices with attestations that do not add up and that this person may close with a
    reason, were it theirs to do so: received by another. The longest waiting first."""
    stuck = differing_invoices(mutual).filter(entered_count__gt=0).exclude(received_by=person)
    return stuck.select_related("provider", "received_by").order_by("received_on", "pk")


def held_invoices(mutual: Mutual, claims: Iterable[Claim]) -> list[HeldInvoice]:
    """The invoices that hold some of these claims, by number of reception. Two queries at most."""
    by_invoice: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.invoice_id is not None:
            by_invoice.setdefault(claim.invoice_id, []).append(claim)
    if not by_invoice:
        return []
    open_ = Invoice.objects.filter(
        mutual=mutual, pk__in=by_invoice, state=InvoiceState.RECEIVED
    ).select_related("provider")
    invoices = list(open_.order_by("document_number"))
    with whole_mutual():  # an invoice adds up over all sections
        totals = totals_of(invoices)
    return [
        HeldInvoice(each, totals[each.pk], tuple(by_invoice[each.pk]))
        for each in invoices
        if totals[each.pk].differs(each)
    ]


def held_at(mutual: Mutual, state: ClaimState) -> list[HeldInvoice]:
    """The invoices that hold claims of this state. Three queries at most."""
    claims = Claim.objects.filter(mutual=mutual, state=state, invoice__isnull=False)
    return held_invoices(mutual, claims.select_related("person", "provider").order_by("pk"))


def held_ids(held: Iterable[HeldInvoice]) -> Collection[int]:
    """The primary keys of the claims that invoices hold."""
    return {claim.pk for each in held for claim in each.claims}


def held_findings(held: Iterable[HeldInvoice], place: str) -> tuple[Finding, ...]:
    """``INVOICE_HOLDS_CLAIMS`` for each invoice, with its difference and how many claims wait."""
    return tuple(
        Finding(
            "INVOICE_HOLDS_CLAIMS",
            place=place,
            data={
                "invoice": each.invoice.document_number,
                "difference_minor": each.difference_minor,
                "difference_count": each.difference_count,
                "count": len(each.claims),
                "currency": each.invoice.mutual.currency,
            },
        )
        for each in held
    )

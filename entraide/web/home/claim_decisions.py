"""Claims that wait to be approved and invoices that hold them, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from entraide.apps.claims.approvable import to_approve_by
from entraide.apps.claims.held import invoices_to_close
from entraide.apps.claims.models import ClaimState
from entraide.apps.schemes.rights import Right
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.home.decision import AT_MOST, Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def claims_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """How many the person may approve today, by who decided them; those that wait for their
    invoice are told apart. The same count as in the menu and on the list."""
    waiting = to_approve_by(request.mutual, request.user)
    mine, by_rules = waiting.mine.count, waiting.by_rules.count
    if not mine:
        return
    parts = []
    if by_rules:
        parts.append(_by_rules(by_rules))
    if seen := mine - by_rules:
        told = ngettext("{count} decided by a person", "{count} decided by persons", seen)
        parts.append(told.format(count=seen))
    why = f"{', '.join(parts)}."
    if held := waiting.held.count:
        kept = ngettext(
            "{count} other waits for its invoice.", "{count} others wait for their invoices.", held
        )
        why = f"{why} {kept.format(count=held)}"
    yield _to_approve(request, mine, waiting.mine.payable_minor, why)


def claims_of_the_rules(request: OfficeRequest) -> Iterator[Decision]:
    """What the finance officer approves: claims that the rules alone decided, all at once."""
    if Right.APPROVE_CLAIM in request.rights:
        return  # counted among theirs
    waiting = to_approve_by(request.mutual, request.user).by_rules
    if waiting.count:
        why = f"{_by_rules(waiting.count)}."
        yield _to_approve(request, waiting.count, waiting.payable_minor, why)


def _by_rules(count: int) -> str:
    told = ngettext(
        "{count} decided by the rules alone", "{count} decided by the rules alone", count
    )
    return told.format(count=count)


def _to_approve(request: OfficeRequest, count: int, payable_minor: int, why: str) -> Decision:
    text = ngettext("Approve {count} claim", "Approve {count} claims", count)
    url = page_way(request.mutual, "", "claims").url
    return Decision(
        text.format(count=count),
        why,
        pgettext("verb", "Approve"),
        f"{url}?state={ClaimState.DECIDED}" if url else "",
        payable_minor,
    )


def stuck_invoices(request: OfficeRequest) -> Iterator[Decision]:
    """Open invoices that do not add up, received by another person: closed with a reason, or given
    back to be completed."""
    if not may_open_invoices(request):
        return
    for invoice in invoices_to_close(request.mutual, request.user)[:AT_MOST]:
        yield Decision(
            _("Invoice {number} does not add up: close it with a reason, or have it "
              "completed").format(number=invoice.document_number),
            _("{provider}, received by {person}.").format(
                provider=invoice.provider.name, person=invoice.received_by
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "invoice", uid=invoice.uid).url,
            since=invoice.received_on,
        )  # fmt: skip

"""Claims that wait to be approved, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import ngettext, pgettext

from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import to_approve_by
from entraide.web.home.decision import Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def claims_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """How many that the person neither entered nor decided, by who decided them; those that their
    invoice holds are told apart."""
    waiting = to_approve_by(request.mutual, request.user)
    if not waiting.count:
        return
    text = ngettext("Approve {count} claim", "Approve {count} claims", waiting.count)
    others = waiting.count - waiting.by_rules - waiting.held
    parts = []
    if waiting.by_rules:
        told = ngettext(
            "{count} decided by the rules alone",
            "{count} decided by the rules alone",
            waiting.by_rules,
        )
        parts.append(told.format(count=waiting.by_rules))
    if others:
        seen = ngettext(
            "{count} seen by a medical adviser", "{count} seen by a medical adviser", others
        )
        parts.append(seen.format(count=others))
    if waiting.held:
        kept = ngettext(
            "{count} held by its invoice", "{count} held by their invoices", waiting.held
        )
        parts.append(kept.format(count=waiting.held))
    url = page_way(request.mutual, "", "claims").url
    yield Decision(
        text.format(count=waiting.count),
        f"{', '.join(parts)}.",
        pgettext("verb", "Approve"),
        f"{url}?state={ClaimState.DECIDED}" if url else "",
        waiting.payable_minor,
    )

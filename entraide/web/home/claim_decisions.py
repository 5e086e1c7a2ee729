"""Claims that wait to be approved, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import ngettext, pgettext

from entraide.apps.claims.held import by_rules_count, held_at
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import claims_by_state, decided_by_rules
from entraide.web.home.decision import Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def claims_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """How many, by who decided them; those that their invoice holds are told apart."""
    waiting = claims_by_state(request.mutual).get(ClaimState.DECIDED)
    if waiting is None:
        return
    by_rules = decided_by_rules(request.mutual)
    text = ngettext("Approve {count} claim", "Approve {count} claims", waiting.count)
    held = by_rules_count(held_at(request.mutual, ClaimState.DECIDED))
    others = waiting.count - by_rules.count - held
    parts = []
    if by_rules.count:
        told = ngettext(
            "{count} decided by the rules alone",
            "{count} decided by the rules alone",
            by_rules.count,
        )
        parts.append(told.format(count=by_rules.count))
    if others:
        seen = ngettext(
            "{count} seen by a medical adviser", "{count} seen by a medical adviser", others
        )
        parts.append(seen.format(count=others))
    if held:
        kept = ngettext("{count} held by its invoice", "{count} held by their invoices", held)
        parts.append(kept.format(count=held))
    url = page_way(request.mutual, "", "claims").url
    yield Decision(
        text.format(count=waiting.count),
        f"{', '.join(parts)}.",
        pgettext("verb", "Approve"),
        f"{url}?state={ClaimState.DECIDED}" if url else "",
        waiting.payable_minor,
    )

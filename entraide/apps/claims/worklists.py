"""« À décider »: the claims that wait for a person, by the reason for which they wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual

NO_REASON = "OTHER"
"""Claims that wait without a code: taken over from elsewhere, or set to wait by a person."""


@dataclass(frozen=True, slots=True)
class Worklist:
    """The claims that wait for one reason; a claim with several stands in each."""

    code: str
    count: int
    stated_minor: int
    oldest_on: date  # received


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim that waits and why."""

    claim: Claim
    codes: tuple[str, ...]
    days: int


def waiting_claims(
    mutual: Mutual, on: date, *, code: str = "", provider: Provider | None = None, days: int = 0
) -> list[Waiting]:
    """The claims that wait for a person, the longest first, narrowed to a reason, a provider and
    at least so many days since the reception. One query."""
    claims = Claim.objects.filter(mutual=mutual, state=ClaimState.IN_REVIEW)
    if provider is not None:
        claims = claims.filter(provider=provider)
    rows = claims.select_related("person", "provider").order_by("received_on", "id")
    waiting = [
        Waiting(claim, tuple(claim.review_codes) or (NO_REASON,), (on - claim.received_on).days)
        for claim in rows
    ]
    return [each for each in waiting if each.days >= days and (not code or code in each.codes)]


def worklists(waiting: list[Waiting]) -> list[Worklist]:
    """One list a reason, the fullest first. No query."""
    by_code: dict[str, list[Claim]] = {}
    for each in waiting:
        for code in each.codes:
            by_code.setdefault(code, []).append(each.claim)
    lists = [
        Worklist(
            code,
            len(claims),
            sum(claim.stated_minor for claim in claims),
            min(claim.received_on for claim in claims),
        )
        for code, claims in by_code.items()
    ]
    return sorted(lists, key=lambda each: (-each.count, each.code))


def next_waiting(mutual: Mutual, on: date, *, after: Claim, code: str) -> Claim | None:
    """The claim that has waited longest for the same reason, another one than ``after``."""
    rows = waiting_claims(mutual, on, code=code)
    return next((each.claim for each in rows if each.claim.pk != after.pk), None)

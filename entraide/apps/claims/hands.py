"""The share decided without a hand: one definition for every page, and the claims behind it.

Of all claims received in a period and not cancelled: those that the rules alone decided, touched by
nobody ÷ all of them. A claim that waits for a person counts as touched, so that what was set aside
does not flatter the share; so does one that a person or the rules decided again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import add_months

MONTHS = 3
WAITS = Q(state=ClaimState.IN_REVIEW)
BY_RULES = Q(decision_number=1) & ~WAITS


@dataclass(frozen=True, slots=True)
class HandShare:
    """How the claims received in ``[from_, until)`` were decided: ``received`` are all of them,
    ``by_rules`` those without a hand, ``waiting`` those that wait for a person."""

    from_: date
    until: date
    received: int
    by_rules: int
    waiting: int

    @property
    def touched(self) -> int:
        """Those that a person decided, or that were decided again."""
        return self.received - self.by_rules - self.waiting

    @property
    def last_on(self) -> date:
        """The last day of the period."""
        return self.until - timedelta(days=1)

    @property
    def rate(self) -> Decimal | None:
        """Without a hand ÷ received; None where nothing was received."""
        return Decimal(self.by_rules) / self.received if self.received else None


def last_months(day: date, months: int = MONTHS) -> tuple[date, date]:
    """The ``[from_, until)`` of the share on the pages: so many months up to this day, inside."""
    until = day + timedelta(days=1)
    return add_months(until, -months), until


def received_between(mutual: Mutual, from_: date, until: date) -> QuerySet[Claim]:
    """The claims that the share counts, the latest received first; cancelled ones apart."""
    claims = Claim.objects.filter(mutual=mutual, received_on__gte=from_, received_on__lt=until)
    return claims.exclude(state=ClaimState.REVERSED).order_by("-received_on", "-id")


def decided_without_a_hand(mutual: Mutual, from_: date, until: date) -> HandShare:
    """The share of the claims received in ``[from_, until)``. One query."""
    row = (
        received_between(mutual, from_, until)
        .order_by()
        .aggregate(
            received=Count("pk"),
            by_rules=Count("pk", filter=BY_RULES),
            waiting=Count("pk", filter=WAITS),
        )
    )
    return HandShare(from_, until, row["received"], row["by_rules"], row["waiting"])

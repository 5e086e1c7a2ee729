"""What a choice of entries moved the money of the funds: what a line of the funds' account is
made of."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.selectors import SIGNED, TREASURY


def money_moved(found: QuerySet[Entry], fund: str = "") -> int:
    """What these entries together moved the money of all funds, or of one: the sum that
    ``selectors.fund_changes`` gives for them, in minor units; negative for what went out."""
    postings = Posting.objects.filter(entry__in=found.order_by(), account__role__in=TREASURY)
    if fund:
        postings = postings.filter(fund=fund)
    return int(postings.aggregate(total=Sum(SIGNED, default=0))["total"])

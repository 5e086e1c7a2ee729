"""The money of contributions that came in; inside ``scope(mutual=…)``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum

from entraide.apps.contributions.models import Channel, ContributionPayment, GroupPayment
from entraide.apps.schemes.models import Mutual


@dataclass(frozen=True, slots=True)
class Collected:
    """What came in by one channel."""

    channel: str
    amount_minor: int
    receipts_count: int  # sums of groups with them
    sums_count: int = 0  # of them, sums of groups (``PG-…``), whose parts are receipts of families

    @property
    def own_receipts_count(self) -> int:
        """The receipts of families that are no part of a sum of a group."""
        return self.receipts_count - self.sums_count


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in in a period, in minor units, channel by channel.

    A sum brought for many families counts once, whole, on the day it came in, as one receipt: the
    receipts of the families between whom it is shared later bring no money.
    """

    by_channel: tuple[Collected, ...]
    to_share_minor: int  # of the sums of the period, what no family has yet

    @property
    def amount_minor(self) -> int:
        """All that came in."""
        return sum(each.amount_minor for each in self.by_channel)

    @property
    def receipts_count(self) -> int:
        """In how many receipts, those of lump sums included."""
        return sum(each.receipts_count for each in self.by_channel)


def takings(mutual: Mutual, from_: date, until: date) -> Takings:
    """The money received in ``[from_, until)``, what was reversed left out. Two queries.

    What pays with an advance carried over came in before.
    """
    received = Q(mutual=mutual, paid_on__gte=from_, paid_on__lt=until, reversed_on__isnull=True)
    amounts: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    rows = (
        ContributionPayment.objects.filter(received, group_payment__isnull=True)
        .exclude(channel=Channel.OPENING)
        .order_by()
        .values_list("channel")
        .annotate(amount=Sum("amount_minor"), count=Count("pk"))
    )
    for channel, amount_minor, count in rows:
        amounts[channel] += amount_minor
        counts[channel] += count
    sums = GroupPayment.objects.filter(received).aggregate(
        amount=Sum("amount_minor", default=0),
        to_share=Sum(F("amount_minor") - F("allocated_minor"), default=0),
        count=Count("pk"),
    )
    if sums["count"]:
        amounts[Channel.GROUP.value] += sums["amount"]
        counts[Channel.GROUP.value] += sums["count"]
    return Takings(
        tuple(
            Collected(
                each,
                amounts[each],
                counts[each],
                sums["count"] if each == Channel.GROUP.value else 0,
            )
            for each in sorted(counts)
        ),
        sums["to_share"],
    )

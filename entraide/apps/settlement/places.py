"""Where families are paid: how long they wait and how much work it takes, place by place (R054)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Min, QuerySet

from entraide.apps.enrolment.group_kinds import of_kind
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import PayeeKind, Payout, PayoutPlace
from entraide.core.work_time import WorkTime


@dataclass(frozen=True, slots=True)
class PlaceOfPayment:
    """The payments made at one place in a period; ``place`` is empty where nobody said it.

    ``delay_days`` is the median of the days from the oldest claim of a payment handed in to the
    day paid. ``work`` counts the payments of which the minutes were told.
    """

    place: str
    count: int
    amount_minor: int
    delay_days: int | None
    work: WorkTime


def family_payouts(
    mutual: Mutual,
    from_: date,
    until: date,
    *,
    place: str | None = None,
    group_kind: str | None = None,
) -> QuerySet[Payout]:
    """What was paid to families in ``[from_, until)``, the latest first, with ``handed_in_on``.

    ``place``: only there; empty for payments whose place nobody said; None for all.
    ``group_kind``: of families of one kind of group today (``groups.of_kind``).
    """
    payouts = Payout.objects.filter(
        of_kind("household__group", group_kind),
        mutual=mutual,
        payee_kind=PayeeKind.HOUSEHOLD,
        returned_on__isnull=True,
        paid_on__gte=from_,
        paid_on__lt=until,
    )
    if place is not None:
        payouts = payouts.filter(place=place)
    return (
        payouts.select_related("household", "paid_by", "batch")
        .annotate(handed_in_on=Min("claims__claim__received_on"))
        .order_by("-paid_on", "-pk")
    )


def by_place(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> list[PlaceOfPayment]:
    """One row a place where families were paid in ``[from_, until)``, in the order of places."""
    rows: dict[str, list[Payout]] = {}
    for payout in family_payouts(mutual, from_, until, group_kind=group_kind):
        rows.setdefault(payout.place, []).append(payout)
    return [_summed(place, rows[place]) for place in (*PayoutPlace.values, "") if place in rows]


def _summed(place: str, payouts: Iterable[Payout]) -> PlaceOfPayment:
    payouts = list(payouts)
    delays = [days for payout in payouts if (days := waited_days(payout)) is not None]
    told = [payout.minutes for payout in payouts if payout.minutes is not None]
    return PlaceOfPayment(
        place,
        len(payouts),
        sum(payout.amount_minor for payout in payouts),
        round(median(delays)) if delays else None,
        WorkTime(sum(told), len(told)),
    )


def waited_days(payout: Payout) -> int | None:
    """Days from the day the claim was handed in to the day of the payment."""
    handed_in_on: date | None = payout.handed_in_on  # type: ignore[attr-defined]
    if handed_in_on is None or payout.paid_on is None:
        return None
    return (payout.paid_on - handed_in_on).days

"""Delays of claims by step, what is late, and the promise of service month by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import F, Min, Q, QuerySet

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.care_terms import Promise, promise_of, targets_of
from entraide.apps.schemes.models import Mutual
from entraide.core.delays import ClaimDates, Step, StepDelay, quantile, step_delays
from entraide.core.periods import add_months, month_start

_HALF, _NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)
WAITING = (
    ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.APPROVED, ClaimState.IN_BATCH,
)  # fmt: skip


def delays_between(mutual: Mutual, from_: date, until: date) -> tuple[StepDelay, ...]:
    """Each step of the claims received in ``[from_, until)``, reversed ones apart. Two queries.

    The last one, from reception to payment, is that of the claims *paid* in these days: the
    promise of service, counted as on the page to put up and in the report.
    """
    held = Claim.objects.filter(mutual=mutual)
    received = held.filter(received_on__gte=from_, received_on__lt=until)
    paid = held.filter(state=ClaimState.PAID, paid_on__gte=from_, paid_on__lt=until)
    targets, promise = targets_of(mutual), promise_of(mutual)
    steps = step_delays(_dates(received.exclude(state=ClaimState.REVERSED)), targets)
    dates = _dates(paid)
    in_time = sum(1 for each in dates if _is_in_time(each.received_on, each.paid_on, promise))
    return (
        *(each for each in steps if each.step is not Step.RECEPTION_TO_PAYMENT),
        *(
            replace(each, within=in_time)
            for each in step_delays(dates, targets)
            if each.step is Step.RECEPTION_TO_PAYMENT
        ),
    )


def _is_in_time(received_on: date, paid_on: date | None, promise: Promise) -> bool:
    """Whether a claim was paid within what was promised on the day its paper came."""
    return paid_on is not None and max(0, (paid_on - received_on).days) <= promise.on(received_on)


def _dates(claims: QuerySet[Claim]) -> list[ClaimDates]:
    rows = (
        claims.filter(decisions__number=F("decision_number"))
        .order_by()
        .values_list(
            "care_on", "received_on", "recorded_at", "state", "decisions__made_on", "approved_at",
            "paid_on",
        )
        .annotate(
            batched=Min(
                "payouts__payout__batch__prepared_on", filter=Q(payouts__is_cancelled=False)
            )
        )
    )  # fmt: skip
    return [
        ClaimDates(
            care_on,
            received_on,
            recorded_at.date(),
            None if state == ClaimState.IN_REVIEW else decided_on,
            approved_at.date() if approved_at is not None else None,
            batched_on,
            paid_on,
        )
        for care_on, received_on, recorded_at, state, decided_on, approved_at, paid_on, batched_on
        in rows
    ]  # fmt: skip


def late_claims(mutual: Mutual, on: date) -> QuerySet[Claim]:
    """The red list: claims that wait longer than was promised on the day their paper came, the
    longest first."""
    late = Q()
    for start, end, days in promise_of(mutual).spans():
        within = Q(received_on__lt=on - timedelta(days=days))
        if start is not None:
            within &= Q(received_on__gte=start)
        if end is not None:
            within &= Q(received_on__lt=end)
        late |= within
    claims = Claim.objects.filter(late, mutual=mutual, state__in=WAITING)
    return claims.select_related("person", "provider", "invoice").order_by("received_on", "id")


@dataclass(frozen=True, slots=True)
class PromiseMonth:
    """Claims paid in a month: how many within the promise, the middle, one in ten above."""

    month_on: date
    paid: int
    in_time: int
    median_days: int
    p90_days: int


def promise_kept(mutual: Mutual, on: date, months: int = 12) -> list[PromiseMonth]:
    """The last full months before the day, the latest first; those without a payment left out.

    A claim counts once, in the month in which it was paid: not reversed, its payment not come back.
    It is in time when it was paid within what the mutual promised on the day its paper came.
    The same months as the report shows by itself: the month that runs is not told before its end.
    """
    until = month_start(on)
    promise = promise_of(mutual)
    paid = Claim.objects.filter(
        mutual=mutual, state=ClaimState.PAID, paid_on__gte=add_months(until, -months),
        paid_on__lt=until,
    )  # fmt: skip
    by_month: dict[date, list[int]] = {}
    in_time: Counter[date] = Counter()
    for received_on, paid_on in paid.order_by().values_list("received_on", "paid_on"):
        days = max(0, (paid_on - received_on).days)
        month = paid_on.replace(day=1)
        by_month.setdefault(month, []).append(days)
        in_time[month] += _is_in_time(received_on, paid_on, promise)
    return [
        PromiseMonth(
            month,
            len(days),
            in_time[month],
            round(quantile(days, _HALF)),
            round(quantile(days, _NINE_TENTHS)),
        )
        for month, days in sorted(by_month.items(), reverse=True)
    ]

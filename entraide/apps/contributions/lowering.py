"""A due made smaller after money was received for it: nothing is edited, the receipt stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import PaidPart
from entraide.apps.contributions.dues import lowered_draft
from entraide.apps.contributions.models import (
    ContributionDue,
    ContributionPayment,
    PaymentAllocation,
)
from entraide.apps.contributions.payments import record_parts
from entraide.apps.contributions.services import record_dues, take_back
from entraide.core.money import allocate

Parts = list[tuple[ContributionPayment, PaidPart]]


def lower_due(
    *, due: ContributionDue, by_minor: int, actor: User, on: date, reason: str
) -> ContributionDue | None:
    """Take ``by_minor`` off what a due leaves to pay, inside the caller's transaction.

    The due is taken back by a reversal and one of what is left takes its place, its fund share in
    proportion; what receipts paid of the first pays the second, fund by fund, so that their
    entries stand. Answers the new due, or None when nothing is left.
    """
    due = ContributionDue.objects.select_for_update().select_related("membership").get(pk=due.pk)
    assert 0 < by_minor <= due.remaining_minor, "only what is not paid is taken off"
    parts = _parts_of(due)
    draft = lowered_draft(due, by_minor)
    if draft is not None and parts:
        fund_paid_minor = sum(part.fund_share_minor for _, part in parts)
        weights = [due.remaining_minor - by_minor, by_minor]
        fund_left_minor = allocate(due.fund_share_minor - fund_paid_minor, weights)[0]
        fund_minor = fund_paid_minor + fund_left_minor
        draft = replace(
            draft,
            fund_share_minor=fund_minor,
            running_share_minor=draft.amount_minor - fund_minor,
        )
    made = record_dues(
        membership=due.membership,
        drafts=[draft] if draft is not None else [],
        occurred_on=on,
        actor=actor,
        on=on,
        uses_advance=False,
    )
    for payment, part in parts:
        back = PaidPart(
            due.pk, -part.amount_minor, -part.fund_share_minor, -part.running_share_minor
        )
        record_parts(payment, [back])
        record_parts(payment, [replace(part, key=made[0].pk)])
    take_back(due=due, actor=actor, on=on, reason=reason)
    return made[0] if made else None


def _parts_of(due: ContributionDue) -> Parts:
    """What each receipt that stands pays of a due, the earliest first."""
    rows = (
        PaymentAllocation.objects.filter(due=due, payment__reversed_on__isnull=True)
        .order_by("payment_id")
        .values_list("payment_id")
        .annotate(fund=Sum("fund_share_minor"), running=Sum("running_share_minor"))
    )
    sums = {pk: (fund, running) for pk, fund, running in rows if fund + running}
    payments = ContributionPayment.objects.in_bulk(sums)
    return [
        (payments[pk], PaidPart(due.pk, fund + running, fund, running))
        for pk, (fund, running) in sums.items()
    ]

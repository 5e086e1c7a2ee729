"""Who holds the cash of contributions now, how much, and since when; inside ``scope(mutual=…)``.

Cash is held by who received it until it is on a slip, then by the holder of the slip, until the
bank has it. A hand-over changes the holder once the receiver has confirmed. Cash that is missing
is held by nobody: a person owes it (:mod:`~entraide.apps.contributions.shortages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Least

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    CashHandover,
    CashShortage,
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    HandoverState,
    SettlementKind,
    ShortageSettlement,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole


@dataclass(slots=True)
class Holding:
    """What one person holds in one cash box, in minor units."""

    holder: User
    box: Account
    loose_minor: int = 0  # on no slip yet
    loose_count: int = 0
    slips_minor: int = 0
    slips_count: int = 0
    since: date | None = None  # the day of the oldest money
    announced_minor: int = 0  # of it, given to somebody who has not confirmed

    @property
    def total_minor(self) -> int:
        """All that the person answers for."""
        return self.loose_minor + self.slips_minor

    def days(self, on: date) -> int:
        """How many days ago the oldest money came in."""
        return 0 if self.since is None else (on - self.since).days


def loose_receipts(mutual: Mutual) -> QuerySet[ContributionPayment]:
    """Cash receipts on no slip; those of a lump sum travel with it."""
    return ContributionPayment.objects.filter(
        mutual=mutual,
        treasury_account__role=AccountRole.CASH,
        reversed_on__isnull=True,
        slip__isnull=True,
        group_payment__isnull=True,
    )


def loose_lump_sums(mutual: Mutual) -> QuerySet[GroupPayment]:
    """Lump sums received in cash, on no slip."""
    return GroupPayment.objects.filter(
        mutual=mutual,
        treasury_account__role=AccountRole.CASH,
        reversed_on__isnull=True,
        slip__isnull=True,
    )


def loose_repayments(mutual: Mutual) -> QuerySet[ShortageSettlement]:
    """Missing cash paid back in cash, on no slip."""
    return ShortageSettlement.objects.filter(
        mutual=mutual,
        kind=SettlementKind.REPAID,
        treasury_account__role=AccountRole.CASH,
        reversed_on__isnull=True,
        slip__isnull=True,
    )


def loose_cash(
    mutual: Mutual,
) -> tuple[QuerySet[ContributionPayment], QuerySet[GroupPayment], QuerySet[ShortageSettlement]]:
    """Every kind of cash that may be on no slip: receipts, lump sums, missing cash paid back."""
    return loose_receipts(mutual), loose_lump_sums(mutual), loose_repayments(mutual)


@dataclass(frozen=True, slots=True)
class Cash:
    """Cash in minor units, and in how many pieces (receipts, sums, repayments, or slips)."""

    amount_minor: int
    pieces_count: int


def cash_without_slip(mutual: Mutual) -> Cash:
    """Cash received that is on no slip yet, of every kind. Three queries."""
    sums = [
        loose.aggregate(amount=Sum("amount_minor", default=0), count=Count("pk"))
        for loose in loose_cash(mutual)
    ]
    return Cash(sum(each["amount"] for each in sums), sum(each["count"] for each in sums))


def cash_on_slips(mutual: Mutual) -> Cash:
    """The slips not deposited: their money and how many they are. One query."""
    sums = slips_at_hand(mutual).aggregate(
        amount=Sum(F("total_minor") - F("missing_minor"), default=0), count=Count("pk")
    )
    return Cash(sums["amount"], sums["count"])


def slips_at_hand(mutual: Mutual) -> QuerySet[CollectionSlip]:
    """Slips whose cash is not at the bank, and not missing whole."""
    return CollectionSlip.objects.filter(
        mutual=mutual, deposited_on__isnull=True, total_minor__gt=F("missing_minor")
    )


def shortages_owed(mutual: Mutual) -> QuerySet[CashShortage]:
    """Missing cash that somebody still owes, the oldest first."""
    return (
        CashShortage.objects.filter(mutual=mutual, settled_minor__lt=F("amount_minor"))
        .select_related("holder", "slip", "handover")
        .order_by("found_on", "pk")
    )


def shortages_list(mutual: Mutual, *, show: str = "") -> QuerySet[CashShortage]:
    """Every shortage, the latest first; ``show``: ``owed`` or ``settled``."""
    found = CashShortage.objects.filter(mutual=mutual)
    if show == "owed":
        found = found.filter(settled_minor__lt=F("amount_minor"))
    elif show == "settled":
        found = found.filter(settled_minor=F("amount_minor"))
    return found.select_related("holder", "slip").order_by("-found_on", "-pk")


def shortage_for(mutual: Mutual, uid: UUID | str) -> CashShortage:
    """The shortage of this mutual with this ``uid``, or ``NOT_FOUND``."""
    shortages = CashShortage.objects.filter(mutual=mutual).select_related(
        "holder", "established_by", "slip", "handover", "cash_account", "entry"
    )
    return found(shortages, uid=uid)


def settlement_for(mutual: Mutual, uid: UUID | str) -> ShortageSettlement:
    """The settlement of missing cash with this ``uid`` in this mutual, or ``NOT_FOUND``."""
    rows = ShortageSettlement.objects.filter(mutual=mutual).select_related(
        "shortage__holder", "received_by", "slip", "entry"
    )
    return found(rows, uid=uid)


def repayment_for(mutual: Mutual, uid: UUID | str) -> ShortageSettlement:
    """The cash paid back with this ``uid`` in this mutual, or ``NOT_FOUND``."""
    repayments = ShortageSettlement.objects.filter(mutual=mutual, kind=SettlementKind.REPAID)
    return found(repayments, uid=uid)


def holdings(mutual: Mutual) -> list[Holding]:
    """What each person holds in each box, the largest first. Seven queries at any size."""
    found: dict[tuple[int, int], Holding] = {}
    rows = []
    for loose in loose_cash(mutual):
        rows += [
            (person, box, amount, count, since, True)
            for person, box, amount, count, since in loose.order_by()
            .values_list("received_by", "treasury_account")
            .annotate(total=Sum("amount_minor"), count=Count("pk"), since=Min("paid_on"))
        ]
    # Of a slip, the oldest money is that of its oldest receipt, not the day it was prepared.
    rows += [
        (person, box, amount, 1, since, False)
        for _slip, person, box, amount, since in slips_at_hand(mutual)
        .order_by()
        .values_list("pk", "holder", "cash_account", F("total_minor") - F("missing_minor"))
        .annotate(
            since=Least(
                Coalesce(Min("payments__paid_on"), "prepared_on"),
                Coalesce(Min("lump_sums__paid_on"), "prepared_on"),
                Coalesce(Min("repayments__paid_on"), "prepared_on"),
            )
        )
    ]
    people = User.objects.in_bulk({person for person, *_rest in rows})
    boxes = Account.objects.filter(mutual=mutual).in_bulk({row[1] for row in rows})
    for person, box, amount, count, since, is_loose in rows:
        held = found.setdefault((person, box), Holding(people[person], boxes[box]))
        if is_loose:
            held.loose_minor += amount
            held.loose_count += count
        else:
            held.slips_minor += amount
            held.slips_count += count
        held.since = since if held.since is None else min(held.since, since)
    for handover in open_handovers(mutual):
        key = (handover.giver_id, handover.from_account_id)
        if key in found:
            found[key].announced_minor += handover.expected_minor
    return sorted(found.values(), key=lambda each: (-each.total_minor, str(each.holder)))


def open_handovers(mutual: Mutual) -> QuerySet[CashHandover]:
    """Hand-overs that wait for their receiver, or that the receiver disputes, the oldest first."""
    return (
        CashHandover.objects.filter(
            mutual=mutual, state__in=(HandoverState.GIVEN, HandoverState.DISPUTED)
        )
        .select_related("giver", "receiver", "from_account", "to_account")
        .order_by("given_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Of the cash received in a period: how much is at the bank, how much people hold or owe."""

    received_minor: int
    deposited_minor: int
    sums_minor: int = 0  # of what is received, sums of groups (``PG-…``)
    owed_minor: int = 0  # missing, booked to a person who has not paid it back
    kept_back_minor: int = 0  # missing, kept back from a salary
    lost_minor: int = 0  # missing, written off

    @property
    def receipts_minor(self) -> int:
        """Of what is received, the receipts that are no part of a sum of a group."""
        return self.received_minor - self.sums_minor

    @property
    def missing_minor(self) -> int:
        """Received and not at the bank."""
        return self.received_minor - self.deposited_minor

    @property
    def held_minor(self) -> int:
        """Received, not at the bank, and in somebody's hands."""
        return self.missing_minor - self.owed_minor - self.kept_back_minor - self.lost_minor


def cash_flow(mutual: Mutual, from_: date, until: date) -> CashFlow:
    """The cash of contributions received in ``[from_, until)``, and what of it the bank has.

    A deposit later than the period counts: it is that money that is followed. Missing cash counts
    on the day of its slip's oldest money. Four queries.
    """
    is_deposited = Q(slip__deposited_on__isnull=False)
    sums = [
        rows.filter(
            mutual=mutual,
            treasury_account__role=AccountRole.CASH,
            reversed_on__isnull=True,
            paid_on__gte=from_,
            paid_on__lt=until,
        ).aggregate(
            received=Sum("amount_minor", default=0),
            deposited=Sum("amount_minor", filter=is_deposited, default=0),
        )
        for rows in (
            ContributionPayment.objects.filter(group_payment__isnull=True),
            GroupPayment.objects.all(),
        )
    ]
    missing = CashShortage.objects.filter(
        mutual=mutual, received_on__gte=from_, received_on__lt=until
    )
    short = missing.aggregate(
        owed=Sum(F("amount_minor") - F("settled_minor"), default=0),
        deposited=Sum("amount_minor", filter=is_deposited, default=0),
    )
    repaid = Q(kind=SettlementKind.REPAID)
    standing = ShortageSettlement.objects.filter(shortage__in=missing, reversed_on__isnull=True)
    settled = standing.aggregate(
        deposited=Sum(
            "amount_minor",
            filter=repaid & (is_deposited | ~Q(treasury_account__role=AccountRole.CASH)),
            default=0,
        ),
        kept_back=Sum("amount_minor", filter=Q(kind=SettlementKind.DEDUCTED), default=0),
        lost=Sum("amount_minor", filter=Q(kind=SettlementKind.WRITTEN_OFF), default=0),
    )
    at_the_bank = sum(each["deposited"] for each in sums) - short["deposited"]
    return CashFlow(
        received_minor=sum(each["received"] for each in sums),
        deposited_minor=at_the_bank + settled["deposited"],
        sums_minor=sums[1]["received"],
        owed_minor=short["owed"],
        kept_back_minor=settled["kept_back"],
        lost_minor=settled["lost"],
    )

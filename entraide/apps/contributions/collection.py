"""How contributions come in: ageing of what is late, rates by month and plan, delays by channel.

Each selector is its own definition. ``by_month`` counts the calls of every payer, as the rate of
the year does (``selectors.collection_rate``); ageing, plans and agents count what *households* owe;
``by_channel`` counts all money received. Inside ``scope(mutual=…)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)

from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    DueKind,
    Payer,
    PaymentAllocation,
)
from entraide.apps.contributions.registers import unpaid_dues
from entraide.apps.contributions.tariff_records import Reminder
from entraide.apps.enrolment.group_kinds import of_kind
from entraide.apps.enrolment.models import Household, PortfolioAssignment
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import add_months

# Days late: from, to (both inside). The last band has no end.
BANDS: tuple[tuple[int, int | None], ...] = ((1, 30), (31, 60), (61, 90), (91, 180), (181, None))


@dataclass(frozen=True, slots=True)
class Ageing:
    """What the families of one group, kind of group or field agent are late by, band by band."""

    key: str  # the uid of the group, its kind or the name of the agent; empty without any
    name: str
    families: int
    bands_minor: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        """All that is late."""
        return sum(self.bands_minor)


def ageing(mutual: Mutual, on: date, *, by: str = "group") -> list[Ageing]:
    """Unpaid parts of household dues fallen before a day, by days late and by ``group``, ``kind``
    of group or ``agent`` (who holds the family's portfolio that day); the most late first. One
    query.

    A due is late by the days between the day it fell due and the day asked.
    """
    late = unpaid_dues(mutual).filter(due_on__lt=on)
    if by == "agent":
        late = late.annotate(key=Subquery(_holder(on)), name=F("key"))
    elif by == "kind":
        late = late.annotate(key=F("membership__group__kind"), name=F("key"))
    else:
        late = late.annotate(key=F("membership__group__uid"), name=F("membership__group__name"))
    remaining = F("amount_minor") - F("paid_minor")
    sums = {
        f"band_{number}": Sum(remaining, filter=_late_by(band, on), default=0)
        for number, band in enumerate(BANDS)
    }
    rows = (
        late.order_by()
        .values("key", "name")
        .annotate(families=Count("household_id", distinct=True), **sums)
    )
    found = [
        Ageing(
            str(row["key"] or ""),
            row["name"] or "",
            row["families"],
            tuple(row[f"band_{number}"] for number in range(len(BANDS))),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.total_minor, each.name))


def _holder(on: date) -> QuerySet[PortfolioAssignment]:
    """The name of who follows the group of the cover, or the area of a family without group."""
    of_group = Q(group=OuterRef("membership__group"))
    of_area = Q(area=OuterRef("household__area"), area__isnull=False)
    return (
        PortfolioAssignment.objects.filter(
            of_group | of_area,
            Q(ends_on__isnull=True) | Q(ends_on__gt=on),
            starts_on__lte=on,
        )
        .order_by(F("group").desc(nulls_last=True), "-starts_on")
        .values("animator__display_name")[:1]
    )


def _late_by(band: tuple[int, int | None], on: date) -> Q:
    first, last = band
    condition = Q(due_on__lte=on - timedelta(days=first))
    return condition if last is None else condition & Q(due_on__gte=on - timedelta(days=last))


@dataclass(frozen=True, slots=True)
class Collection:
    """Due and received of one generation of dues, with what of it is late today."""

    key: str
    due_minor: int
    collected_minor: int
    late_minor: int = 0
    families: int = 0

    @property
    def rate(self) -> Decimal | None:
        """Received ÷ due; None when nothing fell due."""
        return Decimal(self.collected_minor) / Decimal(self.due_minor) if self.due_minor else None


def by_month(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> list[Collection]:
    """For each month, what fell due in it, whoever pays, and what was received for it to this
    day. Together the months are :func:`~.selectors.collection_rate` of the same days."""
    sums: dict[str, tuple[int, int]] = {}  # by day in the database, which groups days faster
    dues = dues_of_every_payer(mutual, from_, until, group_kind=group_kind)
    rows = dues.values_list("due_on").order_by("due_on")
    for day, due, collected in rows.annotate(Sum("amount_minor"), Sum("paid_minor")):
        before = sums.get(f"{day:%Y-%m}", (0, 0))
        sums[f"{day:%Y-%m}"] = (before[0] + due, before[1] + collected)
    return [Collection(month, *amounts) for month, amounts in sums.items()]


def by_plan(
    mutual: Mutual, from_: date, until: date, on: date, *, group_kind: str | None = None
) -> list[Collection]:
    """Covers paid in one part (``single``) beside covers in several (``instalments``), for the
    dues fallen in the days given: R030's comparison. Late: unpaid on the day asked."""
    several = ContributionDue.objects.filter(
        membership=OuterRef("membership"),
        payer=Payer.HOUSEHOLD,
        kind=DueKind.CONTRIBUTION,
        instalment__gt=1,
    )
    rows = (
        standing_dues(mutual, from_, until, group_kind=group_kind)
        .annotate(is_several=Exists(several))
        .values("is_several")
        .order_by("is_several")
        .annotate(
            due=Sum("amount_minor"),
            collected=Sum("paid_minor"),
            late=Sum(F("amount_minor") - F("paid_minor"), filter=Q(due_on__lt=on), default=0),
            families=Count("household_id", distinct=True),
        )
    )
    return [
        Collection(
            "instalments" if row["is_several"] else "single",
            row["due"],
            row["collected"],
            row["late"],
            row["families"],
        )
        for row in rows
    ]


def standing_dues(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> QuerySet[ContributionDue]:
    """What families owe or owed that fell due in ``[from_, until)``, in no order.

    ``group_kind``: of one kind of group, by the group of the cover (``groups.of_kind``).
    """
    every = dues_of_every_payer(mutual, from_, until, group_kind=group_kind)
    return every.filter(payer=Payer.HOUSEHOLD)


def dues_of_every_payer(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> QuerySet[ContributionDue]:
    """The calls that fell due in ``[from_, until)``, the parts of employers, the State and sponsors
    with them, in no order; ``group_kind`` as in :func:`standing_dues`."""
    return ContributionDue.objects.filter(
        of_kind("membership__group", group_kind),
        mutual=mutual,
        cancelled_on__isnull=True,
        due_on__gte=from_,
        due_on__lt=until,
    ).order_by()


@dataclass(frozen=True, slots=True)
class ChannelCollection:
    """What came by one channel: amount, receipts, and the mean days between due and paid."""

    channel: str
    amount_minor: int
    receipts_count: int
    delay_days: int | None


def by_channel(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> list[ChannelCollection]:
    """Money received in ``[from_, until)`` by channel, reversed receipts left out, and what
    pays with an advance carried over: it came in before. ``group_kind`` keeps the parts that pay
    for covers of one kind of group.

    The delay is the mean, over the parts of receipts, of the day paid less the day due: below
    zero when money comes before its day.
    """
    parts = PaymentAllocation.objects.filter(
        of_kind("due__membership__group", group_kind),
        mutual=mutual,
        payment__reversed_on__isnull=True,
        payment__paid_on__gte=from_,
        payment__paid_on__lt=until,
    ).exclude(payment__channel=Channel.OPENING)
    delay = ExpressionWrapper(F("payment__paid_on") - F("due__due_on"), DurationField())
    rows = (
        parts.order_by()
        .values("payment__channel")
        .annotate(
            amount=Sum("amount_minor"),
            receipts=Count("payment_id", distinct=True),
            delay=Avg(delay),
        )
        .order_by("-amount")
    )
    return [
        ChannelCollection(
            row["payment__channel"],
            row["amount"],
            row["receipts"],
            None if row["delay"] is None else round(row["delay"] / timedelta(days=1)),
        )
        for row in rows
    ]


def late_households(
    mutual: Mutual, on: date, *, group: str = "", days: int = 1
) -> QuerySet[Household]:
    """Families late by so many days at least, with what they owe, since when, and the last
    reminder; the longest late first."""
    late = unpaid_dues(mutual).filter(due_on__lte=on - timedelta(days=days))
    if group:
        late = late.filter(membership__group__uid=group)
    of_family = late.filter(household=OuterRef("pk")).order_by()
    totals = of_family.values("household")
    remaining = Sum(F("amount_minor") - F("paid_minor"))
    reminders = Reminder.objects.filter(household=OuterRef("pk")).order_by("-given_on", "-id")
    return (
        Household.objects.filter(pk__in=late.values("household_id"))
        .select_related("group")
        .annotate(
            owed_minor=Subquery(totals.annotate(total=remaining).values("total")),
            oldest_due_on=Subquery(of_family.order_by("due_on").values("due_on")[:1]),
            reminded_on=Subquery(reminders.values("given_on")[:1]),
            reminded_way=Subquery(reminders.values("way")[:1]),
        )
        .order_by("oldest_due_on", "number")
    )


def months_before(on: date, count: int) -> tuple[date, date]:
    """The ``count`` months up to and with that of a day: first day, and first day after."""
    until = add_months(on.replace(day=1), 1)
    return add_months(until, -count), until


@dataclass(frozen=True, slots=True)
class PayerAccount:
    """What one payer other than households owes: an employer by its group, the State, a sponsor."""

    payer: str
    key: str  # uid of the group, or the name that exemptions give
    name: str
    due_minor: int
    paid_minor: int
    late_minor: int
    families: int

    @property
    def remaining_minor(self) -> int:
        """What is still to pay."""
        return self.due_minor - self.paid_minor


def payer_accounts(mutual: Mutual, on: date) -> list[PayerAccount]:
    """Every payer but households, with what it owes. One query."""
    rows = (
        other_dues(mutual)
        .order_by()
        .values("payer", "payer_name", "membership__group__uid", "membership__group__name")
        .annotate(
            due=Sum("amount_minor"),
            paid=Sum("paid_minor"),
            late=Sum(F("amount_minor") - F("paid_minor"), filter=Q(due_on__lt=on), default=0),
            families=Count("household_id", distinct=True),
        )
    )
    merged: dict[tuple[str, str], PayerAccount] = {}
    for row in rows:
        is_employer = row["payer"] == Payer.EMPLOYER
        key = str(row["membership__group__uid"] or "") if is_employer else row["payer_name"]
        name = (row["membership__group__name"] or "") if is_employer else row["payer_name"]
        before = merged.get((row["payer"], key))
        merged[row["payer"], key] = PayerAccount(
            row["payer"],
            key,
            name,
            row["due"] + (before.due_minor if before else 0),
            row["paid"] + (before.paid_minor if before else 0),
            row["late"] + (before.late_minor if before else 0),
            row["families"] + (before.families if before else 0),
        )
    return sorted(merged.values(), key=lambda each: (each.payer, -each.remaining_minor, each.name))


def other_dues(mutual: Mutual, *, payer: str = "", key: str = "") -> QuerySet[ContributionDue]:
    """The standing dues of payers other than households: of one payer, where it is named."""
    dues = ContributionDue.objects.filter(mutual=mutual, cancelled_on__isnull=True).exclude(
        payer=Payer.HOUSEHOLD
    )
    if payer:
        dues = dues.filter(payer=payer)
        if payer == Payer.EMPLOYER:
            dues = (
                dues.filter(membership__group__uid=key)
                if key
                else dues.filter(membership__group__isnull=True)
            )
        else:
            dues = dues.filter(payer_name=key)
    return dues.select_related("household").order_by("due_on", "document_number")


def bands_of(accounts: list[Ageing]) -> Iterator[int]:
    """The total of each band over all rows."""
    for number in range(len(BANDS)):
        yield sum(each.bands_minor[number] for each in accounts)

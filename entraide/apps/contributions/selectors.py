"""Rights on a day, what is owed and paid, and where the cash is; inside ``scope(mutual=…)``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import BigIntegerField, F, Min, QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared, worked_out_once
from entraide.apps.contributions.custody import loose_receipts, slips_at_hand
from entraide.apps.contributions.models import (
    BankDeposit,
    CashHandover,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    HandoverState,
    Payer,
    ReceiptRange,
)
from entraide.apps.enrolment.facts import membership_cover, person_cover
from entraide.apps.enrolment.files import held_back_on
from entraide.apps.enrolment.models import Membership, PartnerGroup, Person
from entraide.apps.enrolment.selectors import found, person_by_number
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.apps.schemes.selectors import product_on
from entraide.core import enrolment as core
from entraide.core.enrolment import MembershipCover, Rights, RightsStatus, UnpaidDue
from entraide.core.errors import Finding
from entraide.core.product import Product


@dataclass(frozen=True, slots=True)
class Standing:
    """A person on a day: the cover to judge by, the rules of that day, and the rights.

    Without any membership the other three are None and the rights are ``NONE``.
    """

    person: Person
    rights: Rights
    membership: Membership | None = None
    product_version: ProductVersion | None = None
    product: Product | None = None


def standings_on(persons: Iterable[Person], on: date) -> dict[int, Standing]:
    """The standing of each person, by primary key, on a day.

    Three queries whatever the number of persons and their history, one more where a piece of the
    family's file holds rights back, and one per product met. Only
    what the *household* still owes suspends rights: a family does not answer for the arrears of
    its employer or of the State.
    """
    people = list(persons)
    memberships = _memberships({person.household_id for person in people})
    chosen = {
        household_id: _membership_on(covers, on) for household_id, covers in memberships.items()
    }
    unpaid = _unpaid_by_membership(membership.pk for membership in chosen.values())
    held_back = held_back_on(people, on)
    rules: dict[tuple[int, date], tuple[ProductVersion, Product]] = {}
    standings = {}
    for person in people:
        membership = chosen.get(person.household_id)
        if membership is None:
            none = Rights(RightsStatus.NONE, (Finding("NO_MEMBERSHIP"),))
            standings[person.pk] = Standing(person, none)
            continue
        # Before the cover begins, the rules of its first day: its product may not exist earlier.
        key = (membership.product_id, max(on, membership.effective_from))
        if key not in rules:
            rules[key] = product_on(membership.product, key[1])
        version, product = rules[key]
        rights = core.rights_on(
            person_cover(person, membership),
            membership_cover(membership),
            unpaid.get(membership.pk, ()),
            product,
            on,
            held_back.get(person.pk, ()),
        )
        standings[person.pk] = Standing(person, rights, membership, version, product)
    return standings


def standing_on(person: Person, on: date) -> Standing:
    """The standing of one person on a day: four queries."""
    return worked_out_once(
        ("standing", person.pk, on), lambda: standings_on((person,), on)[person.pk]
    )


def rights_on(person: Person, on: date) -> Rights:
    """What a person may claim on a day, and every reason that closes or delays it."""
    return standing_on(person, on).rights


def rights_by_number(mutual: Mutual, number: str, on: date) -> Standing:
    """The standing of the bearer of a card, by its number; ``NOT_FOUND`` for an unknown card."""
    return standing_on(person_by_number(mutual, number), on)


_MEMBERSHIPS: Prepared[Membership] = Prepared(
    lambda household_ids: Membership.objects.select_related("product").filter(
        household__id__in=household_ids
    ),
    lists=("household_ids",),
    is_steady=True,
    household_ids=BigIntegerField(),
)
_UNPAID: Prepared[tuple[int, date, int, int]] = Prepared(
    lambda membership_ids: ContributionDue.objects.filter(
        membership__id__in=membership_ids,
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        paid_minor__lt=F("amount_minor"),
    ).values_list("membership_id", "due_on", "amount_minor", "paid_minor"),
    lists=("membership_ids",),
    is_steady=True,
    membership_ids=BigIntegerField(),
)


def _memberships(household_ids: Iterable[int]) -> dict[int, list[Membership]]:
    by_household: dict[int, list[Membership]] = defaultdict(list)
    for membership in _MEMBERSHIPS.all(household_ids=household_ids):
        by_household[membership.household_id].append(membership)
    return by_household


def _membership_on(memberships: Iterable[Membership], on: date) -> Membership:
    covers: dict[MembershipCover, Membership] = {
        membership_cover(membership): membership for membership in memberships
    }
    cover = core.membership_on(covers, on)
    assert cover is not None, "a household in the mapping has at least one membership"
    return covers[cover]


def _unpaid_by_membership(membership_ids: Iterable[int]) -> Mapping[int, list[UnpaidDue]]:
    unpaid: dict[int, list[UnpaidDue]] = defaultdict(list)
    rows = _UNPAID.all(membership_ids=membership_ids)
    for membership_id, due_on, amount_minor, paid_minor in rows:
        unpaid[membership_id].append(UnpaidDue(due_on, amount_minor - paid_minor))
    return unpaid


def due_for(mutual: Mutual, uid: UUID | str) -> ContributionDue:
    """The due of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(ContributionDue.objects.filter(mutual=mutual).select_related("household"), uid=uid)


def payment_for(mutual: Mutual, uid: UUID | str) -> ContributionPayment:
    """The receipt of this mutual with this ``uid``, or ``NOT_FOUND``."""
    payments = ContributionPayment.objects.filter(mutual=mutual)
    return found(
        payments.select_related(
            "household", "treasury_account", "slip", "group_payment", "entry", "received_by"
        ),
        uid=uid,
    )


def slip_for(mutual: Mutual, uid: UUID | str) -> CollectionSlip:
    """The collection slip of this mutual with this ``uid``, or ``NOT_FOUND``."""
    slips = CollectionSlip.objects.filter(mutual=mutual)
    return found(
        slips.select_related(
            "holder", "cash_account", "deposit_account", "deposit__entry", "entry"
        ),
        uid=uid,
    )


def range_for(mutual: Mutual, uid: UUID | str) -> ReceiptRange:
    """The range of receipt numbers of this mutual with this ``uid``, or ``NOT_FOUND``."""
    ranges = ReceiptRange.objects.filter(mutual=mutual)
    return found(ranges.select_related("holder", "given_by", "returned_to"), uid=uid)


def handover_for(mutual: Mutual, uid: UUID | str) -> CashHandover:
    """The hand-over of this mutual with this ``uid``, or ``NOT_FOUND``."""
    handovers = CashHandover.objects.filter(mutual=mutual)
    return found(
        handovers.select_related("giver", "receiver", "from_account", "to_account", "entry"),
        uid=uid,
    )


def handovers_list(mutual: Mutual, *, show: str = "") -> QuerySet[CashHandover]:
    """Hand-overs, the latest first; ``show``: a state of theirs."""
    handovers = CashHandover.objects.filter(mutual=mutual)
    if show in HandoverState.values:
        handovers = handovers.filter(state=show)
    return handovers.select_related("giver", "receiver").order_by("-given_on", "-pk")


def deposit_for(mutual: Mutual, uid: UUID | str) -> BankDeposit:
    """The deposit of several slips with this ``uid``, or ``NOT_FOUND``."""
    deposits = BankDeposit.objects.filter(mutual=mutual)
    return found(deposits.select_related("bank_account", "entry", "recorded_by"), uid=uid)


def lump_sum_for(mutual: Mutual, uid: UUID | str) -> GroupPayment:
    """The lump sum of this mutual with this ``uid``, or ``NOT_FOUND``."""
    sums = GroupPayment.objects.filter(mutual=mutual)
    return found(
        sums.select_related("group", "treasury_account", "slip", "received_by", "entry"), uid=uid
    )


def ranges_list(mutual: Mutual, *, show: str = "") -> QuerySet[ReceiptRange]:
    """Booklets and ranges, those still out first; ``show``: ``out`` or ``returned``."""
    ranges = ReceiptRange.objects.filter(mutual=mutual)
    if show in ("out", "returned"):
        ranges = ranges.filter(returned_on__isnull=show == "out")
    return ranges.select_related("holder").order_by(
        F("returned_on").desc(nulls_first=True), "-given_on", "series", "first"
    )


@dataclass(frozen=True, slots=True)
class Arrears:
    """What a household has let pass: the amount and the oldest day."""

    household_id: int
    household_number: str
    remaining_minor: int
    oldest_due_on: date
    days_late: int


def arrears(mutual: Mutual, on: date, *, group: PartnerGroup | None = None) -> list[Arrears]:
    """The households with a due fallen before the day and not paid, the longest late first.

    One query. A page reads the households that it shows.
    """
    dues = _standing_dues(mutual, group).filter(
        payer=Payer.HOUSEHOLD, due_on__lt=on, paid_minor__lt=F("amount_minor")
    )
    rows = (
        dues.values_list("household_id", "household__number")
        .annotate(remaining=Sum(F("amount_minor") - F("paid_minor")), oldest=Min("due_on"))
        .order_by("oldest", "household__number")
    )
    return [
        Arrears(household, number, remaining_minor, oldest_on, days_late=(on - oldest_on).days)
        for household, number, remaining_minor, oldest_on in rows
    ]


def _standing_dues(mutual: Mutual, group: PartnerGroup | None) -> QuerySet[ContributionDue]:
    dues = ContributionDue.objects.filter(mutual=mutual, cancelled_on__isnull=True)
    return dues if group is None else dues.filter(membership__group=group)


@dataclass(frozen=True, slots=True)
class CollectionRate:
    """Collected ÷ due, of one generation of dues."""

    collected_minor: int
    due_minor: int

    @property
    def rate(self) -> Decimal | None:
        """None when nothing was due."""
        if self.due_minor == 0:
            return None
        return Decimal(self.collected_minor) / Decimal(self.due_minor)


def collection_rate(
    mutual: Mutual, from_: date, until: date, *, group: PartnerGroup | None = None
) -> CollectionRate:
    """What has been received to this day of the dues that fell due in ``[from_, until)``.

    By generation of dues, not by calendar cash: the rate of a month never exceeds one.
    """
    sums = (
        _standing_dues(mutual, group)
        .filter(due_on__gte=from_, due_on__lt=until)
        .aggregate(collected=Sum("paid_minor"), due=Sum("amount_minor"))
    )
    return CollectionRate(sums["collected"] or 0, sums["due"] or 0)


def receipts(mutual: Mutual, from_: date, until: date) -> QuerySet[ContributionPayment]:
    """The receipts of money received in ``[from_, until)``, the latest first, reversed or not."""
    return (
        ContributionPayment.objects.filter(mutual=mutual, paid_on__gte=from_, paid_on__lt=until)
        .select_related("household", "received_by", "treasury_account", "slip")
        .order_by("-paid_on", "-document_number")
    )


def receipts_without_slip(
    mutual: Mutual, *, holder: User | None = None
) -> QuerySet[ContributionPayment]:
    """Cash received that is on no slip yet, the oldest first: who holds it is ``received_by``."""
    waiting = loose_receipts(mutual)
    if holder is not None:
        waiting = waiting.filter(received_by=holder)
    return waiting.select_related("household", "received_by", "treasury_account").order_by(
        "paid_on", "document_number"
    )


def slips_to_deposit(mutual: Mutual) -> QuerySet[CollectionSlip]:
    """The slips whose cash has not reached the bank, the oldest first. One that all its receipts
    have left, or whose cash is missing whole, has nothing to bring there."""
    return (
        slips_at_hand(mutual)
        .select_related("holder", "cash_account")
        .order_by("prepared_on", "document_number")
    )

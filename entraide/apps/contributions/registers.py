"""The lists of the desk: families, calls, receipts and slips, filtered; inside ``scope(mutual=…)``.

Each answers a query set, so that a page reads only the rows that it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from entraide.apps.access.records import sections_in_sight, whole_mutual
from entraide.apps.contributions.custody import Cash, slips_at_hand
from entraide.apps.contributions.models import (
    Channel,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    Payer,
    PaymentAllocation,
)
from entraide.apps.enrolment.models import Household, PartnerGroup, Person
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.search_index import containing
from entraide.apps.schemes.models import Mutual, NumberBook
from entraide.apps.schemes.numbering import NUMBER_WIDTH, document_number
from entraide.core.booklets import BookletFault, booklet_faults

_RECEIPTS = "REC"  # the prefix of their book
_AFTER_NUMBERS = "~"  # after every sign that a number may have


def unpaid_dues(mutual: Mutual) -> QuerySet[ContributionDue]:
    """What households themselves still owe, fallen due or not."""
    return ContributionDue.objects.filter(
        mutual=mutual,
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        paid_minor__lt=F("amount_minor"),
    )


def of_persons_called(mutual: Mutual, text: str) -> QuerySet[Person]:
    """The keys of the households of which a person answers every piece of a text."""
    persons = containing(Person.objects.filter(mutual=mutual), search_terms(text))
    return persons.order_by().values("household_id")


@dataclass(frozen=True, slots=True)
class Late:
    """How many families are late and by how much in all."""

    households_count: int
    amount_minor: int


def late_total(mutual: Mutual, on: date) -> Late:
    """What families have let pass before a day. One query."""
    sums = (
        unpaid_dues(mutual)
        .filter(due_on__lt=on)
        .aggregate(
            households=Count("household_id", distinct=True),
            amount=Sum(F("amount_minor") - F("paid_minor"), default=0),
        )
    )
    return Late(sums["households"], sums["amount"])


def dues_list(
    mutual: Mutual, from_: date, until: date, *, state: str = "", text: str = "", on: date
) -> QuerySet[ContributionDue]:
    """The calls that fall due in ``[from_, until)``, the oldest first.

    ``state``: ``paid``, ``due``, ``late`` or ``cancelled``; anything else shows all. ``text`` is
    looked for in the number of the call and of the household.
    """
    dues = ContributionDue.objects.filter(mutual=mutual, due_on__gte=from_, due_on__lt=until)
    open_dues = Q(cancelled_on__isnull=True, paid_minor__lt=F("amount_minor"))
    conditions = {
        "paid": Q(cancelled_on__isnull=True, paid_minor=F("amount_minor")),
        "due": open_dues & Q(due_on__gte=on),
        "late": open_dues & Q(due_on__lt=on),
        "cancelled": Q(cancelled_on__isnull=False),
    }
    if state in conditions:
        dues = dues.filter(conditions[state])
    if text.strip():
        dues = dues.filter(
            Q(document_number__icontains=text.strip())
            | Q(household__number__icontains=text.strip())
        )
    return dues.select_related("household").order_by("due_on", "document_number")


def dues_numbered(mutual: Mutual, number: str) -> QuerySet[ContributionDue]:
    """The call that bears this number, if there is one."""
    return ContributionDue.objects.filter(mutual=mutual, document_number=number.strip().upper())


def parts_of_due(due: ContributionDue) -> QuerySet[PaymentAllocation]:
    """What each receipt paid of a call, the oldest first; reversed receipts too."""
    return due.allocations.select_related("payment").order_by("payment__paid_on", "payment_id")


def receipts_list(
    mutual: Mutual,
    *,
    from_: date | None = None,
    until: date | None = None,
    channel: str = "",
    text: str = "",
) -> QuerySet[ContributionPayment]:
    """Receipts of every channel or one, the latest first, reversed or not.

    ``text``: in the number, the transaction's or the booklet's number, or a person's name.
    """
    payments = ContributionPayment.objects.filter(mutual=mutual)
    if from_ is not None:
        payments = payments.filter(paid_on__gte=from_)
    if until is not None:
        payments = payments.filter(paid_on__lt=until)
    if channel:
        payments = payments.filter(channel=channel)
    if text.strip():
        payments = payments.filter(
            Q(document_number__icontains=text.strip())
            | Q(external_reference__icontains=text.strip())
            | Q(paper_number__icontains=text.strip())
            | Q(household_id__in=of_persons_called(mutual, text))
        )
    return payments.select_related(
        "household", "received_by", "treasury_account", "slip", "group_payment"
    ).order_by("-paid_on", "-document_number")


def receipts_numbered(mutual: Mutual, text: str) -> QuerySet[ContributionPayment]:
    """The receipts whose number begins so or has this rank, and those of this leaf of a booklet
    or of this mobile money transaction. Read by index, however many there are."""
    number = text.strip()
    begins = Q(
        document_number__startswith=number.upper(),
        document_number__gte=number.upper(),
        document_number__lt=number.upper() + _AFTER_NUMBERS,
    )
    if number.isdecimal() and len(number) <= NUMBER_WIDTH:
        books = NumberBook.objects.filter(mutual=mutual, prefix=_RECEIPTS)
        years = books.values_list("year", flat=True)
        ranked = [document_number(_RECEIPTS, year, int(number)) for year in years]
        begins |= Q(document_number__in=ranked)
    standing = Q(reversed_on__isnull=True) & ~Q(external_reference="")
    payments = ContributionPayment.objects.filter(
        begins
        | (~Q(paper_number="") & Q(paper_number=number))
        | (standing & Q(channel__in=Channel.values, external_reference=number)),
        mutual=mutual,
    )
    return payments.order_by("-paid_on", "-document_number")


def paper_receipts_count(mutual: Mutual) -> int:
    """How many receipts bear the number of a paper booklet."""
    return ContributionPayment.objects.filter(mutual=mutual).exclude(paper_number="").count()


@dataclass(frozen=True, slots=True)
class PaperReceiptFault:
    """A hole or a double of a booklet, with the receipts that tell it."""

    fault: BookletFault
    receipts: tuple[ContributionPayment, ...]


def paper_receipt_faults(
    mutual: Mutual, *, registered: bool = True
) -> tuple[PaperReceiptFault, ...]:
    """Numbers of paper booklets that are missing or were used twice, each with its receipts.

    ``registered=False``: of booklets that nobody entered as given to a person only.

    For a hole, the receipts just before and after it; for a double, those that bear the number.
    Numbers know no sections: a fault is told to who sees one of its receipts, with those they see.
    """
    with whole_mutual():
        faults = _paper_faults(mutual, registered)
    on_paper = _on_paper(mutual, registered)
    told = {number for fault in faults for number in fault.known}
    receipts: dict[str, list[ContributionPayment]] = {}
    concerned = on_paper.filter(paper_number__in=told)
    for payment in concerned.select_related("household", "received_by").order_by("id"):
        receipts.setdefault(payment.paper_number, []).append(payment)
    of_each = (
        PaperReceiptFault(
            fault, tuple(each for number in fault.known for each in receipts.get(number, ()))
        )
        for fault in faults
    )
    return tuple(each for each in of_each if each.receipts)


def _on_paper(mutual: Mutual, registered: bool) -> QuerySet[ContributionPayment]:
    on_paper = ContributionPayment.objects.filter(mutual=mutual).exclude(paper_number="")
    return on_paper if registered else on_paper.filter(receipt_range=None)


def _paper_faults(mutual: Mutual, registered: bool) -> tuple[BookletFault, ...]:
    on_paper = _on_paper(mutual, registered)
    used: list[str] = []
    taken_back: list[str] = []
    for number, reversed_on in on_paper.values_list("paper_number", "reversed_on"):
        (used if reversed_on is None else taken_back).append(number)
    return tuple(booklet_faults(used, taken_back))


def slips_list(mutual: Mutual, *, show: str = "", text: str = "") -> QuerySet[CollectionSlip]:
    """Collection slips, the latest first; ``show``: ``open`` (not deposited) or ``deposited``."""
    slips = CollectionSlip.objects.filter(mutual=mutual)
    if show in ("open", "deposited"):
        slips = slips.filter(deposited_on__isnull=show == "open")
    if text.strip():
        slips = slips.filter(document_number__icontains=text.strip())
    return (
        slips.select_related("holder", "cash_account", "deposit_account")
        .annotate(receipts_count=Count("payments"))
        .order_by("-prepared_on", "-document_number")
    )


def receipts_of_slip(slip: CollectionSlip) -> QuerySet[ContributionPayment]:
    """The receipts on a slip, in the order of the paper."""
    return slip.payments.select_related("household", "refund").order_by(
        "paid_on", "document_number"
    )


def receipts_of_slip_elsewhere(slip: CollectionSlip) -> Cash:
    """What a slip holds of families of other sections than those in sight. Two queries."""
    if sections_in_sight() is None:
        return Cash(0, 0)
    figures = {"amount": Sum("amount_minor", default=0), "count": Count("pk")}
    seen = slip.payments.aggregate(**figures)
    with whole_mutual():
        whole = slip.payments.aggregate(**figures)
    return Cash(whole["amount"] - seen["amount"], whole["count"] - seen["count"])


def slips_to_deposit_count(mutual: Mutual) -> int:
    """How many slips wait for the bank."""
    return slips_at_hand(mutual).count()


def lump_sums_list(mutual: Mutual) -> QuerySet[GroupPayment]:
    """Lump sums, those with something left to share first, then the latest."""
    has_rest = Case(
        When(reversed_on__isnull=True, allocated_minor__lt=F("amount_minor"), then=Value(0)),
        default=Value(1),
    )
    return (
        GroupPayment.objects.filter(mutual=mutual)
        .select_related("group")
        .order_by(has_rest, "-paid_on", "-pk")
    )


def lump_sums_of_slip(slip: CollectionSlip) -> QuerySet[GroupPayment]:
    """The lump sums whose cash is on a slip."""
    return slip.lump_sums.order_by("paid_on", "pk")


def groups_named(mutual: Mutual) -> QuerySet[PartnerGroup]:
    """The groups through which families join, by name: the choices of a form or a filter.

    Those that are closed, or will be, are not among them.
    """
    return PartnerGroup.objects.filter(mutual=mutual, closed_on__isnull=True).order_by("name")


def members_of(households: Iterable[Household]) -> dict[int, Person]:
    """The member of each household, the latest one where it changed hands. One query."""
    members = (
        Person.objects.filter(
            household__in=[household.pk for household in households], is_member=True
        )
        .select_related("household")
        .order_by("entered_on", "id")
    )
    return {person.household_id: person for person in members}

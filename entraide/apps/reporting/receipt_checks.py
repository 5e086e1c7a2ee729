"""Receipts that were corrected, and the cash that people hold, against the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, Sum

from entraide.apps.contributions.corrections import REFUND_PREFIX
from entraide.apps.contributions.custody import holdings
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.lump_sums import sum_party
from entraide.apps.contributions.models import (
    AdvanceState,
    BankDeposit,
    CashHandover,
    CashRefund,
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    HandoverSlip,
    HandoverState,
    OpeningAdvance,
    PaymentAllocation,
    PaymentReassignment,
    SettlementKind,
    ShortageSettlement,
)
from entraide.apps.contributions.payments import ROLES_OF_CHANNEL
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
from entraide.core.ledger import TREASURY_ROLES, AccountRole, EntryKind
from entraide.core.posting_rules import RECEIVABLE_ROLES

# Document, side, fund and party of what is owed → amount.
_Owed = dict[str, Counter[tuple[str, str, str]]]


def check_reassignments(mutual: Mutual) -> Iterator[Finding]:
    """What a receipt paid for one family and pays for another is what the books moved.

    ``REASSIGNMENT_DIFFERS`` for amounts, funds and families; ``RECORD_PARTY_DIFFERS`` when a
    receipt stands for another family than the last that it was moved to; and both are taken back
    together (``REVERSED_IN_REGISTER_ONLY``, ``REVERSED_IN_BOOKS_ONLY``).
    """
    posted, recorded = _posted(mutual), _recorded(mutual)
    taken_back = set(
        Entry.objects.filter(
            mutual=mutual, reverses__kind=EntryKind.CONTRIBUTION_REASSIGNED.value
        ).values_list("reverses__document_number", flat=True)
    )
    last: dict[str, tuple[Any, Any]] = {}
    moves = PaymentReassignment.objects.filter(mutual=mutual).order_by("pk")
    for document, receipt, now, moved_to, reversed_on in moves.values_list(
        "document_number", "payment__document_number", "payment__household_id",
        "to_household_id", "payment__reversed_on",
    ):  # fmt: skip
        if posted[document] != recorded[document]:
            found, expected = (sum(side[document].values()) for side in (recorded, posted))
            yield _finding("REASSIGNMENT_DIFFERS", mutual, document, found, expected)
        last[receipt] = (now, moved_to)
        if (reversed_on is not None) != (document in taken_back):
            code = "IN_REGISTER" if reversed_on is not None else "IN_BOOKS"
            data = {"kind": "payment", "document": document, "found": "", "expected": ""}
            yield Finding(f"REVERSED_{code}_ONLY", place=document, data=data)
    for receipt, (now, moved_to) in last.items():
        if now != moved_to:
            data = {"kind": "payment", "document": receipt, "found": now, "expected": moved_to}
            yield Finding("RECORD_PARTY_DIFFERS", place=receipt, data=data)


def _posted(mutual: Mutual) -> _Owed:
    rows = Posting.objects.filter(
        mutual=mutual,
        account__role__in=[role.value for role in RECEIVABLE_ROLES],
        entry__kind=EntryKind.CONTRIBUTION_REASSIGNED.value,
    )
    posted: _Owed = defaultdict(Counter)
    for document, side, fund, party, total in (
        rows.order_by()
        .values_list("entry__document_number", "side", "fund", "party")
        .annotate(total=Sum("amount_minor"))
    ):
        posted[document][side, fund, party] += total
    return posted


def _recorded(mutual: Mutual) -> _Owed:
    """The negative parts are owed again (debit), the positive ones are paid (credit)."""
    rows = PaymentAllocation.objects.filter(mutual=mutual, reassignment__isnull=False).order_by()
    recorded: _Owed = defaultdict(Counter)
    for sign, side, condition in (
        (-1, "debit", Q(amount_minor__lt=0)),
        (1, "credit", Q(amount_minor__gt=0)),
    ):
        for document, household, fund, running in (
            rows.filter(condition)
            .values_list("reassignment__document_number", "due__household__uid")
            .annotate(fund=Sum("fund_share_minor"), running=Sum("running_share_minor"))
        ):
            for code, amount in (("mutual", fund), ("running", running)):
                if amount:
                    recorded[document][side, code, f"household:{household}"] += sign * amount
    return recorded


def check_custody(mutual: Mutual) -> Iterator[Finding]:
    """``CUSTODY_DIFFERS``: in each cash box, what people hold of contributions is what the books
    hold of them there; ``HOLDER_DIFFERS``: a slip is held by who last confirmed to have it."""
    held: Counter[int] = Counter()
    for holding in holdings(mutual):
        held[holding.box.pk] += holding.total_minor
    books = _contribution_cash(mutual)
    boxes = Account.objects.filter(mutual=mutual).in_bulk(held.keys() | books.keys())
    for pk in sorted(held.keys() | books.keys()):
        if held[pk] != books[pk]:
            yield _finding("CUSTODY_DIFFERS", mutual, boxes[pk].number, held[pk], books[pk])
    last: dict[str, tuple[int, int, int, int]] = {}
    for slip, *people in (
        HandoverSlip.objects.filter(mutual=mutual, handover__state=HandoverState.CONFIRMED)
        .order_by("pk")
        .values_list(
            "slip__document_number",
            "slip__holder",
            "handover__receiver",
            "slip__cash_account",
            "handover__to_account",
        )
    ):
        last[slip] = tuple(people)
    for slip, (holder, receiver, box, to_account) in last.items():
        if holder != receiver or box != to_account:
            data = {"kind": "slip", "document": slip, "found": holder, "expected": receiver}
            yield Finding("HOLDER_DIFFERS", place=slip, data=data)


def _contribution_cash(mutual: Mutual) -> Counter[int]:
    """Debits − credits of contributions in each cash box: receipts, lump sums, their reversals,
    slips deposited or handed over, cash missing and paid back; money given back leaves the box's
    other cash."""
    kept_back = ShortageSettlement.objects.filter(mutual=mutual, kind=SettlementKind.DEDUCTED)
    received = (
        EntryKind.CONTRIBUTION_PAID.value,
        EntryKind.CONTRIBUTION_REASSIGNED.value,
        EntryKind.GROUP_SUM_RECEIVED.value,
        EntryKind.CASH_SHORTAGE.value,
        EntryKind.SHORTAGE_REPAID.value,
    )
    moved = Q(pk__in=CollectionSlip.objects.filter(mutual=mutual).values("entry"))
    moved |= Q(pk__in=BankDeposit.objects.filter(mutual=mutual).values("entry"))
    moved |= Q(pk__in=CashHandover.objects.filter(mutual=mutual).values("entry"))
    entries = Entry.objects.filter(
        Q(kind__in=received)
        | Q(reverses__kind__in=received, cashrefund__isnull=True)
        | moved
        | Q(kind=EntryKind.CASH_DEPOSITED.value, document_number__startswith=f"{REFUND_PREFIX}-"),
        mutual=mutual,
    )
    entries = entries.exclude(
        Q(pk__in=kept_back.values("entry")) | Q(reverses__in=kept_back.values("entry"))
    )
    from_other_cash = Q(
        entry__cashrefund__isnull=False, entry__kind=EntryKind.CASH_DEPOSITED.value, side="credit"
    )
    rows = (
        Posting.objects.filter(
            mutual=mutual, account__role=AccountRole.CASH.value, entry__in=entries.order_by()
        )
        .exclude(from_other_cash)
        .order_by()
        .values_list("account_id")
        .annotate(total=Sum(SIGNED))
    )
    return Counter(dict(rows))


def check_lump_sums(mutual: Mutual) -> Iterator[Finding]:
    """``LUMP_SUM_DIFFERS``: what a lump sum says was shared is the sum of its standing receipts,
    and its rest is what the books owe its group."""
    shared = dict(
        ContributionPayment.objects.filter(
            mutual=mutual, group_payment__isnull=False, reversed_on__isnull=True
        )
        .order_by()
        .values_list("group_payment_id")
        .annotate(total=Sum("amount_minor"))
    )
    owed = dict(
        Posting.objects.filter(mutual=mutual, account__role=AccountRole.GROUP_ADVANCES.value)
        .order_by()
        .values_list("party")
        .annotate(total=-Sum(SIGNED))
    )
    for lump_sum in GroupPayment.objects.filter(mutual=mutual).order_by("pk"):
        number, paid = lump_sum.document_number, shared.get(lump_sum.pk, 0)
        if lump_sum.allocated_minor != paid:
            yield _finding("LUMP_SUM_DIFFERS", mutual, number, lump_sum.allocated_minor, paid)
        books = owed.pop(sum_party(lump_sum), 0)
        if lump_sum.rest_minor != books:
            yield _finding("LUMP_SUM_DIFFERS", mutual, number, lump_sum.rest_minor, books)
    for party, books in sorted(owed.items()):
        if books:
            yield _finding("LUMP_SUM_DIFFERS", mutual, party, 0, books)


def check_advances(mutual: Mutual) -> Iterator[Finding]:
    """``ADVANCE_DIFFERS``: what an advance carried over has paid is the sum of its standing
    receipts, and its rest is what the books owe its family."""
    used = dict(
        ContributionPayment.objects.filter(
            mutual=mutual, opening_advance__isnull=False, reversed_on__isnull=True
        )
        .order_by()
        .values_list("opening_advance_id")
        .annotate(total=Sum("amount_minor"))
    )
    owed = dict(
        Posting.objects.filter(mutual=mutual, account__role=AccountRole.MEMBER_ADVANCES.value)
        .order_by()
        .values_list("party")
        .annotate(total=-Sum(SIGNED))
    )
    advances = OpeningAdvance.objects.filter(mutual=mutual).exclude(document_number="")
    for advance in advances.select_related("household").order_by("pk"):
        number, paid = advance.document_number, used.get(advance.pk, 0)
        if advance.used_minor != paid:
            yield _finding("ADVANCE_DIFFERS", mutual, number, advance.used_minor, paid)
        if advance.state == AdvanceState.POSTED:
            books = owed.pop(party_of(advance.household.uid), 0)
            if advance.rest_minor != books:
                yield _finding("ADVANCE_DIFFERS", mutual, number, advance.rest_minor, books)
    for party, books in sorted(owed.items()):
        if books:
            yield _finding("ADVANCE_DIFFERS", mutual, party, 0, books)


def check_refunds(mutual: Mutual) -> Iterator[Finding]:
    """``REFUND_DIFFERS``: money given back is that of a reversed receipt, whole, and its voucher
    took it out of the account it names."""
    refunds = CashRefund.objects.filter(mutual=mutual).order_by("pk")
    posted = dict(
        Posting.objects.filter(
            mutual=mutual, side="credit", entry__in=refunds.order_by().values("entry")
        )
        .filter(account=F("entry__cashrefund__account"))
        .order_by()
        .values_list("entry_id")
        .annotate(total=Sum("amount_minor"))
    )
    for document, amount, entry, paid, reversed_on in refunds.values_list(
        "document_number", "amount_minor", "entry_id", "payment__amount_minor",
        "payment__reversed_on",
    ):  # fmt: skip
        books = posted.get(entry, 0)
        if not amount == paid == books or reversed_on is None:
            yield _finding("REFUND_DIFFERS", mutual, document, amount, books)


def _finding(code: str, mutual: Mutual, document: str, found: int, expected: int) -> Finding:
    return Finding(
        code,
        place=document,
        data={
            "kind": "payment",
            "document": document,
            "found_minor": found,
            "expected_minor": expected,
            "currency": mutual.currency,
        },
    )


def check_receipt_accounts(mutual: Mutual) -> Iterator[Finding]:
    """``RECEIPT_ACCOUNT_DIFFERS``: the account that a receipt names is where its entry put the
    money, and money of its channel may lie there."""
    rows = ContributionPayment.objects.filter(
        mutual=mutual,
        entry__postings__account__role__in=[role.value for role in TREASURY_ROLES],
    ).order_by("pk")
    for document, channel, number, posted, role in rows.values_list(
        "document_number", "channel", "treasury_account__number",
        "entry__postings__account__number", "entry__postings__account__role",
    ).iterator():  # fmt: skip
        roles = ROLES_OF_CHANNEL.get(channel)
        if number != posted or (roles is not None and role not in roles):
            said = f"{number}, {channel}"
            data = {"kind": "payment", "document": document, "found": said, "expected": posted}
            yield Finding("RECEIPT_ACCOUNT_DIFFERS", place=document, data=data)

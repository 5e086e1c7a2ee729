"""Number books without gap: every number given stands on a record, none is beyond the book."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Model

from entraide.apps.banking.postings import SUSPENSE_PREFIX
from entraide.apps.cards.models import Card, CardPrint
from entraide.apps.cards.services import CARD_PREFIX, PRINT_PREFIX
from entraide.apps.claims.models import Claim
from entraide.apps.contributions.advances import ADVANCE_PREFIX
from entraide.apps.contributions.corrections import REASSIGNMENT_PREFIX, REFUND_PREFIX
from entraide.apps.contributions.handovers import HANDOVER_PREFIX
from entraide.apps.contributions.lump_sums import SUM_PREFIX
from entraide.apps.contributions.models import (
    BankDeposit,
    CashHandover,
    CashShortage,
    CashSurplus,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    OpeningAdvance,
    RangeKind,
    ReceiptRange,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.ranges import DEVICE_PREFIX, used_ranks, voided_ranks
from entraide.apps.contributions.shortage_settlements import SETTLEMENT_PREFIX
from entraide.apps.contributions.shortages import SHORTAGE_PREFIX, SURPLUS_PREFIX
from entraide.apps.contributions.slips import DEPOSIT_PREFIX
from entraide.apps.contributions.surpluses import CLEARANCE_PREFIX
from entraide.apps.enrolment.models import EarlierNumber, Household, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import (
    BANK_CHARGE_PREFIX,
    EXPENSE_PREFIX,
    GRANT_PREFIX,
    INTEREST_PREFIX,
    OPENING_PREFIX,
    TRANSFER_PREFIX,
)
from entraide.apps.ledger.services import REVERSAL_PREFIX
from entraide.apps.schemes.models import Mutual, NumberBook
from entraide.apps.schemes.numbering import document_number
from entraide.apps.settlement.desk import FLOAT_PREFIX
from entraide.apps.settlement.models import (
    FloatMovement,
    SettlementBatch,
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyRepayment,
    UnclaimedRefund,
)
from entraide.apps.settlement.subsidies import (
    INVOICE_PREFIX,
    PAYMENT_PREFIX,
    RECEIPT_PREFIX,
)
from entraide.apps.settlement.subsidy_credits import CREDIT_PREFIX
from entraide.apps.settlement.subsidy_repayments import REPAYMENT_PREFIX
from entraide.apps.settlement.unclaimed import SET_ASIDE_PREFIX
from entraide.core.booklets import read_booklet_number
from entraide.core.errors import Finding

# Prefix of a book → the records that carry its numbers. A prefix that is not here is not checked.
NUMBERED: dict[str, tuple[type[Model], str]] = {
    "REC": (ContributionPayment, "document_number"),
    "APP": (ContributionDue, "document_number"),
    "BC": (CollectionSlip, "document_number"),
    REASSIGNMENT_PREFIX: (Entry, "document_number"),
    REFUND_PREFIX: (Entry, "document_number"),
    DEPOSIT_PREFIX: (BankDeposit, "document_number"),
    HANDOVER_PREFIX: (CashHandover, "document_number"),
    SUM_PREFIX: (GroupPayment, "document_number"),
    SHORTAGE_PREFIX: (CashShortage, "document_number"),
    SETTLEMENT_PREFIX: (ShortageSettlement, "document_number"),
    SURPLUS_PREFIX: (CashSurplus, "document_number"),
    CLEARANCE_PREFIX: (SurplusClearance, "document_number"),
    ADVANCE_PREFIX: (OpeningAdvance, "document_number"),
    "S": (Claim, "document_number"),
    "BR": (SettlementBatch, "document_number"),
    FLOAT_PREFIX: (FloatMovement, "document_number"),
    INVOICE_PREFIX: (SubsidyInvoice, "document_number"),
    RECEIPT_PREFIX: (SubsidyReceipt, "document_number"),
    PAYMENT_PREFIX: (SubsidyPayment, "document_number"),
    CREDIT_PREFIX: (SubsidyCredit, "document_number"),
    REPAYMENT_PREFIX: (SubsidyRepayment, "document_number"),
    SET_ASIDE_PREFIX: (UnclaimedRefund, "document_number"),
    "F": (Household, "number"),
    CARD_PREFIX: (Card, "number"),
    PRINT_PREFIX: (CardPrint, "number"),
    EXPENSE_PREFIX: (Entry, "document_number"),
    GRANT_PREFIX: (Entry, "document_number"),
    BANK_CHARGE_PREFIX: (Entry, "document_number"),
    INTEREST_PREFIX: (Entry, "document_number"),
    TRANSFER_PREFIX: (Entry, "document_number"),
    OPENING_PREFIX: (Entry, "document_number"),
    REVERSAL_PREFIX: (Entry, "document_number"),
    SUSPENSE_PREFIX: (Entry, "document_number"),
}
_NUMBER = re.compile(r"([A-Z]+)-(\d{4})-(\d{5,})")


def check_numbers(mutual: Mutual) -> Iterator[Finding]:
    """Each book against its records: ``NUMBER_MISSING``, ``NUMBER_BEYOND_BOOK``.

    A book that vanished has given no number: its records are beyond it.
    """
    books = {
        (book.prefix, book.year): book.last_number
        for book in NumberBook.objects.filter(mutual=mutual).order_by("prefix", "year")
        if book.prefix in NUMBERED
    }
    given = _given_numbers(mutual)
    for prefix, year in sorted(books.keys() | given.keys()):
        last, numbers = books.get((prefix, year), 0), given.get((prefix, year), set())
        if numbers == set(range(1, last + 1)):
            continue
        missing = next((number for number in range(1, last + 1) if number not in numbers), None)
        if missing is not None:
            document = document_number(prefix, year, missing)
            yield _finding("NUMBER_MISSING", document, found=len(numbers), expected=last)
        else:
            document = document_number(prefix, year, max(numbers))
            yield _finding("NUMBER_BEYOND_BOOK", document, found=max(numbers), expected=last)


def check_shared_numbers(mutual: Mutual) -> Iterator[Finding]:
    """``NUMBER_SHARED``: an earlier number of one person that another bears today."""
    borne = Person.objects.filter(mutual=mutual)
    earlier = EarlierNumber.objects.filter(mutual=mutual, key__in=borne.values("number"))
    earlier = earlier.select_related("person__merged_into").order_by("pk")
    bearers = {person.number: person for person in borne.filter(number__in=earlier.values("key"))}
    for row in earlier:
        one, other = row.person, bearers[row.key]
        if (one.merged_into_id or one.pk) != (other.merged_into_id or other.pk):
            data = {"kind": "number", "document": row.key}
            data |= {"found": one.full_name, "expected": other.full_name}
            yield Finding("NUMBER_SHARED", place=row.key, data=data)


def check_ranges(mutual: Mutual) -> Iterator[Finding]:
    """The numbers of telephones: ``RANGE_GAP`` when the ranges of a year do not follow each other
    to the end of its book, ``RECEIPT_OUTSIDE_RANGE`` for a receipt whose number is in no range or
    not in its own, ``RECEIPT_NUMBER_GIVEN_BACK`` for one that was handed back or spoiled."""
    books = {
        f"{DEVICE_PREFIX}-{book.year}-": book.last_number
        for book in NumberBook.objects.filter(mutual=mutual, prefix=DEVICE_PREFIX)
    }
    ranges = list(
        ReceiptRange.objects.filter(mutual=mutual, kind=RangeKind.DEVICE).order_by(
            "series", "first"
        )
    )
    ends: dict[str, int] = defaultdict(int)
    for held in ranges:
        expected = ends[held.series] + 1
        if held.first != expected:
            yield _finding("RANGE_GAP", held.first_number, found=held.first, expected=expected)
        ends[held.series] = held.last
    for series, last in books.items():
        if ends[series] != last:
            yield _finding("RANGE_GAP", f"{series}{last}", found=ends[series], expected=last)
    yield from _receipts_outside(mutual)
    used, voided = used_ranks(ranges), voided_ranks(ranges)
    for held in ranges:
        closed = held.unused_from if held.unused_from is not None else held.last + 1
        for rank in used[held.pk]:
            if rank >= closed or rank in voided[held.pk]:
                number = held.written(rank)
                yield _finding("RECEIPT_NUMBER_GIVEN_BACK", number, found=rank, expected=closed)


def _receipts_outside(mutual: Mutual) -> Iterator[Finding]:
    """Receipts with a telephone's number that their range does not hold."""
    bearing = ContributionPayment.objects.filter(
        mutual=mutual, document_number__startswith=f"{DEVICE_PREFIX}-"
    ).order_by("pk")
    for number, series, first, last in bearing.values_list(
        "document_number",
        "receipt_range__series",
        "receipt_range__first",
        "receipt_range__last",
    ):
        read = read_booklet_number(number)
        is_inside = read is not None and read.series == series and first <= read.rank <= last
        if not is_inside:
            yield _finding("RECEIPT_OUTSIDE_RANGE", number, found=0, expected=1)


def _given_numbers(mutual: Mutual) -> dict[tuple[str, int], set[int]]:
    """The numbers found on records, by book. One query per kind of record."""
    given: dict[tuple[str, int], set[int]] = defaultdict(set)
    for model, field in sorted(set(NUMBERED.values()), key=lambda source: source[0].__name__):
        records = model.objects.filter(mutual=mutual)  # type: ignore[attr-defined]
        for text in records.values_list(field, flat=True):
            match = _NUMBER.fullmatch(text)
            if match is not None and NUMBERED.get(match[1], (None, ""))[0] is model:
                given[match[1], int(match[2])].add(int(match[3]))
    return given


def _finding(code: str, document: str, *, found: int, expected: int) -> Finding:
    data = {"kind": "number", "document": document, "found": found, "expected": expected}
    return Finding(code, place=document, data=data)

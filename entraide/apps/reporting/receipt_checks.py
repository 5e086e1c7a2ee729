"""Receipts that were corrected, and the cash that people hold, against the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, Sum

from entraide.apps.contributions.models import (
    CashRefund,
    PaymentAllocation,
    PaymentReassignment,
)
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
from entraide.core.ledger import EntryKind
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

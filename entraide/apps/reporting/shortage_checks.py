"""Missing and surplus cash against the books: what each person owes, and who said so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, Q, Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    CashHandover,
    CashShortage,
    CashSurplus,
    ClearanceKind,
    ClearanceState,
    CollectionSlip,
    SettlementKind,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.shortage_reversals import SEPARATED_KINDS
from entraide.apps.contributions.shortages import party_of_holder
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
from entraide.core.ledger import AccountRole, FundCode

_COLUMNS = tuple(f"{fund.value}_minor" for fund in FundCode)


def check_shortages(mutual: Mutual) -> Iterator[Finding]:
    """``SHORTAGE_DIFFERS``: a shortage, its settlements, its slip and hand-over agree, and each
    person owes in each fund what the books say; ``DUTIES_NOT_SEPARATED``: who held the cash, or
    established that it is missing, wrote it off, or who received it took that back."""
    yield from _entries(mutual)
    standing = ShortageSettlement.objects.filter(mutual=mutual, reversed_on__isnull=True)
    settled = dict(standing.order_by().values_list("shortage").annotate(total=Sum("amount_minor")))
    shortages = CashShortage.objects.filter(mutual=mutual).order_by("pk")
    for pk, document, found in shortages.values_list("pk", "document_number", "settled_minor"):
        if found != settled.get(pk, 0):
            yield _finding(mutual, document, found, settled.get(pk, 0))
    for bearer, path in ((CollectionSlip, "slip"), (CashHandover, "handover")):
        missing = dict(
            shortages.filter(**{f"{path}__isnull": False})
            .order_by()
            .values_list(path)
            .annotate(total=Sum("amount_minor"))
        )
        rows = bearer._default_manager.filter(mutual=mutual).order_by("pk")
        short = rows.filter(missing_minor__gt=0) | rows.filter(pk__in=list(missing))
        for pk, document, found in short.values_list("pk", "document_number", "missing_minor"):
            if found != missing.get(pk, 0):
                yield _finding(mutual, document, found, missing.get(pk, 0))
    yield from _owed(mutual)
    yield from _separation(mutual)


def _entries(mutual: Mutual) -> Iterator[Finding]:
    """Each shortage and settlement leads to its own entry, of its amount in each fund."""
    for model, side in ((CashShortage, "debit"), (ShortageSettlement, "credit")):
        posted: Counter[tuple[int, str]] = Counter()
        owed = Posting.objects.filter(
            mutual=mutual, account__role=AccountRole.CASH_SHORTAGES.value, side=side
        ).order_by()
        for entry, fund, total in owed.values_list("entry", "fund").annotate(
            total=Sum("amount_minor")
        ):
            posted[entry, fund] = total
        rows = model._default_manager.filter(mutual=mutual).order_by("pk")
        for document, numbered, entry, amount, *parts in rows.values_list(
            "document_number", "entry__document_number", "entry", "amount_minor", *_COLUMNS
        ):
            books = [posted[entry, fund.value] for fund in FundCode]
            if parts != books or amount != sum(parts) or document != numbered:
                yield _finding(mutual, document, amount, sum(books))


def _owed(mutual: Mutual) -> Iterator[Finding]:
    """What each person owes in each fund: the register against the books."""
    register: Counter[tuple[str, str]] = Counter()
    parties = {user.pk: party_of_holder(user) for user in User.objects.all()}
    for sign, rows, path in (
        (1, CashShortage.objects.filter(mutual=mutual), "holder"),
        (
            -1,
            ShortageSettlement.objects.filter(mutual=mutual, reversed_on__isnull=True),
            "shortage__holder",
        ),
    ):
        sums = rows.order_by().values_list(path).annotate(*(Sum(each) for each in _COLUMNS))
        for holder, *parts in sums:
            for fund, part in zip(FundCode, parts, strict=True):
                register[parties[holder], fund.value] += sign * part
    books = Counter(
        {
            (party, fund): total
            for party, fund, total in Posting.objects.filter(
                mutual=mutual, account__role=AccountRole.CASH_SHORTAGES.value
            )
            .order_by()
            .values_list("party", "fund")
            .annotate(total=Sum(SIGNED))
        }
    )
    for key in sorted(register.keys() | books.keys()):
        if register[key] != books[key]:
            yield _finding(mutual, key[0], register[key], books[key])


def _separation(mutual: Mutual) -> Iterator[Finding]:
    written_off = ShortageSettlement.objects.filter(mutual=mutual, kind=SettlementKind.WRITTEN_OFF)
    alone = written_off.filter(received_by=F("shortage__holder")) | written_off.filter(
        received_by=F("shortage__established_by")
    )
    taken_back = ShortageSettlement.objects.filter(mutual=mutual, kind__in=SEPARATED_KINDS)
    alone |= taken_back.filter(reversed_by=F("received_by"))
    for each in alone.select_related("received_by").order_by("pk")[:1]:
        data = {
            "kind": "person",
            "document": each.document_number,
            "found": str(each.received_by),
            "expected": "",
        }
        yield Finding("DUTIES_NOT_SEPARATED", place=each.document_number, data=data)


def check_surpluses(mutual: Mutual) -> Iterator[Finding]:
    """``SHORTAGE_DIFFERS``: cash found too much is what its entry brought into its cash box, what
    left suspense is what the entries say; ``DUTIES_NOT_SEPARATED``: who found the cash or proposed
    it as income decided so, or who gave it back took that back."""
    yield from _clearances(mutual)
    surpluses = CashSurplus.objects.filter(mutual=mutual).order_by("pk")
    posted = {
        (entry, account): total
        for entry, account, total in Posting.objects.filter(
            mutual=mutual, side="debit", entry__in=surpluses.order_by().values("entry")
        )
        .order_by()
        .values_list("entry", "account")
        .annotate(total=Sum("amount_minor"))
    }
    for document, entry, account, amount in surpluses.values_list(
        "document_number", "entry", "cash_account", "amount_minor"
    ):
        if amount != posted.get((entry, account), 0):
            yield _finding(mutual, document, amount, posted.get((entry, account), 0))


def _clearances(mutual: Mutual) -> Iterator[Finding]:
    rows = SurplusClearance.objects.filter(mutual=mutual).order_by("pk")
    debits = Posting.objects.filter(
        mutual=mutual, account__role=AccountRole.SUSPENSE.value, side="debit",
        entry__in=rows.order_by().filter(entry__isnull=False).values("entry"),
    )  # fmt: skip
    posted = dict(debits.order_by().values_list("entry").annotate(total=Sum("amount_minor")))
    cleared: Counter[int] = Counter()
    for each in rows.filter(entry__isnull=False):
        found = posted.get(each.entry_id or 0, 0)
        if each.amount_minor != found:
            yield _finding(mutual, each.document_number, each.amount_minor, found)
        if each.state == ClearanceState.POSTED:
            cleared[each.surplus_id] += each.amount_minor
    for surplus in CashSurplus.objects.filter(mutual=mutual).order_by("pk"):
        if surplus.cleared_minor != cleared[surplus.pk]:
            yield _finding(
                mutual, surplus.document_number, surplus.cleared_minor, cleared[surplus.pk]
            )
    income = Q(kind=ClearanceKind.INCOME) & Q(decided_by=F("proposed_by"))
    alone = rows.filter(income | Q(decided_by=F("surplus__found_by"), entry__isnull=False))
    alone |= rows.filter(reversed_by=F("decided_by"))
    for each in alone.select_related("decided_by")[:1]:
        data = {"kind": "person", "document": each.document_number, "found": str(each.decided_by),
                "expected": ""}  # fmt: skip
        yield Finding("DUTIES_NOT_SEPARATED", place=each.document_number, data=data)


def _finding(mutual: Mutual, document: str, found: int, expected: int) -> Finding:
    return Finding(
        "SHORTAGE_DIFFERS",
        place=document,
        data={
            "kind": "shortage",
            "document": document,
            "found_minor": found,
            "expected_minor": expected,
            "currency": mutual.currency,
        },
    )

"""Every register against the books: dues, receipts, slips, claims, payouts, statements.

A register that disagrees with the books yields a finding that names the record, what the register
holds (``found_minor``) and what the books hold (``expected_minor``). Sums are made by the database:
the number of queries does not grow with the number of records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import F, Model, Q, Sum

from entraide.apps.banking.models import Statement, StatementLine
from entraide.apps.claims.again_models import DecidedAgain
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.contributions.models import (
    BankDeposit,
    CashShortage,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    OpeningAdvance,
    PaymentAllocation,
    PaymentReassignment,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.selectors import SIGNED
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.families import families_that_stay, parties_that_stay
from entraide.apps.settlement.models import (
    AwardState,
    IncentiveAward,
    Payout,
    PayoutAddition,
    SetAsideState,
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyRepayment,
    UnclaimedRefund,
)
from entraide.core.errors import Finding
from entraide.core.ledger import TREASURY_ROLES, AccountRole, EntryKind, FundCode
from entraide.core.posting_rules import PAYABLE_ROLES, RECEIVABLE_ROLES


def finding_of(
    code: str, mutual: Mutual, kind: str, document: str, found_minor: int, expected_minor: int
) -> Finding:
    """A record that holds one amount where another is expected, in the mutual's minor units."""
    return Finding(
        code,
        place=document,
        data={
            "kind": kind,
            "document": document,
            "found_minor": found_minor,
            "expected_minor": expected_minor,
            "currency": mutual.currency,
        },
    )


def posted_by(
    mutual: Mutual, roles: Iterable[AccountRole], side: str, *kinds: EntryKind
) -> dict[str, dict[str, int]]:
    """What entries of these kinds posted on one side of these roles: document → fund → amount."""
    sums = (
        Posting.objects.filter(
            mutual=mutual,
            side=side,
            account__role__in=[role.value for role in roles],
            entry__kind__in=[kind.value for kind in kinds],
        )
        .order_by()
        .values_list("entry__document_number", "fund")
        .annotate(total=Sum("amount_minor"))
    )
    posted: dict[str, dict[str, int]] = defaultdict(dict)
    for document, fund, total in sums:
        posted[document][fund] = total
    return posted


def reversed_documents(mutual: Mutual) -> set[str]:
    """The numbers of the entries that the books take back."""
    reversals = Entry.objects.filter(mutual=mutual, reverses__isnull=False)
    return set(reversals.values_list("reverses__document_number", flat=True))


def taken_back(
    mutual: Mutual, kind: str, document: str, is_in_register: bool, is_in_books: bool
) -> Iterator[Finding]:
    """A record taken back in the register but not in the books, or the other way round."""
    if is_in_register != is_in_books:
        found = {"kind": kind, "document": document}
        code = "REVERSED_IN_REGISTER_ONLY" if is_in_register else "REVERSED_IN_BOOKS_ONLY"
        yield Finding(code, place=document, data={**found, "found": "", "expected": ""})


def check_dues(mutual: Mutual) -> Iterator[Finding]:
    """Each due as it was posted, fund by fund; cancelled in the register as in the books."""
    posted = posted_by(mutual, RECEIVABLE_ROLES, "debit", EntryKind.CONTRIBUTION_RAISED)
    undone = reversed_documents(mutual)
    dues = ContributionDue.objects.filter(mutual=mutual).order_by("pk")
    for document, fund, running, cancelled_on in dues.values_list(
        "document_number", "fund_share_minor", "running_share_minor", "cancelled_on"
    ).iterator():
        books = posted.get(document, {})
        for code, held in ((FundCode.MUTUAL, fund), (FundCode.RUNNING, running)):
            if held != books.get(code, 0):
                yield finding_of("DUE_DIFFERS", mutual, "due", document, held, books.get(code, 0))
        yield from taken_back(mutual, "due", document, cancelled_on is not None, document in undone)


def check_paid_dues(mutual: Mutual) -> Iterator[Finding]:
    """What a due says was paid is the sum of the receipts that stand."""
    paid = dict(
        PaymentAllocation.objects.filter(mutual=mutual, payment__reversed_on__isnull=True)
        .order_by()
        .values_list("due__document_number")
        .annotate(total=Sum("amount_minor"))
    )
    dues = ContributionDue.objects.filter(mutual=mutual).order_by("pk")
    for document, held in dues.values_list("document_number", "paid_minor").iterator():
        if held != paid.get(document, 0):
            yield finding_of(
                "DUE_PAID_DIFFERS", mutual, "due", document, held, paid.get(document, 0)
            )


def check_payments(mutual: Mutual) -> Iterator[Finding]:
    """Each receipt as it was posted and as it was first shared between dues, fund by fund."""
    # Of what pays with an advance carried over, the opening funds bear the funds of the dues.
    bearing = (*TREASURY_ROLES, AccountRole.OPENING_FUNDS)
    posted = posted_by(mutual, bearing, "debit", EntryKind.CONTRIBUTION_PAID)
    undone = reversed_documents(mutual)
    shared = {
        document: {FundCode.MUTUAL: fund, FundCode.RUNNING: running}
        for document, fund, running in PaymentAllocation.objects.filter(
            mutual=mutual, reassignment__isnull=True
        )
        .order_by()
        .values_list("payment__document_number")
        .annotate(fund=Sum("fund_share_minor"), running=Sum("running_share_minor"))
    }
    payments = ContributionPayment.objects.filter(mutual=mutual).order_by("pk")
    for document, entry_document, amount, reversed_on in payments.values_list(
        "document_number", "entry__document_number", "amount_minor", "reversed_on"
    ).iterator():
        books = posted.get(entry_document, {})
        if amount != sum(books.values()):
            total = sum(books.values())
            yield finding_of("PAYMENT_DIFFERS", mutual, "payment", document, amount, total)
        for fund in (FundCode.MUTUAL, FundCode.RUNNING):
            part = shared.get(document, {}).get(fund, 0)
            if part != books.get(fund, 0):
                yield finding_of(
                    "PAYMENT_SHARE_DIFFERS", mutual, "payment", document, part, books.get(fund, 0)
                )
        yield from taken_back(
            mutual, "payment", document, reversed_on is not None, document in undone
        )


def _balances_by_party(mutual: Mutual, roles: Iterable[AccountRole]) -> Counter[str]:
    """Debits − credits of these roles by party; what has no party is not in a register."""
    rows = Posting.objects.filter(mutual=mutual, account__role__in=[role.value for role in roles])
    rows = rows.exclude(party="").order_by().values_list("party")
    return Counter(dict(rows.annotate(total=Sum(SIGNED))))


def _owed_by_party(mutual: Mutual, roles: Iterable[AccountRole]) -> Counter[str]:
    """Credits − debits of these roles by party; a file that was merged is the family that stays."""
    stays = parties_that_stay(mutual)
    owed: Counter[str] = Counter()
    for party, balance in _balances_by_party(mutual, roles).items():
        owed[stays.get(party, party)] -= balance
    return owed


def check_receivables(mutual: Mutual) -> Iterator[Finding]:
    """What each household's dues leave to pay is what the books hold to be received from it."""
    held: Counter[str] = Counter()
    numbers: dict[str, str] = {}
    dues = ContributionDue.objects.filter(mutual=mutual, cancelled_on__isnull=True).order_by()
    for uid, number, remaining in dues.values_list("household__uid", "household__number").annotate(
        total=Sum(F("amount_minor") - F("paid_minor"))
    ):
        held[f"household:{uid}"] = remaining
        numbers[f"household:{uid}"] = number
    books = _balances_by_party(mutual, RECEIVABLE_ROLES)
    yield from _compare_parties("RECEIVABLE_DIFFERS", mutual, held, books, numbers)


def _compare_parties(
    code: str, mutual: Mutual, held: Counter[str], books: Counter[str], names: Mapping[str, str]
) -> Iterator[Finding]:
    for party in sorted(held.keys() | books.keys()):
        if held[party] != books[party]:
            kind = party.split(":", 1)[0]
            name = names.get(party, party)
            yield finding_of(code, mutual, kind, name, held[party], books[party])


def check_slips(mutual: Mutual) -> Iterator[Finding]:
    """A slip is the sum of its receipts; what of it is not missing is posted as its deposit under
    its own number, or under that of the deposit of several slips."""
    receipts: Counter[str] = Counter()
    for register in (ContributionPayment, GroupPayment, ShortageSettlement):
        receipts.update(
            dict(
                register.objects.filter(mutual=mutual, slip__isnull=False)
                .order_by()
                .values_list("slip__document_number")
                .annotate(total=Sum("amount_minor"))
            )
        )
    posted = posted_by(mutual, TREASURY_ROLES, "debit", EntryKind.CASH_DEPOSITED)
    together: Counter[str] = Counter()
    slips = CollectionSlip.objects.filter(mutual=mutual).order_by("pk")
    for document, total, missing, deposited_on, deposit in slips.values_list(
        "document_number",
        "total_minor",
        "missing_minor",
        "deposited_on",
        "deposit__document_number",
    ):
        if total != receipts.get(document, 0):
            held = receipts.get(document, 0)
            yield finding_of("SLIP_RECEIPTS_DIFFER", mutual, "slip", document, total, held)
        if deposit is not None:
            together[deposit] += total - missing
        books = sum(posted.get(document, {}).values())
        if books != (total - missing if deposited_on is not None and deposit is None else 0):
            there = total - missing
            yield finding_of("SLIP_DEPOSIT_DIFFERS", mutual, "slip", document, there, books)
    deposits = BankDeposit.objects.filter(mutual=mutual).order_by("pk")
    for document, total in deposits.values_list("document_number", "total_minor"):
        books = sum(posted.get(document, {}).values())
        if not total == together[document] == books:
            yield finding_of("SLIP_DEPOSIT_DIFFERS", mutual, "slip", document, total, books)


OWED_STATES = (ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID)


def check_claims(mutual: Mutual) -> Iterator[Finding]:
    """What was approved is what care cost in the books, claim by claim; an approval that was taken
    back before a claim was decided again is taken back in the books."""
    posted = posted_by(mutual, [AccountRole.CLAIMS_EXPENSE], "debit", EntryKind.CLAIM_APPROVED)
    undone = reversed_documents(mutual)
    claims = Claim.objects.filter(mutual=mutual).order_by("pk")
    for document, payable, state, entry_document in claims.values_list(
        "document_number", "payable_minor", "state", "entry__document_number"
    ).iterator():
        books = sum(posted.get(entry_document, {}).values()) if entry_document else 0
        is_posted = state in OWED_STATES or entry_document is not None
        if books != (payable if is_posted else 0):
            yield finding_of("CLAIM_DIFFERS", mutual, "claim", document, payable, books)
        if entry_document is not None:
            is_taken_back = entry_document in undone
            yield from taken_back(
                mutual, "claim", document, state == ClaimState.REVERSED, is_taken_back
            )
    reopened = DecidedAgain.objects.filter(mutual=mutual, entry__isnull=False).order_by("pk")
    for document, entry_document in reopened.values_list(
        "claim__document_number", "entry__document_number"
    ):
        yield from taken_back(
            mutual, "claim", document, is_in_register=True, is_in_books=entry_document in undone
        )


def check_payables(mutual: Mutual) -> Iterator[Finding]:
    """What approved claims and awards leave to pay is what the books owe each provider and
    household."""
    claims = Claim.objects.filter(
        mutual=mutual, state__in=(ClaimState.APPROVED, ClaimState.IN_BATCH), payable_minor__gt=0
    )
    owed: Counter[str] = Counter()
    names: dict[str, str] = {}
    rows = claims.order_by().values_list("circuit", "provider__uid", "provider__name", "household")
    sums = list(rows.annotate(total=Sum("payable_minor")))
    stays = families_that_stay(row[3] for row in sums if row[0] == "reimbursement")
    families = Household.objects.in_bulk(set(stays.values()))
    for circuit, provider, provider_name, household, total in sums:
        family = families[stays[household]] if circuit == "reimbursement" else None
        party = f"provider:{provider}" if family is None else f"household:{family.uid}"
        names[party] = provider_name if family is None else family.number
        owed[party] += total
    paid = PayoutAddition.objects.filter(is_cancelled=False, payout__paid_on__isnull=False)
    awards = IncentiveAward.objects.filter(mutual=mutual, state=AwardState.APPROVED)
    awards = awards.exclude(pk__in=paid.values("award"))
    for uid, name, amount in awards.values_list("provider__uid", "provider__name", "amount_minor"):
        names.setdefault(f"provider:{uid}", name)
        owed[f"provider:{uid}"] += amount
    aside: Counter[str] = Counter()
    merged = parties_that_stay(mutual)
    for household, number, total in (
        UnclaimedRefund.objects.filter(mutual=mutual, state=SetAsideState.APPROVED)
        .order_by()
        .values_list("payout__household__uid", "payout__household__number")
        .annotate(total=Sum("amount_minor"))
    ):
        party = merged.get(f"household:{household}", f"household:{household}")
        names.setdefault(party, number)
        aside[party], owed[party] = aside[party] + total, owed[party] - total
    for expected, roles in ((owed, PAYABLE_ROLES), (aside, (AccountRole.UNCLAIMED_REFUNDS,))):
        books = _owed_by_party(mutual, roles)
        yield from _compare_parties("PAYABLE_DIFFERS", mutual, expected, books, names)


# An entry of these kinds is always the entry of a record of this register.
_REGISTERS: tuple[tuple[EntryKind, type[Model]], ...] = (
    (EntryKind.CONTRIBUTION_PAID, ContributionPayment),
    (EntryKind.CONTRIBUTION_REASSIGNED, PaymentReassignment),
    (EntryKind.GROUP_SUM_RECEIVED, GroupPayment),
    (EntryKind.CASH_SHORTAGE, CashShortage),
    (EntryKind.SHORTAGE_REPAID, ShortageSettlement),
    (EntryKind.SHORTAGE_WRITTEN_OFF, ShortageSettlement),
    (EntryKind.SUSPENSE_CLEARED, SurplusClearance),
    (EntryKind.ADVANCE_CARRIED_OVER, OpeningAdvance),
    (EntryKind.CLAIM_APPROVED, Claim),
    (EntryKind.PAYOUT_MADE, Payout),
    (EntryKind.INCENTIVE_AWARDED, IncentiveAward),
    (EntryKind.REFUND_SET_ASIDE, UnclaimedRefund),
    (EntryKind.SHARE_INVOICED, SubsidyInvoice),
    (EntryKind.SHARE_CREDITED, SubsidyCredit),
    (EntryKind.SHARE_RECEIVED, SubsidyReceipt),
    (EntryKind.SHARE_PASSED_ON, SubsidyPayment),
    (EntryKind.SHARE_REPAID, SubsidyRepayment),
)


def check_entries_have_records(mutual: Mutual) -> Iterator[Finding]:
    """No receipt, claim or payout stands in the books without its record."""
    numbers = ContributionDue.objects.filter(mutual=mutual).values("document_number")
    missing = [
        Q(kind=kind.value)
        & ~Q(
            pk__in=register.objects.filter(  # type: ignore[attr-defined]
                mutual=mutual, entry__isnull=False
            ).values("entry_id")
        )
        for kind, register in _REGISTERS
    ]
    # What a claim taken up again was approved by stays its entry, reversed.
    taken_up = DecidedAgain.objects.filter(mutual=mutual, entry__isnull=False).values("entry_id")
    missing = [condition & ~Q(pk__in=taken_up) for condition in missing]
    missing.append(Q(kind=EntryKind.CONTRIBUTION_RAISED.value) & ~Q(document_number__in=numbers))
    for condition in missing:
        entries = Entry.objects.filter(condition, mutual=mutual).order_by("sequence")
        for document, kind in entries.values_list("document_number", "kind")[:1]:
            data = {"kind": kind, "document": document, "found": "", "expected": ""}
            yield Finding("ENTRY_WITHOUT_RECORD", place=document, data=data)


def check_statements(mutual: Mutual) -> Iterator[Finding]:
    """Opening + lines = closing for each statement; each opens where the one before closed."""
    sums = dict(
        StatementLine.objects.filter(mutual=mutual)
        .order_by()
        .values_list("statement_id")
        .annotate(total=Sum("amount_minor"))
    )
    closing_of: dict[int, int] = {}
    statements = Statement.objects.filter(mutual=mutual).order_by(
        "bank_account_id", "opening_on", "closing_on", "pk"
    )
    for pk, account, reference, opening, closing in statements.values_list(
        "pk", "bank_account_id", "reference", "opening_minor", "closing_minor"
    ):
        computed = opening + sums.get(pk, 0)
        if computed != closing:
            yield finding_of("STATEMENT_DIFFERS", mutual, "statement", reference, closing, computed)
        if account in closing_of and closing_of[account] != opening:
            expected = closing_of[account]
            yield finding_of(
                "STATEMENT_NOT_CONTINUOUS", mutual, "statement", reference, opening, expected
            )
        closing_of[account] = closing

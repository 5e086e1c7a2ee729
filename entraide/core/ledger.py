"""Double entry: postings, entries that always balance, trial balance, hash chain.

An entry names account *roles* (what an account is for); a country's ``accounts.yaml`` gives each
role its number. Every posting carries its fund, and an entry balances within each fund, so that
the money of care and the money of running costs stay apart on every page of the books.
All postings of a mutual are in its one currency, in minor units.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from entraide.core.errors import Refusal
from entraide.core.money import MAXIMUM_MINOR


class Side(StrEnum):
    """Where a posting stands; amounts themselves are always positive, as accountants read them."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> Side:
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class FundCode(StrEnum):
    """The purses that are kept apart (cantonnement)."""

    MUTUAL = "mutual"  # pays for care
    RUNNING = "running"  # pays for running costs
    OTHER = "other"  # in suspense: money whose purpose nobody has named yet


class AccountRole(StrEnum):
    """What an account is for. The number stands in the country's chart of accounts."""

    CASH = "cash"
    BANK = "bank"
    MOBILE_MONEY = "mobile_money"
    MICROFINANCE = "microfinance"
    MEMBERS_RECEIVABLE = "members_receivable"
    PAYERS_RECEIVABLE = "payers_receivable"  # employer, State, commune, sponsor
    CONTRIBUTION_INCOME = "contribution_income"
    JOINING_FEE_INCOME = "joining_fee_income"
    SUBSIDY_INCOME = "subsidy_income"
    GRANT_INCOME = "grant_income"
    INTEREST_INCOME = "interest_income"
    CLAIMS_EXPENSE = "claims_expense"
    PROVIDERS_PAYABLE = "providers_payable"
    MEMBERS_PAYABLE = "members_payable"
    STAFF_COSTS = "staff_costs"
    OTHER_RUNNING_COSTS = "other_running_costs"
    BANK_CHARGES = "bank_charges"
    FUND_TRANSFER = "fund_transfer"
    OPENING_FUNDS = "opening_funds"
    SUSPENSE = "suspense"
    GROUP_ADVANCES = "group_advances"  # lump sums of groups, not shared between families yet
    CASH_SHORTAGES = "cash_shortages"  # owed by the person who held cash that is missing
    CASH_LOSSES = "cash_losses"  # missing cash that nobody will pay back
    MEMBER_ADVANCES = "member_advances"  # paid ahead by families before the books opened
    UNCLAIMED_REFUNDS = "unclaimed_refunds"  # refunds that nobody came for, still owed
    CARE_PAYERS_RECEIVABLE = "care_payers_receivable"  # the State's share of care, invoiced
    CARE_SHARES_DUE = "care_shares_due"  # the same, owed to who gave the care or paid for it
    CASH_GAINS = "cash_gains"  # cash found too much that nobody claims
    PROVIDER_DISCOUNTS = "provider_discounts"  # for prompt payment, agreed in a convention
    PROVIDER_BONUSES = "provider_bonuses"  # for quality, agreed in a convention


TREASURY_ROLES = frozenset(
    {AccountRole.CASH, AccountRole.BANK, AccountRole.MOBILE_MONEY, AccountRole.MICROFINANCE}
)


class Journal(StrEnum):
    """The book in which an entry is written."""

    CONTRIBUTIONS = "contributions"
    CLAIMS = "claims"
    CASH = "cash"
    BANK = "bank"  # also mobile money and microfinance accounts
    OPERATIONS = "operations"
    MIGRATION = "migration"
    OPENING = "opening"


class EntryKind(StrEnum):
    """The business event that an entry tells."""

    CONTRIBUTION_RAISED = "contribution_raised"
    CONTRIBUTION_PAID = "contribution_paid"
    CONTRIBUTION_REASSIGNED = "contribution_reassigned"
    GROUP_SUM_RECEIVED = "group_sum_received"
    ADVANCE_CARRIED_OVER = "advance_carried_over"
    CASH_DEPOSITED = "cash_deposited"
    CLAIM_APPROVED = "claim_approved"
    PAYOUT_MADE = "payout_made"
    REFUND_SET_ASIDE = "refund_set_aside"
    INCENTIVE_AWARDED = "incentive_awarded"
    SHARE_INVOICED = "share_invoiced"
    SHARE_CREDITED = "share_credited"
    SHARE_RECEIVED = "share_received"
    SHARE_PASSED_ON = "share_passed_on"
    SHARE_REPAID = "share_repaid"
    EXPENSE_PAID = "expense_paid"
    GRANT_RECEIVED = "grant_received"
    BANK_CHARGE = "bank_charge"
    INTEREST_RECEIVED = "interest_received"
    OPENING_BALANCE = "opening_balance"
    FUND_TRANSFER = "fund_transfer"
    SUSPENSE = "suspense"
    SUSPENSE_CLEARED = "suspense_cleared"
    CASH_SHORTAGE = "cash_shortage"
    SHORTAGE_REPAID = "shortage_repaid"
    SHORTAGE_WRITTEN_OFF = "shortage_written_off"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry.

    ``account_key`` says which account when a role has several (two banks, three cash boxes);
    ``party`` says whose (``"household:<uid>"``, ``"provider:<uid>"``), or is empty.
    Refused with ``POSTING_AMOUNT`` unless ``0 < amount_minor ≤ 2^53 − 1``.
    """

    role: AccountRole
    fund: FundCode
    side: Side
    amount_minor: int
    account_key: str = ""
    party: str = ""

    def __post_init__(self) -> None:
        assert type(self.amount_minor) is int, "minor units are an int"
        if not 0 < self.amount_minor <= MAXIMUM_MINOR:
            raise Refusal("POSTING_AMOUNT", role=self.role.value, amount_minor=self.amount_minor)

    @property
    def signed_minor(self) -> int:
        """The amount, positive in debit and negative in credit."""
        return self.amount_minor if self.side is Side.DEBIT else -self.amount_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the books; it balances within each fund or it cannot be constructed.

    ``document_number`` is the number printed on the receipt or voucher: one number for the paper
    and the books. ``reverses`` is the number of the entry that this one takes back, or empty.
    Refused with ``ENTRY_DOCUMENT_MISSING``, ``ENTRY_EMPTY`` or ``ENTRY_UNBALANCED`` (with the
    fund and ``difference_minor`` = debits − credits).
    """

    document_number: str
    journal: Journal
    kind: EntryKind
    occurred_on: date
    postings: tuple[Posting, ...]
    label: str = ""
    reverses: str = ""

    def __post_init__(self) -> None:
        if not self.document_number.strip():
            raise Refusal("ENTRY_DOCUMENT_MISSING", kind=self.kind.value)
        if not self.postings:
            raise Refusal("ENTRY_EMPTY", document_number=self.document_number)
        differences: dict[FundCode, int] = defaultdict(int)
        for posting in self.postings:
            differences[posting.fund] += posting.signed_minor
        for fund, difference in differences.items():
            if difference != 0:
                raise Refusal(
                    "ENTRY_UNBALANCED",
                    document_number=self.document_number,
                    fund=fund.value,
                    difference_minor=difference,
                )

    @property
    def total_minor(self) -> int:
        """The sum of debits, equal to the sum of credits."""
        return sum(posting.amount_minor for posting in self.postings if posting.side is Side.DEBIT)


def reverse(entry: Entry, document_number: str, occurred_on: date) -> Entry:
    """The entry that takes another back: same accounts, parties and amounts, sides exchanged.

    It has a number of its own and stands on its own day, not before the entry it takes back.
    Refused with ``REVERSAL_SAME_NUMBER`` or ``REVERSAL_BEFORE_ENTRY``.
    """
    if document_number == entry.document_number:
        raise Refusal("REVERSAL_SAME_NUMBER", document_number=document_number)
    if occurred_on < entry.occurred_on:
        raise Refusal(
            "REVERSAL_BEFORE_ENTRY",
            document_number=entry.document_number,
            entry_on=entry.occurred_on,
            on=occurred_on,
        )
    mirrored = tuple(
        Posting(
            posting.role,
            posting.fund,
            posting.side.opposite,
            posting.amount_minor,
            posting.account_key,
            posting.party,
        )
        for posting in entry.postings
    )
    return Entry(
        document_number=document_number,
        journal=entry.journal,
        kind=EntryKind.REVERSAL,
        occurred_on=occurred_on,
        postings=mirrored,
        label=entry.label,
        reverses=entry.document_number,
    )


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """The movements of one account in one fund, in minor units."""

    role: AccountRole
    account_key: str
    fund: FundCode
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits − credits: positive for a debtor account."""
        return self.debit_minor - self.credit_minor


def trial_balance(entries: Iterable[Entry]) -> tuple[TrialBalanceRow, ...]:
    """Every account that moved, by role, account and fund, in the order of ``AccountRole``.

    The debits of all rows together equal their credits, overall and in each fund.
    """
    debits: dict[tuple[AccountRole, str, FundCode], int] = defaultdict(int)
    credits_: dict[tuple[AccountRole, str, FundCode], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            side = debits if posting.side is Side.DEBIT else credits_
            side[posting.role, posting.account_key, posting.fund] += posting.amount_minor
    roles, funds = list(AccountRole), list(FundCode)
    accounts = sorted(
        debits.keys() | credits_.keys(),
        key=lambda account: (roles.index(account[0]), account[1], funds.index(account[2])),
    )
    return tuple(
        TrialBalanceRow(*account, debit_minor=debits[account], credit_minor=credits_[account])
        for account in accounts
    )


GENESIS = "0" * 64  # the "previous hash" of the first entry of a mutual


def entry_fields(entry: Entry) -> dict[str, Any]:
    """The plain values of an entry that its hash covers; a database row builds the same mapping.

    Whoever stores entries may add keys (the mutual, the sequence number, the writer, the instant)
    as long as the verification adds the same ones.
    """
    return {
        "document_number": entry.document_number,
        "journal": entry.journal.value,
        "kind": entry.kind.value,
        "occurred_on": entry.occurred_on,
        "label": entry.label,
        "reverses": entry.reverses,
        "postings": [
            [
                posting.role.value,
                posting.fund.value,
                posting.side.value,
                posting.amount_minor,
                posting.account_key,
                posting.party,
            ]
            for posting in entry.postings
        ],
    }


def _plain(value: object) -> object:
    """A value in the one form that is hashed; a float or naive instant is a programmer's error."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)  # a StrEnum as its text
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "an instant in the chain needs its time zone"
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    assert isinstance(value, (list, tuple)), f"{type(value).__name__} has no canonical form"
    return [_plain(inner) for inner in value]


def canonical(fields: Mapping[str, Any]) -> bytes:
    """The bytes of an entry's fields: JSON, keys sorted, no blanks, UTF-8, dates in ISO form.

    The same fields give the same bytes on every machine and database. Instants are written in
    UTC to the microsecond. Floats are a programmer's error.
    """
    return json.dumps(
        _plain(fields), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8")


def chain_hash(previous_hash: str, content: bytes) -> str:
    """SHA-256, in hexadecimal, of the previous entry's hash, a line feed, and this entry's bytes.

    Changing, removing or inserting an entry changes every later hash.
    """
    assert len(previous_hash) == 64, "a hash is 64 hexadecimal digits"
    return hashlib.sha256(previous_hash.encode("ascii") + b"\n" + content).hexdigest()


def first_broken_link(rows: Iterable[tuple[bytes, str]]) -> int | None:
    """The index of the first (canonical bytes, stored hash) that does not follow, or None."""
    previous = GENESIS
    for index, (content, stored) in enumerate(rows):
        if chain_hash(previous, content) != stored:
            return index
        previous = stored
    return None

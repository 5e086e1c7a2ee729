"""From a business event to its entry, in account roles: one function per event.

Amounts are positive minor units, given per fund where an event touches several; a fund whose
amount is zero gets no posting. Every function is keyword-only and starts with the number of the
paper (``document_number``) and the day of the event (``occurred_on``). An amount that is not
positive is refused by the posting itself (``POSTING_AMOUNT``), an event without any amount with
``ENTRY_EMPTY``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from entraide.core.errors import Refusal
from entraide.core.ledger import (
    TREASURY_ROLES,
    AccountRole,
    Entry,
    EntryKind,
    FundCode,
    Journal,
    Posting,
    Side,
)

RECEIVABLE_ROLES = frozenset({AccountRole.MEMBERS_RECEIVABLE, AccountRole.PAYERS_RECEIVABLE})
PAYABLE_ROLES = frozenset({AccountRole.PROVIDERS_PAYABLE, AccountRole.MEMBERS_PAYABLE})
RUNNING_COST_ROLES = frozenset({AccountRole.STAFF_COSTS, AccountRole.OTHER_RUNNING_COSTS})


@dataclass(frozen=True, slots=True)
class Treasury:
    """One place where money lies: the role and which account of that role.

    Refused with ``NOT_A_TREASURY_ROLE`` for any other role.
    """

    role: AccountRole
    account_key: str = ""

    def __post_init__(self) -> None:
        _require(self.role, TREASURY_ROLES, "NOT_A_TREASURY_ROLE")

    @property
    def journal(self) -> Journal:
        return Journal.CASH if self.role is AccountRole.CASH else Journal.BANK

    def posting(self, fund: FundCode, side: Side, amount_minor: int) -> Posting:
        return Posting(self.role, fund, side, amount_minor, account_key=self.account_key)


def _require(role: AccountRole, allowed: frozenset[AccountRole], code: str) -> None:
    if role not in allowed:
        raise Refusal(code, role=role.value, allowed=sorted(allowed))


def _in_order(amounts_minor: Mapping[FundCode, int]) -> Iterable[tuple[FundCode, int]]:
    """The funds that have an amount, always in the same order, so that hashes do not vary."""
    return ((fund, amounts_minor[fund]) for fund in FundCode if amounts_minor.get(fund, 0) != 0)


def contribution_raised(
    *,
    document_number: str,
    occurred_on: date,
    party: str,
    fund_share_minor: int,
    running_share_minor: int,
    fees_minor: int = 0,
    receivable: AccountRole = AccountRole.MEMBERS_RECEIVABLE,
    income: AccountRole = AccountRole.CONTRIBUTION_INCOME,
    label: str = "",
) -> Entry:
    """A contribution is called: receivable / income in each fund.

    ``fund_share_minor`` and ``running_share_minor`` are the two parts of the contribution at the
    rate in force on the first day of cover; ``fees_minor`` (joining fee, assembly fee) is income
    of running costs. ``receivable`` says who owes: the member, or another payer (employer, State);
    ``income`` is ``SUBSIDY_INCOME`` for a subsidy.
    """
    _require(receivable, RECEIVABLE_ROLES, "NOT_A_RECEIVABLE_ROLE")
    parts = (
        (FundCode.MUTUAL, income, fund_share_minor),
        (FundCode.RUNNING, income, running_share_minor),
        (FundCode.RUNNING, AccountRole.JOINING_FEE_INCOME, fees_minor),
    )
    postings: list[Posting] = []
    for fund, income_role, amount_minor in parts:
        if amount_minor != 0:
            postings.append(Posting(receivable, fund, Side.DEBIT, amount_minor, party=party))
            postings.append(Posting(income_role, fund, Side.CREDIT, amount_minor))
    kind = EntryKind.CONTRIBUTION_RAISED
    return Entry(document_number, Journal.CONTRIBUTIONS, kind, occurred_on, tuple(postings), label)


def contribution_paid(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    receivable: AccountRole = AccountRole.MEMBERS_RECEIVABLE,
    label: str = "",
) -> Entry:
    """A contribution is received: treasury / receivable, split by fund as the dues it settles."""
    _require(receivable, RECEIVABLE_ROLES, "NOT_A_RECEIVABLE_ROLE")
    postings: list[Posting] = []
    for fund, amount_minor in _in_order(amounts_minor):
        postings.append(treasury.posting(fund, Side.DEBIT, amount_minor))
        postings.append(Posting(receivable, fund, Side.CREDIT, amount_minor, party=party))
    kind = EntryKind.CONTRIBUTION_PAID
    return Entry(document_number, treasury.journal, kind, occurred_on, tuple(postings), label)


def cash_deposited(
    *,
    document_number: str,
    occurred_on: date,
    source: Treasury,
    destination: Treasury,
    amounts_minor: Mapping[FundCode, int],
    label: str = "",
) -> Entry:
    """Money moves between two places of the mutual (cash to bank, or back): no income, no cost.

    ``document_number`` is the deposit slip's. Refused with ``SAME_TREASURY`` when it goes nowhere.
    """
    if source == destination:
        raise Refusal("SAME_TREASURY", role=source.role.value, account_key=source.account_key)
    postings: list[Posting] = []
    for fund, amount_minor in _in_order(amounts_minor):
        postings.append(destination.posting(fund, Side.DEBIT, amount_minor))
        postings.append(source.posting(fund, Side.CREDIT, amount_minor))
    kind = EntryKind.CASH_DEPOSITED
    return Entry(document_number, source.journal, kind, occurred_on, tuple(postings), label)


def claim_approved(
    *,
    document_number: str,
    occurred_on: date,
    payable: AccountRole,
    party: str,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """The payable part of a claim is owed: claims expense / provider or member, mutual fund.

    One pair for the whole claim; the care categories stay on the claim lines.
    """
    _require(payable, PAYABLE_ROLES, "NOT_A_PAYABLE_ROLE")
    fund = FundCode.MUTUAL
    postings = (
        Posting(AccountRole.CLAIMS_EXPENSE, fund, Side.DEBIT, amount_minor),
        Posting(payable, fund, Side.CREDIT, amount_minor, party=party),
    )
    return Entry(
        document_number, Journal.CLAIMS, EntryKind.CLAIM_APPROVED, occurred_on, postings, label
    )


def payout_made(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    payable: AccountRole,
    party: str,
    amount_minor: int,
    recovered_minor: int = 0,
    discount_minor: int = 0,
    label: str = "",
) -> Entry:
    """What was owed to a provider or a member is paid: payable / treasury, mutual fund.

    ``recovered_minor`` is kept back of it, being asked back of care paid before: the debt goes
    whole, that part against claims expense. ``discount_minor`` is earned by paying soon: that part
    against the discounts obtained. With ``amount_minor`` 0 no money moves.
    """
    _require(payable, PAYABLE_ROLES, "NOT_A_PAYABLE_ROLE")
    fund = FundCode.MUTUAL
    gross = amount_minor + recovered_minor + discount_minor
    postings = [Posting(payable, fund, Side.DEBIT, gross, party=party)]
    if amount_minor:
        postings.append(treasury.posting(fund, Side.CREDIT, amount_minor))
    if recovered_minor:
        postings.append(Posting(AccountRole.CLAIMS_EXPENSE, fund, Side.CREDIT, recovered_minor))
    if discount_minor:
        postings.append(Posting(AccountRole.PROVIDER_DISCOUNTS, fund, Side.CREDIT, discount_minor))
    journal = treasury.journal if amount_minor else Journal.CLAIMS
    kind = EntryKind.PAYOUT_MADE
    return Entry(document_number, journal, kind, occurred_on, tuple(postings), label)


def expense_paid(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    expense: AccountRole,
    amount_minor: int,
    party: str = "",
    label: str = "",
) -> Entry:
    """A running cost is paid: staff or other running costs / treasury, running fund.

    Care is never paid this way: it passes by a claim (``NOT_A_RUNNING_COST_ROLE``).
    """
    _require(expense, RUNNING_COST_ROLES, "NOT_A_RUNNING_COST_ROLE")
    postings = (
        Posting(expense, FundCode.RUNNING, Side.DEBIT, amount_minor, party=party),
        treasury.posting(FundCode.RUNNING, Side.CREDIT, amount_minor),
    )
    return Entry(
        document_number, treasury.journal, EntryKind.EXPENSE_PAID, occurred_on, postings, label
    )


def grant_received(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amount_minor: int,
    fund: FundCode = FundCode.RUNNING,
    party: str = "",
    label: str = "",
) -> Entry:
    """A gift or grant comes in: treasury / grant income, in the fund the donor named."""
    postings = (
        treasury.posting(fund, Side.DEBIT, amount_minor),
        Posting(AccountRole.GRANT_INCOME, fund, Side.CREDIT, amount_minor, party=party),
    )
    return Entry(
        document_number, treasury.journal, EntryKind.GRANT_RECEIVED, occurred_on, postings, label
    )


def bank_charge(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amount_minor: int,
    fund: FundCode = FundCode.RUNNING,
    label: str = "",
) -> Entry:
    """The bank or operator takes a charge: bank charges / treasury.

    Running costs bear it by default, even when the account also holds money of the mutual fund.
    """
    postings = (
        Posting(AccountRole.BANK_CHARGES, fund, Side.DEBIT, amount_minor),
        treasury.posting(fund, Side.CREDIT, amount_minor),
    )
    return Entry(
        document_number, treasury.journal, EntryKind.BANK_CHARGE, occurred_on, postings, label
    )


def interest_received(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amount_minor: int,
    fund: FundCode = FundCode.MUTUAL,
    label: str = "",
) -> Entry:
    """Interest comes in: treasury / interest income, in the fund whose money earned it."""
    postings = (
        treasury.posting(fund, Side.DEBIT, amount_minor),
        Posting(AccountRole.INTEREST_INCOME, fund, Side.CREDIT, amount_minor),
    )
    return Entry(
        document_number, treasury.journal, EntryKind.INTEREST_RECEIVED, occurred_on, postings, label
    )


def opening_balance(
    *,
    document_number: str,
    occurred_on: date,
    balances: Iterable[Posting],
    journal: Journal = Journal.OPENING,
    label: str = "",
) -> Entry:
    """The balances with which the books begin, against the opening funds.

    ``balances`` are what the mutual owns (debits) and owes (credits); the difference of each fund
    goes to ``OPENING_FUNDS``, in debit when that fund owes more than it owns. ``journal`` is
    ``MIGRATION`` for balances taken over from another system.
    """
    postings = list(balances)
    differences: dict[FundCode, int] = defaultdict(int)
    for posting in postings:
        differences[posting.fund] += posting.signed_minor
    for fund, difference in _in_order(differences):
        side = Side.CREDIT if difference > 0 else Side.DEBIT
        postings.append(Posting(AccountRole.OPENING_FUNDS, fund, side, abs(difference)))
    return Entry(
        document_number, journal, EntryKind.OPENING_BALANCE, occurred_on, tuple(postings), label
    )


def fund_transfer(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    from_fund: FundCode,
    to_fund: FundCode,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """Money of one fund becomes money of another, in the same account; each fund balances.

    Refused with ``SAME_FUND``. Such a transfer needs two approvals, which the records ask for.
    """
    if from_fund is to_fund:
        raise Refusal("SAME_FUND", fund=from_fund.value)
    postings = (
        Posting(AccountRole.FUND_TRANSFER, from_fund, Side.DEBIT, amount_minor),
        treasury.posting(from_fund, Side.CREDIT, amount_minor),
        treasury.posting(to_fund, Side.DEBIT, amount_minor),
        Posting(AccountRole.FUND_TRANSFER, to_fund, Side.CREDIT, amount_minor),
    )
    kind = EntryKind.FUND_TRANSFER
    return Entry(document_number, Journal.OPERATIONS, kind, occurred_on, postings, label)


def suspense(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amount_minor: int,
    is_received: bool,
    fund: FundCode = FundCode.OTHER,
    label: str = "",
) -> Entry:
    """Money came in or went out and nobody can say why yet: it waits in the suspense account."""
    treasury_side = Side.DEBIT if is_received else Side.CREDIT
    postings = (
        treasury.posting(fund, treasury_side, amount_minor),
        Posting(AccountRole.SUSPENSE, fund, treasury_side.opposite, amount_minor),
    )
    return Entry(
        document_number, treasury.journal, EntryKind.SUSPENSE, occurred_on, postings, label
    )


def suspense_cleared(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amounts_minor: Mapping[FundCode, int],
    was_received: bool,
    counterpart: AccountRole,
    party: str = "",
    suspense_fund: FundCode = FundCode.OTHER,
    label: str = "",
) -> Entry:
    """Money in suspense is explained: it leaves the suspense fund for the funds it belongs to.

    ``treasury`` is the account where the money has been lying all along; only its fund changes.
    """
    amounts = list(_in_order(amounts_minor))
    total_minor = sum(amount_minor for _fund, amount_minor in amounts)
    inward = Side.DEBIT if was_received else Side.CREDIT
    postings = [
        Posting(AccountRole.SUSPENSE, suspense_fund, inward, total_minor),
        treasury.posting(suspense_fund, inward.opposite, total_minor),
    ]
    for fund, amount_minor in amounts:
        postings.append(treasury.posting(fund, inward, amount_minor))
        postings.append(Posting(counterpart, fund, inward.opposite, amount_minor, party=party))
    kind = EntryKind.SUSPENSE_CLEARED
    return Entry(document_number, Journal.OPERATIONS, kind, occurred_on, tuple(postings), label)

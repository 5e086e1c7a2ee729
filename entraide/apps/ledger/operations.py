"""The entries that the finance officer makes directly: costs, gifts, bank charges, transfers.

Contributions, claims and payments are never entered here: their own steps post them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.ledger.models import Account, Entry
from entraide.apps.ledger.selectors import entry_by_document
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core import posting_rules
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, EntryKind, FundCode, Journal, Posting, Side

EXPENSE_PREFIX = "DEP"
GRANT_PREFIX = "SUB"
BANK_CHARGE_PREFIX = "FB"
INTEREST_PREFIX = "INT"
TRANSFER_PREFIX = "VIR"
OPENING_PREFIX = "OUV"

# What may be taken back here; the rest is taken back in the step that posted it.
REVERSIBLE_KINDS = frozenset(
    {
        EntryKind.EXPENSE_PAID,
        EntryKind.GRANT_RECEIVED,
        EntryKind.BANK_CHARGE,
        EntryKind.INTEREST_RECEIVED,
        EntryKind.OPENING_BALANCE,
    }
)


def treasury_of(account: Account) -> posting_rules.Treasury:
    """The place of money that an account stands for; ``NOT_A_TREASURY_ROLE`` for another."""
    return posting_rules.Treasury(AccountRole(account.role), account.key)


def require_past(place: str, day: date, on: date) -> None:
    """Refuse with ``DATE_IN_FUTURE`` an event that has not happened on the day of the act."""
    if day > on:
        raise Refusal("DATE_IN_FUTURE", place=place, day=day, on=on)


@command("record_expense", right=Right.POST_OPERATION)
def record_expense(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    role: AccountRole,
    amount_minor: int,
    paid_on: date,
    label: str,
    treasury_account: Account,
) -> Entry:
    """A running cost was paid: ``STAFF_COSTS`` or ``OTHER_RUNNING_COSTS``."""
    require_past("paid_on", paid_on, on)
    entry = posting_rules.expense_paid(
        document_number=next_number(mutual=mutual, prefix=EXPENSE_PREFIX, on=on),
        occurred_on=paid_on,
        treasury=treasury_of(treasury_account),
        expense=role,
        amount_minor=amount_minor,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("record_grant", right=Right.POST_OPERATION)
def record_grant(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    amount_minor: int,
    received_on: date,
    label: str,
    treasury_account: Account,
    fund: FundCode = FundCode.RUNNING,
) -> Entry:
    """A gift or grant came in, for the fund that the donor named."""
    require_past("received_on", received_on, on)
    entry = posting_rules.grant_received(
        document_number=next_number(mutual=mutual, prefix=GRANT_PREFIX, on=on),
        occurred_on=received_on,
        treasury=treasury_of(treasury_account),
        amount_minor=amount_minor,
        fund=fund,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("record_bank_charge", right=Right.POST_OPERATION)
def record_bank_charge(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    amount_minor: int,
    charged_on: date,
    label: str,
    treasury_account: Account,
    fund: FundCode = FundCode.RUNNING,
) -> Entry:
    """The bank or operator took a charge."""
    require_past("charged_on", charged_on, on)
    entry = posting_rules.bank_charge(
        document_number=next_number(mutual=mutual, prefix=BANK_CHARGE_PREFIX, on=on),
        occurred_on=charged_on,
        treasury=treasury_of(treasury_account),
        amount_minor=amount_minor,
        fund=fund,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("record_interest", right=Right.POST_OPERATION)
def record_interest(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    amount_minor: int,
    received_on: date,
    label: str,
    treasury_account: Account,
    fund: FundCode = FundCode.MUTUAL,
) -> Entry:
    """The bank paid interest, to the fund whose money earned it."""
    require_past("received_on", received_on, on)
    entry = posting_rules.interest_received(
        document_number=next_number(mutual=mutual, prefix=INTEREST_PREFIX, on=on),
        occurred_on=received_on,
        treasury=treasury_of(treasury_account),
        amount_minor=amount_minor,
        fund=fund,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("transfer_between_accounts", right=Right.POST_OPERATION)
def transfer_between_accounts(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    source: Account,
    destination: Account,
    amounts_minor: Mapping[FundCode, int],
    moved_on: date,
    label: str,
) -> Entry:
    """Money went from one place of the mutual to another; each fund keeps what is its own."""
    require_past("moved_on", moved_on, on)
    entry = posting_rules.cash_deposited(
        document_number=next_number(mutual=mutual, prefix=TRANSFER_PREFIX, on=on),
        occurred_on=moved_on,
        source=treasury_of(source),
        destination=treasury_of(destination),
        amounts_minor=amounts_minor,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("record_opening_balances", right=Right.POST_OPERATION)
def record_opening_balances(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    opened_on: date,
    balances: Sequence[tuple[Account, FundCode, int]],
    label: str = "",
    journal: Journal = Journal.OPENING,
) -> Entry:
    """The balances with which the books begin: (account, fund, amount), debits positive.

    The difference of each fund goes to the opening funds.
    """
    require_past("opened_on", opened_on, on)
    entry = posting_rules.opening_balance(
        document_number=next_number(mutual=mutual, prefix=OPENING_PREFIX, on=on),
        occurred_on=opened_on,
        balances=[
            Posting(
                role=AccountRole(account.role),
                fund=fund,
                side=Side.DEBIT if amount_minor > 0 else Side.CREDIT,
                amount_minor=abs(amount_minor),
                account_key=account.key,
            )
            for account, fund, amount_minor in balances
        ],
        journal=journal,
        label=label,
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("reverse_document", right=Right.REVERSE)
def reverse_document(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document_number: str,
    reason: str,
) -> Entry:
    """Take back an entry made here, with the reason that the books will show.

    A receipt, a claim or a payment is taken back in its own step (``REVERSE_IN_ITS_OWN_STEP``):
    its register must follow.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    entry = entry_by_document(mutual, document_number)
    is_transfer = entry.kind == EntryKind.CASH_DEPOSITED and entry.document_number.startswith(
        f"{TRANSFER_PREFIX}-"
    )
    if entry.kind == EntryKind.REVERSAL:
        raise Refusal("REVERSAL_NOT_REVERSIBLE", document_number=document_number)
    if entry.kind not in REVERSIBLE_KINDS and not is_transfer:
        raise Refusal("REVERSE_IN_ITS_OWN_STEP", document_number=document_number)
    return reverse_posted(mutual=mutual, entry=entry, actor=actor, on=on, reason=reason.strip())

"""The entry of a payment, as the books take it."""

from __future__ import annotations

from datetime import date

from entraide.apps.ledger.models import Account
from entraide.apps.settlement.models import PayeeKind, Payout
from entraide.core import posting_rules
from entraide.core.ledger import AccountRole, Entry
from entraide.core.posting_rules import Treasury


def payout_entry(
    payout: Payout,
    treasury_account: Account,
    paid_on: date,
    label: str,
    *,
    recovered_minor: int = 0,
    discount_minor: int = 0,
) -> Entry:
    """The entry of a payout: the debt to the payee goes, the money goes, less what is kept back."""
    if payout.payee_kind == PayeeKind.PROVIDER:
        assert payout.provider is not None, "a payout to a provider names it"
        payable, party = AccountRole.PROVIDERS_PAYABLE, f"provider:{payout.provider.uid}"
    else:
        assert payout.household is not None, "a payout to a household names it"
        payable, party = AccountRole.MEMBERS_PAYABLE, f"household:{payout.household.uid}"
    return posting_rules.payout_made(
        document_number=payout.document_number,
        occurred_on=paid_on,
        treasury=Treasury(AccountRole(treasury_account.role), treasury_account.key),
        payable=payable,
        party=party,
        amount_minor=payout.amount_minor,
        recovered_minor=recovered_minor,
        discount_minor=discount_minor,
        label=label,
    )

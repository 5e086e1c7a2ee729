"""What incentive terms post: a discount kept, a bonus owed, a discount owed again."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.core.incentive_postings import bonus_awarded, discount_lapsed
from entraide.core.ledger import AccountRole, EntryKind, Side
from entraide.core.posting_rules import Treasury, payout_made

ON = date(2025, 3, 10)


@pytest.mark.requirement("R073")
def test_a_payment_clears_the_whole_debt_and_its_discount_has_an_account() -> None:
    entry = payout_made(
        document_number="BR-1-1", occurred_on=ON, treasury=Treasury(AccountRole.BANK),
        payable=AccountRole.PROVIDERS_PAYABLE, party="provider:1", amount_minor=5_000,
        recovered_minor=880, discount_minor=120,
    )  # fmt: skip
    assert {each.role: (each.side, each.amount_minor) for each in entry.postings} == {
        AccountRole.PROVIDERS_PAYABLE: (Side.DEBIT, 6_000),
        AccountRole.BANK: (Side.CREDIT, 5_000),
        AccountRole.CLAIMS_EXPENSE: (Side.CREDIT, 880),
        AccountRole.PROVIDER_DISCOUNTS: (Side.CREDIT, 120),
    }


@pytest.mark.parametrize(
    ("rule", "role"),
    [
        (bonus_awarded, AccountRole.PROVIDER_BONUSES),
        (discount_lapsed, AccountRole.PROVIDER_DISCOUNTS),
    ],
)
def test_what_a_convention_gives_is_owed_to_its_provider(rule: object, role: AccountRole) -> None:
    entry = rule(document_number="PRI-1", occurred_on=ON, party="provider:1", amount_minor=500)  # type: ignore[operator]
    debit, credit = entry.postings
    assert entry.kind == EntryKind.INCENTIVE_AWARDED
    assert (debit.role, debit.side) == (role, Side.DEBIT)
    assert (credit.role, credit.party) == (AccountRole.PROVIDERS_PAYABLE, "provider:1")

"""The State's share in the books: owed, owed on, received, passed on; never income nor cost."""

from __future__ import annotations

from datetime import date

from entraide.core.ledger import AccountRole, trial_balance
from entraide.core.posting_rules import Treasury
from entraide.core.refund_postings import refund_set_aside
from entraide.core.subsidy_postings import (
    share_credited,
    share_invoiced,
    share_passed_on,
    share_received,
    share_repaid,
)

ON = date(2025, 3, 10)
BANK = Treasury(AccountRole.BANK)


def test_what_comes_in_goes_out_and_nothing_stays() -> None:
    common = {"occurred_on": ON, "treasury": BANK}
    entries = [
        share_invoiced(
            document_number="FSE-1", occurred_on=ON, payer="payer:state",
            amounts_minor={"provider:a": 3200, "household:b": 1600},
        ),
        share_received(
            document_number="RSE-1", payer="payer:state", amount_minor=4800, **common
        ),
        share_passed_on(
            document_number="VSE-1", party="provider:a", amount_minor=3200, **common
        ),
        share_passed_on(
            document_number="VSE-2", party="household:b", amount_minor=1600, **common
        ),
    ]  # fmt: skip
    rows = trial_balance(entries)
    assert {row.role: row.balance_minor for row in rows} == {
        AccountRole.BANK: 0,
        AccountRole.CARE_PAYERS_RECEIVABLE: 0,
        AccountRole.CARE_SHARES_DUE: 0,
    }
    assert [posting.party for posting in entries[0].postings] == [
        "payer:state", "household:b", "provider:a",
    ]  # fmt: skip


def test_what_was_paid_too_much_goes_back_to_the_state() -> None:
    common = {"occurred_on": ON, "payer": "payer:state"}
    owed = {"provider:a": 1600}
    entries = [
        share_invoiced(document_number="FSE-1", amounts_minor=owed, **common),
        share_received(document_number="RSE-1", treasury=BANK, amount_minor=1600, **common),
        share_credited(document_number="ASE-1", amounts_minor=owed, **common),
        share_repaid(document_number="RBE-1", treasury=BANK, amount_minor=1600, **common),
    ]
    assert {row.balance_minor for row in trial_balance(entries)} == {0}
    assert entries[-1].postings[0].party == "payer:state"


def test_an_unclaimed_refund_stays_owed_to_the_same_family() -> None:
    entry = refund_set_aside(
        document_number="NR-1", occurred_on=ON, party="household:b", amount_minor=3000
    )
    assert {(posting.role, posting.side.value, posting.party) for posting in entry.postings} == {
        (AccountRole.MEMBERS_PAYABLE, "debit", "household:b"),
        (AccountRole.UNCLAIMED_REFUNDS, "credit", "household:b"),
    }

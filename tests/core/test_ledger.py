from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.ledger import (
    GENESIS,
    AccountRole,
    Entry,
    EntryKind,
    FundCode,
    Journal,
    Posting,
    Side,
    canonical,
    chain_hash,
    entry_fields,
    first_broken_link,
    reverse,
    trial_balance,
)

ON = date(2025, 3, 14)


def entry(*postings: Posting, number: str = "REC-1") -> Entry:
    return Entry(number, Journal.CASH, EntryKind.CONTRIBUTION_PAID, ON, postings)


def pair(fund: FundCode, amount: int) -> tuple[Posting, Posting]:
    return (
        Posting(AccountRole.CASH, fund, Side.DEBIT, amount, account_key="main"),
        Posting(AccountRole.MEMBERS_RECEIVABLE, fund, Side.CREDIT, amount, party="household:7"),
    )


amounts = st.integers(min_value=1, max_value=10**9)


@st.composite
def balanced_entries(draw: st.DrawFn) -> Entry:
    """Entries with several debits and one credit of their sum, in one or several funds."""
    postings: list[Posting] = []
    for fund in draw(st.lists(st.sampled_from(FundCode), min_size=1, max_size=3, unique=True)):
        parts = draw(st.lists(amounts, min_size=1, max_size=4))
        postings += [
            Posting(draw(st.sampled_from(AccountRole)), fund, Side.DEBIT, part) for part in parts
        ]
        role = draw(st.sampled_from(AccountRole))
        postings.append(Posting(role, fund, Side.CREDIT, sum(parts)))
    return entry(*draw(st.permutations(postings)))


@pytest.mark.requirement("R131", begun=True)
def test_an_unbalanced_entry_cannot_exist() -> None:
    debit, credit = pair(FundCode.MUTUAL, 4200)
    short = Posting(credit.role, credit.fund, credit.side, 4000)
    with pytest.raises(Refusal) as refused:
        entry(debit, short)
    assert refused.value.code == "ENTRY_UNBALANCED"
    assert refused.value.data["fund"] == "mutual"
    assert refused.value.data["difference_minor"] == 200


def test_balanced_overall_but_not_within_each_fund_is_refused() -> None:
    """4 200 in debit of the mutual fund against 4 200 in credit of running costs."""
    debit, _ = pair(FundCode.MUTUAL, 4200)
    _, credit = pair(FundCode.RUNNING, 4200)
    with pytest.raises(Refusal) as refused:
        entry(debit, credit)
    assert refused.value.code == "ENTRY_UNBALANCED"


@pytest.mark.parametrize("amount", [0, -1, 2**53])
def test_a_posting_is_positive_and_exact(amount: int) -> None:
    with pytest.raises(Refusal) as refused:
        Posting(AccountRole.CASH, FundCode.MUTUAL, Side.DEBIT, amount)
    assert refused.value.code == "POSTING_AMOUNT"


def test_a_float_amount_is_a_programmers_error() -> None:
    with pytest.raises(AssertionError):
        Posting(AccountRole.CASH, FundCode.MUTUAL, Side.DEBIT, 12.0)  # type: ignore[arg-type]


def test_an_entry_needs_postings_and_a_document() -> None:
    with pytest.raises(Refusal, match="ENTRY_EMPTY"):
        entry()
    with pytest.raises(Refusal, match="ENTRY_DOCUMENT_MISSING"):
        entry(*pair(FundCode.MUTUAL, 1), number="  ")


def test_nothing_in_an_entry_can_be_edited() -> None:
    made = entry(*pair(FundCode.MUTUAL, 4200))
    with pytest.raises(FrozenInstanceError):
        made.label = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        made.postings[0].amount_minor = 1  # type: ignore[misc]


@given(balanced_entries())
def test_debits_equal_credits_overall_and_in_each_fund(made: Entry) -> None:
    rows = trial_balance([made])
    for fund in FundCode:
        assert sum(row.balance_minor for row in rows if row.fund is fund) == 0
    assert sum(row.debit_minor for row in rows) == made.total_minor
    assert sum(row.credit_minor for row in rows) == made.total_minor


@pytest.mark.requirement("R131", begun=True)
@given(balanced_entries())
def test_a_reversal_takes_everything_back_and_twice_restores(made: Entry) -> None:
    back = reverse(made, "OD-1", ON)
    assert back.reverses == made.document_number
    assert back.kind is EntryKind.REVERSAL
    assert all(row.balance_minor == 0 for row in trial_balance([made, back]))
    assert reverse(back, "OD-2", ON + timedelta(days=1)).postings == made.postings


def test_a_reversal_has_its_own_number_and_comes_after() -> None:
    made = entry(*pair(FundCode.MUTUAL, 4200))
    with pytest.raises(Refusal, match="REVERSAL_SAME_NUMBER"):
        reverse(made, "REC-1", ON)
    with pytest.raises(Refusal, match="REVERSAL_BEFORE_ENTRY"):
        reverse(made, "OD-1", ON - timedelta(days=1))


def test_the_trial_balance_keeps_accounts_and_funds_apart() -> None:
    first = entry(*pair(FundCode.MUTUAL, 700), *pair(FundCode.RUNNING, 300))
    second = entry(*pair(FundCode.MUTUAL, 50))
    rows = {(row.role, row.account_key, row.fund): row for row in trial_balance([first, second])}
    assert len(rows) == 4
    cash = rows[AccountRole.CASH, "main", FundCode.MUTUAL]
    assert (cash.debit_minor, cash.credit_minor, cash.balance_minor) == (750, 0, 750)
    assert rows[AccountRole.CASH, "main", FundCode.RUNNING].balance_minor == 300


def test_the_canonical_form_is_written_down() -> None:
    """A change of these bytes would break the chain of every existing mutual."""
    made = entry(*pair(FundCode.MUTUAL, 4200))
    expected = (
        '{"document_number":"REC-1","journal":"cash","kind":"contribution_paid","label":"",'
        '"occurred_on":"2025-03-14","postings":[["cash","mutual","debit",4200,"main",""],'
        '["members_receivable","mutual","credit",4200,"","household:7"]],"reverses":""}'
    )
    assert canonical(entry_fields(made)) == expected.encode()
    assert chain_hash(GENESIS, expected.encode()) == (
        hashlib.sha256(("0" * 64 + "\n" + expected).encode()).hexdigest()
    )


def test_rows_of_a_database_hash_like_generated_entries() -> None:
    """Key order, tuples or lists, plain texts or enumerations, and time zones do not matter."""
    instant = datetime(2025, 3, 14, 12, 0, 0, 5, tzinfo=UTC)
    local = instant.astimezone(timezone(timedelta(hours=3)))
    made = {**entry_fields(entry(*pair(FundCode.MUTUAL, 4200))), "recorded_at": instant}
    stored = {key: made[key] for key in sorted(made, reverse=True)}
    stored |= {"recorded_at": local, "journal": Journal.CASH}
    stored["postings"] = tuple(tuple(posting) for posting in made["postings"])
    assert canonical(stored) == canonical(made)


@pytest.mark.parametrize("value", [1.5, datetime(2025, 3, 14)])  # noqa: DTZ001
def test_what_differs_between_machines_has_no_canonical_form(value: object) -> None:
    with pytest.raises(AssertionError):
        canonical({"value": value})


@pytest.mark.requirement("R131", begun=True)
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=8, unique=True), st.data())
def test_any_change_of_the_chain_is_found(contents: list[bytes], data: st.DataObject) -> None:
    chain: list[tuple[bytes, str]] = []
    previous = GENESIS
    for content in contents:
        previous = chain_hash(previous, content)
        chain.append((content, previous))
    assert first_broken_link(chain) is None
    at = data.draw(st.integers(0, len(chain) - 1))
    changed = [*chain]
    changed[at] = (chain[at][0] + b"!", chain[at][1])
    assert first_broken_link(changed) == at
    removed = chain[:at] + chain[at + 1 :]
    assert first_broken_link(removed) == (at if at < len(removed) else None)

"""Which dues a payment pays: sums, order and splits, whatever the amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.contributions.allocation import (
    OpenDue,
    PaidPart,
    allocate_payment,
    by_fund,
    fund_part,
)
from entraide.apps.contributions.models import DueKind
from entraide.core.errors import Refusal
from entraide.core.ledger import FundCode

FIRST = date(2025, 1, 1)


def due(key: int, amount_minor: int, fund_share_minor: int, **more: object) -> OpenDue:
    fields = {
        "kind": DueKind.CONTRIBUTION, "due_on": FIRST, "document_number": f"APP-2025-{key:05d}",
        **more,
    }  # fmt: skip
    return OpenDue(key=key, amount_minor=amount_minor, fund_share_minor=fund_share_minor, **fields)


@st.composite
def open_dues(draw: st.DrawFn) -> list[OpenDue]:
    dues = []
    for key in range(draw(st.integers(1, 6))):
        amount = draw(st.integers(1, 100_000))
        dues.append(
            due(
                key,
                amount,
                draw(st.integers(0, amount)),
                due_on=FIRST + timedelta(days=draw(st.integers(0, 400))),
                kind=draw(st.sampled_from(list(DueKind))),
            )
        )
    return dues


def after(dues: list[OpenDue], parts: tuple[PaidPart, ...], sign: int = 1) -> list[OpenDue]:
    """The dues once these parts are received (or taken back)."""
    by_key = {part.key: part for part in parts}
    return [
        replace(
            each,
            paid_minor=each.paid_minor + sign * by_key[each.key].amount_minor,
            fund_paid_minor=each.fund_paid_minor + sign * by_key[each.key].fund_share_minor,
        )
        if each.key in by_key
        else each
        for each in dues
    ]


@given(open_dues(), st.data())
def test_a_payment_is_wholly_allocated_and_no_due_is_overpaid(
    dues: list[OpenDue], data: st.DataObject
) -> None:
    total = sum(each.remaining_minor for each in dues)
    amount = data.draw(st.integers(1, total))
    parts = allocate_payment(amount, dues, currency="XOF")
    assert sum(part.amount_minor for part in parts) == amount
    assert sum(by_fund(parts).values()) == amount
    for part in parts:
        assert part.amount_minor == part.fund_share_minor + part.running_share_minor
        assert part.fund_share_minor >= 0
        assert part.running_share_minor >= 0
    assert all(each.paid_minor <= each.amount_minor for each in after(dues, parts))


@given(open_dues(), st.data())
def test_dues_are_paid_oldest_first_the_joining_fee_before_all(
    dues: list[OpenDue], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(1, sum(each.remaining_minor for each in dues)))
    parts = allocate_payment(amount, dues, currency="XOF")
    paid = {each.key: each for each in after(dues, parts)}
    by_age = sorted(dues, key=lambda each: (each.kind != DueKind.JOINING_FEE, each.due_on))
    remaining = [paid[each.key].remaining_minor for each in by_age]
    days = [(each.kind != DueKind.JOINING_FEE, each.due_on) for each in by_age]
    first_unpaid = next((day for day, left in zip(days, remaining, strict=True) if left), None)
    if first_unpaid is not None:
        touched = [
            day
            for day, each in zip(days, by_age, strict=True)
            if paid[each.key].paid_minor and day > first_unpaid
        ]
        assert touched == []


@given(open_dues(), st.lists(st.tuples(st.booleans(), st.integers(1, 60_000)), max_size=12))
def test_whatever_is_paid_and_taken_back_the_last_part_completes_both_funds(
    dues: list[OpenDue], moves: list[tuple[bool, int]]
) -> None:
    kept: list[tuple[PaidPart, ...]] = []
    for takes_back, amount in moves:
        remaining = sum(each.remaining_minor for each in dues)
        if takes_back and kept:
            dues = after(dues, kept.pop(amount % len(kept)), sign=-1)
        elif remaining:
            parts = allocate_payment(min(amount, remaining), dues, currency="XOF")
            kept.append(parts)
            dues = after(dues, parts)
        for each in dues:
            assert 0 <= each.fund_paid_minor <= each.fund_share_minor
            assert (
                0
                <= each.paid_minor - each.fund_paid_minor
                <= (each.amount_minor - each.fund_share_minor)
            )
    remaining = sum(each.remaining_minor for each in dues)
    if remaining:
        dues = after(dues, allocate_payment(remaining, dues, currency="XOF"))
    assert all(each.fund_paid_minor == each.fund_share_minor for each in dues)
    assert all(each.remaining_minor == 0 for each in dues)


@pytest.mark.requirement("R028", begun=True)
def test_the_fund_follows_the_due_by_cumulative_rounding() -> None:
    # 10 of which 7.5 → fund 8: after 3 units the fund has 8×3÷10 = 2.4 → 2, after 5 units 4.
    owed = due(1, 10, 8)
    assert fund_part(owed, 3) == 2
    assert fund_part(replace(owed, paid_minor=3, fund_paid_minor=2), 2) == 2
    assert fund_part(replace(owed, paid_minor=5, fund_paid_minor=4), 5) == 4


@pytest.mark.parametrize(
    ("amount", "dues", "code"),
    [
        (0, [due(1, 10, 5)], "PAYMENT_NOT_POSITIVE"),
        (-5, [due(1, 10, 5)], "PAYMENT_NOT_POSITIVE"),
        (5, [], "NOTHING_DUE"),
        (5, [due(1, 10, 5, paid_minor=10, fund_paid_minor=5)], "NOTHING_DUE"),
        (11, [due(1, 10, 5)], "OVERPAYMENT"),
    ],
)
def test_what_cannot_be_received(amount: int, dues: list[OpenDue], code: str) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        allocate_payment(amount, dues, currency="XOF")
    if code == "OVERPAYMENT":
        assert refused.value.data["remaining_minor"] == 10


def test_a_payment_of_two_funds_names_both() -> None:
    parts = allocate_payment(12, [due(1, 8, 6), due(2, 8, 6)], currency="XOF")
    assert by_fund(parts) == {FundCode.MUTUAL: 9, FundCode.RUNNING: 3}

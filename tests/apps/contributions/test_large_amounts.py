"""Amounts that no book can hold are refused with a code wherever they come in, never a fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.contributions.custody import loose_lump_sums
from entraide.apps.contributions.desk import MoneyReceived, enrol_with_payment
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    receive_lump_sum,
    share_lump_sum,
)
from entraide.apps.contributions.models import Channel, GroupPayment, SumOrigin
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.services import enrol_household, renew_membership
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.money import MAXIMUM_MINOR
from tests.builders import MEMBER, a_household, a_key
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 1, 10)
TOO_LARGE = (MAXIMUM_MINOR + 1, 2**63 - 1, 2**63, 2**64, 10**30)


def act(mutual: Mutual, people: People) -> dict[str, Any]:
    return {"mutual": mutual, "actor": people.cashier, "on": ON, "idempotency_key": a_key()}


def a_sum(mutual: Mutual, people: People, amount_minor: int) -> GroupPayment:
    return receive_lump_sum(
        **act(mutual, people), origin=SumOrigin.COMMON_PURSE, payer_name="Les Tisserandes",
        amount_minor=amount_minor, treasury_account=account_for(mutual, AccountRole.CASH),
        paid_on=ON,
    )  # fmt: skip


@pytest.mark.parametrize("amount_minor", TOO_LARGE)
def test_no_command_takes_an_amount_that_no_book_holds(
    scoped: Mutual, people: People, product: Product, amount_minor: int
) -> None:
    household = a_household(scoped, people.awa, product)
    cash = account_for(scoped, AccountRole.CASH)
    small = a_sum(scoped, people, 1000)
    joining = {
        **act(scoped, people), "actor": people.awa, "product": product, "enrolled_on": ON,
        "persons": (MEMBER,),
    }  # fmt: skip
    attempts: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
        ("amount_minor", record_contribution_payment, {
            **act(scoped, people), "household": household, "amount_minor": amount_minor,
            "channel": Channel.CASH, "treasury_account": cash, "paid_on": ON}),
        ("amount_minor", receive_lump_sum, {
            **act(scoped, people), "origin": SumOrigin.COMMON_PURSE, "payer_name": "Les Tisserandes",
            "amount_minor": amount_minor, "treasury_account": cash, "paid_on": ON}),
        ("shares[0].amount_minor", share_lump_sum, {
            **act(scoped, people), "lump_sum": small,
            "shares": (FamilyShare(household, amount_minor),)}),
        ("loan_minor", enrol_household, {**joining, "loan_minor": amount_minor}),
        ("income_minor", enrol_household, {**joining, "income_minor": amount_minor}),
        ("amount_minor", enrol_with_payment, {
            **joining, "money": MoneyReceived(amount_minor, cash)}),
        ("loan_minor", renew_membership, {
            **act(scoped, people), "actor": people.awa, "membership": household.memberships.get(),
            "renewed_on": ON, "loan_minor": amount_minor}),
    ]  # fmt: skip
    families, entries = Household.objects.count(), Entry.objects.count()
    for place, command, content in attempts:
        with pytest.raises(Refusal) as refused:
            command(**content)
        assert (refused.value.code, refused.value.place) == ("AMOUNT_TOO_LARGE", place), command
    assert (Household.objects.count(), Entry.objects.count()) == (families, entries)


def test_the_largest_amount_is_recorded_many_times_and_the_books_hold(
    scoped: Mutual, people: People, product: Product
) -> None:
    for _ in range(3):
        a_sum(scoped, people, MAXIMUM_MINOR)
    assert (
        treasury_balance(scoped, ON, account=account_for(scoped, AccountRole.CASH))
        == 3 * MAXIMUM_MINOR
    )
    assert sum(each.amount_minor for each in loose_lump_sums(scoped)) == 3 * MAXIMUM_MINOR
    assert verify(scoped).findings == ()

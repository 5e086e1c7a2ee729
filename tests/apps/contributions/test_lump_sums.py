"""A lump sum for many families: received, shared, carried to the bank, and taken back."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    proposed_shares,
    receive_lump_sum,
    reverse_lump_sum,
    share_lump_sum,
    sum_party,
)
from entraide.apps.contributions.models import GroupPayment, SumOrigin
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import account_balance, account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from entraide.core.lump_sums import SharingRule
from tests.builders import a_household, a_key, a_payment
from tests.people import People

ON = date(2025, 1, 20)


@pytest.fixture
def families(scoped: Mutual, people: People, product: Product) -> list[Household]:
    """Three families that owe 13 000 each."""
    return [a_household(scoped, people.awa, product) for _ in range(3)]


def received(
    mutual: Mutual, people: People, amount_minor: int = 30_000,
    role: AccountRole = AccountRole.CASH,
) -> GroupPayment:  # fmt: skip
    return receive_lump_sum(
        mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(),
        origin=SumOrigin.COLLECTIVE_FIELD, payer_name="Groupement Benkadi",
        amount_minor=amount_minor, treasury_account=account_for(mutual, role), paid_on=ON,
    )  # fmt: skip


def share(lump_sum: GroupPayment, people: People, *parts: tuple[Household, int]) -> GroupPayment:
    return share_lump_sum(
        mutual=lump_sum.mutual, actor=people.cashier, on=ON, idempotency_key=a_key(),
        lump_sum=lump_sum, shares=tuple(FamilyShare(*part) for part in parts),
    )  # fmt: skip


def advance(lump_sum: GroupPayment) -> int:
    return -account_balance(lump_sum.mutual, AccountRole.GROUP_ADVANCES, party=sum_party(lump_sum))


def assert_verified(mutual: Mutual) -> None:
    assert verify(mutual).findings == ()


@pytest.mark.requirement("R040", begun=True)
def test_a_sum_is_the_groups_until_it_pays_for_families(
    families: list[Household], people: People
) -> None:
    mutual = families[0].mutual
    lump_sum = received(mutual, people)
    assert (lump_sum.document_number, advance(lump_sum)) == ("PG-2025-00001", 30_000)
    a_payment(families[0], people.awa, 11_000)
    proposed = proposed_shares(lump_sum, families, SharingRule.EQUAL)
    assert proposed == {families[0].pk: 2000, families[1].pk: 13_000, families[2].pk: 13_000}
    lump_sum = share(lump_sum, people, *((each, proposed[each.pk]) for each in families))
    assert (lump_sum.rest_minor, advance(lump_sum)) == (2000, 2000)
    receipts = list(lump_sum.receipts.order_by("pk"))
    assert [(each.document_number, each.amount_minor) for each in receipts] == [
        ("REC-2025-00002", 2000), ("REC-2025-00003", 13_000), ("REC-2025-00004", 13_000),
    ]  # fmt: skip
    assert treasury_balance(mutual, ON, account=account_for(mutual, AccountRole.CASH)) == 41_000
    assert_verified(mutual)


def test_every_part_that_cannot_be_paid_is_named(families: list[Household], people: People) -> None:
    lump_sum = received(families[0].mutual, people)
    with pytest.raises(Refusal, match="LUMP_SUM_EXCEEDED"):
        share(lump_sum, people, (families[0], 31_000))
    with pytest.raises(Refusal, match="SHARED_TWICE"):
        share(lump_sum, people, (families[0], 1), (families[0], 1))
    with pytest.raises(RefusedRows) as refused:
        share(lump_sum, people, (families[0], 13_001), (families[1], 500), (families[2], 0))
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("OVERPAYMENT", "shares[0]"), ("PAYMENT_NOT_POSITIVE", "shares[2]"),
    ]  # fmt: skip
    lump_sum.refresh_from_db()
    assert (lump_sum.allocated_minor, advance(lump_sum)) == (0, 30_000)


@pytest.mark.parametrize("shared_before", [True, False])
def test_a_sum_travels_whole_and_what_it_paid_comes_back_to_it(
    families: list[Household], people: People, shared_before: bool
) -> None:
    mutual = families[0].mutual
    lump_sum = received(mutual, people)
    if shared_before:
        share(lump_sum, people, (families[0], 13_000))
    slip = prepare_slip(
        mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(), lump_sums=(lump_sum,)
    )
    bank: Account = account_for(mutual, AccountRole.BANK)
    record_deposit(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), slip=slip,
        bank_account=bank, deposited_on=ON,
    )  # fmt: skip
    lump_sum.refresh_from_db()
    if not shared_before:
        share(lump_sum, people, (families[0], 13_000))
    assert treasury_balance(mutual, ON, account=bank, fund="mutual") == 9000
    assert_verified(mutual)
    receipt = lump_sum.receipts.get()
    reverse_payment(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=receipt,
        reason="pas cette famille",
    )  # fmt: skip
    lump_sum.refresh_from_db()
    assert (lump_sum.rest_minor, advance(lump_sum)) == (30_000, 30_000)
    assert treasury_balance(mutual, ON, account=bank) == 30_000
    assert treasury_balance(mutual, ON, account=bank, fund="other") == 30_000
    box = account_for(mutual, AccountRole.CASH)
    for fund in ("mutual", "running", "other"):
        assert treasury_balance(mutual, ON, account=box, fund=fund) == 0
    assert_verified(mutual)


def test_a_sum_is_taken_back_while_nothing_rests_on_it(
    families: list[Household], people: People
) -> None:
    mutual = families[0].mutual

    def take_back(lump_sum: GroupPayment) -> None:
        reverse_lump_sum(
            mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
            lump_sum=lump_sum, reason="compté deux fois",
        )  # fmt: skip

    lump_sum = received(mutual, people)
    share(lump_sum, people, (families[0], 100))
    with pytest.raises(Refusal, match="LUMP_SUM_SHARED"):
        take_back(lump_sum)
    other = received(mutual, people)
    take_back(other)
    with pytest.raises(Refusal, match="LUMP_SUM_REVERSED"):
        share(other, people, (families[0], 100))
    assert advance(other) == 0
    assert_verified(mutual)


def test_sums_are_of_one_mutual(
    families: list[Household], people: People, other_mutual: Mutual
) -> None:
    lump_sum = received(families[0].mutual, people)
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        share_lump_sum(
            mutual=other_mutual, actor=people.fanta, on=ON, idempotency_key=a_key(),
            lump_sum=lump_sum, shares=(FamilyShare(families[0], 100),),
        )  # fmt: skip

"""From the receipt to the bank: slips, deposits, and who still holds the cash."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import Channel, CollectionSlip, ContributionPayment
from entraide.apps.contributions.selectors import receipts_without_slip, slips_to_deposit
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from tests.builders import a_household, a_key, a_payment
from tests.people import People

ON = date(2025, 1, 20)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def slip_of(actor: User, *receipts: ContributionPayment) -> CollectionSlip:
    return prepare_slip(
        mutual=receipts[0].mutual, actor=actor, on=ON, idempotency_key=a_key(), receipts=receipts
    )


def deposit(
    slip: CollectionSlip, people: People, deposited_on: date = ON, on: date = ON
) -> CollectionSlip:
    return record_deposit(
        mutual=slip.mutual, actor=people.moussa, on=on, idempotency_key=a_key(), slip=slip,
        bank_account=account_for(slip.mutual, AccountRole.BANK), deposited_on=deposited_on,
    )  # fmt: skip


@pytest.mark.requirement("R035", begun=True)
def test_a_slip_gathers_receipts_and_its_deposit_bears_its_number(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    first, second = (a_payment(household, people.awa, amount) for amount in (4000, 2500))
    assert list(receipts_without_slip(mutual, holder=people.awa)) == [first, second]
    slip = slip_of(people.awa, first, second)
    assert (slip.document_number, slip.total_minor, slip.holder) == (
        "BC-2025-00001",
        6500,
        people.awa,
    )
    assert not receipts_without_slip(mutual).exists()
    assert list(slips_to_deposit(mutual)) == [slip]
    slip = deposit(slip, people)
    assert slip.entry.document_number == slip.document_number
    cash, bank = (account_for(mutual, role) for role in (AccountRole.CASH, AccountRole.BANK))
    assert treasury_balance(mutual, ON, account=cash) == 0
    assert treasury_balance(mutual, ON, account=bank) == 6500
    # Joining fee 1 000; then 5 500 of 12 000, of which 9 000 × 5 500 ÷ 12 000 to the fund.
    assert treasury_balance(mutual, ON, account=bank, fund="mutual") == 4125
    assert not slips_to_deposit(mutual).exists()
    with pytest.raises(Refusal, match="SLIP_ALREADY_DEPOSITED"):
        deposit(slip, people)


def test_every_receipt_that_cannot_be_on_the_slip_is_named(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    good = a_payment(household, people.awa, 100)
    on_slip = a_payment(household, people.awa, 100)
    slip_of(people.awa, on_slip)
    taken_back = a_payment(household, people.awa, 100)
    reverse_payment(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=taken_back,
        reason="erreur",
    )  # fmt: skip
    banked = a_payment(household, people.awa, 100, channel=Channel.BANK, role=AccountRole.BANK)
    of_yao = a_payment(household, people.cashier, 100)
    with pytest.raises(RefusedRows) as refused:
        slip_of(people.awa, good, on_slip, taken_back, banked, of_yao)
    assert [(finding.code, finding.place) for finding in refused.value.findings] == [
        ("RECEIPT_ON_SLIP", "receipts[1]"),
        ("RECEIPT_REVERSED", "receipts[2]"),
        ("RECEIPT_NOT_CASH", "receipts[3]"),
        ("RECEIPT_OTHER_HOLDER", "receipts[4]"),
    ]
    good.refresh_from_db()
    assert good.slip is None


def test_a_receipt_taken_back_leaves_a_slip_not_yet_deposited(
    household: Household, people: People
) -> None:
    first, second = (a_payment(household, people.awa, amount) for amount in (4000, 2500))
    slip = slip_of(people.awa, first, second)

    def take_back(payment: ContributionPayment) -> None:
        reverse_payment(
            mutual=slip.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
            payment=payment, reason="montant mal lu",
        )  # fmt: skip

    take_back(first)
    slip.refresh_from_db()
    assert slip.total_minor == 2500
    take_back(second)
    with pytest.raises(Refusal, match="SLIP_EMPTY"):
        deposit(slip, people)


def test_a_deposit_is_neither_before_its_slip_nor_in_the_future(
    household: Household, people: People
) -> None:
    slip = slip_of(people.awa, a_payment(household, people.awa, 4000))
    with pytest.raises(Refusal, match="DEPOSIT_BEFORE_SLIP"):
        deposit(slip, people, date(2025, 1, 19))
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        deposit(slip, people, date(2025, 1, 21))


def test_a_slip_has_receipts(scoped: Mutual, people: People) -> None:
    with pytest.raises(Refusal, match="SLIP_EMPTY"):
        prepare_slip(mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), receipts=())


def test_cash_is_not_deposited_in_a_cash_box(household: Household, people: People) -> None:
    slip = slip_of(people.awa, a_payment(household, people.awa, 4000))
    with pytest.raises(Refusal, match="DEPOSIT_IN_CASH"):
        record_deposit(
            mutual=slip.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), slip=slip,
            bank_account=slip.cash_account, deposited_on=ON,
        )  # fmt: skip

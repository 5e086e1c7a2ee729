"""A receipt that was wrong: given back once it is at the bank, or moved to its family."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.models import (
    CashRefund,
    CollectionSlip,
    ContributionPayment,
    PaymentReassignment,
)
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import a_household, a_key, a_payment
from tests.people import People

ON = date(2025, 1, 20)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.fixture
def neighbours(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def slip_of(people: People, *receipts: ContributionPayment) -> CollectionSlip:
    return prepare_slip(
        mutual=receipts[0].mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
        receipts=receipts,
    )  # fmt: skip


def deposited(people: People, *receipts: ContributionPayment) -> CollectionSlip:
    slip = slip_of(people, *receipts)
    return record_deposit(
        mutual=slip.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), slip=slip,
        bank_account=account_for(slip.mutual, AccountRole.BANK), deposited_on=ON,
    )  # fmt: skip


def stays(model: type[CashRefund | PaymentReassignment]) -> None:
    """The database itself keeps the record as it was written."""
    kept = model.objects.get()
    for act in (
        lambda: model.objects.filter(pk=kept.pk).update(document_number="X"),
        lambda: model.objects.filter(pk=kept.pk)._raw_delete(using="default"),
    ):
        with pytest.raises(IntegrityError, match="only reversed"), transaction.atomic():
            act()


def take_back(payment: ContributionPayment, people: People, **refund: object) -> None:
    reverse_payment(
        mutual=payment.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
        payment=payment, reason="payé deux fois", **refund,
    )  # fmt: skip


def move(payment: ContributionPayment, household: Household, people: People) -> None:
    reassign_payment(
        mutual=payment.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
        payment=payment, household=household, reason="reçu au nom des voisins",
    )  # fmt: skip


def held(mutual: Mutual, role: AccountRole, fund: str = "") -> int:
    return treasury_balance(mutual, ON, account=account_for(mutual, role), fund=fund)


def assert_verified(mutual: Mutual) -> None:
    assert verify(mutual).findings == ()


def test_cash_at_the_bank_is_not_taken_out_of_the_box(household: Household, people: People) -> None:
    mutual = household.mutual
    payment = a_payment(household, people.awa, 4000)
    deposited(people, payment)
    with pytest.raises(Refusal, match="PAYMENT_DEPOSITED"):
        take_back(payment, people)
    bank = account_for(mutual, AccountRole.BANK)
    with pytest.raises(Refusal, match="REFUND_RECEIVER_MISSING"):
        take_back(payment, people, refund_account=bank)
    empty = account_for(mutual, AccountRole.CASH)
    with pytest.raises(Refusal, match="REFUND_MORE_THAN_HELD"):
        take_back(payment, people, refund_account=empty, given_to="Kofi A.")
    take_back(payment, people, refund_account=bank, given_to="Kofi A.")
    payment.refresh_from_db()
    assert payment.reversed_on == ON
    assert payment.refund.document_number == "RMB-2025-00001"
    stays(CashRefund)
    assert payment.refund.entry.document_number == "RMB-2025-00001"
    assert (held(mutual, AccountRole.CASH), held(mutual, AccountRole.BANK)) == (0, 0)
    assert held(mutual, AccountRole.CASH, "mutual") == 0
    assert payment.slip is not None
    assert_verified(mutual)


def test_money_given_back_from_the_box_itself_has_the_voucher_for_reversal(
    household: Household, neighbours: Household, people: People
) -> None:
    payment = a_payment(household, people.awa, 4000)
    deposited(people, payment)
    a_payment(neighbours, people.awa, 5000)
    box = account_for(household.mutual, AccountRole.CASH)
    take_back(payment, people, refund_account=box, given_to="Kofi A.")
    assert Entry.objects.get(document_number="RMB-2025-00001").reverses == payment.entry
    assert held(household.mutual, AccountRole.CASH) == 1000
    assert_verified(household.mutual)


def test_a_refund_is_refused_while_the_box_holds_the_money(
    household: Household, people: People
) -> None:
    payment = a_payment(household, people.awa, 4000)
    with pytest.raises(Refusal, match="REFUND_NOT_NEEDED"):
        take_back(
            payment, people, given_to="Kofi A.",
            refund_account=account_for(household.mutual, AccountRole.BANK),
        )  # fmt: skip


@pytest.mark.parametrize("at_the_bank", [False, True])
def test_a_receipt_for_the_wrong_family_keeps_its_number_and_its_slip(
    household: Household, neighbours: Household, people: People, at_the_bank: bool
) -> None:
    mutual = household.mutual
    a_payment(neighbours, people.awa, 1000)  # their joining fee, so that the funds differ
    payment = a_payment(household, people.awa, 4000)
    slip = (deposited if at_the_bank else slip_of)(people, payment)
    place = AccountRole.BANK if at_the_bank else AccountRole.CASH
    before = held(mutual, place)
    move(payment, neighbours, people)
    payment.refresh_from_db()
    slip.refresh_from_db()
    assert (payment.household, payment.slip, slip.total_minor) == (neighbours, slip, 4000)
    assert held(mutual, place) == before
    # The first family's fee paid running costs; the second pays its contribution, 75 % to care.
    assert held(mutual, place, "mutual") == 3000
    assert sum(due.paid_minor for due in household.dues.all()) == 0
    assert sum(due.paid_minor for due in neighbours.dues.all()) == 5000
    [moved] = payment.reassignments.all()
    stays(PaymentReassignment)
    assert (moved.from_household, moved.document_number) == (household, "RAF-2025-00001")
    assert_verified(mutual)
    if not at_the_bank:
        record_deposit(
            mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), slip=slip,
            bank_account=account_for(mutual, AccountRole.BANK), deposited_on=ON,
        )  # fmt: skip
    take_back(
        payment, people, given_to="Kofi A.", refund_account=account_for(mutual, AccountRole.BANK)
    )
    assert (held(mutual, AccountRole.CASH), held(mutual, AccountRole.BANK)) == (1000, 0)
    for fund in ("mutual", "running"):
        assert held(mutual, AccountRole.BANK, fund) == 0
    assert_verified(mutual)


def test_a_receipt_moves_only_to_a_family_that_owes_as_much(
    household: Household, neighbours: Household, people: People
) -> None:
    payment = a_payment(household, people.awa, 4000)
    with pytest.raises(Refusal, match="REASSIGNED_TO_SAME_FAMILY"):
        move(payment, household, people)
    a_payment(neighbours, people.awa, 10000)
    with pytest.raises(Refusal, match="OVERPAYMENT"):
        move(payment, neighbours, people)
    a_payment(neighbours, people.awa, 3000)
    with pytest.raises(Refusal, match="NOTHING_DUE"):
        move(payment, neighbours, people)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        reassign_payment(
            mutual=household.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            payment=payment, household=neighbours, reason="erreur",
        )  # fmt: skip
    assert not Entry.objects.filter(kind="contribution_reassigned").exists()


def test_a_receipt_moved_twice_comes_back_whole(
    household: Household, neighbours: Household, people: People
) -> None:
    payment = a_payment(household, people.awa, 4000)
    move(payment, neighbours, people)
    move(payment, household, people)
    take_back(payment, people)
    assert held(household.mutual, AccountRole.CASH) == 0
    assert held(household.mutual, AccountRole.CASH, "running") == 0
    assert_verified(household.mutual)

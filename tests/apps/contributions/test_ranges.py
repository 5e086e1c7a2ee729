"""Receipt numbers given to a telephone or on paper: used, spoiled, passed over, handed back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    Channel,
    ContributionPayment,
    ReceiptRange,
    VoidedNumber,
)
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.ranges import (
    give_booklet,
    give_numbers,
    return_range,
    used_ranks,
    void_number,
)
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
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


def numbers_for(
    mutual: Mutual, holder: User, people: People, count: int = 10, actor: User | None = None
) -> ReceiptRange:
    return give_numbers(
        mutual=mutual, actor=actor or people.moussa, on=ON, idempotency_key=a_key(),
        holder=holder, device_label="Tecno de Koffi", count=count,
    )  # fmt: skip


def written(
    household: Household, actor: User, number: str, paid_on: date = ON, amount_minor: int = 500
) -> ContributionPayment:
    return record_contribution_payment(
        mutual=household.mutual, actor=actor, on=date(2025, 2, 1), idempotency_key=a_key(),
        household=household, amount_minor=amount_minor, channel=Channel.CASH, paid_on=paid_on,
        treasury_account=account_for(household.mutual, AccountRole.CASH), receipt_number=number,
    )  # fmt: skip


def test_ranges_of_telephones_follow_each_other(household: Household, people: People) -> None:
    mutual = household.mutual
    first = numbers_for(mutual, people.field_agent, people)
    second = numbers_for(mutual, people.awa, people, count=5)
    assert (first.first_number, first.last_number) == ("RT-2025-00001", "RT-2025-00010")
    assert (second.first_number, second.last_number) == ("RT-2025-00011", "RT-2025-00015")
    later = written(household, people.field_agent, "RT-2025-00003")
    written(household, people.field_agent, "RT-2025-00002")
    assert later.receipt_range == first
    assert later.entry.document_number == "RT-2025-00003"
    assert a_payment(household, people.awa, 500).document_number == "REC-2025-00001"
    assert verify(mutual).findings == ()


def test_a_number_outside_its_range_or_used_is_refused(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    given = numbers_for(mutual, people.field_agent, people)
    for number, code in (
        ("RT-2025-00011", "RECEIPT_NUMBER_OUTSIDE_RANGE"),
        ("rien", "RECEIPT_NUMBER_OUTSIDE_RANGE"),
    ):
        with pytest.raises(Refusal, match=code):
            written(household, people.field_agent, number)
    with pytest.raises(Refusal, match="RANGE_OF_OTHER_PERSON"):
        written(household, people.awa, "RT-2025-00001")
    with pytest.raises(Refusal, match="PAID_BEFORE_RANGE"):
        written(household, people.field_agent, "RT-2025-00001", date(2025, 1, 19))
    written(household, people.field_agent, "RT-2025-00001")
    with pytest.raises(Refusal, match="RECEIPT_NUMBER_USED"):
        written(household, people.field_agent, "RT-2025-00001")
    void_number(
        mutual=mutual, actor=people.field_agent, on=ON, idempotency_key=a_key(),
        receipt_range=given, number="RT-2025-00004", reason="papier déchiré",
    )  # fmt: skip
    with pytest.raises(Refusal, match="RECEIPT_NUMBER_VOIDED"):
        written(household, people.field_agent, "RT-2025-00004")
    assert VoidedNumber.objects.get().reason == "papier déchiré"
    with pytest.raises(IntegrityError, match="only reversed"), transaction.atomic():
        VoidedNumber.objects.update(reason="autre")
    return_range(
        mutual=mutual, actor=people.moussa, on=date(2025, 1, 31), idempotency_key=a_key(),
        receipt_range=given, returned_on=date(2025, 1, 31),
    )  # fmt: skip
    given.refresh_from_db()
    assert given.unused_from == 5
    with pytest.raises(Refusal, match="RANGE_ALREADY_RETURNED"):
        written(household, people.field_agent, "RT-2025-00005")
    # Written before the range came back and sent afterwards: the hole is filled.
    written(household, people.field_agent, "RT-2025-00002")
    assert verify(mutual).findings == ()


def test_who_gives_numbers_is_another_person(scoped: Mutual, people: People) -> None:
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        numbers_for(scoped, people.cashier, people, actor=people.cashier)
    with pytest.raises(Refusal, match="HOLDER_MAY_NOT_RECEIVE"):
        numbers_for(scoped, people.director, people)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        numbers_for(scoped, people.field_agent, people, actor=people.awa)
    with pytest.raises(Refusal, match="RANGE_COUNT"):
        numbers_for(scoped, people.field_agent, people, count=0)


def booklet(
    mutual: Mutual, people: People, first: str, last: str, holder: User | None = None
) -> ReceiptRange:
    return give_booklet(
        mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(),
        holder=holder or people.field_agent, first_number=first, last_number=last, given_on=ON,
    )  # fmt: skip


def test_a_booklet_gathers_the_receipts_already_entered(
    household: Household, people: People
) -> None:
    early = a_payment(household, people.awa, 500, paper_number="a-003")
    given = booklet(household.mutual, people, "A-001", "A-050")
    early.refresh_from_db()
    assert early.receipt_range == given
    a_payment(household, people.awa, 500, paper_number="A-5")
    a_payment(household, people.awa, 500, paper_number="A-051")
    assert used_ranks([given]) == {given.pk: [3, 5]}
    with pytest.raises(Refusal, match="RANGE_OVERLAPS"):
        booklet(household.mutual, people, "A-050", "A-100")
    with pytest.raises(Refusal, match="BOOKLET_NUMBERS_APART"):
        booklet(household.mutual, people, "B-050", "C-100")
    with pytest.raises(Refusal, match="BOOKLET_NUMBER_UNREADABLE"):
        booklet(household.mutual, people, "vert", "bleu")
    with pytest.raises(Refusal, match="RECEIPT_NUMBER_USED"):
        return_range(
            mutual=household.mutual, actor=people.cashier, on=ON, idempotency_key=a_key(),
            receipt_range=given, returned_on=ON, unused_from="A-004",
        )  # fmt: skip


def test_a_range_is_of_one_mutual(
    household: Household, other_mutual: Mutual, people: People
) -> None:
    given = numbers_for(household.mutual, people.field_agent, people)
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        return_range(
            mutual=other_mutual, actor=people.fanta, on=ON, idempotency_key=a_key(),
            receipt_range=given, returned_on=ON,
        )  # fmt: skip


def test_a_receipt_or_booklet_number_of_two_alphabets_is_refused(
    scoped: Mutual, people: People, product: Product
) -> None:
    """A full-width number is the one of the leaf."""
    household = a_household(scoped, people.awa, product)
    with pytest.raises(Refusal, match="PAPER_NUMBER_MIXED"):
        a_payment(household, people.cashier, 500, paper_number="\u0410-5")
    first = a_payment(household, people.cashier, 500, paper_number="Ａ－5")
    assert first.paper_number == "A-5"
    with pytest.raises(Refusal, match="PAPER_NUMBER_USED"):
        a_payment(household, people.cashier, 500, paper_number="A–5")
    with pytest.raises(Refusal, match="PAPER_NUMBER_MIXED"):
        give_booklet(
            mutual=scoped, actor=people.moussa, on=date(2025, 2, 1), idempotency_key=a_key(),
            holder=people.cashier, first_number="\u0410-1", last_number="\u0410-9",
            given_on=date(2025, 2, 1),
        )  # fmt: skip

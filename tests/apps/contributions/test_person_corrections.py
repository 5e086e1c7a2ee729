"""A birth put right changes what is owed: a supplement, or a credit by reversal; never silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.overpayments import overpaid
from entraide.apps.contributions.person_corrections import (
    PriceChange,
    correct_person,
    price_changes,
)
from entraide.apps.enrolment.corrections import PersonFile
from entraide.apps.enrolment.history import Change, changes_of
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key, a_payment, an_approved_product
from tests.people import People

ENROLLED_ON, ON = date(2025, 1, 10), date(2025, 3, 3)
GROWN = date(2000, 9, 3)


@pytest.fixture
def by_age(scoped: Mutual, people: People) -> Product:
    """300 for an adult, 200 for a child, in three parts; fees by person."""
    return an_approved_product(scoped, people.moussa, people.director, "cycles-famille").product


@pytest.fixture
def family(scoped: Mutual, people: People, by_age: Product) -> Household:
    second = replace(CHILD, given_name="Ablavi", birth_on=date(2018, 2, 1))
    persons = (MEMBER, SPOUSE, CHILD, second)
    return a_household(scoped, people.awa, by_age, enrolled_on=ENROLLED_ON, persons=persons)


def corrected(person: Person, people: People, birth_on: date, **more: str) -> PriceChange | None:
    file = replace(PersonFile.of(person), birth_on=birth_on, **more)
    told = price_changes(person, file, ON)
    correct_person(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        file=file, reason="Acte de naissance",
    )  # fmt: skip
    assert verify(person.mutual).findings == ()
    return told[0] if told else None


def owed(household: Household) -> list[int]:
    dues = household.dues.filter(cancelled_on=None, kind="contribution")
    return list(dues.order_by("due_on", "id").values_list("amount_minor", flat=True))


def priced(household: Household) -> list[tuple[str, str, str]]:
    rows = changes_of(household).filter(field__in=(Change.PRICE, Change.OVERPAID)).order_by("id")
    return list(rows.values_list("field", "before", "after"))


@pytest.mark.requirement("R008", begun=True)
def test_a_child_who_was_an_adult_all_along_owes_the_difference(
    family: Household, people: People
) -> None:
    child = family.persons.get(given_name="Afi")
    before = owed(family)
    change = corrected(child, people, GROWN)
    assert change is not None
    assert change.difference_minor == 100
    assert owed(family) == [before[0], 100, *before[1:]]
    supplement = family.dues.get(due_on=ON)
    assert supplement.fund_share_minor == 75
    assert priced(family) == [("price", str(change.before_minor), str(change.after_minor))]


@pytest.mark.requirement("R008", begun=True)
def test_an_adult_who_was_a_child_is_credited_on_what_is_not_paid(
    family: Household, people: People
) -> None:
    before = owed(family)
    spouse = family.persons.get(relation="spouse")
    corrected(family.persons.get(given_name="Afi"), people, GROWN)
    change = corrected(family.persons.get(given_name="Afi"), people, CHILD.birth_on)
    assert change is not None
    assert (change.credited_minor, change.overpaid_minor) == (100, 0)
    assert sum(owed(family)) == sum(before)
    assert len(priced(family)) == 2
    assert price_changes(spouse, PersonFile.of(spouse), ON) == ()


@pytest.mark.requirement("R008", begun=True)
def test_what_was_paid_already_is_told_and_kept(family: Household, people: People) -> None:
    corrected(family.persons.get(given_name="Afi"), people, GROWN)
    a_payment(family, people.cashier, sum(due.amount_minor for due in family.dues.filter(
        cancelled_on=None)), paid_on=ON)  # fmt: skip
    paid = owed(family)
    change = corrected(family.persons.get(given_name="Afi"), people, CHILD.birth_on)
    assert change is not None
    assert (change.credited_minor, change.overpaid_minor) == (0, 100)
    assert owed(family) == paid
    assert priced(family)[-1] == ("overpaid", "", "100")


@pytest.mark.requirement("R008", begun=True)
@pytest.mark.parametrize("is_moved", [False, True])
def test_a_receipt_given_back_leaves_the_corrected_price_due(
    family: Household, people: People, by_age: Product, is_moved: bool
) -> None:
    corrected(family.persons.get(given_name="Afi"), people, GROWN)
    whole = sum(due.amount_minor for due in family.dues.filter(cancelled_on=None))
    fees = whole - sum(owed(family))
    a_payment(family, people.cashier, fees, paid_on=ON)
    first = a_payment(family, people.cashier, 60, paid_on=ON)
    second = a_payment(family, people.cashier, whole - fees - 60, paid_on=ON)
    corrected(family.persons.get(given_name="Afi"), people, CHILD.birth_on)
    mutual, account = family.mutual, household_account(family, ON)
    assert (account.due_minor, account.remaining_minor) == (whole, 0)
    said = {"mutual": mutual, "actor": people.moussa, "on": ON}

    def give_back(receipt: ContributionPayment) -> None:
        if is_moved:
            other = a_household(mutual, people.awa, by_age, enrolled_on=ENROLLED_ON)
            reassign_payment(
                **said, idempotency_key=a_key(), payment=receipt, household=other, reason="Voisin"
            )
        else:
            reverse_payment(
                **said, idempotency_key=a_key(), payment=receipt, reason="Rendu à la famille"
            )

    give_back(first)
    assert household_account(family, ON).remaining_minor == 0  # 60 of the 100 paid too much
    assert [row.amount_minor for row in overpaid(mutual)] == [40]
    assert verify(mutual).findings == ()
    if is_moved:
        return  # what is left is more than a smaller family may owe
    give_back(second)
    account = household_account(family, ON)
    assert (account.due_minor, account.remaining_minor) == (whole - 100, whole - 100 - fees)
    assert overpaid(mutual) == []
    assert verify(mutual).findings == ()
    again = a_payment(family, people.cashier, whole - 100 - fees, paid_on=ON)
    give_back(again)  # nothing is too much any more
    assert household_account(family, ON).remaining_minor == whole - 100 - fees
    assert verify(mutual).findings == ()


def test_what_is_left_of_a_due_paid_in_part_is_credited(family: Household, people: People) -> None:
    corrected(family.persons.get(given_name="Afi"), people, GROWN)
    whole = sum(due.amount_minor for due in family.dues.filter(cancelled_on=None))
    a_payment(family, people.cashier, whole - 30, paid_on=ON)
    change = corrected(family.persons.get(given_name="Afi"), people, CHILD.birth_on)
    assert change is not None
    assert (change.credited_minor, change.overpaid_minor) == (30, 70)
    assert household_account(family, ON).remaining_minor == 0
    assert [row.amount_minor for row in overpaid(family.mutual)] == [70]


def test_a_cover_that_is_over_or_priced_by_family_keeps_its_price(
    scoped: Mutual, people: People, product: Product, family: Household
) -> None:
    child = family.persons.get(given_name="Afi")
    file = replace(PersonFile.of(child), birth_on=GROWN)
    assert price_changes(child, file, date(2027, 1, 1)) == ()
    other = a_household(scoped, people.awa, product)
    child = other.persons.get(given_name="Afi")
    assert corrected(child, people, GROWN) is None
    assert priced(other) == []

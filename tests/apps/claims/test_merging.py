"""Two rows of one person become one: never silently, never across money or claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from entraide.apps.claims.merging import merge_households, merge_persons
from entraide.apps.contributions.services import cancel_due
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.selectors import find_persons, person_by_number
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.exchange.registers.cards import households_by_number, persons_by_card
from tests.builders import CHILD, MEMBER, a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def kept(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.fixture
def second(scoped: Mutual, people: People, product: Product, kept: Household) -> Household:
    persons = (replace(MEMBER, given_name="Eloïse"), replace(CHILD, given_name="Affi"))
    return a_household(scoped, people.awa, product, persons=persons)


def merged(kept: Person, second: Person, people: People, reason: str = "Acte montré") -> Person:
    return merge_persons(
        mutual=kept.mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        kept=kept, merged=second, reason=reason,
    )  # fmt: skip


def test_the_second_row_stays_and_its_card_finds_the_person(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    child = kept.persons.get(relation="child")
    twice = second.persons.get(relation="child")
    merged(child, twice, people)
    assert person_by_number(scoped, twice.number) == child
    assert find_persons(scoped, twice.number) == [child]
    assert find_persons(scoped, "affi") == []
    twice.refresh_from_db()
    assert (twice.merged_into, twice.exited_on) == (child, ON)
    for household in (kept, second):
        assert "Acte montré" in {row.reason for row in changes_of(household)}
    with pytest.raises(Refusal, match="MERGED_RECORD"):
        merged(child, twice, people)


def test_what_would_break_claims_or_families_is_refused(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    member, child = kept.persons.get(is_member=True), kept.persons.get(relation="child")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        merge_persons(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), kept=child,
            merged=second.persons.get(relation="child"), reason="Acte",
        )  # fmt: skip
    with pytest.raises(Refusal, match="MERGE_REASON_MISSING"):
        merged(child, second.persons.get(relation="child"), people, reason=" ")
    with pytest.raises(Refusal, match="MERGE_SAME_ROW"):
        merged(child, child, people)
    with pytest.raises(Refusal, match="MERGE_MEMBER_STAYS"):
        merged(member, second.persons.get(is_member=True), people)
    provider = a_provider(scoped, people.moussa)
    a_payment(second, people.cashier, sum(second.dues.values_list("amount_minor", flat=True)))
    a_claim(
        second.persons.get(relation="child"), provider, people.awa, ("consultation-1", "1", 4000)
    )
    with pytest.raises(Refusal, match="MERGE_HAS_CLAIMS"):
        merged(child, second.persons.get(relation="child"), people)


def test_a_family_entered_twice_becomes_one(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    pairs = (
        (second.persons.get(is_member=True), kept.persons.get(is_member=True)),
        (second.persons.get(relation="child"), kept.persons.get(relation="child")),
    )
    act = {
        "mutual": scoped, "actor": people.coordinator, "on": ON, "kept": kept, "merged": second,
        "reason": "Saisie deux fois",
    }  # fmt: skip
    with pytest.raises(Refusal, match="MERGE_HAS_MONEY"):
        merge_households(**act, idempotency_key=a_key(), pairs=pairs)
    for due in second.dues.all():
        cancel_due(
            mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), due=due,
            reason="Saisie deux fois",
        )  # fmt: skip
    with pytest.raises(Refusal, match="MERGE_PERSON_UNPAIRED"):
        merge_households(**act, idempotency_key=a_key(), pairs=pairs[:1])
    merge_households(**act, idempotency_key=a_key(), pairs=pairs)
    second.refresh_from_db()
    assert second.merged_into == kept
    membership = second.memberships.get()
    assert membership.ended_on == membership.effective_from
    assert person_by_number(scoped, f"{second.number}-1") == kept.persons.get(is_member=True)


def test_tables_that_name_the_second_row_mean_the_one_that_stays(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    child, twice = kept.persons.get(relation="child"), second.persons.get(relation="child")
    merged(child, twice, people)
    assert persons_by_card(scoped, [twice.number]) == {twice.number: child}
    Household.objects.filter(pk=second.pk).update(merged_into=kept)
    assert households_by_number(scoped, [second.number, twice.number]) == {
        second.number: kept,
        twice.number: kept,
    }

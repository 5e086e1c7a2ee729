"""Two rows of one person become one: never silently, never across money or claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from entraide.apps.claims.merging import merge_households, merge_persons
from entraide.apps.enrolment.exits import ExitReason, end_person
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Person, PhotoKind
from entraide.apps.enrolment.photos import PreparedPhoto, keep_photo, photos_of
from entraide.apps.enrolment.selectors import find_persons, person_by_number
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.cards import households_by_number, persons_by_card
from tests.builders import (
    CHILD,
    MEMBER,
    SPOUSE,
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
    an_approved_product,
)
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
    with pytest.raises(Refusal, match="MERGE_PERSON_UNPAIRED"):
        merge_households(**act, idempotency_key=a_key(), pairs=pairs[:1])
    merge_households(**act, idempotency_key=a_key(), pairs=pairs)
    second.refresh_from_db()
    assert second.merged_into == kept
    membership = second.memberships.get()
    assert membership.ended_on == membership.effective_from
    assert {due.cancelled_on for due in second.dues.all()} == {ON}
    assert not kept.dues.filter(cancelled_on__isnull=False).exists()
    assert verify(scoped).findings == ()
    assert person_by_number(scoped, f"{second.number}-1") == kept.persons.get(is_member=True)


def test_only_what_was_paid_keeps_a_family_apart_and_all_of_it_is_named(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    total = sum(second.dues.values_list("amount_minor", flat=True))
    first, last = (a_payment(second, people.cashier, part) for part in (1000, total - 1000))
    provider = a_provider(scoped, people.moussa)
    member = second.persons.get(is_member=True)
    a_claim(member, provider, people.awa, ("consultation-1", "1", 4000))
    pairs = tuple(zip(second.persons.order_by("number"), kept.persons.all(), strict=False))
    with pytest.raises(RefusedRows) as refused:
        merge_households(
            mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(), kept=kept,
            merged=second, pairs=pairs, reason="Saisie deux fois",
        )  # fmt: skip
    told = {each.code: each.data["documents"] for each in refused.value.findings}
    assert told == {
        "MERGE_HAS_MONEY": f"{first.document_number}, {last.document_number}",
    }
    assert not second.dues.filter(cancelled_on__isnull=False).exists()


@pytest.mark.requirement("R008", begun=True)
def test_who_is_only_in_the_second_family_comes_over_with_photo_mother_and_price(
    scoped: Mutual, people: People
) -> None:
    by_age = an_approved_product(scoped, people.moussa, people.director, "cycles-famille").product
    kept = a_household(scoped, people.awa, by_age, persons=(MEMBER, SPOUSE))
    younger = replace(CHILD, given_name="Ablavi", birth_on=date(2019, 5, 1), mother_rank=1)
    second = a_household(scoped, people.awa, by_age, persons=(MEMBER, younger))
    mother, child = second.persons.order_by("number")
    keep_photo(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=child,
        photo=PreparedPhoto(PhotoKind.PERSON, b"jpeg", 360, 480),
    )  # fmt: skip
    owed_before = kept.dues.count()
    merge_households(
        mutual=scoped, actor=people.coordinator, on=ON, idempotency_key=a_key(), kept=kept,
        merged=second, pairs=((mother, kept.persons.get(is_member=True)),), moved=(child,),
        reason="Saisie deux fois",
    )  # fmt: skip
    row = kept.persons.get(given_name="Ablavi")
    assert (row.number, row.entered_on, row.is_member) == (f"{kept.number}-3", ON, False)
    assert row.mother == kept.persons.get(is_member=True)
    assert photos_of([row])[row.pk].household == kept
    assert person_by_number(scoped, child.number) == row
    child.refresh_from_db()
    assert (child.merged_into, child.exited_on) == (row, ON)
    assert kept.dues.count() > owed_before
    assert {"entered", "merged"} <= {each.field for each in changes_of(kept)}
    assert verify(scoped).findings == ()


def test_whoever_is_here_is_not_merged_into_who_left(
    scoped: Mutual, people: People, kept: Household, second: Household
) -> None:
    child, twice = kept.persons.get(relation="child"), second.persons.get(relation="child")
    end_person(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=child,
        exited_on=ON, reason=ExitReason.OTHER,
    )  # fmt: skip
    with pytest.raises(Refusal, match="MERGE_INTO_GONE"):
        merged(child, twice, people)
    merged(twice, child, people)


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

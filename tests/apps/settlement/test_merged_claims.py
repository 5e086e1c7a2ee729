"""A family entered twice, with care paid in both files: one family, and its ceilings used once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_claim, reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.merging import merge_households, merge_persons
from entraide.apps.claims.models import CarriedClaim, Circuit, Claim, ClaimState, UseCounter
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.selectors import claims_of_household, remaining_ceilings
from entraide.apps.claims.undoing import undo_membership
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import RefusedRows
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_claim, a_household, a_payment
from tests.people import People

IN_MARCH = date(2025, 3, 4)


@pytest.fixture
def second(scoped: Mutual, people: People, product: Product) -> Household:
    household = a_household(scoped, people.awa, product, enrolled_on=date(2025, 2, 3))
    payment = a_payment(household, people.awa, 13000)
    household.refresh_from_db()
    assert payment.household == household
    return household


def merge(act: Act, people: People, kept: Household, merged: Household) -> None:
    for payment in merged.payments.filter(reversed_on__isnull=True):
        act(
            reverse_payment, people.moussa, payment=payment, reason="Deux fois la même famille",
        )  # fmt: skip
    pairs = tuple((each, kept.persons.get(relation=each.relation)) for each in merged.persons.all())
    act(
        merge_households, people.coordinator, kept=kept, merged=merged, pairs=pairs,
        reason="Deux fois la même famille",
    )  # fmt: skip


def used(household: Household) -> dict[tuple[str, str], tuple[int, int]]:
    """What the counters of a family hold, those at nothing left out, by first name and category."""
    rows = UseCounter.objects.filter(household=household).select_related("person")
    return {
        (row.person.given_name if row.person else "", row.category_code): (
            row.amount_minor, row.case_count,
        )
        for row in rows
        if row.amount_minor or row.case_count
    }  # fmt: skip


@pytest.mark.requirement("R058", begun=True)
def test_what_the_claims_of_the_merged_file_use_counts_once_for_the_family_that_stays(
    person: Person, second: Household, provider: Provider, people: People, act: Act,
    approved: Callable[..., list[Claim]], authorised: Callable[..., Any],
    paid: Callable[..., Any], scoped: Mutual,
) -> None:  # fmt: skip
    """3 000 paid of the kept file; 3 000 paid, 3 000 approved and owed to the family, 3 000 in
    review of the other: 12 000 and four cases of one person, in the year of the kept cover."""
    kept, twice = person.household, second.persons.get(is_member=True)
    a_claim(twice, provider, people.awa, care_on=date(2025, 3, 6), on=ON)
    paid(authorised(approved(1)))
    owed = a_claim(
        twice, provider, people.awa, care_on=date(2025, 3, 7), on=ON, circuit=Circuit.REIMBURSEMENT
    )
    act(approve_claim, people.coordinator, claim=owed)
    waiting = a_claim(twice, provider, people.awa, care_on=date(2025, 3, 8), on=ON)
    Claim.objects.filter(pk=waiting.pk).update(state=ClaimState.IN_REVIEW)
    before = {each.pk: (each.hash, each.document_number) for each in Entry.objects.all()}
    rows = list(Claim.objects.order_by("pk").values())

    merge(act, people, kept, second)

    assert used(second) == {}
    name = person.given_name
    assert used(kept) == {
        (name, ""): (12000, 4), ("", ""): (12000, 4),
        (name, "consultation"): (12000, 4), ("", "consultation"): (12000, 4),
    }  # fmt: skip
    assert {row.year_from for row in UseCounter.objects.filter(household=kept)} == {
        kept.memberships.get().effective_from
    }
    assert list(Claim.objects.order_by("pk").values()) == rows
    after = {each.pk: (each.hash, each.document_number) for each in Entry.objects.all()}
    assert {key: after[key] for key in before} == before
    assert verify(scoped).findings == ()
    assert counted_person(waiting) == person
    assert set(claims_of_household(kept)) == set(Claim.objects.all())
    told = [each.after for each in changes_of(kept) if each.field == "claims_carried"]
    assert sorted(told[0].split(", ")) == sorted(
        each.claim.document_number for each in CarriedClaim.objects.all()
    )

    act(review_claim, people.medical_adviser, claim=waiting)
    paid(authorised([owed]))
    assert used(kept)[name, ""] == (12000, 4)
    assert verify(scoped).findings == ()


def test_the_rules_see_the_care_of_both_files(
    person: Person, second: Household, provider: Provider, people: People, act: Act
) -> None:
    """The same act, day and provider in the merged file: asked for again, it is a duplicate."""
    twice = second.persons.get(is_member=True)
    first = a_claim(twice, provider, people.awa, care_on=IN_MARCH, on=ON)
    assert first.payable_minor
    merge(act, people, person.household, second)
    again = a_claim(person, provider, people.awa, care_on=IN_MARCH, on=ON)
    assert again.payable_minor == 0
    assert "DUPLICATE" in again.review_codes
    left = {each.whose: each.used_minor for each in remaining_ceilings(person, ON)}
    assert all(each in (0, 3000, 1) for each in left.values())


def test_care_before_the_cover_of_the_kept_family_is_named_and_the_other_way_round_goes(
    person: Person, second: Household, provider: Provider, people: People, act: Act,
    scoped: Mutual,
) -> None:  # fmt: skip
    early = a_claim(person, provider, people.awa, care_on=date(2025, 1, 20), on=ON)
    for payment in person.household.payments.all():
        act(reverse_payment, people.moussa, payment=payment, reason="Fusion")
    Claim.objects.filter(pk=early.pk).update(state=ClaimState.IN_REVIEW)
    with pytest.raises(RefusedRows) as refused:
        merge(act, people, second, person.household)
    [fault] = refused.value.findings
    assert (fault.code, fault.data["documents"]) == (
        "MERGE_CLAIM_UNCOVERED", early.document_number,
    )  # fmt: skip
    merge(act, people, person.household, second)


def test_a_cover_that_counts_claims_of_a_merged_file_was_no_mistake(
    person: Person, second: Household, provider: Provider, people: People, act: Act
) -> None:
    a_claim(second.persons.get(is_member=True), provider, people.awa, care_on=IN_MARCH, on=ON)
    merge(act, people, person.household, second)
    with pytest.raises(RefusedRows) as refused:
        act(undo_membership, people.awa, membership=person.household.memberships.get())
    assert "MISTAKE_CLAIMED" in {each.code for each in refused.value.findings}


def test_a_person_twice_in_one_family_keeps_one_use_and_waits_for_no_new_decision(
    person: Person, provider: Provider, people: People, act: Act, scoped: Mutual
) -> None:
    """Care on the very day of the merge: the row that leaves the register did not leave the
    family."""
    kept, twice = person.household.persons.exclude(is_member=True)
    claim = a_claim(twice, provider, people.awa, care_on=ON, on=ON)
    act(merge_persons, people.coordinator, kept=kept, merged=twice, reason="Même enfant")
    act(approve_claim, people.coordinator, claim=claim)
    assert used(person.household)[kept.given_name, ""] == (3000, 1)
    assert (twice.given_name, "") not in used(person.household)
    assert verify(scoped).findings == ()


def test_a_chain_of_merges_and_a_reversal_leave_each_use_where_it_counts(
    person: Person, second: Household, provider: Provider, product: Product, people: People,
    act: Act, scoped: Mutual,
) -> None:  # fmt: skip
    """Into a third file, then into the kept one; one claim reversed afterwards gives 3 000 back."""
    third = a_household(scoped, people.awa, product)
    twice = second.persons.get(is_member=True)
    one, other = (
        a_claim(twice, provider, people.awa, care_on=date(2025, 3, day), on=ON) for day in (4, 5)
    )
    merge(act, people, third, second)
    merge(act, people, person.household, third)
    assert used(third) == {}
    assert used(person.household)[person.given_name, ""] == (6000, 2)
    assert counted_person(one) == person
    assert verify(scoped).findings == ()
    act(reverse_claim, people.moussa, claim=other, reason="Saisi deux fois")
    assert used(person.household)[person.given_name, ""] == (3000, 1)
    assert verify(scoped).findings == ()


def test_the_case_of_an_episode_goes_with_the_claim_that_is_it_now(
    person: Person, second: Household, provider: Provider, people: People, act: Act, scoped: Mutual
) -> None:
    """The claim that began the episode was reversed: the one that followed it is the case."""
    kept, twice = person.household, second.persons.get(is_member=True)
    first = a_claim(twice, provider, people.awa, care_on=IN_MARCH, on=ON)
    a_claim(
        twice, provider, people.awa, care_on=date(2025, 3, 6), on=ON,
        circumstances=Circumstances(episode=first),
    )  # fmt: skip
    act(reverse_claim, people.moussa, claim=first, reason="Saisi par erreur")
    before = used(second)
    assert before["", "consultation"] == (3000, 1)
    merge(act, people, kept, second)
    assert used(second) == {}
    assert used(kept)["", "consultation"] == (3000, 1)
    assert verify(scoped).findings == ()

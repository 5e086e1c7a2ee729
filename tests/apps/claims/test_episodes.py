"""One episode is one case, whoever of its claims stands; what it took from the family, it keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import Claim, ClaimState, UseCounter
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.builders import (
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
    an_approved_product,
)
from tests.people import People

pytestmark = pytest.mark.django_db

COUNT = "count:household:year:consultations"


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices={"consultation-1": 4000, "medicines-1": 10500})


@pytest.fixture
def person(scoped: Mutual, people: People) -> Person:
    version = an_approved_product(scoped, people.moussa, people.director, "panier-complet")
    household = a_household(scoped, people.awa, version.product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return household.persons.get(is_member=True)


def _visit(
    person: Person, provider: Provider, people: People, day: int, *, item: str = "consultation-1",
    price: int = 4000, follows: Claim | None = None,
) -> Claim:  # fmt: skip
    return a_claim(
        person, provider, people.awa, (item, "1", price), care_on=date(2025, 6, day),
        circumstances=Circumstances(episode=follows),
    )  # fmt: skip


def _reverse(claim: Claim, people: People) -> Claim:
    return reverse_claim(
        mutual=claim.mutual, actor=people.moussa, on=date(2025, 6, 20), idempotency_key=a_key(),
        claim=claim, reason="saisie par erreur",
    )  # fmt: skip


def _take_away(claim: Claim, people: People) -> Claim:
    return review_claim(
        mutual=claim.mutual, actor=people.medical_adviser, on=date(2025, 6, 20),
        idempotency_key=a_key(), claim=claim,
        changes=[LineReview("1", "non faite", less_minor=claim.payable_minor)],
    )  # fmt: skip


def _cases(person: Person) -> tuple[int, int]:
    """Of the category for the person, of the limit for the household."""
    own = UseCounter.objects.get(person=person, category_code="consultation").case_count
    return own, UseCounter.objects.get(category_code=COUNT).amount_minor


@pytest.mark.parametrize("goes", [_reverse, _take_away])
def test_the_case_of_an_episode_stays_while_a_claim_of_it_stands(
    scoped: Mutual,
    people: People,
    provider: Provider,
    person: Person,
    goes: Callable[[Claim, People], Claim],
) -> None:
    first = _visit(person, provider, people, 2)
    second = _visit(person, provider, people, 5, follows=first)
    assert _cases(person) == (1, 1)
    goes(first, people)
    assert second.payable_minor
    assert _cases(person) == (1, 1)
    assert list(check_counters(scoped)) == []
    third = _visit(person, provider, people, 8, follows=second)
    assert third.payable_minor
    assert _cases(person) == (1, 1)
    goes(second, people)
    assert _cases(person) == (1, 1)
    goes(third, people)
    assert _cases(person) == (0, 0)
    assert list(check_counters(scoped)) == []


def test_the_control_finds_an_episode_whose_case_was_given_back(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    first = _visit(person, provider, people, 2)
    _visit(person, provider, people, 5, follows=first)
    _reverse(first, people)
    UseCounter.objects.filter(person=person, category_code="consultation").update(case_count=0)
    (found,) = check_counters(scoped)
    assert (found.code, found.data["found_count"], found.data["expected_count"]) == (
        "USE_COUNTER_DIFFERS", 0, 1,
    )  # fmt: skip


def test_the_last_case_of_the_year_is_not_paid_to_another_episode(
    people: People, provider: Provider, person: Person
) -> None:
    """Six consultations of the household in the year."""
    for day in range(2, 7):
        assert _visit(person, provider, people, day).payable_minor
    sixth = _visit(person, provider, people, 7)
    following = _visit(person, provider, people, 8, follows=sixth)
    _reverse(sixth, people)
    assert following.payable_minor
    assert _visit(person, provider, people, 9).payable_minor == 0
    assert _visit(person, provider, people, 10, follows=following).payable_minor


def test_who_took_the_deductible_of_the_episode_is_reversed_last(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    first = _visit(person, provider, people, 2, item="medicines-1", price=3000)
    second = _visit(person, provider, people, 5, follows=first, item="medicines-1", price=3000)
    assert (first.payable_minor, second.payable_minor) == (2000, 2400)  # less 500 once
    with pytest.raises(Refusal) as refused:
        _reverse(first, people)
    assert (refused.value.code, refused.value.data["documents"]) == (
        "EPISODE_STANDS", second.document_number,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.state == ClaimState.DECIDED
    _reverse(second, people)
    assert _reverse(first, people).state == ClaimState.REVERSED
    assert list(check_counters(scoped)) == []


def test_a_claim_that_is_settled_keeps_nobody_from_being_reversed(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    first = _visit(person, provider, people, 2, item="medicines-1", price=3000)
    second = _visit(person, provider, people, 5, follows=first, item="medicines-1", price=3000)
    Claim.objects.filter(pk=second.pk).update(state=ClaimState.PAID)
    assert _reverse(first, people).state == ClaimState.REVERSED
    assert list(check_counters(scoped)) == []

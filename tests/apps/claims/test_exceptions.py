"""An exception to a ceiling: asked with a reason, answered by a person, once."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.exceptions import ask_exception
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices={"consultation-1": 4000})


@pytest.fixture
def bounded(
    scoped: Mutual, people: People, product: Product, provider: Provider
) -> tuple[Claim, Claim]:
    """3 000 a visit under a ceiling of 20 000: the first pays whole, the seventh 2 000 of them."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    person: Person = household.persons.get(is_member=True)
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day)) for day in range(1, 8)
    ]
    assert claims[6].payable_minor == 2000
    return claims[0], claims[6]


def asked(claim: Claim, people: People, reason: str = "Fièvre de l’enfant") -> Claim:
    return ask_exception(
        mutual=claim.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), claim=claim,
        reason=reason,
    )  # fmt: skip


@pytest.mark.requirement("R048")
def test_an_exception_is_asked_then_granted_with_its_trace(
    bounded: tuple[Claim, Claim], people: People, scoped: Mutual
) -> None:
    _whole, cut = bounded
    claim = asked(cut, people)
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["EXCEPTION_ASKED"])
    assert claim.warnings[-1]["data"]["reason"] == "Fièvre de l’enfant"
    answered = review_claim(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(), claim=claim,
        changes=(LineReview("1", "Enfant de deux ans", more_minor=1000),),
    )  # fmt: skip
    assert (answered.state, answered.payable_minor) == (ClaimState.DECIDED, 3000)
    assert list(answered.decisions.values_list("reason", flat=True)) == ["", "Enfant de deux ans"]
    assert list(check_counters(scoped)) == []


def test_one_request_has_one_answer(
    bounded: tuple[Claim, Claim], people: People, scoped: Mutual
) -> None:
    _whole, cut = bounded
    refused = review_claim(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        claim=asked(cut, people), reason="Le plafond est pour tous",
    )  # fmt: skip
    assert (refused.state, refused.payable_minor) == (ClaimState.DECIDED, 2000)
    with pytest.raises(Refusal, match="EXCEPTION_ASKED_ALREADY"):
        asked(refused, people)


def test_there_is_nothing_to_except_where_no_ceiling_took_anything(
    bounded: tuple[Claim, Claim], people: People
) -> None:
    whole, cut = bounded
    with pytest.raises(Refusal, match="EXCEPTION_NO_CEILING"):
        asked(whole, people)
    with pytest.raises(Refusal, match="EXCEPTION_REASON_MISSING"):
        asked(cut, people, " ")
    asked(cut, people)
    with pytest.raises(Refusal, match="CLAIM_NOT_OPEN"):
        asked(cut, people)

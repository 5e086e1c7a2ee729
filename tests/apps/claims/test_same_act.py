"""One act on several lines of one claim: weighed as one line of so many, and shown to a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.review import readmit_claim, review_claim
from entraide.apps.claims.services import replay_decision
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.claim_warnings import UNUSUAL_QUANTITY
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db
VISIT = ("consultation-1", "1", 4000)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices={"consultation-1": 4000, "hospital-1": 30000})


@pytest.fixture
def covered(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.mark.requirement("R058", begun=True)
def test_an_act_on_two_lines_waits_for_a_person_who_confirms_it(
    covered: Person, provider: Provider, people: People
) -> None:
    claim = a_claim(covered, provider, people.awa, VISIT, VISIT)
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["SAME_ACT_TWICE"])
    claim = review_claim(
        mutual=claim.mutual, actor=people.medical_adviser, on=claim.received_on,
        idempotency_key=a_key(), claim=claim, reason="matin et soir",
    )  # fmt: skip
    assert claim.state == ClaimState.DECIDED


def test_one_line_of_three_and_three_lines_of_one_pay_the_same_and_one_waits(
    covered: Person, provider: Provider, people: People
) -> None:
    one = a_claim(covered, provider, people.awa, ("consultation-1", "3", 4000))
    assert (one.state, one.payable_minor) == (ClaimState.DECIDED, 9000)
    three = a_claim(
        covered, provider, people.awa, VISIT, VISIT, VISIT, care_on=one.care_on.replace(day=20)
    )
    assert (three.payable_minor, three.review_codes) == (9000, ["SAME_ACT_TWICE"])


def test_units_are_unusual_together(covered: Person, provider: Provider, people: People) -> None:
    half = ("consultation-1", str(UNUSUAL_QUANTITY / 2), 10)
    claim = a_claim(covered, provider, people.awa, half, half)
    assert claim.review_codes == ["QUANTITY_UNUSUAL", "SAME_ACT_TWICE"]
    (warning,) = claim.warnings
    assert warning["place"] == "lines[1].quantity"
    assert Decimal(warning["data"]["quantity"]["decimal"]) == UNUSUAL_QUANTITY


def test_a_decision_made_before_is_made_again_as_it_was(
    covered: Person, provider: Provider, people: People
) -> None:
    claim: Claim = a_claim(covered, provider, people.awa, VISIT, VISIT)
    first = claim.decisions.get(number=1)
    assert replay_decision(first).to_json() == first.outcome
    old = {**first.context, "claim": {**first.context["claim"]}}
    old["claim"].pop("weighs_together")
    first.context = old
    assert replay_decision(first).review_codes == ()


def test_an_act_on_two_lines_is_told_once_a_repetition_is_cleared_up(
    covered: Person, provider: Provider, people: People
) -> None:
    """Set aside as asked for twice, the lines were not weighed together."""
    a_claim(covered, provider, people.awa, VISIT)
    claim = a_claim(covered, provider, people.awa, VISIT, VISIT)
    assert claim.review_codes == ["DUPLICATE"]
    claim = readmit_claim(
        mutual=claim.mutual, actor=people.medical_adviser, on=claim.received_on,
        idempotency_key=a_key(), claim=claim, reason="autre visite",
    )  # fmt: skip
    assert claim.state == ClaimState.IN_REVIEW
    assert "SAME_ACT_TWICE" in claim.review_codes

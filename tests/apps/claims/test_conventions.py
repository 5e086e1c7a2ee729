"""What a convention says, read by the decision: discount, services, guarantee letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import Claim, ClaimState, VisitKind
from entraide.apps.claims.pre_authorisations import ask_pre_authorisation, decide_pre_authorisation
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.product import Sector
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
STAY = Circumstances(is_inpatient=True)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


def _provider(mutual: Mutual, people: People, **terms: object) -> Provider:
    prices = a_provider(mutual, people.moussa, code="prix")
    tariff_list = Agreement.objects.get(provider=prices).tariff_list
    provider = ensure_provider(system="test", code="cma-1", name="CMA", sector=Sector.PUBLIC)
    Agreement.objects.create(
        mutual=mutual, provider=provider, tariff_list=tariff_list,
        effective_from=date(2025, 1, 1), **terms,
    )  # fmt: skip
    return provider


def _codes(claim: Claim) -> dict[str, int]:
    decision = decision_in_force(claim)
    again = replay_decision(decision)
    assert again.to_json() == decision.outcome
    return CoreDecision.from_json(decision.outcome).reduced_minor_by_code()


@pytest.mark.requirement("R064")
def test_the_discount_is_taken_off_in_third_party_payment_only(
    scoped: Mutual, people: People, person: Person
) -> None:
    provider = _provider(scoped, people, discount_rate=Decimal("0.10"))
    direct = a_claim(person, provider, people.awa, care_on=ON)
    assert _codes(direct) == {"CONVENTION_DISCOUNT": 400, "COPAYMENT": 900}
    assert direct.payable_minor == 2700
    paid_back = a_claim(
        person, provider, people.awa, care_on=date(2025, 6, 3), circuit="reimbursement",
        channel="cash",
    )  # fmt: skip
    assert _codes(paid_back) == {"COPAYMENT": 1000}


def test_a_service_that_it_does_not_name_waits_for_a_person(
    scoped: Mutual, people: People, person: Person
) -> None:
    provider = _provider(scoped, people, services=["delivery", "laboratory"])
    claim = a_claim(person, provider, people.awa, care_on=ON)
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["SERVICE_NOT_AGREED"])
    assert claim.payable_minor == 3000


def test_a_stay_needs_the_letter_that_the_convention_asks_for(
    scoped: Mutual, people: People, person: Person
) -> None:
    provider = _provider(scoped, people, needs_guarantee_letter=True)
    without = a_claim(person, provider, people.awa, care_on=ON, circumstances=STAY)
    assert (without.state, without.review_codes) == (
        ClaimState.IN_REVIEW, ["GUARANTEE_LETTER_MISSING"],
    )  # fmt: skip
    urgent = Circumstances(visit=VisitKind.EMERGENCY, is_inpatient=True)
    for day, how in ((3, urgent), (4, Circumstances())):
        claim = a_claim(person, provider, people.awa, care_on=date(2025, 6, day), circumstances=how)
        assert claim.state == ClaimState.DECIDED
    asked = ask_pre_authorisation(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        category=ensure_category("consultation"), effective_from=ON,
        effective_until=date(2025, 7, 1),
    )  # fmt: skip
    decide_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        authorisation=asked, is_given=True,
    )  # fmt: skip
    agreed = a_claim(person, provider, people.awa, care_on=date(2025, 6, 5), circumstances=STAY)
    assert (agreed.state, agreed.lines.get().pre_authorisation) == (ClaimState.DECIDED, asked)


@pytest.mark.requirement("R064", begun=True)
@pytest.mark.parametrize("said", [None, True, False])
def test_hospital_care_is_a_stay_whatever_the_paper_says(
    scoped: Mutual, people: People, person: Person, said: bool | None
) -> None:
    """Found by hand: “Stay” left at “–” had the agreement and its amount forgotten."""
    provider = _provider(scoped, people, needs_guarantee_letter=True)
    how = Circumstances(is_inpatient=said)
    contradicted = ["STAY_CONTRADICTED"] if said is False else []
    line = ("hospital-1", "2", 5000)
    without = a_claim(person, provider, people.awa, line, care_on=date(2025, 11, 3),
                      circumstances=how)  # fmt: skip
    assert without.review_codes == ["GUARANTEE_LETTER_MISSING", "NO_TARIFF", *contradicted]
    assert without.is_inpatient is said, "the words of the paper are kept"
    asked = ask_pre_authorisation(
        mutual=scoped, actor=people.awa, on=date(2025, 11, 3), idempotency_key=a_key(),
        person=person, category=ensure_category("hospital"), effective_from=date(2025, 11, 3),
        effective_until=date(2025, 12, 1), amount_minor=6000,
    )  # fmt: skip
    decide_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 11, 3), idempotency_key=a_key(),
        authorisation=asked, is_given=True,
    )  # fmt: skip
    agreed = a_claim(person, provider, people.awa, line, care_on=date(2025, 11, 5),
                     circumstances=how)  # fmt: skip
    assert agreed.review_codes == ["NO_TARIFF", *contradicted]
    assert (agreed.payable_minor, agreed.lines.get().pre_authorisation) == (6000, asked)
    assert "ABOVE_PRE_AUTHORISATION" in _codes(agreed)

"""At the counter: covered or not, why, what the patient pays, what is left."""

from __future__ import annotations

import pytest

from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser


@pytest.mark.requirement("R006")
@pytest.mark.requirement("R046", begun=True)
def test_a_covered_person_and_what_is_left(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    a_claim(person, provider, people.awa)
    answer = signed_in(people.awa).get(f"{address('eligibility')}?card={person.number.lower()}")
    patient, text = answer.context["patient"], answer.content.decode()
    assert patient.is_covered
    rows = {promise.name: promise for promise in patient.promises}
    consultation = next(row for row in rows.values() if row.ceilings)
    assert consultation.share.startswith("25")
    assert consultation.ceilings[0].remaining == 17000
    assert "période d’observation" in text  # of the delivery, until nine months have passed
    assert "Saisir un sinistre" in text


def test_a_person_whose_contribution_is_late_is_told_why(
    signed_in: Browser, people: People, address: Address, scoped: Mutual, product: Product
) -> None:
    household = a_household(scoped, people.awa, product)
    person = household.persons.get(is_member=True)
    answer = signed_in(people.cashier).get(
        f"{address('eligibility')}?card={person.number}&on=16/06/2025"
    )
    text = answer.content.decode()
    assert "Pas couverte ce jour" in text
    assert "Cotisation pas à jour" in text
    assert not answer.context["patient"].is_covered


def test_a_name_that_fits_several_asks_which(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    browser = signed_in(people.awa)
    answer = browser.get(f"{address('eligibility')}?card=adjovi")
    assert len(answer.context["alike"]) == 3
    assert "Qui est-ce" in answer.content.decode()
    unknown = browser.get(f"{address('eligibility')}?card=zzz").content.decode()
    assert "Personne n’a cette carte" in unknown
    wrong = browser.get(f"{address('eligibility')}?card={person.number}&on=31/02/2025")
    assert "on" in wrong.context["form"].errors

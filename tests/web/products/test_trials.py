"""Trials on screen: asked for, read, opened to rows; approval asks for one."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.services import enter_product_version
from entraide.apps.what_if.models import RuleTrial
from entraide.rulebook.drafts import with_values
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser

FROM = date(2025, 7, 1)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Paid up, with one consultation of 4 000 in March."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(household.dues.values_list("amount_minor", flat=True)))
    person = household.persons.order_by("pk")[0]
    a_claim(person, a_provider(scoped, people.moussa), people.awa, care_on=date(2025, 3, 3))
    return household


@pytest.fixture
def version(scoped: Mutual, people: People, product: Product) -> ProductVersion:
    """Half of a consultation left to the family, waiting for another person."""
    document = with_values(
        ProductVersion.objects.get(product=product).document,
        {"benefits.consultation.copayment_rate": "0.50"}, on=FROM, source="AG",
    )  # fmt: skip
    return enter_product_version(
        mutual=scoped, actor=people.moussa, on=date(2025, 6, 16), idempotency_key=a_key(),
        document=document, effective_from=FROM, source="AG", running_share_reason="Démarrage",
    )  # fmt: skip


def at(mutual: Mutual, rest: str = "") -> str:
    return f"/m/{mutual.code}/paniers/essais/{rest}"


@pytest.mark.requirement("R049")
@pytest.mark.requirement("R182")
def test_rules_are_tried_read_and_then_approved(
    scoped: Mutual, people: People, product: Product, household: Household,
    version: ProductVersion, signed_in: Browser,
) -> None:  # fmt: skip
    director, officer = signed_in(people.director), signed_in(people.moussa)
    rules = f"/m/{scoped.code}/regles/{version.uid}/"
    assert "Ces règles mêmes n’ont pas encore été essayées" in director.get(rules).content.decode()
    director.post(f"{rules}valider/", {"idempotency_key": a_key()})
    version.refresh_from_db()
    assert version.approved_at is None
    way = re.search(r'href="([^"]*essais/\?[^"]+)"', director.get(rules).content.decode())
    assert way is not None
    form = director.get(way[1].replace("&amp;", "&")).content.decode()
    assert f'value="version:{version.uid}" selected' in form
    answer = officer.post(
        at(scoped),
        {"idempotency_key": a_key(), "rules": f"version:{version.uid}", "product": product.code,
         "start": "16/06/2024", "until": "15/06/2025"},
    )  # fmt: skip
    assert answer.status_code == 302
    page = officer.get(answer["Location"]).content.decode()
    assert "2\u202f000" in page
    assert "Ce qu’un essai ne peut pas savoir" in page
    assert "Familles qui perdent le plus" in page
    trial = RuleTrial.objects.get()
    rows = officer.get(at(scoped, f"{trial.uid}/lignes/?category=consultation")).content.decode()
    assert household.number in rows
    none = officer.get(at(scoped, f"{trial.uid}/lignes/?household=inconnue")).content.decode()
    assert household.number not in none
    assert "essai" in officer.get(at(scoped)).content.decode().lower()
    director.post(f"{rules}valider/", {"idempotency_key": a_key()})
    version.refresh_from_db()
    assert version.approved_by == people.director


def test_a_period_without_claims_is_refused_in_words(
    scoped: Mutual, people: People, product: Product, version: ProductVersion, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    typed = {
        "idempotency_key": a_key(), "rules": f"version:{version.uid}", "product": product.code,
        "start": "16/06/2024", "until": "15/06/2025",
    }  # fmt: skip
    refused = officer.post(at(scoped), typed)
    assert refused.status_code == 422
    assert "n’a de soins dans cette période" in refused.content.decode()
    rules = f"/m/{scoped.code}/regles/{version.uid}/"
    assert "pourquoi peut-on approuver sans essai" in officer.get(rules).content.decode()
    said = {"idempotency_key": a_key(), "rules": f"version:{version.uid}", "reason": "Ouverture"}
    officer.post(at(scoped, "sans-sinistre/"), said)
    assert "Ouverture" in officer.get(rules).content.decode()
    director = signed_in(people.director)
    director.post(f"{rules}valider/", {"idempotency_key": a_key()})
    version.refresh_from_db()
    assert version.approved_by == people.director


def test_who_reads_trials(
    scoped: Mutual, people: People, household: Household, signed_in: Browser
) -> None:
    assert signed_in(people.awa).get(at(scoped)).status_code == 403
    assert signed_in(people.director).get(at(scoped)).status_code == 200
    assert signed_in(people.fanta).get(at(scoped)).status_code == 404

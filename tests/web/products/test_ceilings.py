"""« Effet des plafonds »: who reaches one, what is left to the family, what was granted."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.apps.what_if.ceilings import ceiling_hits, claims_by_sector
from entraide.apps.what_if.running import waive_trial
from entraide.core.what_if.ceilings import sum_of_hits
from entraide.rulebook.drafts import with_values
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser

START, UNTIL = date(2025, 1, 1), date(2025, 6, 16)


@pytest.fixture
def claims(scoped: Mutual, people: People, product: Product) -> list[Claim]:
    """A ceiling of 5 000 a person and year of consultations, nothing left to the family below it:
    4 000 paid, then 1 000 of 4 000."""
    on, day = date(2024, 12, 1), date(2025, 1, 1)
    document = with_values(
        ProductVersion.objects.get(product=product).document,
        {"benefits.consultation.ceiling_minor_per_person_per_year": 5_000,
         "benefits.consultation.copayment_rate": "0"}, on=day, source="AG",
    )  # fmt: skip
    said = {"mutual": scoped, "on": on, "document": document, "effective_from": day}
    version = enter_product_version(
        **said, actor=people.moussa, idempotency_key=a_key(), source="AG",
        running_share_reason="Démarrage",
    )  # fmt: skip
    waive_trial(
        **said, actor=people.moussa, idempotency_key=a_key(), product=product, reason="Ouverture"
    )
    approve_product_version(
        mutual=scoped, on=on, actor=people.director, idempotency_key=a_key(), version=version
    )
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(household.dues.values_list("amount_minor", flat=True)))
    person, provider = household.persons.order_by("pk")[0], a_provider(scoped, people.moussa)
    return [a_claim(person, provider, people.awa, care_on=date(2025, month, 3)) for month in (3, 4)]


def at(mutual: Mutual, rest: str = "") -> str:
    return f"/m/{mutual.code}/paniers/plafonds/{rest}"


@pytest.mark.requirement("R048", begun=True)
@pytest.mark.requirement("R047")
def test_what_a_ceiling_leaves_to_families_is_counted_and_opens_to_its_claims(
    scoped: Mutual, people: People, claims: list[Claim], signed_in: Browser
) -> None:
    hits = ceiling_hits(scoped, START, UNTIL)
    (hit,) = hits
    assert (hit.claim, hit.category, hit.amount_minor) == (claims[1].pk, "consultation", 3_000)
    assert claims_by_sector(scoped, START, UNTIL) == {"public": 2}
    director = signed_in(people.director)
    page = director.get(at(scoped)).content.decode()
    assert "3\u202f000\u00a0F\u00a0CFA" in page
    assert claims[0].household.number in page
    assert "100,0\u00a0%" in page  # all care in the public sector
    rows = director.get(at(scoped, "lignes/?category=consultation")).content.decode()
    assert claims[1].document_number in rows
    assert claims[0].document_number not in rows
    empty = director.get(at(scoped, "?start=01/01/2024&until=31/12/2024")).content.decode()
    assert "Aucun plafond n’a été atteint." in empty
    odd = director.get(at(scoped, "?start=demain&until=31/31/2024"))
    assert odd.status_code == 200


def test_what_was_granted_in_spite_of_a_ceiling_stands_apart(
    scoped: Mutual, people: People, claims: list[Claim], signed_in: Browser
) -> None:
    claims[1].refresh_from_db()
    assert claims[1].state == ClaimState.DECIDED
    review_claim(
        mutual=scoped, actor=people.medical_adviser, on=UNTIL, idempotency_key=a_key(),
        claim=claims[1], changes=[LineReview("1", "enfant malade", more_minor=2_000)],
    )  # fmt: skip
    hits = ceiling_hits(scoped, START, UNTIL)
    granted = sum_of_hits(hit for hit in hits if hit.is_exception)
    left = sum_of_hits(hit for hit in hits if not hit.is_exception)
    assert (granted.amount_minor, left.amount_minor) == (2_000, 1_000)
    rows = signed_in(people.director).get(at(scoped, "lignes/?show=exceptions")).content.decode()
    assert "2\u202f000" in rows


def test_who_reads_it(scoped: Mutual, people: People, signed_in: Browser) -> None:
    assert signed_in(people.awa).get(at(scoped)).status_code == 403
    assert signed_in(people.moussa).get(at(scoped)).status_code == 200
    assert signed_in(people.fanta).get(at(scoped)).status_code == 404

"""What pathologies cost, by sector: medians only, nobody to be recognised, every reading kept."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.nomenclature.models import Diagnosis
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.product import Sector
from entraide.web.providers.pathologies import costs_of_pathologies
from tests.builders import CHILD, MEMBER, SPOUSE, a_claim, a_household, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

pytestmark = pytest.mark.requirement("R079")

SPRING = (date(2025, 2, 1), date(2025, 6, 1))


@pytest.fixture
def malaria(scoped: Mutual, people: People, product: Product) -> Diagnosis:
    """Six persons treated for it in a public centre, at 1 000 to 6 000; one of them privately."""
    public = a_provider(scoped, people.moussa)
    private = a_provider(scoped, people.moussa, code="clinique", sector=Sector.PRIVATE)
    diagnosis = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    rare = ensure_diagnosis(system="test", code="A80", label="Poliomyélite")
    families = [
        a_household(scoped, people.awa, product, persons=(MEMBER, SPOUSE, CHILD), on=day)
        for day in (date(2025, 1, 10), date(2025, 1, 11))
    ]
    persons = [each for family in families for each in family.persons.order_by("number")]
    for family in families:
        a_payment(family, people.awa, 13_000)
    for rank, person in enumerate(persons, start=1):
        a_claim(
            person, public, people.awa, ("consultation-1", "1", rank * 1000), diagnosis=diagnosis
        )
    a_claim(persons[0], private, people.awa, ("consultation-1", "1", 9000), diagnosis=diagnosis)
    a_claim(
        persons[1], public, people.awa, ("consultation-1", "1", 800), diagnosis=rare,
        care_on=date(2025, 3, 5),
    )  # fmt: skip
    return diagnosis


def test_medians_by_sector_without_small_numbers(malaria: Diagnosis, scoped: Mutual) -> None:
    (row,) = costs_of_pathologies(scoped, *SPRING)  # the rare illness of one person is not there
    assert (row.label, row.claims_count, row.median_minor) == ("Paludisme", 7, 4000)
    assert row.by_sector == (3500, None, None)  # one person at the private clinic


def test_reversed_claims_and_other_days_do_not_count(malaria: Diagnosis, scoped: Mutual) -> None:
    assert costs_of_pathologies(scoped, date(2025, 4, 1), date(2025, 6, 1)) == []
    Claim.objects.filter(provider__sector="private").update(state=ClaimState.REVERSED)
    (row,) = costs_of_pathologies(scoped, *SPRING)
    assert (row.claims_count, row.median_minor) == (6, 3500)


def test_who_reads_it_is_kept_and_a_clerk_does_not(
    malaria: Diagnosis, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.coordinator).get(address("pathology-costs"))
    assert "Paludisme" in page.content.decode()
    assert "Poliomyélite" not in page.content.decode()
    event = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING).latest("id")
    assert (event.actor, event.subject) == (people.coordinator, "costs of pathologies")
    assert signed_in(people.awa).get(address("pathology-costs")).status_code == 403
    assert signed_in(people.fanta).get(address("pathology-costs")).status_code == 404

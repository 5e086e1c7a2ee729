"""The coding guide beside the fields of the entry form: definitions, examples, what people say."""

from __future__ import annotations

import pytest
from django.urls import reverse

from entraide.apps.nomenclature.guide_text import Said
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.nomenclature.selectors import diagnoses_named
from entraide.apps.nomenclature.services import ensure_diagnosis, ensure_guide_entry
from entraide.apps.schemes.models import Mutual
from tests.builders import a_provider
from tests.people import People
from tests.web.conftest import Browser

MALARIA = Said("Fièvre due au parasite.", "TDR positif.", "Fièvre au test négatif.", ("palu",))


@pytest.fixture
def said(mutual: Mutual) -> str:
    """The address of the fragment; the guide knows malaria and consultations."""
    ensure_guide_entry(MALARIA, diagnosis=ensure_diagnosis(system="test", code="B54",
                                                           label="Paludisme"))  # fmt: skip
    return reverse("web:coding-guide-said", kwargs={"mutual": mutual.code})


# What is missing: a recoding that keeps the original.
@pytest.mark.requirement("R060", begun=True)
def test_a_word_of_the_place_shows_its_definition_and_finds_its_code(
    said: str, mutual: Mutual, people: People, signed_in: Browser
) -> None:
    browser = signed_in(people.awa)
    for typed in ("palu", "B54 Paludisme", "Paludisme"):
        text = browser.get(said, {"diagnosis": typed}).content.decode()
        for words in ("B54", "Fièvre due au parasite", "TDR positif", "Fièvre au test négatif"):
            assert words in text, (typed, words)
        assert "Se dit aussi" in text
        assert "Ne pas coder ici" in text
    assert browser.get(said, {"diagnosis": "inventé"}).content.decode().strip() == ""
    assert signed_in(people.moussa).get(said).status_code == 403
    assert signed_in(people.fanta).get(said).status_code == 404
    assert [each.code for each in diagnoses_named("Palu", systems=["test"])] == ["B54"]
    assert diagnoses_named("palud", systems=["autre"])[0].code == "B54"


def test_the_category_of_an_act_that_is_typed_is_told(
    said: str, scoped: Mutual, people: People, signed_in: Browser
) -> None:
    a_provider(scoped, people.moussa)
    category = CareCategory.objects.get(code="consultation")
    if not hasattr(category, "guide"):
        ensure_guide_entry(Said("Voir un soignant.", "", "", ()), category=category)
    text = signed_in(people.awa).get(said, {"lines-0-item": "consultation-1"}).content.decode()
    assert CareCategory.objects.get(code="consultation").guide.definition[:20] in text
    assert signed_in(people.awa).get(said, {"lines-0-item": "inventé"}).content.strip() == b""


def test_the_form_asks_for_it_and_leads_to_the_guide(
    said: str, mutual: Mutual, people: People, signed_in: Browser
) -> None:
    address = reverse("web:claim-new", kwargs={"mutual": mutual.code})
    page = signed_in(people.awa).get(address).content.decode()
    assert page.count(f'hx-get="{said}"') == 2
    assert reverse("web:coding-guide", kwargs={"mutual": mutual.code}) in page

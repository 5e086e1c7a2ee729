"""Lists of providers and prices in the office: looked at, answered, carried out, approved."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scopes_disabled

from entraide.apps.providers.models import PriceChange, Provider
from entraide.apps.providers.prices import lists_of
from entraide.apps.schemes.models import Mutual
from entraide.core.ids import uuid7
from tests.builders import a_provider
from tests.files.workbooks import csv_of, xlsx_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.imports.test_imports import send

PROVIDERS = (
    ("Code structure", "Structure", "Secteur", "Niveau", "Services"),
    ("F-1", "USP de Baguida", "Public", "USP", "Consultation"),
)
PRICES = (("Code acte", "Prix"), ("consultation-1", "4 500"))


@pytest.mark.requirement("R068", begun=True)
def test_a_list_of_providers_is_looked_at_then_imported(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    desk = signed_in(people.coordinator)
    page = send(desk, scoped, xlsx_of(*PROVIDERS), "prestataires.xlsx")
    text = desk.get(page).content.decode()
    assert "Prestataires de soins" in text
    assert "Ce fichier peut être importé" in text
    assert not Provider.objects.exists()
    desk.post(page + "importer/", {"idempotency_key": str(uuid7())})
    assert Provider.objects.get().name == "USP de Baguida"


@pytest.mark.requirement("R076", begun=True)
def test_prices_ask_for_their_list_and_day_then_wait_for_another_person(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    a_provider(scoped, people.moussa)
    desk = signed_in(people.moussa)
    page = send(desk, scoped, csv_of(*PRICES), "prix.csv")
    text = desk.get(page).content.decode()
    assert "Dites pour quel tarif est ce fichier" in text
    assert "Dites à partir de quel jour" in text
    shown = desk.get(page).context["form"]
    answers = {name: shown[name].value() for name in shown.fields if name.startswith("column-")}
    answers |= {"tariff_list": lists_of(scoped).get().name, "enrolled_on": "01/07/2025"}
    desk.post(page + "colonnes/", answers | {"idempotency_key": str(uuid7())})
    text = desk.get(page).content.decode()
    assert "Les prix attendent une autre personne" in text
    desk.post(page + "importer/", {"idempotency_key": str(uuid7())})
    with scopes_disabled():
        change = PriceChange.objects.get()
    assert (change.effective_from, change.entered_by) == (date(2025, 7, 1), people.moussa)
    assert change.lines == [["test", "service", "consultation-1", 4500]]


def test_a_clerk_is_offered_neither(scoped: Mutual, people: People, signed_in: Browser) -> None:
    form = signed_in(people.awa).get(f"/m/{scoped.code}/imports/").context["form"]
    offered = {code for code, _title in form.fields["profile"].choices}
    assert not {"prestataires", "tarifs-prestataires"} & offered

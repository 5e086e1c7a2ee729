"""Lists of providers and of prices: every fault at once, nothing overwritten, prices approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.providers.models import PriceChange, Provider, ProviderState, Tariff
from entraide.apps.providers.prices import decide_prices, make_price_list
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_care_item, a_key, a_provider
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import csv_of
from tests.people import People

HEADER = ("Code structure", "Structure", "Secteur", "Niveau", "Commune", "Téléphone", "Services",
          "Horaires", "Responsable", "Latitude", "Longitude")  # fmt: skip
LIST = (
    HEADER,
    ("F-1", "USP de Baguida", "Public", "Dispensaire", "Baguida", "90 11 22 33",
     "Consultation, Maternité", "8 h à 16 h", "M. Ayao", "6,1631", "1,3282"),
    ("F-2", "Pharmacie de la Paix", "Privé", "Officine", "", "", "", "", "", "", ""),
)  # fmt: skip
PRICES = (
    ("Code acte", "Désignation", "Prix", "À partir du"),
    ("consultation-1", "Consultation-1", "4 500 F", "01/07/2025"),
    ("consultation-2", "", "1 500", "01/07/2025"),
)


@pytest.mark.requirement("R068", begun=True)
def test_a_list_of_providers_enters_what_the_register_misses(
    importing: Import, scoped: Mutual, people: People
) -> None:
    ensure_area(system="test", code="baguida", name="Baguida", level=4, country="tg")
    run = importing(csv_of(*LIST), actor=people.coordinator)
    assert run.counts["providers"] == 2
    first = Provider.objects.get(code="F-1")
    assert (first.name, first.sector, first.level, first.state) == (
        "USP de Baguida", "public", "primary", ProviderState.PROPOSED,
    )  # fmt: skip
    assert (first.services, first.latitude) == (["consultation", "delivery"], Decimal("6.163100"))
    assert first.area is not None
    assert Provider.objects.get(code="F-2").level == "pharmacy"
    again = importing(csv_of(*LIST), actor=people.coordinator)
    assert again.counts == {"known": 2, "rows": 2}


def test_the_system_enters_them_for_the_whole_network(
    importing: Import, scoped: Mutual, people: People
) -> None:
    importing(csv_of(*LIST), actor=people.system)
    assert {each.state for each in Provider.objects.all()} == {ProviderState.ACCEPTED}


def test_every_fault_is_told_with_row_and_column_and_nothing_is_written(
    planned: Planned, importing: Import, people: People
) -> None:
    wrong = (
        HEADER,
        ("F-1", "USP", "Étatique ?", "Palais", "", "", "Magie", "", "", "", ""),
        ("F-2", "Autre", "Public", "", "Nulle part", "", "", "", "", "95", "1"),
        ("F-3", "Encore", "Public", "", "", "", "", "", "", "6,1", ""),
    )
    plan = planned(csv_of(*wrong), actor=people.coordinator)
    assert [(each.code, each.data["row"], each.data["column"]) for each in plan.faults] == [
        ("PROVIDER_SECTOR_UNKNOWN", 2, "Secteur"), ("PROVIDER_GPS_INVALID", 3, "Latitude"),
        ("PROVIDER_GPS_HALF", 4, "Longitude"),
    ]  # fmt: skip
    assert [each.code for each in plan.remarks] == ["PROVIDER_PLACE_UNKNOWN"]
    with pytest.raises(RefusedRows):
        importing(csv_of(*wrong), actor=people.coordinator)
    assert not Provider.objects.exists()


def test_what_the_register_says_is_not_overwritten(
    importing: Import, scoped: Mutual, people: People
) -> None:
    importing(csv_of(*LIST), actor=people.coordinator)
    other = (HEADER, (*LIST[2][:5], "91 00 00 00", *LIST[2][6:]))
    run = importing(csv_of(*other), actor=people.coordinator)
    assert [remark["code"] for remark in run.remarks] == ["PROVIDER_DIFFERS"]
    assert Provider.objects.get(code="F-2").phone == ""


def test_a_clerk_imports_no_providers(importing: Import, people: People) -> None:
    with pytest.raises(Refusal) as refused:
        importing(csv_of(*LIST), actor=people.awa)
    assert refused.value.code == "FORBIDDEN"


@pytest.mark.requirement("R076", begun=True)
def test_prices_of_a_file_wait_for_another_person_whoever_brings_it(
    importing: Import, scoped: Mutual, people: People
) -> None:
    a_provider(scoped, people.moussa)
    a_care_item("consultation-2")
    prices = make_price_list(
        mutual=scoped, actor=people.moussa, on=date(2025, 6, 16), idempotency_key=a_key(),
        name="Avenant 2",
    )  # fmt: skip
    run = importing(csv_of(*PRICES), actor=people.system, tariff_list="avenant 2")
    assert run.counts["prices"] == 2
    assert "PRICES_TO_APPROVE" in [remark["code"] for remark in run.remarks]
    assert not Tariff.objects.filter(tariff_list=prices).exists()
    again = importing(csv_of(*PRICES), actor=people.moussa, tariff_list="avenant 2")
    assert again.counts == {"known": 2, "rows": 2}
    decide_prices(
        mutual=scoped, actor=people.director, on=date(2025, 6, 16), idempotency_key=a_key(),
        change=PriceChange.objects.get(), is_approved=True,
    )  # fmt: skip
    assert dict(prices.tariffs.values_list("care_item__code", "unit_price_minor")) == {
        "consultation-1": 4500, "consultation-2": 1500,
    }  # fmt: skip


def test_faults_of_prices_name_their_row_and_column(
    planned: Planned, scoped: Mutual, people: People
) -> None:
    a_provider(scoped, people.moussa)
    wrong = (
        *PRICES,
        ("inconnu", "", "10", "01/07/2025"),
        ("consultation-1", "", "9", "01/01/2024"),
        ("consultation-1", "", "5 000", "01/07/2025"),
    )
    plan = planned(csv_of(*wrong), actor=people.moussa, tariff_list="Tarif csps-1")
    assert [(each.code, each.data["row"], each.data["column"]) for each in plan.faults] == [
        ("CARE_ITEM_NOT_FOUND", 3, "Code acte"), ("CARE_ITEM_NOT_FOUND", 4, "Code acte"),
        ("PRICE_TWICE", 6, "Prix"), ("TARIFF_ALREADY_SET", 5, "Prix"),
    ]  # fmt: skip
    unsaid = planned(csv_of(PRICES[0], ("consultation-1", "", "4 500", "")), actor=people.moussa)
    assert [each.code for each in unsaid.faults] == ["PRICE_LIST_NOT_SAID", "PRICE_DAY_NOT_SAID"]

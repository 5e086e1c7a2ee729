"""Which diagnoses are proposed: those of the lists that the mutual works with."""

from __future__ import annotations

import pytest
from django_scopes import scope

from entraide.apps.nomenclature.selectors import audiences, diagnoses, diagnoses_named
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.models import Mutual
from tests.builders import a_care_item, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db


def test_imported_diagnoses_of_another_list_are_not_proposed(
    bare_mutual: Mutual, people: People
) -> None:
    ours = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    ensure_diagnosis(system="openimis", code="B54", label="Malaria unspecified")
    ensure_diagnosis(system="openimis", code="A00", label="Cholera, paludisme exclu")
    a_provider(bare_mutual, people.moussa)
    with scope(mutual=bare_mutual):
        systems = care_systems()
    assert systems == ["test"]
    assert list(diagnoses(systems=systems)) == [ours]
    assert diagnoses_named("b54", systems=systems) == [ours]
    assert diagnoses_named("paludisme", systems=systems) == [ours]
    assert diagnoses_named("A00", systems=systems) == []


def test_a_mutual_whose_lists_have_no_diagnosis_is_offered_them_all() -> None:
    foreign = ensure_diagnosis(system="openimis", code="A00", label="Cholera")
    assert list(diagnoses(systems=["test"])) == [foreign]
    assert diagnoses_named("A00", systems=["test"]) == [foreign]


def test_a_category_is_for_whom_one_of_its_acts_is() -> None:
    a_care_item("delivery-1", sex="F", min_age_years=12, max_age_years=60)
    a_care_item("delivery-2", sex="F", min_age_years=15)
    a_care_item("surgery-1", sex="M")
    a_care_item("surgery-2")
    known = audiences(systems=["test"])
    delivery = known["delivery"]
    assert delivery.has(sex="F", age_years=12)
    assert delivery.has(sex="F", age_years=61)
    assert delivery.has(sex="", age_years=30)
    assert not delivery.has(sex="F", age_years=11)
    assert not delivery.has(sex="M", age_years=30)
    assert known["surgery"].has(sex="F", age_years=0)
    assert audiences(systems=["elsewhere"]) == {}

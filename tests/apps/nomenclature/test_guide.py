"""The coding guide: found by what people say, changed by the network with its history."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.nomenclature.changes import change_care_item, change_guide, list_changes
from entraide.apps.nomenclature.guide import guide, written
from entraide.apps.nomenclature.guide_text import GUIDE, Said
from entraide.apps.nomenclature.models import (
    CareItem,
    CareItemKind,
    DrugClass,
    GuideEntry,
    ListChange,
    RiskCategory,
)
from entraide.apps.nomenclature.services import (
    CATEGORIES,
    FURTHER_CATEGORIES,
    RISK_OF_CATEGORY,
    ensure_care_item,
    ensure_categories,
    ensure_diagnosis,
    ensure_guide_entry,
)
from entraide.core.errors import Refusal
from tests.builders import a_key
from tests.people import People

pytestmark = pytest.mark.django_db
ON = date(2025, 6, 16)


def codes(text: str, country: str = "") -> list[str]:
    return [each.code for each in guide(text, country=country)]


@pytest.mark.requirement("R060", begun=True)
def test_a_category_is_found_by_what_people_say() -> None:
    ensure_categories()
    assert codes("") == [code for code, _fr, _en in CATEGORIES]
    assert codes("CESARIENNE")[0] == "surgery"
    assert codes("fandidiana", country="mg") == ["surgery"]
    assert codes("fandidiana", country="tg") == []
    assert codes("convulsions") == ["emergency"]  # by an example
    [found] = guide("labo")
    assert (found.said, found.label) == ("labo", "Examens et spécialistes")
    assert guide("dental", language="en")[0].label == "Dental care"
    assert set(GUIDE) == {code for code, _fr, _en in CATEGORIES}
    ensure_categories()
    assert GuideEntry.objects.count() == len(CATEGORIES)


def test_a_diagnosis_has_its_entry_after_the_categories() -> None:
    ensure_categories()
    malaria = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    said = Said("Fièvre du moustique.", synonyms=("palu", "mg:tazo"))
    ensure_guide_entry(said, diagnosis=malaria)
    assert codes("palu") == ["B54", "consultation", "hospital"]
    assert written(malaria.guide) == ["palu", "mg:tazo"]


def test_the_guide_is_changed_by_the_network_and_each_change_stays_written(people: People) -> None:
    ensure_categories()
    entry = GuideEntry.objects.get(category__code="dental")
    content = {"entry": entry, "definition": "Les dents.", "synonyms": ("mg:nify", "molaire"),
               "source": "Atelier"}  # fmt: skip

    def change(actor: object, **more: object) -> object:
        return change_guide(mutual=None, actor=actor, on=ON, idempotency_key=a_key(),
                            **{**content, **more})  # fmt: skip

    change(people.network_admin)
    assert codes("molaire") == ["dental"]
    assert codes("détartrage") == []
    [told] = ListChange.objects.all()
    assert told.after["synonyms"] == "molaire; mg:nify"
    assert told.before["definition"].startswith("Ce qui touche")
    assert list(list_changes(entry.uid)) == [told]
    for more, code in (
        ({}, "LIST_SAME"),
        ({"definition": " "}, "GUIDE_DEFINITION_MISSING"),
        ({"source": ""}, "SETTING_SOURCE_MISSING"),
    ):
        with pytest.raises(Refusal) as refusal:
            change(people.network_admin, **more)
        assert refusal.value.code == code
    with pytest.raises(Refusal, match="FORBIDDEN"):
        change(people.coordinator, definition="Autre")


@pytest.mark.requirement("R066")
def test_every_act_has_the_risk_of_its_category_unless_it_says_otherwise(people: People) -> None:
    categories = ensure_categories()

    def item(code: str, category: str, **more: object) -> CareItem:
        return ensure_care_item(
            system="test", code=code, kind=CareItemKind.DRUG, label=code,
            category=categories[category], **more,
        )  # fmt: skip

    assert set(RISK_OF_CATEGORY) == {*categories, *FURTHER_CATEGORIES}
    assert item("a", "consultation").risk_category == RiskCategory.MINOR
    assert item("b", "surgery").risk_category == RiskCategory.MAJOR
    assert item("c", "delivery").risk_category == RiskCategory.MATERNITY
    chronic = item("d", "consultation", drug_class=DrugClass.CHRONIC)
    assert chronic.risk_category == RiskCategory.CHRONIC
    assert item("e", "hospital", risk_category="minor").risk_category == RiskCategory.MINOR
    change_care_item(
        mutual=None, actor=people.network_admin, on=ON, idempotency_key=a_key(), item=chronic,
        label="d", source="Comité", drug_class="antibiotic", is_injection=True,
        risk_category="minor",
    )  # fmt: skip
    chronic.refresh_from_db()
    assert (chronic.drug_class, chronic.is_injection, chronic.risk_category) == (
        "antibiotic", True, "minor",
    )  # fmt: skip

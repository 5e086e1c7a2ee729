"""Entries of the network's lists. Plain functions: commands and imports that need them wrap them.

Each is idempotent by the natural key (``system``, ``code``): the first writer's wording stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from entraide.apps.nomenclature.guide_text import GUIDE, GUIDE_SOURCE, Said
from entraide.apps.nomenclature.models import (
    Area,
    AreaAlias,
    CareCategory,
    CareItem,
    CareItemKind,
    Diagnosis,
    DrugClass,
    GuideEntry,
    GuideSynonym,
    RiskCategory,
)
from entraide.core.places import place_key

UNKNOWN = "unknown"
"""The list, and the code in it, of what stands for an act that no list has."""

CATEGORIES: tuple[tuple[str, str, str], ...] = (
    ("consultation", "Consultation et médicaments", "Consultation and drugs"),
    ("examinations", "Examens et spécialistes", "Examinations and specialists"),
    ("dental", "Soins dentaires", "Dental care"),
    ("hospital", "Hospitalisation", "Hospital stay"),
    ("delivery", "Accouchement", "Delivery"),
    ("surgery", "Chirurgie et césarienne", "Surgery and caesarean"),
    ("emergency", "Urgence", "Emergency"),
    ("other", "Autres soins", "Other care"),
)
"""The care categories that the product ships: code, French and English label, in their order."""

FURTHER_CATEGORIES: dict[str, tuple[str, str]] = {
    "antenatal": ("Consultation prénatale", "Antenatal care"),
    "medicines": ("Médicaments", "Drugs"),
    "optics": ("Lunettes", "Glasses"),
}
"""Categories of the shipped examples that a mutual may take up: French and English label."""

RISK_OF_CATEGORY: dict[str, RiskCategory] = {
    "consultation": RiskCategory.MINOR,
    "examinations": RiskCategory.MINOR,
    "dental": RiskCategory.MINOR,
    "other": RiskCategory.MINOR,
    "hospital": RiskCategory.MAJOR,
    "surgery": RiskCategory.MAJOR,
    "emergency": RiskCategory.MAJOR,
    "delivery": RiskCategory.MATERNITY,
    "antenatal": RiskCategory.MATERNITY,
    "medicines": RiskCategory.MINOR,
    "optics": RiskCategory.MINOR,
}
"""What the acts of a shipped category are to who carries the risk, unless an act says otherwise."""


def ensure_categories() -> dict[str, CareCategory]:
    """Every shipped category with its entry of the coding guide, made where missing, by code."""
    for rank, (code, label_fr, label_en) in enumerate(CATEGORIES, start=1):
        category, is_new = CareCategory.objects.get_or_create(
            code=code, defaults={"label_fr": label_fr, "label_en": label_en, "rank": rank}
        )
        if is_new:
            ensure_guide_entry(GUIDE[code], category=category)
    return {category.code: category for category in CareCategory.objects.all()}


def ensure_category(code: str, *, label_fr: str = "", label_en: str = "") -> CareCategory:
    """The category with this code; made with these labels (or the known ones) where missing."""
    known_fr, known_en = FURTHER_CATEGORIES.get(code, (code, code))
    category, _ = CareCategory.objects.get_or_create(
        code=code, defaults={"label_fr": label_fr or known_fr, "label_en": label_en or known_en}
    )
    return category


def unknown_care_item() -> CareItem:
    """What stands on a claim for an act that no list has: the words of the paper stand beside."""
    return ensure_care_item(
        system=UNKNOWN,
        code=UNKNOWN,
        kind=CareItemKind.SERVICE,
        label="Acte inconnu",
        category=ensure_category("other", label_fr="Autres soins", label_en="Other care"),
    )


def ensure_care_item(
    *,
    system: str,
    code: str,
    kind: CareItemKind,
    label: str,
    category: CareCategory,
    sex: str = "",
    min_age_years: int | None = None,
    max_age_years: int | None = None,
    max_quantity: Decimal | None = None,
    is_excluded: bool = False,
    drug_class: str = "",
    is_injection: bool = False,
    risk_category: str | None = None,
) -> CareItem:
    """The service or drug of a list; made where missing. Ages in completed years, both inside.

    ``risk_category`` None: that of its category. A drug for years (:attr:`DrugClass.CHRONIC`) is
    of the chronic risk.
    """
    if risk_category is None:
        risk_category = RISK_OF_CATEGORY.get(category.code, "")
        if drug_class == DrugClass.CHRONIC:
            risk_category = RiskCategory.CHRONIC
    item, _ = CareItem.objects.get_or_create(
        system=system,
        kind=kind,
        code=code,
        defaults={
            "label": label,
            "category": category,
            "sex": sex,
            "min_age_years": min_age_years,
            "max_age_years": max_age_years,
            "max_quantity": max_quantity,
            "is_excluded": is_excluded,
            "drug_class": drug_class,
            "is_injection": is_injection,
            "risk_category": risk_category,
        },
    )
    return item


def ensure_guide_entry(
    said: Said, *, category: CareCategory | None = None, diagnosis: Diagnosis | None = None
) -> GuideEntry:
    """The entry of the coding guide for a category or a diagnosis; made where missing."""
    entry, is_new = GuideEntry.objects.get_or_create(
        category=category,
        diagnosis=diagnosis,
        defaults={
            "definition": said.definition,
            "examples": said.examples,
            "elsewhere": said.elsewhere,
            "source": GUIDE_SOURCE,
        },
    )
    if is_new:
        add_synonyms(entry, said.synonyms)
    return entry


def add_synonyms(entry: GuideEntry, synonyms: Iterable[str]) -> None:
    """What people say for it: ``palu``, or ``mg:tazo`` for a word of one country."""
    for written in synonyms:
        head, colon, tail = written.partition(":")
        country, words = (head.strip(), tail) if colon and len(head.strip()) == 2 else ("", written)
        words = words.strip()[:120]
        key = place_key(words)
        if key:
            GuideSynonym.objects.get_or_create(
                entry=entry, words_key=key, defaults={"words": words, "country": country}
            )


def ensure_area(
    *,
    system: str,
    code: str,
    name: str,
    level: int,
    parent: Area | None = None,
    population_count: int | None = None,
    country: str = "",
) -> Area:
    """The area of a list; made where missing. Level 1 is the largest; ``country`` two letters."""
    area, _ = Area.objects.get_or_create(
        system=system,
        code=code,
        defaults={
            "name": name,
            "level": level,
            "parent": parent,
            "population_count": population_count,
            "country": country or (parent.country if parent is not None else ""),
        },
    )
    return area


def ensure_alias(area: Area, name: str) -> None:
    """Another name by which an area is called; nothing when it is its own name."""
    key = place_key(name)
    if key and key != area.name_key:
        AreaAlias.objects.get_or_create(area=area, name_key=key, defaults={"name": name[:160]})


def ensure_diagnosis(*, system: str, code: str, label: str) -> Diagnosis:
    """The coded diagnosis of a list; made where missing."""
    diagnosis, _ = Diagnosis.objects.get_or_create(
        system=system, code=code, defaults={"label": label}
    )
    return diagnosis

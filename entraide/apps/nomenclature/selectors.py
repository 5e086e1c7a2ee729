"""Reading the network's lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, Q, QuerySet

from entraide.apps.access.prepared import Prepared
from entraide.apps.nomenclature.models import CareCategory, CareItem, CareItemKind, Diagnosis
from entraide.core.errors import Refusal
from entraide.core.places import place_key


def care_item_for(uid: UUID) -> CareItem:
    """The care item with this uid, its category loaded; ``CARE_ITEM_UNKNOWN`` otherwise."""
    item = CareItem.objects.select_related("category").filter(uid=uid).first()
    if item is None:
        raise Refusal("CARE_ITEM_UNKNOWN", item=str(uid))
    return item


def find_care_items(text: str, *, systems: Iterable[str], limit: int = 20) -> QuerySet[CareItem]:
    """Services and drugs whose label or code contains the text, services first."""
    rows = CareItem.objects.select_related("category").filter(system__in=list(systems))
    if text:
        rows = rows.filter(label__icontains=text) | rows.filter(code__istartswith=text)
    return rows.order_by("-kind", "label")[:limit]


def care_items_named(text: str, *, systems: Iterable[str], limit: int = 6) -> list[CareItem]:
    """The services and drugs meant by a text: those with this very code or label, else those
    whose label or code contains it. Several when the text is not clear."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = CareItem.objects.select_related("category").filter(system__in=list(systems))
    exact = list(rows.filter(code__iexact=wanted)[:limit]) or list(
        rows.filter(label__iexact=wanted)[:limit]
    )
    return exact or list(find_care_items(wanted, systems=systems, limit=limit))


def item_labels(keys: Collection[str]) -> dict[str, str]:
    """What acts and drugs are called, by ``system:code`` or by a code alone, as rules name them;
    what no list has is left out."""
    codes = {key.partition(":")[2] or key for key in keys}
    rows = CareItem.objects.filter(code__in=codes).values_list("system", "code", "label")
    found: dict[str, str] = {}
    for system, code, label in rows.order_by("pk"):
        for key in (f"{system}:{code}", code):
            if key in keys:
                found.setdefault(key, label)
    return found


def diagnoses_named(text: str, *, systems: Iterable[str], limit: int = 6) -> list[Diagnosis]:
    """The diagnoses meant by a text: that of this code, else those whose label contains it, else
    those for which people say so (``palu``), by the synonyms of the coding guide.

    Only those that :func:`diagnoses` proposes for the same ``systems``.
    """
    wanted, proposed = text.strip(), diagnoses(systems=systems)
    exact = list(proposed.filter(code__iexact=wanted)[:limit])
    found = exact or list(proposed.filter(label__icontains=wanted).order_by("label")[:limit])
    if found or not wanted:
        return found
    said = Q(guide__synonyms__words_key=place_key(wanted))
    return list(proposed.filter(said).distinct().order_by("label")[:limit])


def diagnoses(*, systems: Iterable[str]) -> QuerySet[Diagnosis]:
    """The diagnoses of these coding systems, by code; those of every list when they have none."""
    own = Diagnosis.objects.filter(system__in=list(systems))
    return (own if own.exists() else Diagnosis.objects.all()).order_by("code")


def categories() -> QuerySet[CareCategory]:
    """Every care category, in the order of the nomenclature."""
    return CareCategory.objects.all()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a category of care may concern: each act's own (sex, youngest, oldest) in years."""

    of_items: frozenset[tuple[str, int | None, int | None]]

    def has(self, *, sex: str, age_years: int) -> bool:
        """Whether one act at least is for a person of this sex and age; empty sex: not known."""
        return any(
            (not own_sex or not sex or own_sex == sex)
            and (youngest is None or age_years >= youngest)
            and (oldest is None or age_years <= oldest)
            for own_sex, youngest, oldest in self.of_items
        )


def audiences(*, systems: Iterable[str]) -> dict[str, Audience]:
    """Category code → whom its acts in these lists are for. A category without acts is absent:
    nothing is known of it, it may concern anybody. One query."""
    rows = (
        CareItem.objects.filter(system__in=list(systems))
        .order_by()
        .values_list("category__code", "sex", "min_age_years", "max_age_years")
        .distinct()
    )
    found: dict[str, set[tuple[str, int | None, int | None]]] = {}
    for category, sex, youngest, oldest in rows:
        found.setdefault(category, set()).add((sex, youngest, oldest))
    return {category: Audience(frozenset(items)) for category, items in found.items()}


def diagnosis_for(system: str, code: str) -> Diagnosis:
    """The diagnosis with this code; ``DIAGNOSIS_UNKNOWN`` otherwise."""
    diagnosis = Diagnosis.objects.filter(system=system, code=code).first()
    if diagnosis is None:
        raise Refusal("DIAGNOSIS_UNKNOWN", diagnosis=code)
    return diagnosis


_ITEMS: Prepared[CareItem] = Prepared(
    lambda systems, codes: CareItem.objects.select_related("category").filter(
        system__in=systems, kind__in=CareItemKind.values, code__in=codes
    ),
    lists=("systems", "codes"),
    systems=CharField(),
    codes=CharField(),
)


def care_items_by_kind_and_code(
    names: Iterable[tuple[str, str, str]],
) -> dict[tuple[str, str, str], CareItem]:
    """The care items of these (system, kind, code), their categories loaded; unknown ones absent.

    One query. A service and a drug may have the same code.
    """
    wanted = set(names)
    rows = _ITEMS.all(
        systems=sorted({system for system, _kind, _code in wanted}),
        codes=sorted({code for _system, _kind, code in wanted}),
    )
    found = {(item.system, item.kind, item.code): item for item in rows}
    return {name: item for name, item in found.items() if name in wanted}

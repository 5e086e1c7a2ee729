"""The profile of the families by zone, for authorities: counts only, small ones hidden.

Persons of families covered on a day; each table crosses zones with one trait and is protected by
``core.suppression``. No name, no number, no single place below the zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.enrolment.obstacles import segment_of
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import add_months
from entraide.core.suppression import ProtectedTable, protected_together
from entraide.indicators.schema import AGE_BANDS

ZONE_LEVEL = 2  # districts: below them a zone may be a hamlet
CARE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """Zones × the values of one trait (``age``, ``sex``, ``relation``, ``group_kind``,
    ``segment``, ``care``), with totals; keys are codes, to be worded by who shows them."""

    trait: str
    zones: tuple[str, ...]
    values: tuple[str, ...]
    table: ProtectedTable


def family_profile(mutual: Mutual, on: date) -> list[ProfileTable]:
    """Every table of the profile, inside ``scope(mutual=…)``. A query a table, one of areas."""
    persons = _covered(mutual, on)
    zones = _zones()
    traits: Mapping[str, Any] = {
        "age": _age_band(on),
        "sex": F("sex"),
        "relation": F("relation"),
        "group_kind": F("household__group__kind"),
        "segment": segment_of("household"),
        "care": _care(on),
    }
    counted = {trait: _counted(persons, key, zones) for trait, key in traits.items()}
    names = tuple(
        sorted(
            {zone for each in counted.values() for zone, _ in each},
            key=lambda name: (name == "", name),
        )
    )
    values = {trait: _ordered(trait, {key for _, key in each}) for trait, each in counted.items()}
    tables = [
        [[each.get((zone, value), 0) for value in values[trait]] for zone in names]
        for trait, each in counted.items()
    ]
    return [
        ProfileTable(trait, names, values[trait], table)
        for trait, table in zip(counted, protected_together(tables), strict=True)
    ]


def _covered(mutual: Mutual, on: date) -> QuerySet[Person]:
    running = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        household=OuterRef("household"),
        effective_from__lte=on,
        effective_until__gt=on,
    )
    return Person.objects.filter(present_persons(on), Exists(running), mutual=mutual)


def _age_band(on: date) -> Case:
    """The age bands of the indicators; an unsure birth date counts as it stands."""
    whens = [
        When(birth_on__gt=add_months(on, -12 * edge), then=Value(name)) for edge, name in AGE_BANDS
    ]
    return Case(*whens, default=Value(AGE_BANDS[-1][1]), output_field=CharField())


def _care(on: date) -> Case:
    claims = Claim.objects.filter(
        person=OuterRef("pk"), care_on__gt=add_months(on, -CARE_MONTHS), care_on__lte=on
    ).exclude(state__in=(ClaimState.REVERSED, ClaimState.REFUSED))
    return Case(
        When(Exists(claims), then=Value("used")), default=Value("unused"), output_field=CharField()
    )


def _zones() -> dict[int, str]:
    """Area key → the name of its zone: the area of ``ZONE_LEVEL`` above it, or the largest."""
    areas = {area.pk: area for area in Area.objects.only("pk", "name", "level", "parent_id")}
    names = {}
    for pk, area in areas.items():
        above = area
        while above.level > ZONE_LEVEL and above.parent_id in areas:
            above = areas[above.parent_id]
        names[pk] = above.name
    return names


def _counted(
    persons: QuerySet[Person], key: Any, zones: Mapping[int, str]
) -> dict[tuple[str, str], int]:
    """(zone, value of the trait) → persons. One query."""
    rows = persons.annotate(trait_key=key).order_by().values("household__area_id", "trait_key")
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows.annotate(count=Count("pk")):
        zone = zones.get(row["household__area_id"] or 0, "")
        counted[zone, row["trait_key"] or ""] += row["count"]
    return counted


def _ordered(trait: str, values: Iterable[str]) -> tuple[str, ...]:
    if trait == "age":
        known = [name for _, name in AGE_BANDS]
        return tuple(name for name in known if name in set(values))
    return tuple(sorted(values))

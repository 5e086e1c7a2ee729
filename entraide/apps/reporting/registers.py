"""The registers as the facts need them: light rows, each register read once.

Keys are read as text from the database: a mutual has tens of thousands of them, and making a UUID
of each only to write it again takes longer than everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField
from django.db.models.functions import Cast

from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.selectors import rules_of
from entraide.core import product as core
from entraide.rulebook import ProductRules

KEY = Cast("uid", CharField())


def key_text(stored: str) -> str:
    """A key as it is written everywhere; SQLite stores its 32 digits without dashes."""
    if "-" in stored:
        return stored
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a row belongs: product, partner group, kind of group, place. Texts, empty if none."""

    product: str = ""
    group: str = ""
    group_kind: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One cover; ``ends_on`` is its term or an earlier end, the first day without it."""

    pk: int
    uid: str
    household_id: int
    version_id: int
    starts_on: date
    ends_on: date
    term_on: date
    seniority_from: date
    waits: bool
    belonging: Belonging


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person, without a name; the fields that ``enrolment.facts.person_cover`` reads."""

    uid: str
    sex: str
    is_member: bool
    birth_on: date
    entered_on: date
    exited_on: date | None
    died_on: date | None
    has_photo: bool
    provisional_until: date | None
    lapse_from: date | None
    lapse_until: date | None


@dataclass(frozen=True, slots=True)
class Registers:
    """Covers by household and time, persons by household, keys by primary key."""

    covers: tuple[CoverRow, ...]
    persons: Mapping[int, list[PersonRow]]
    household_keys: Mapping[int, str]
    person_keys: Mapping[int, str]
    rules: Mapping[int, ProductRules]
    belongings: Mapping[int | None, Belonging]

    def rules_at(self, cover: CoverRow, day: date) -> core.Product:
        """The rules of a cover on a day, not before they begin."""
        rules = self.rules[cover.version_id]
        return rules.on(max(day, rules.begins_on))


def read_registers(mutual: Mutual) -> Registers:
    """Everything about members that facts are made of: seven queries."""
    places = _Places(mutual)
    household_keys: dict[int, str] = {}
    of_household: dict[int, tuple[int | None, int | None]] = {}
    rows = Household.objects.filter(mutual=mutual).annotate(key=KEY)
    for pk, key, group_id, area_id in rows.values_list("pk", "key", "group_id", "area_id"):
        household_keys[pk], of_household[pk] = key_text(key), (group_id, area_id)
    covers = _read_covers(mutual, places, of_household)
    persons, person_keys = _read_persons(mutual)
    versions = ProductVersion.objects.filter(pk__in={cover.version_id for cover in covers})
    return Registers(
        covers=tuple(covers),
        persons=persons,
        household_keys=household_keys,
        person_keys=person_keys,
        rules={version.pk: rules_of(version) for version in versions},
        belongings={None: Belonging(), **{cover.pk: cover.belonging for cover in covers}},
    )


class _Places:
    """Makes the belonging of each cover; equal ones are one value."""

    def __init__(self, mutual: Mutual) -> None:
        groups = PartnerGroup.objects.filter(mutual=mutual).annotate(key=KEY)
        self._groups = {
            pk: (key_text(key), kind) for pk, key, kind in groups.values_list("pk", "key", "kind")
        }
        self._areas = dict(Area.objects.values_list("pk", "name"))
        self._products = dict(Product.objects.filter(mutual=mutual).values_list("pk", "code"))
        self._made: dict[tuple[int, int | None, int | None], Belonging] = {}

    def of(self, product_id: int, group_id: int | None, area_id: int | None) -> Belonging:
        asked = (product_id, group_id, area_id)
        if asked not in self._made:
            key, kind = self._groups[group_id] if group_id is not None else ("", "")
            area = self._areas[area_id] if area_id is not None else ""
            self._made[asked] = Belonging(self._products[product_id], key, kind, area)
        return self._made[asked]


def _read_covers(
    mutual: Mutual, places: _Places, of_household: Mapping[int, tuple[int | None, int | None]]
) -> list[CoverRow]:
    rows = (
        Membership.objects.filter(mutual=mutual)
        .order_by("household_id", "effective_from", "id")
        .annotate(key=KEY)
        .values_list(
            "pk", "key", "household_id", "product_id", "product_version_id", "group_id",
            "effective_from", "effective_until", "ended_on", "seniority_from", "waits",
        )
    )  # fmt: skip
    covers = []
    for pk, key, household, product, version, group, starts, until, ended, since, waits in rows:
        group_of_household, area = of_household[household]
        covers.append(
            CoverRow(
                pk=pk,
                uid=key_text(key),
                household_id=household,
                version_id=version,
                starts_on=starts,
                ends_on=min(ended or until, until),
                term_on=until,
                seniority_from=since,
                waits=waits,
                belonging=places.of(product, group or group_of_household, area),
            )
        )
    return covers


def _read_persons(mutual: Mutual) -> tuple[dict[int, list[PersonRow]], dict[int, str]]:
    persons: dict[int, list[PersonRow]] = defaultdict(list)
    keys: dict[int, str] = {}
    rows = Person.objects.filter(mutual=mutual).order_by("id").annotate(key=KEY)
    for pk, household_id, key, *fields in rows.values_list(
        "pk", "household_id", "key", "sex", "is_member", "birth_on", "entered_on", "exited_on",
        "died_on", "has_photo", "provisional_until", "lapse_from", "lapse_until",
    ):  # fmt: skip
        keys[pk] = key_text(key)
        persons[household_id].append(PersonRow(keys[pk], *fields))
    return persons, keys

"""Families become households, insurees persons; the insurance number stays on the card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.new_persons import new_person
from entraide.apps.enrolment.search import search_text
from entraide.apps.nomenclature.models import Area
from entraide.core.periods import Period
from entraide.exchange.openimis.reading import Row, distinct_codes
from entraide.exchange.openimis.tables import (
    FAMILIES,
    INSURED,
    INSUREES,
    LOCATIONS,
    PHOTOS,
    POLICIES,
    RELATIONS,
)
from entraide.exchange.openimis.takeover import Takeover

_RELATIONS = (  # words of tblRelations → our relations; the first that is found counts
    ("grand", "other"),
    ("spouse", "spouse"), ("husband", "spouse"), ("wife", "spouse"),
    ("son", "child"), ("daughter", "child"), ("child", "child"),
    ("father", "parent"), ("mother", "parent"), ("parent", "parent"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Presence:
    """From when, and until when if ever, a person belongs to the household: ``[from, until)``."""

    entered_on: date
    exited_on: date | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """Households and persons by their openIMIS key."""

    households: Mapping[int, Household]
    persons: Mapping[int, Person]


def cover_of(policy: Row) -> Period | None:
    """The days that a policy covers; None when it ends before it begins."""
    start = policy["EffectiveDate"] or policy["StartDate"]
    if policy["ExpiryDate"] < start:
        return None
    return Period.inclusive(start, policy["ExpiryDate"])


def take_members(takeover: Takeover, areas: Mapping[int, Area]) -> Members:
    """Every family with its persons; who has no family is listed."""
    by_family: dict[int, list[Row]] = defaultdict(list)
    for row in takeover.reading[INSUREES].values():
        if row["FamilyID"] in takeover.reading[FAMILIES]:
            by_family[row["FamilyID"]].append(row)
        else:
            takeover.report.leave(row, "OI_FAMILY_GONE", "FamilyID")
    numbers, shared = distinct_codes(takeover.reading[INSUREES], "CHFID")
    takeover.leave_all(shared, "OI_CODE_SHARED", "CHFID")
    heads = {
        key: _head(takeover, family, by_family.get(key, ()))
        for key, family in takeover.reading[FAMILIES].items()
    }
    households = _take_households(takeover, areas, heads, numbers)
    presences, uninsured = _presences(takeover)
    persons = {person.uid: person for person in Person.objects.filter(mutual=takeover.mutual)}
    taken = {person.number for person in persons.values()}
    with_member = {
        person.household_id
        for person in persons.values()
        if person.is_member and person.exited_on is None and person.died_on is None
    }
    found: dict[int, Person] = {}
    made: list[Person] = []
    for family_key, rows in sorted(by_family.items()):
        household = households[family_key]
        for rank, row in enumerate(sorted(rows, key=lambda row: row.key), start=1):
            uid = takeover.uid(row, "InsureeUUID")
            person = persons.get(uid)
            if person is None:
                is_head = heads[family_key] is row and household.pk not in with_member
                presence = presences.get(row.key) or Presence(household.enrolled_on)
                if row.key in uninsured and not is_head:
                    presence = Presence(household.enrolled_on, household.enrolled_on)
                entry = _entry(takeover, row, is_head=is_head)
                person = _person(household, entry, rank, presence)
                person.uid = uid
                _number(person, household, numbers[row.key], taken)
                made.append(person)
            found[row.key] = person
    write_many(Person, made)
    takeover.done("persons", len(made), len(found) - len(made))
    return Members(households, found)


def _head(takeover: Takeover, family: Row, persons: Iterable[Row]) -> Row | None:
    """The head that the family names; else its oldest person, which is said."""
    rows = list(persons)
    for row in rows:
        if row.key == family["InsureeID"]:
            return row
    takeover.report.leave(family, "OI_HEAD_GONE" if rows else "OI_FAMILY_EMPTY", "InsureeID")
    return min(rows, key=lambda row: (row["DOB"], row.key), default=None)


def _take_households(
    takeover: Takeover,
    areas: Mapping[int, Area],
    heads: Mapping[int, Row | None],
    numbers: Mapping[int, str],
) -> dict[int, Household]:
    enrolled: dict[int, date] = {}
    for policy in takeover.reading[POLICIES].values():
        key, day = policy["FamilyID"], policy["EnrollDate"]
        enrolled[key] = min(day, enrolled.get(key, day))
    known = {each.uid: each for each in Household.objects.filter(mutual=takeover.mutual)}
    taken = {each.number for each in known.values()}
    found: dict[int, Household] = {}
    made: list[Household] = []
    for key, row in sorted(takeover.reading[FAMILIES].items()):
        uid = takeover.uid(row, "FamilyUUID")
        household = known.get(uid)
        if household is None:
            area = areas.get(row["LocationId"])
            if area is None:
                takeover.report.leave(row, "OI_AREA_GONE", "LocationId")
            head = heads[key]
            number = numbers[head.key] if head is not None else f"OI-{key}"
            household = Household(
                uid=uid,
                mutual=takeover.mutual,
                number=number if number not in taken else f"{number[:30]}-OI-{key}",
                area=area,
                address=row["FamilyAddress"],
                phone=head["Phone"] if head is not None else "",
                source="import",
                enrolled_on=enrolled.get(key, row["ValidityFrom"]),
            )
            taken.add(household.number)
            made.append(household)
        found[key] = household
    write_many(Household, made)
    takeover.done("households", len(made), len(found) - len(made))
    return found


def _entry(takeover: Takeover, row: Row, *, is_head: bool) -> PersonEntry:
    report, reading = takeover.report, takeover.reading
    if row["Gender"] not in ("F", "M"):
        report.leave(row, "OI_SEX_UNKNOWN", "Gender")
    village = row["CurrentVillage"]
    if village is not None and village not in reading[LOCATIONS]:
        report.leave(row, "OI_AREA_GONE", "CurrentVillage")
    elif village is not None and village != reading[FAMILIES][row["FamilyID"]]["LocationId"]:
        report.leave(row, "OI_VILLAGE_LEFT_OUT", "CurrentVillage")
    photo = reading[PHOTOS].get(row["PhotoID"])
    if row["PhotoID"] is not None and photo is None:
        report.leave(row, "OI_PHOTO_GONE", "PhotoID")
    relation = "member" if is_head else _relation(takeover, row)
    return PersonEntry(
        name=row["LastName"],
        given_name=row["OtherNames"],
        birth_on=row["DOB"],
        sex=row["Gender"] if row["Gender"] in ("F", "M") else "",
        relation=relation,
        phone=row["Phone"],
        has_photo=photo is not None and bool(photo["PhotoFileName"]),
    )


def _relation(takeover: Takeover, row: Row) -> str:
    relation = takeover.reading[RELATIONS].get(row["Relationship"])
    if relation is None:
        takeover.report.leave(row, "OI_RELATION_UNKNOWN", "Relationship")
        return "other"
    words = relation["Relation"].lower()
    return next((ours for word, ours in _RELATIONS if word in words), "other")


def _person(household: Household, entry: PersonEntry, rank: int, presence: Presence) -> Person:
    person = new_person(household, entry, rank, entered_on=max(presence.entered_on, entry.birth_on))
    if presence.exited_on is not None:
        person.exited_on = max(presence.exited_on, person.entered_on)
    return person


def _number(person: Person, household: Household, number: str, taken: set[str]) -> None:
    """The insurance number is the card number; one that is not free keeps our own form."""
    if number not in taken:
        person.number = number
        person.search_text = search_text(
            full_name=person.full_name, number=number, phones=(person.phone, household.phone)
        )
    taken.add(person.number)


def _presences(takeover: Takeover) -> tuple[dict[int, Presence], set[int]]:
    """From the insured persons of each policy: when each entered, and left before its end.

    Cover belongs to the household with us. Where the days of a person have none in common with
    those of the policy, the policy counts and the row is listed. Answers also those whom no
    policy of their family names: they come without cover, as if they had left.
    """
    policies, insurees = takeover.reading[POLICIES], takeover.reading[INSUREES]
    entered: dict[int, date] = {}
    last: dict[int, tuple[date, date | None]] = {}  # end of the last policy, exit before it
    insured_policies = set()
    for row in takeover.reading[INSURED].values():
        key, policy = row["InsureeID"], policies.get(row["PolicyId"])
        cover = cover_of(policy) if policy is not None else None
        if key not in insurees or policy is None or cover is None:
            code = "OI_PERSON_GONE" if key not in insurees else "OI_POLICY_GONE"
            takeover.report.leave(row, code, "InsureeID" if key not in insurees else "PolicyId")
            continue
        insured_policies.add((key, policy.key))
        own = _own_days(row)
        inside = cover.overlap(own) if own is not None else cover
        starts = [day for day in (row["EnrollmentDate"], cover.start) if day is not None]
        if inside is None:
            takeover.report.leave(row, "OI_COVER_DIFFERS")
            inside, start = cover, min(starts)
        else:
            start = inside.start
        entered[key] = min(start, entered.get(key, start))
        left = inside.until if inside.until < cover.until else None
        last[key] = max(last.get(key, (cover.until, left)), (cover.until, left), key=_end)
    presences = {key: Presence(day, last[key][1]) for key, day in entered.items()}
    return presences, _uninsured(takeover, insured_policies)


def _end(each: tuple[date, date | None]) -> date:
    return each[0]


def _own_days(row: Row) -> Period | None:
    start, end = row["EffectiveDate"] or row["StartDate"], row["ExpiryDate"]
    if start is None or end is None or end < start:
        return None
    return Period.inclusive(start, end)


def _uninsured(takeover: Takeover, insured: set[tuple[int, int]]) -> set[int]:
    """Who is in a family with policies of which none names them."""
    by_family: dict[int, list[int]] = defaultdict(list)
    for policy in takeover.reading[POLICIES].values():
        by_family[policy["FamilyID"]].append(policy.key)
    found = set()
    for row in takeover.reading[INSUREES].values():
        policies = by_family.get(row["FamilyID"], ())
        if policies and not any((row.key, key) in insured for key in policies):
            takeover.report.leave(row, "OI_PERSON_NOT_INSURED")
            found.add(row.key)
    return found

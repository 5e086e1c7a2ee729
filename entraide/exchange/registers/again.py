"""A family that is here already, sent again: who is new in it, which card numbers, what differs.

A new person is added by the ordinary service, with what the price adds for them. A fact that the
file says otherwise is listed for somebody to decide: the register is not changed by a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.covers import require_dependant
from entraide.apps.enrolment.facts import PersonEntry, covered_until
from entraide.apps.enrolment.models import EarlierNumber, Household, Membership, Person
from entraide.apps.enrolment.new_persons import new_person
from entraide.apps.enrolment.numbers import number_key, record_earlier_number
from entraide.apps.enrolment.search import name_key, normalised, phone_digits
from entraide.apps.takeover.models import ImportedRow, ImportRun
from entraide.apps.takeover.rows import ADVANCES
from entraide.core.errors import Refusal
from entraide.exchange.registers.card_numbers import earlier_number_of, refuse_own_series
from entraide.exchange.registers.cards import covers_by_household, persons_by_card
from entraide.exchange.registers.family_rows import FamilyRows, entry_of, person_key
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class _Addition:
    """A person to be added, with the number of their old card."""

    membership: Membership
    entry: PersonEntry
    entered_on: date
    number: str
    place: str


@dataclass
class FamiliesHere:
    """What a file says of families that are here: looked at one by one, written together."""

    asked: Asked
    plan: Plan
    additions: list[_Addition] = field(default_factory=list)
    numbers: list[tuple[Person, str, str]] = field(default_factory=list)

    def look(self, families: Sequence[tuple[FamilyRows, UUID]]) -> set[UUID]:
        """Plan what is new in each (rows, uid of its household); answers those that differ still.

        Not for a family of which nothing is known to have changed.
        """
        homes = _households([uid for _, uid in families])
        covers = covers_by_household(homes.values())
        self._cards = persons_by_card(
            self.asked.mutual,
            [row.text("card_number") for rows, _ in families for row in rows.rows],
        )
        self._owed_minor, self._ahead_minor = owed_and_ahead(homes)
        differing = set()
        for rows, uid in families:
            household = homes.get(uid)
            if household is not None and self._family(
                rows, household, covers.get(household.pk, [])
            ):
                differing.add(uid)
        return differing

    def note_numbers(self, rows: FamilyRows, household: Household) -> None:
        """The card numbers that a file says of persons who are here, where ours are others."""
        by_key = _by_name(household.persons.all())
        for row in rows.rows:
            person = by_key.get(person_key(row))
            if person is not None:
                self._number(row, person)

    def write(self, run: ImportRun) -> None:
        """Add the persons and note the numbers, in the caller's transaction."""
        asked = self.asked
        common = {"mutual": asked.mutual, "actor": asked.actor, "on": asked.on}
        found = list(self.numbers)
        for rank, each in enumerate(self.additions):
            person = add_dependant(
                **common, idempotency_key=f"{run.uid}:add:{rank}", membership=each.membership,
                entry=each.entry, entered_on=each.entered_on,
            )  # fmt: skip
            if number_key(each.number) not in ("", number_key(person.number)):
                found.append((person, each.number, each.place))
        for rank, (person, number, _) in enumerate(found):
            record_earlier_number(
                **common, idempotency_key=f"{run.uid}:number:{rank}", person=person, number=number
            )

    def _family(self, rows: FamilyRows, household: Household, covers: Sequence[Membership]) -> bool:
        """Plan one family; whether a fact of it is said otherwise."""
        persons = list(household.persons.all())
        by_key, seen, differs = _by_name(persons), set(), False
        lines_before = len(self.plan.lines)
        for row in rows.rows:
            person = self._cards.get(row.text("card_number").upper())
            if person is None or person.household_id != household.pk:
                person = by_key.get(person_key(row))
            if person is None:
                if row.get("left_on") is None:
                    self._add(row, household, covers, persons)
                continue
            seen.add(person.pk)
            self._number(row, person)
            is_member = row is rows.member
            for name, there, here in _differences(row, person, household, covers, is_member):
                differs = True
                self.plan.remarks.append(
                    row.fault("FACT_DIFFERS", name, name=person.full_name, there=there,
                              here=here or "–")
                )  # fmt: skip
        for name, there_minor, here_minor in self._sums(rows, household):
            differs = True
            self.plan.remarks.append(
                rows.member.fault("FAMILY_AMOUNT_DIFFERS", name, there_minor=there_minor,
                                  here_minor=here_minor, currency=self.asked.mutual.currency)
            )  # fmt: skip
        for person in household.persons.all():  # as they were, without those to be added
            if person.pk not in seen and person.exited_on is None and person.died_on is None:
                differs = True
                self.plan.remarks.append(
                    rows.member.fault("PERSON_NOT_IN_FILE", name=person.full_name,
                                      number=person.number)
                )  # fmt: skip
        if differs:
            self.plan.lines.append(_line(Action.DIFFERS, rows.member, household))
        elif len(self.plan.lines) == lines_before:
            self.plan.lines.append(_line(Action.KNOWN, rows.member, household))
        return differs

    def _sums(self, rows: FamilyRows, household: Household) -> Iterator[tuple[str, int, int]]:
        """(field, what the file says, what is here) of the amounts that another program tells."""
        if not self.asked.table.profile.is_takeover:
            return
        for name, known in (
            ("owed_minor", self._owed_minor),
            ("advance_minor", self._ahead_minor),
        ):
            said: Any = rows.first(name)
            here = known.get(household.uid, 0)
            if said is not None and said != here:
                yield name, said, here

    def _add(
        self,
        row: TableRow,
        household: Household,
        covers: Sequence[Membership],
        registered: list[Person],
    ) -> None:
        """Propose a person; ``registered`` grows, so that the next is judged with them."""
        asked = self.asked
        entry = entry_of(row, is_member=False)
        day = asked.options.enrolled_on or asked.on
        running = [each for each in covers if each.effective_from <= day < covered_until(each)]
        if not running:
            self.plan.faults.append(
                row.fault("ADDED_WITHOUT_COVER", "name", name=row.text("name"), day=day,
                          household=household.number)
            )  # fmt: skip
            return
        try:
            require_dependant(registered, running[-1], entry, day, asked.on)
        except Refusal as refusal:
            for finding in getattr(refusal, "findings", None) or (refusal,):
                self.plan.faults.append(row.fault(finding.code, "birth", **finding.data))
            return
        number = row.text("card_number")
        if number_key(number) not in self._cards and refuse_own_series(
            self.plan, row, "card_number"
        ):
            return
        registered.append(new_person(household, entry, len(registered) + 1, entered_on=day))
        self.additions.append(_Addition(running[-1], entry, day, number, row.place("card_number")))
        self.plan.lines.append(_line(Action.ADD, row, household))

    def _number(self, row: TableRow, person: Person) -> None:
        """Note the number of an old card of somebody here, or say whose it is."""
        number = earlier_number_of(row)
        key = number_key(number)
        if not key or key == number_key(person.number):
            return
        holder = self._holder(key)
        if holder is None:
            if refuse_own_series(self.plan, row, "card_number"):
                return
            self.numbers.append((person, number, row.place("card_number")))
            self.plan.lines.append(_line(Action.NUMBER, row, person.household, f" · {number}"))
        elif holder.pk != person.pk:
            self.plan.remarks.append(
                row.fault("EARLIER_NUMBER_TAKEN", "card_number", number=number,
                          person=holder.full_name)
            )  # fmt: skip

    def _holder(self, key: str) -> Person | None:
        """Who has the number: today, on an earlier card, or by this very file."""
        for person, number, _ in self.numbers:
            if number_key(number) == key:
                return person
        found = Person.objects.filter(mutual=self.asked.mutual, number=key).first()
        if found is None:
            rows = EarlierNumber.objects.filter(mutual=self.asked.mutual, key=key)
            found = next((row.person for row in rows.select_related("person")), None)
        return found


def owed_and_ahead(homes: Mapping[UUID, Household]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """What families owe here today, and what the old tool said that they had paid ahead."""
    owed, ahead = {}, {}
    uids = list(homes)
    for start in range(0, len(uids), _AT_A_TIME):
        chunk = uids[start : start + _AT_A_TIME]
        dues = ContributionDue.objects.filter(
            household__uid__in=chunk, payer=Payer.HOUSEHOLD, cancelled_on__isnull=True,
            paid_minor__lt=F("amount_minor"),
        )  # fmt: skip
        left = dues.values_list("household__uid").order_by()
        owed.update(left.annotate(left=Sum(F("amount_minor") - F("paid_minor"))))
        rows = ImportedRow.objects.filter(kind=ADVANCES, key__in=[str(uid) for uid in chunk])
        ahead.update(
            {UUID(row.key): row.said["advance_minor"] for row in rows if row.said is not None}
        )
    return owed, ahead


def _households(uids: Sequence[UUID]) -> dict[UUID, Household]:
    found: dict[UUID, Household] = {}
    for start in range(0, len(uids), _AT_A_TIME):
        homes = Household.objects.filter(uid__in=uids[start : start + _AT_A_TIME])
        homes = homes.select_related("area", "group").prefetch_related("persons__household")
        found.update({household.uid: household for household in homes})
    return found


def _by_name(persons: Iterable[Person]) -> Mapping[str, Person]:
    """Persons by the words of their name and their birth; two of the same are left out."""
    found: dict[str, Person | None] = {}
    for person in persons:
        words = " ".join(name_key(person.full_name))[:110]
        key = f"{words}|{person.birth_on.isoformat()}"
        found[key] = None if key in found else person
    return {key: person for key, person in found.items() if person is not None}


def _differences(
    row: TableRow,
    person: Person,
    household: Household,
    covers: Sequence[Membership],
    is_member: bool,
) -> Iterator[tuple[str, Any, Any]]:
    """(field, what the file says, what is here) for each fact said otherwise."""
    name = f"{row.text('name')} {row.text('given_name')}".strip()
    if name_key(name) != name_key(person.full_name):
        yield "name", name, person.full_name
    birth = row.values["birth"]
    if birth.on != person.birth_on:
        yield "birth", birth.on, person.birth_on
    if row.text("sex") != person.sex:
        yield "sex", row.text("sex"), person.sex
    relation = row.text("relation")
    if relation and not is_member and relation not in ("member", person.relation):
        yield "relation", relation, person.relation
    phone = household.phone if is_member else person.phone
    if row.text("phone") and phone_digits(row.text("phone")) != phone_digits(phone):
        yield "phone", row.text("phone"), phone
    left_on = row.get("left_on")
    if left_on is not None and person.exited_on is None and person.died_on is None:
        yield "left_on", left_on, ""
    if not is_member:
        return
    for at, here in (
        ("address", household.address),
        ("area", household.area.name if household.area else ""),
        ("group", household.group.name if household.group else ""),
    ):
        said = row.text(at)
        codes = {normalised(here), normalised(household.group.code if household.group else "")}
        if said and normalised(said) != normalised(here) and normalised(said) not in codes:
            yield at, said, here
    last: Any = row.get("cover_last_on")
    here_last = covered_until(covers[-1]) - timedelta(days=1) if covers else None
    if last is not None and here_last is not None and last != here_last:
        yield "cover_last_on", last, here_last


def _line(action: Action, row: TableRow, household: Household, more: str = "") -> Line:
    name = f"{row.text('name')} {row.text('given_name')}".strip()
    return Line(
        action, row.place(), f"{name}{more}", row=row.number, household_uid=household.uid,
        household_number=household.number,
    )  # fmt: skip

"""The list of a national scheme: who of it is covered here too.

A person is recognised by the card that the scheme noted, or by name and day of birth when one
person only has both; anybody else stays listed, and nothing is noted of them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from entraide.apps.enrolment.models import OtherCover, Person
from entraide.apps.enrolment.other_covers import record_other_cover
from entraide.apps.enrolment.search import normalised
from entraide.apps.schemes.commands import key_of_step, service_of
from entraide.apps.schemes.flags import OTHER_COVERS, is_open
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.errors import Finding
from entraide.core.other_covers import PAYS_FIRST_BY_KIND, CoverKind
from entraide.exchange.registers.cards import persons_by_card
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow

USUAL_PAYER = "Régime national"
_AT_A_TIME = 500
_A_DAY = timedelta(days=1)


def plan_scheme_covers(asked: Asked) -> Plan:
    """Each person here who is on the list gets another cover that pays first, once.

    Faults: a mutual that notes no other covers, rights that end before they begin.
    """
    plan, rows = Plan(asked), asked.table.rows
    if not is_open(asked.mutual, OTHER_COVERS, asked.on):
        plan.faults.append(Finding("FEATURE_NOT_OPEN", data={"mutual": asked.mutual.name}))
        return plan
    keys = {row.number: _key(row) for row in rows}
    known = known_rows(asked.mutual, "covers", keys.values())
    found = _People(asked, rows)
    noted = found.noted()
    fresh: list[tuple[TableRow, Person]] = []
    for row in rows:
        person = found.of(row)
        action = Action.UNMATCHED
        if person is not None:
            is_here = (person.pk, _payer(row).casefold()) in noted
            action = Action.KNOWN if keys[row.number] in known or is_here else Action.CREATE
        last = row.get("cover_last_on")
        if last is not None and last < _starts_on(asked, row):
            plan.faults.append(row.fault("OTHER_COVER_WITHOUT_DAYS", "cover_last_on"))
        elif person is not None and action is Action.CREATE:
            noted.add((person.pk, _payer(row).casefold()))
            fresh.append((row, person))
        if person is None:
            plan.remarks.append(row.fault("SCHEME_PERSON_UNKNOWN", "name", person=_name(row)))
        plan.lines.append(_line(row, action, person))
    plan.counts["covers"] = len(fresh)
    plan.counts["unmatched"] = sum(line.action is Action.UNMATCHED for line in plan.lines)
    plan.counts["known"] = sum(line.action is Action.KNOWN for line in plan.lines)
    plan.write = lambda run: _write(asked, run, keys, fresh)
    return plan


class _People:
    """Who of the register the rows are about. A few queries for all rows."""

    def __init__(self, asked: Asked, rows: tuple[TableRow, ...]) -> None:
        self._cards = persons_by_card(asked.mutual, [row.text("card_number") for row in rows])
        days = list({row.values["birth"].on for row in rows})
        self._alike: dict[tuple[frozenset[str], date], list[Person]] = defaultdict(list)
        for start in range(0, len(days), _AT_A_TIME):
            persons = Person.objects.filter(
                mutual=asked.mutual,
                birth_on__in=days[start : start + _AT_A_TIME],
                merged_into__isnull=True,
                exited_on__isnull=True,
                died_on__isnull=True,
            )
            for person in persons.select_related("household"):
                self._alike[_words(person.full_name), person.birth_on].append(person)
        self._found = {row.number: self._meant(row) for row in rows}

    def of(self, row: TableRow) -> Person | None:
        """The person of a row, where only one can be meant."""
        return self._found[row.number]

    def noted(self) -> set[tuple[int, str]]:
        """(person, payer) of the other covers that go on."""
        keys = list({person.pk for person in self._found.values() if person is not None})
        going_on: set[tuple[int, str]] = set()
        for start in range(0, len(keys), _AT_A_TIME):
            covers = OtherCover.objects.filter(
                person__in=keys[start : start + _AT_A_TIME], effective_until__isnull=True
            )
            going_on |= {(row.person_id, row.payer.casefold()) for row in covers}
        return going_on

    def _meant(self, row: TableRow) -> Person | None:
        birth_on = row.values["birth"].on
        person = self._cards.get(row.text("card_number").upper())
        if person is not None:
            # A number noted by another body: the day of birth says whether it is theirs.
            return person if person.birth_on == birth_on else None
        alike = self._alike.get((_words(_name(row)), birth_on), [])
        return alike[0] if len(alike) == 1 else None


def _words(name: str) -> frozenset[str]:
    return frozenset(normalised(name).split())


def _name(row: TableRow) -> str:
    return f"{row.text('name')} {row.text('given_name')}".strip()


def _payer(row: TableRow) -> str:
    return row.text("payer").strip() or USUAL_PAYER


def _starts_on(asked: Asked, row: TableRow) -> date:
    starts_on: date = row.get("cover_from") or asked.on
    return starts_on


def _line(row: TableRow, action: Action, person: Person | None) -> Line:
    return Line(
        action, row.place(), _name(row), row=row.number, day=row.get("cover_from"),
        household_uid=person.household.uid if person is not None else None,
        household_number=person.number if person is not None else "",
    )  # fmt: skip


def _key(row: TableRow) -> str:
    number = row.text("scheme_number") or content_hash(row.values)[:40]
    return f"{_payer(row)[:40]}:{number}:{row.get('cover_from') or ''}"


def _write(
    asked: Asked, run: ImportRun, keys: dict[int, str], fresh: list[tuple[TableRow, Person]]
) -> None:
    record = service_of(record_other_cover)
    kept = []
    for done, (row, person) in enumerate(fresh, start=1):
        last = row.get("cover_last_on")
        cover = record(
            mutual=asked.mutual,
            actor=asked.actor,
            on=asked.on,
            idempotency_key=key_of_step(str(run.uid), str(row.number)),
            person=person,
            kind=CoverKind.NATIONAL,
            payer=_payer(row),
            number=row.text("scheme_number"),
            source=run.file_name[:160],
            effective_from=_starts_on(asked, row),
            effective_until=last + _A_DAY if last is not None else None,
            pays_first=PAYS_FIRST_BY_KIND[CoverKind.NATIONAL],
        )
        kept.append(
            Kept(keys[row.number], content_hash(row.values), "enrolment.OtherCover", cover.uid)
        )
        if done % _AT_A_TIME == 0:
            asked.progress("covers", done, len(fresh))
    keep_rows(run, "covers", kept)

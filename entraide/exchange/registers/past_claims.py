"""Claims that another program settled: kept as they were said, with the person they were for.

They are history: nothing is posted, decided or paid again, and they use up no ceiling here. The
family's page shows them, so that whoever enters a claim of the same year knows of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from entraide.apps.access.services import plain as as_json
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import CLAIMS, Kept, content_hash, keep_rows, known_rows
from entraide.core.errors import Finding
from entraide.exchange.registers.cards import households_by_number, persons_by_card
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow


@dataclass(frozen=True, slots=True)
class _Past:
    """A row that will be kept, with whose it is: the person, or only the family."""

    row: TableRow
    key: str
    person: Person | None
    household: Household


def plan_past_claims(asked: Asked) -> Plan:
    """Each claim with its person; those of nobody here are faults, as are amounts that cannot be.

    The rows of one number are its acts, in their order. Imported again, a number that says
    something else is a fault.
    """
    plan, rows = Plan(asked), asked.table.rows
    keys = _keys(asked, rows)
    known = known_rows(asked.mutual, CLAIMS, keys.values())
    numbers = [row.text("card_number") for row in rows]
    people = persons_by_card(asked.mutual, numbers)
    homes = households_by_number(
        asked.mutual, [number for number in numbers if number.upper() not in people]
    )
    fresh: list[_Past] = []
    for row in rows:
        key, number = keys[row.number], row.text("card_number")
        person = people.get(number.upper())
        household = person.household if person is not None else homes.get(number)
        before = known.get(key)
        if before is not None:
            plan.lines.append(_line(Action.KNOWN, row, key, household))
            if before.content_hash != content_hash(row.values):
                plan.faults.append(row.fault("PAST_CLAIM_SAID_OTHERWISE", "claim_number",
                                             number=row.text("claim_number")))  # fmt: skip
        elif household is None:
            plan.faults.append(row.fault("FAMILY_NOT_HERE", "card_number", number=number))
        elif _is_sound(asked, plan, row):
            fresh.append(_Past(row, key, person, household))
            plan.lines.append(_line(Action.ARCHIVE, row, key, household))
    if fresh:
        plan.remarks.insert(0, Finding("PAST_CLAIMS_KEPT_ONLY"))
    plan.counts["past_claims"] = len(fresh)
    plan.counts["past_claims_minor"] = sum(each.row.values["paid_minor"] for each in fresh)
    plan.counts["known"] = sum(line.action is Action.KNOWN for line in plan.lines)
    plan.write = lambda run: _write(asked, run, fresh)
    return plan


def _keys(asked: Asked, rows: list[TableRow]) -> dict[int, str]:
    """Row → its key: the number and which of its acts; without a number, what the row says."""
    seen: Counter[str] = Counter()
    keys = {}
    for row in rows:
        name = row.text("claim_number") or content_hash(row.values)[:40]
        seen[name] += 1
        keys[row.number] = f"{asked.table.profile.system}:{name}:{seen[name]}"
    return keys


def _is_sound(asked: Asked, plan: Plan, row: TableRow) -> bool:
    before = len(plan.faults)
    currency = asked.mutual.currency
    paid: int = row.values["paid_minor"]
    claimed: int = row.get("asked_minor", paid)
    for name in ("care_on", "paid_on"):
        day = row.get(name)
        if day is not None and day > asked.on:
            plan.faults.append(row.fault("DATE_IN_FUTURE", name, day=day, on=asked.on))
    if paid < 0:
        plan.faults.append(row.fault("PAST_CLAIM_NEGATIVE", "paid_minor", paid_minor=paid,
                                     currency=currency))  # fmt: skip
    elif paid > claimed:
        plan.faults.append(row.fault("PAST_CLAIM_PAYS_MORE", "paid_minor", paid_minor=paid,
                                     asked_minor=claimed, currency=currency))  # fmt: skip
    return len(plan.faults) == before


def _line(action: Action, row: TableRow, key: str, household: Household | None) -> Line:
    told = " · ".join(text for text in (row.text("claim_number"), row.text("name")) if text)
    return Line(
        action, row.place(), told or row.text("card_number"), row=row.number, key=key,
        amount_minor=row.values["paid_minor"], day=row.values["care_on"],
        household_uid=household.uid if household is not None else None,
        household_number=household.number if household is not None else row.text("card_number"),
    )  # fmt: skip


def _write(asked: Asked, run: ImportRun, fresh: list[_Past]) -> None:
    keep_rows(
        run,
        CLAIMS,
        (
            Kept(
                each.key, content_hash(each.row.values),
                "enrolment.Person" if each.person is not None else "enrolment.Household",
                each.person.uid if each.person is not None else each.household.uid,
                said=as_json(dict(each.row.values)),
            )
            for each in fresh
        ),
    )  # fmt: skip
    asked.progress("past_claims", len(fresh), len(fresh))

"""Home visits of another program: contacts of the follow-up here, kept besides as they were said.

What an animateur wrote of a family's health stays with the import, whose readers are few: the
contact tells who came and why only.
"""

from __future__ import annotations

from entraide.apps.access.services import plain as as_json
from entraide.apps.enrolment.models import Household
from entraide.apps.fieldwork.taken_over import VisitSaid, take_over_visits
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.errors import Finding
from entraide.exchange.registers.cards import households_by_number
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow


def plan_visits(asked: Asked) -> Plan:
    """Each visit of a family here becomes a contact; one of a family not here is a remark, and is
    only kept. A day to come is a fault."""
    plan, rows = Plan(asked), asked.table.rows
    keys = {row.number: _key(asked, row) for row in rows}
    known = known_rows(asked.mutual, "visits", keys.values())
    homes = households_by_number(asked.mutual, [row.text("household_number") for row in rows])
    fresh: list[tuple[TableRow, Household | None]] = []
    for row in rows:
        household = homes.get(row.text("household_number"))
        if keys[row.number] not in known:
            fresh.append((row, household))
        plan.lines.append(
            Line(
                _action(keys[row.number] in known, household), row.place(),
                row.text("subject") or row.text("agent") or "–",
                row=row.number, day=row.values["visited_on"],
                household_uid=household.uid if household is not None else None,
                household_number=row.text("household_number"),
            )
        )  # fmt: skip
        if household is None:
            plan.remarks.append(row.fault("FAMILY_NOT_HERE", "household_number",
                                          number=row.text("household_number")))  # fmt: skip
        if row.values["visited_on"] > asked.on:
            plan.faults.append(row.fault("DATE_IN_FUTURE", "visited_on",
                                         day=row.values["visited_on"], on=asked.on))  # fmt: skip
    plan.remarks.insert(0, Finding("VISITS_TAKEN_OVER"))
    plan.counts["visits"] = len(fresh)
    plan.counts["known"] = len(rows) - len(fresh)

    def write(run: ImportRun) -> None:
        take_over_visits(
            asked.mutual,
            asked.actor,
            [
                VisitSaid(household, row.values["visited_on"], row.text("agent"),
                          row.text("subject"))
                for row, household in fresh
                if household is not None
            ],
        )  # fmt: skip
        kept = [
            Kept(
                keys[row.number], content_hash(row.values), "enrolment.Household",
                household.uid if household is not None else None, said=as_json(dict(row.values)),
            )
            for row, household in fresh
        ]  # fmt: skip
        keep_rows(run, "visits", kept)

    plan.write = write
    return plan


def _action(is_known: bool, household: Household | None) -> Action:
    if is_known:
        return Action.KNOWN
    return Action.CREATE if household is not None else Action.ARCHIVE


def _key(asked: Asked, row: TableRow) -> str:
    return f"{asked.table.profile.system}:{content_hash(row.values)[:40]}"

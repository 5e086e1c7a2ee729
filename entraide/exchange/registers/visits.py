"""Home visits of another program: kept row by row as they were said, with their family.

No register of visits exists yet: nothing is made up of them. They are read with their import.
"""

from __future__ import annotations

from entraide.apps.access.services import plain as as_json
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.errors import Finding
from entraide.exchange.registers.cards import households_by_number
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow


def plan_visits(asked: Asked) -> Plan:
    """Each visit, to be kept as it is; a family not here is a remark: its visit is kept too."""
    plan, rows = Plan(asked), asked.table.rows
    keys = {row.number: _key(asked, row) for row in rows}
    known = known_rows(asked.mutual, "visits", keys.values())
    homes = households_by_number(asked.mutual, [row.text("household_number") for row in rows])
    fresh = [row for row in rows if keys[row.number] not in known]
    for row in rows:
        household = homes.get(row.text("household_number"))
        action = Action.ARCHIVE if keys[row.number] not in known else Action.KNOWN
        plan.lines.append(
            Line(
                action, row.place(), row.text("subject") or row.text("agent") or "–",
                row=row.number, day=row.values["visited_on"],
                household_uid=household.uid if household is not None else None,
                household_number=row.text("household_number"),
            )
        )  # fmt: skip
        if household is None:
            plan.remarks.append(row.fault("FAMILY_NOT_HERE", "household_number",
                                          number=row.text("household_number")))  # fmt: skip
    plan.remarks.insert(0, Finding("VISITS_KEPT_ONLY"))
    plan.counts["visits"] = len(fresh)
    plan.counts["known"] = len(rows) - len(fresh)

    def write(run: ImportRun) -> None:
        kept = []
        for row in fresh:
            household = homes.get(row.text("household_number"))
            kept.append(
                Kept(
                    keys[row.number], content_hash(row.values), "enrolment.Household",
                    household.uid if household is not None else None,
                    said=as_json(dict(row.values)),
                )
            )  # fmt: skip
        keep_rows(run, "visits", kept)

    plan.write = write
    return plan


def _key(asked: Asked, row: TableRow) -> str:
    return f"{asked.table.profile.system}:{content_hash(row.values)[:40]}"

"""The month's entries and exits of an employer or lender: who joins, whose cover ends."""

from __future__ import annotations

from dataclasses import dataclass

from entraide.apps.enrolment.facts import PersonEntry, covered_until, entry_facts
from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.enrolment.services import EndReason, end_membership
from entraide.apps.schemes.models import Product
from entraide.apps.takeover.clients import link_client
from entraide.apps.takeover.families import NewFamily, write_families
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, content_hash, keep_rows, known_rows
from entraide.core.enrolment import composition_of
from entraide.core.errors import Finding, Refusal
from entraide.core.groups import waits
from entraide.core.rating import contribution_due, cover_period
from entraide.exchange.registers.cards import covers_by_household
from entraide.exchange.registers.clients import Clients
from entraide.exchange.registers.contributions import meaning
from entraide.exchange.registers.joining import Groups
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow


@dataclass(frozen=True, slots=True)
class _Exit:
    row: TableRow
    key: str
    membership: Membership


def plan_movements(asked: Asked) -> Plan:
    """Entries become families of one, exits end the cover that runs on the day.

    Whoever leaves and is not known stays listed; an entry needs a birth and a sex.
    """
    plan, group = Plan(asked), asked.options.group
    if group is None:
        plan.faults.append(Finding("LENDER_NOT_SAID", place="group"))
        return plan
    rows = asked.table.rows
    keys = {row.number: _key(group, row) for row in rows}
    known = known_rows(asked.mutual, "movements", keys.values())
    fresh = []
    for row in rows:
        if keys[row.number] in known:
            plan.lines.append(_line(row, Action.KNOWN))
        else:
            fresh.append(row)
    clients = Clients(asked.mutual, group, fresh)
    matches = {row.number: clients.match(row) for row in fresh}
    covers = covers_by_household(match.household for match in matches.values() if match)
    groups = Groups(asked, plan)
    entries: list[tuple[TableRow, NewFamily]] = []
    exits: list[_Exit] = []
    for row in fresh:
        what, match = meaning(plan, row, "movement", ""), matches[row.number]
        if row.values["moved_on"] > asked.on:
            plan.faults.append(row.fault("DATE_IN_FUTURE", "moved_on",
                                         day=row.values["moved_on"], on=asked.on))  # fmt: skip
        elif what == "entry" and match is not None:
            plan.lines.append(_line(row, Action.KNOWN))
        elif match is None and (what == "exit" or (what == "entry" and clients.has_namesake(row))):
            plan.lines.append(_line(row, Action.UNMATCHED))
            plan.remarks.append(row.fault("CLIENT_UNMATCHED", "client_number",
                                          number=row.text("client_number"),
                                          client=row.text("name")))  # fmt: skip
        elif what == "entry":
            family = _family(asked, plan, row, keys[row.number], group, groups)
            if family is not None:
                entries.append((row, family))
                plan.lines.append(_line(row, Action.CREATE))
        elif what == "exit" and match is not None:
            leaving = _exit(plan, row, keys[row.number], covers.get(match.household.pk, []))
            if leaving is not None:
                exits.append(leaving)
                plan.lines.append(_line(row, Action.END))
    plan.counts["households"] = plan.counts["persons"] = len(entries)
    plan.counts["ended"] = len(exits)
    plan.counts["unmatched"] = sum(line.action is Action.UNMATCHED for line in plan.lines)
    plan.counts["known"] = sum(line.action is Action.KNOWN for line in plan.lines)
    plan.write = lambda run: _write(asked, run, group, entries, exits)
    return plan


def _key(group: PartnerGroup, row: TableRow) -> str:
    day = row.values["moved_on"]
    return f"{group.code}:{row.text('client_number')}:{row.text('movement')[:20]}:{day}"


def _line(row: TableRow, action: Action) -> Line:
    name = f"{row.text('name')} {row.text('given_name')}".strip()
    return Line(action, row.place(), name, row=row.number, day=row.values["moved_on"],
                household_number=row.text("client_number"))  # fmt: skip


def _family(
    asked: Asked, plan: Plan, row: TableRow, key: str, group: PartnerGroup, groups: Groups
) -> NewFamily | None:
    for name in ("birth", "sex"):
        if row.get(name) is None:
            plan.faults.append(row.fault("ENTRY_NEEDS", name, client=row.text("name")))
    product: Product | None = asked.options.product or group.product
    if product is None:
        plan.faults.append(row.fault("PRODUCT_NOT_SAID", known="–"))
    if row.get("birth") is None or row.get("sex") is None or product is None:
        return None
    birth, day = row.values["birth"], row.values["moved_on"]
    entry = PersonEntry(
        name=row.text("name"), given_name=row.text("given_name"), birth_on=birth.on,
        birth_precision=birth.precision, sex=row.text("sex"),
    )  # fmt: skip
    terms = groups.terms(group, product, day)
    try:
        if isinstance(terms, Refusal):
            raise terms
        _, rules = asked.versions.on(product, day)
        facts = entry_facts(entry, key="0", entered_on=day)
        contribution_due(rules, composition_of((facts,), rules.membership, day))
    except Refusal as refusal:
        plan.faults.append(row.fault(refusal.code, **refusal.data))
        return None
    return NewFamily(
        key=key, entries=(entry,), person_numbers=("",), left_on=(None,), number="",
        product=product, enrolled_on=day, period=cover_period(rules.membership, day), group=group,
        phone=row.text("phone"), waits=waits(terms),
    )  # fmt: skip


def _exit(plan: Plan, row: TableRow, key: str, covers: list[Membership]) -> _Exit | None:
    day = row.values["moved_on"]
    running = [each for each in covers if each.effective_from <= day < covered_until(each)]
    if not running:
        plan.remarks.append(row.fault("EXIT_WITHOUT_COVER", "moved_on", client=row.text("name"),
                                      day=day))  # fmt: skip
        return None
    return _Exit(row, key, running[-1])


def _write(
    asked: Asked,
    run: ImportRun,
    group: PartnerGroup,
    entries: list[tuple[TableRow, NewFamily]],
    exits: list[_Exit],
) -> None:
    common = {"mutual": asked.mutual, "actor": asked.actor, "on": asked.on}
    households = write_families(
        **common, families=[family for _, family in entries], system="", is_takeover=False,
        versions=asked.versions, progress=asked.progress,
    )  # fmt: skip
    kept = []
    for (row, family), household in zip(entries, households, strict=True):
        link_client(
            **common, idempotency_key=f"{run.uid}-{row.number}-in", lender=group,
            number=row.text("client_number"), household=household,
        )  # fmt: skip
        kept.append(Kept(family.key, content_hash(row.values), "enrolment.Household",
                         household.uid))  # fmt: skip
    for leaving in exits:
        end_membership(
            **common, idempotency_key=f"{run.uid}-{leaving.row.number}-out",
            membership=leaving.membership, ended_on=leaving.row.values["moved_on"],
            reason=EndReason.GROUP_LEFT,
        )  # fmt: skip
        kept.append(Kept(leaving.key, content_hash(leaving.row.values), "enrolment.Membership",
                         leaving.membership.uid))  # fmt: skip
    keep_rows(run, "movements", kept)

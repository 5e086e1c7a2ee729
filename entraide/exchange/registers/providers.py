"""A list of providers: what the register misses is entered, what is there is left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import area_label, match_area
from entraide.apps.providers.models import Provider
from entraide.apps.providers.register import (
    ProviderFacts,
    enter_provider,
    facts_of,
    require_right_facts,
)
from entraide.apps.providers.selectors import providers_of
from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Refusal
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.cell_values import plain
from entraide.files.table_reading import TableRow

_BETWEEN = re.compile(r"[,;/+\n]")


def plan_providers(asked: Asked) -> Plan:
    """What becomes of each row; sectors, levels, services and places that nobody knows are faults
    with their row and column. A provider is known by its code, else by its name."""
    plan = Plan(asked)
    by_code: dict[str, Provider] = {}
    by_name: dict[str, Provider] = {}
    for each in providers_of(asked.mutual):
        by_code[each.code.casefold()] = each
        by_name.setdefault(each.name.casefold(), each)
    fresh: list[tuple[TableRow, ProviderFacts]] = []
    for row in asked.table.rows:
        facts = _facts(plan, row)
        if facts is None:
            continue
        code = row.text("provider_code")
        known = by_code.get(code.casefold()) if code else by_name.get(facts.name.casefold())
        if known is None:
            fresh.append((row, facts))
            action = Action.CREATE
        else:
            action = _compared(plan, row, known, facts)
        plan.lines.append(Line(action, row.place(), facts.name, row=row.number, key=code))
    plan.counts["providers"] = len(fresh)
    plan.counts["known"] = len(plan.lines) - len(fresh)

    def write(run: ImportRun) -> None:
        for row, facts in fresh:
            enter_provider(
                mutual=asked.mutual, actor=asked.actor, on=asked.on, facts=facts,
                code=row.text("provider_code"), is_other=True,
                idempotency_key=f"{run.uid}-{row.number}",
            )  # fmt: skip

    plan.write = write
    return plan


def _compared(plan: Plan, row: TableRow, known: Provider, facts: ProviderFacts) -> Action:
    """Whether the file says otherwise than the register: told, and nothing is overwritten."""
    there = facts_of(known)
    said = {
        "name": facts.name, "sector": facts.sector, "level": facts.level, "area": facts.area,
        "phone": facts.phone, "services": sorted(facts.services),
        "opening_hours": facts.opening_hours, "contact_name": facts.contact_name,
        "latitude": facts.latitude, "longitude": facts.longitude,
    }  # fmt: skip
    there["services"] = sorted(there["services"])
    if any(value and value != there[name] for name, value in said.items()):
        plan.remarks.append(row.fault("PROVIDER_DIFFERS", "provider_name", name=known.name))
        return Action.DIFFERS
    return Action.KNOWN


def _facts(plan: Plan, row: TableRow) -> ProviderFacts | None:
    """What a row says, or None when something of it is a fault."""
    profile = plan.asked.table.profile
    services, faults = profile.words("services"), len(plan.faults)
    facts = ProviderFacts(
        name=" ".join(row.text("provider_name").split()),
        sector=_meant(row.text("sector"), profile.words("sector")),
        level=_meant(row.text("level"), profile.words("level")),
        area=_area(plan, row),
        phone=row.text("phone"),
        services=tuple(
            _meant(part, services) for part in _BETWEEN.split(row.text("services")) if part.strip()
        ),
        opening_hours=row.text("opening_hours"),
        contact_name=row.text("contact_name"),
        latitude=_degrees(plan, row, "latitude"),
        longitude=_degrees(plan, row, "longitude"),
    )
    try:
        require_right_facts(facts)
    except Refusal as refusal:
        column = "provider_name" if refusal.place == "name" else refusal.place
        plan.faults.append(row.fault(refusal.code, column, **refusal.data))
    return facts if len(plan.faults) == faults else None


def _meant(text: str, words: Mapping[str, str]) -> str:
    """The code that a word of the file stands for; the word itself when the profile has none."""
    return words.get(plain(text), text.strip())


def _area(plan: Plan, row: TableRow) -> Area | None:
    text = row.text("area")
    if not text:
        return None
    match = match_area(text, mutual=plan.asked.mutual)
    if match.area is None:
        near = ", ".join(area_label(area) for area in match.proposals[:3])
        code = "PROVIDER_PLACE_UNSURE" if near else "PROVIDER_PLACE_UNKNOWN"
        plan.remarks.append(row.fault(code, "area", text=text, near=near))
    return match.area


def _degrees(plan: Plan, row: TableRow, name: str) -> Decimal | None:
    text = row.text(name).replace(",", ".").replace("−", "-").strip()
    if not text:
        return None
    try:
        return round(Decimal(text), 6)
    except InvalidOperation:
        plan.faults.append(row.fault("PROVIDER_GPS_INVALID", name, text=row.text(name)))
        return None

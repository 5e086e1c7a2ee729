"""A table of prices: entered for its list and day, approved in the office by another person."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from entraide.apps.nomenclature.models import CareItem
from entraide.apps.nomenclature.selectors import care_items_named
from entraide.apps.providers.models import Tariff, TariffList
from entraide.apps.providers.prices import (
    PriceLine,
    changes_waiting,
    enter_prices,
    price_faults,
    price_list_called,
)
from entraide.apps.providers.selectors import care_systems
from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Finding
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.table_reading import TableRow

Entry = tuple[TableRow, PriceLine]
Target = tuple[TariffList, date]


def plan_prices(asked: Asked) -> Plan:
    """Each price beside those of its list: acts, lists and days that are not known are faults with
    their row and column; a price that stands or waits already changes nothing."""
    plan = Plan(asked)
    systems = care_systems()
    entries: dict[Target, list[Entry]] = defaultdict(list)
    for row in asked.table.rows:
        item, target = _item(plan, row, systems), _target(plan, row)
        if item is not None and target is not None:
            line = PriceLine(item, row.values["unit_price_minor"], row.place("unit_price_minor"))
            entries[target].append((row, line))
    fresh: dict[Target, list[PriceLine]] = {}
    for target, told in entries.items():
        _require_right_prices(plan, target, told)
        known = _standing(asked, target)
        new = [entry for entry in told if _said(entry) not in known]
        if new:
            fresh[target] = [line for _row, line in new]
        plan.lines += [_line(entry, target, is_new=_said(entry) not in known) for entry in told]
    plan.lines.sort(key=lambda line: line.row)
    plan.counts["prices"] = sum(len(lines) for lines in fresh.values())
    plan.counts["known"] = len(plan.lines) - plan.counts["prices"]
    if fresh:
        plan.remarks.insert(0, Finding("PRICES_TO_APPROVE"))

    def write(run: ImportRun) -> None:
        for number, ((tariff_list, effective_from), lines) in enumerate(fresh.items()):
            enter_prices(
                mutual=asked.mutual, actor=asked.actor, on=asked.on, tariff_list=tariff_list,
                effective_from=effective_from, lines=lines, source=run.file_name,
                idempotency_key=f"{run.uid}-{number}",
            )  # fmt: skip

    plan.write = write
    return plan


def _item(plan: Plan, row: TableRow, systems: list[str]) -> CareItem | None:
    """The act or drug of a row, by its code or its words; the label decides between several."""
    text, label = row.text("care_item"), row.text("care_label")
    found = care_items_named(text, systems=systems)
    if len(found) != 1 and label:
        named = care_items_named(label, systems=systems)
        found = [each for each in named if each in found or not found] or found
    if len(found) == 1:
        return found[0]
    near = ", ".join(f"{each.label} ({each.code})" for each in found[:4])
    code = "CARE_ITEM_SEVERAL" if found else "CARE_ITEM_NOT_FOUND"
    plan.faults.append(row.fault(code, "care_item", text=text, near=near))
    return None


def _target(plan: Plan, row: TableRow) -> Target | None:
    """The list and the day of a row: as it says, else as was chosen for the whole file."""
    options, text = plan.asked.options, row.text("price_list")
    tariff_list = options.tariff_list
    if text:
        tariff_list = price_list_called(plan.asked.mutual, text)
        if tariff_list is None:
            plan.faults.append(row.fault("PRICE_LIST_NOT_FOUND", "price_list", text=text))
            return None
    day = row.get("effective_from") or options.enrolled_on
    for is_missing, code in (
        (tariff_list is None, "PRICE_LIST_NOT_SAID"),
        (day is None, "PRICE_DAY_NOT_SAID"),
    ):
        if is_missing and all(each.code != code for each in plan.faults):
            plan.faults.append(Finding(code))  # once for the whole file
    return (tariff_list, day) if tariff_list is not None and day is not None else None


def _require_right_prices(plan: Plan, target: Target, told: list[Entry]) -> None:
    at = {line.place: row for row, line in told}
    for each in price_faults(*target, [line for _row, line in told]):
        plan.faults.append(at[each.place].fault(each.code, "unit_price_minor", **each.data))


def _said(entry: Entry) -> tuple[str, str, str, int]:
    item = entry[1].care_item
    return item.system, item.kind, item.code, entry[1].unit_price_minor


def _standing(asked: Asked, target: Target) -> set[tuple[str, str, str, int]]:
    """What stands in the list from that very day, or waits for approval."""
    tariff_list, day = target
    rows = Tariff.objects.filter(tariff_list=tariff_list, effective_from=day)
    names = ("care_item__system", "care_item__kind", "care_item__code", "unit_price_minor")
    waiting = changes_waiting(asked.mutual).filter(tariff_list=tariff_list, effective_from=day)
    return {*rows.values_list(*names), *(tuple(line) for each in waiting for line in each.lines)}


def _line(entry: Entry, target: Target, *, is_new: bool) -> Line:
    row, line = entry
    return Line(
        Action.CREATE if is_new else Action.KNOWN, row.place(), line.care_item.label,
        row=row.number, key=line.care_item.code, amount_minor=line.unit_price_minor,
        day=target[1],
    )  # fmt: skip

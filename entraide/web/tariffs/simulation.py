"""``Simuler tarif``: another tariff on the families of today, before anybody adopts it.

Nothing is saved: the whole question stands in the address. Without any change the page is the
report of the effort that contributions ask.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.simulation import cohorts_of, families_like, households_priced
from entraide.apps.schemes.choices import EFFORT_LIMIT
from entraide.apps.schemes.models import Product, ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for, product_on, rules_of
from entraide.core import product as core
from entraide.core.errors import Refusal
from entraide.core.rating import contribution_due
from entraide.core.tariff_simulation import Simulation, Slice, loan_tiers, simulate
from entraide.messages import sentence
from entraide.rulebook import ProductRules, parse_product
from entraide.rulebook.revision import revised
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.figures import simulation_figures
from entraide.web.tariffs.forms import SimulationForm, TariffForm
from entraide.web.tariffs.guard import running_share_beyond
from entraide.web.tariffs.wording import changes_told, cut_name, slice_name

READERS = (Right.PLAN, Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.READ_REPORTS)
ROWS_PER_PAGE = 50
CUTS = ("loan", "kind", "size", "segment")


@dataclass(frozen=True, slots=True)
class Tried:
    """A product as it stands and as it is tried, on one day."""

    product: Product
    rules: ProductRules
    on: date
    now: core.Product
    then: core.Product
    changes: dict[str, Any]


@require_GET
@office_view(right=READERS)
def simulate_tariff(request: OfficeRequest, code: str) -> HttpResponse:
    """The whole, then the same families by loan, kind, size and segment; or a table to keep."""
    product = product_for(request.mutual, code)
    form, tried = _asked(request, product)
    context: dict[str, Any] = {"product": product, "form": form, "query": request.GET.urlencode()}
    if tried is not None:
        result = _simulated(tried)
        typed = form.cleaned_data.get("effort_limit") if form.is_bound else None
        limit = Decimal(typed) if typed else EFFORT_LIMIT.of(request.mutual)
        if request.GET.get("format") == "csv":
            return _as_csv(request, tried, result)
        context |= {
            "result": result,
            "figures": simulation_figures(request, result, bool(tried.changes)),
            "changes": changes_told(tried.rules, tried.changes, tried.on),
            "cuts": [_table(cut, result, request, limit) for cut in CUTS],
            "has_changes": bool(tried.changes),
            "may_enter": bool(tried.changes) and Right.ENTER_PRODUCT in request.rights,
            "limit": limit,
            "guard": running_share_beyond(request, tried.then),
            "today": tried.on,
        }
    status = 422 if form.errors else 200
    return render(request, "web/tariffs/simulate.html", context, status=status)


@require_GET
@office_view(right=Right.READ_REGISTERS)
def families(request: OfficeRequest, code: str) -> HttpResponse:
    """The families behind a figure, each with what it would pay and the steps of its price."""
    product = product_for(request.mutual, code)
    _form, tried = _asked(request, product)
    if tried is None:
        raise Refusal("NOT_FOUND", record="product", key=code)
    cut, key = request.GET.get("cut", ""), request.GET.get("key", "")
    effect = request.GET.get("effect", "")
    cohorts = cohorts_of(product, tried.now.membership, tried.on)
    keys = families_like(
        product, tried.now, tried.then, tried.on, cut=cut, key=key, effect=effect,
        tiers=loan_tiers(cohorts),
    )  # fmt: skip
    page = Paginator(keys, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = households_priced(page.object_list, product, tried.now.membership, tried.on)
    members = members_of([membership.household for membership, _composition in rows])
    language = request.LANGUAGE_CODE
    shown = []
    for membership, composition in rows:
        now, then = (contribution_due(each, composition) for each in (tried.now, tried.then))
        steps = [(sentence(each.code, each.data, language), each.amount_minor)
                 for each in then.lines]  # fmt: skip
        shown.append((membership, members.get(membership.household_id), now, then, steps))
    context = {
        "product": product,
        "page": page,
        "rows": shown,
        "cut": slice_name(cut, key, loan_tiers(cohorts), request) if cut in CUTS else "",
        "back": f"{office_url(request, 'tariff-simulate', code=code)}?{_without_cut(request)}",
    }
    return render(request, "web/tariffs/families.html", context)


def simulation_of(request: OfficeRequest, version: ProductVersion) -> str:
    """The address of the simulation of a version's values on the families of today.

    Empty for who may not simulate, and where there is no tariff of today to compare with or it has
    another formula.
    """
    if not set(READERS) & request.rights:
        return ""
    rules = rules_of(version)
    try:
        today, _product = product_on(version.product, request.day)
    except Refusal:
        return ""
    kinds = {each.document["contribution"]["kind"] for each in (rules, rules_of(today))}
    if len(kinds) > 1:
        return ""
    form = TariffForm(rules=rules, on=version.effective_from)
    # Nothing in a field is a limit taken away.
    values = {
        each.name: "" if each.value() is None else str(each.value()) for each in form.of_tariff()
    }
    page = office_url(request, "tariff-simulate", code=version.product.code)
    return f"{page}?{urlencode(values)}"


def _without_cut(request: OfficeRequest) -> str:
    query = request.GET.copy()
    for name in ("cut", "key", "effect", "page"):
        query.pop(name, None)
    return query.urlencode()


def _asked(request: OfficeRequest, product: Product) -> tuple[SimulationForm, Tried | None]:
    """The form as it was sent (or as the tariff stands), and the two products when it is sound."""
    version, now = product_on(product, request.day)
    rules = rules_of(version)
    on = request.day
    is_sent = "fund_share_rate" in request.GET
    limit = EFFORT_LIMIT.of(request.mutual)
    form = SimulationForm(
        request.GET if is_sent else None, rules=rules, on=on, initial={"effort_limit": limit}
    )
    if not is_sent:
        return form, Tried(product, rules, on, now, now, {})
    if not form.is_valid():
        return form, None
    changes = form.changes()
    try:
        then = _tried(rules, changes, on)
    except Refusal as refusal:
        show_refusal(form, refusal, form.fields_of(refusal))
        return form, None
    return form, Tried(product, rules, on, now, then, changes)


def _tried(rules: ProductRules, changes: dict[str, Any], on: date) -> core.Product:
    """The product with the values tried from the day on, whatever is already decided for later."""
    if not changes:
        return rules.on(on)
    content = rules.document
    later = {path: _until(content, path, on) for path in changes}
    for path, values in later.items():
        part = content
        for name in path.split("."):
            part = part.get(name, {})
        if "values" in part:
            part["values"] = values
    content = revised(content, changes, effective_from=on, source="simulation")
    return parse_product(content, is_kept=True).on(on)


def _until(content: dict[str, Any], path: str, on: date) -> list[dict[str, Any]]:
    part: Any = content
    for name in path.split("."):
        part = part.get(name, {})
    return [entry for entry in part.get("values", ()) if entry["from"] <= on.isoformat()]


def _simulated(tried: Tried) -> Simulation:
    cohorts = cohorts_of(tried.product, tried.now.membership, tried.on)
    return simulate(tried.now, tried.then, cohorts, loan_tiers(cohorts))


def _slices(cut: str, result: Simulation) -> tuple[Slice, ...]:
    return {
        "loan": result.by_loan,
        "kind": result.by_kind,
        "size": result.by_size,
        "segment": result.by_segment,
    }[cut]


def _table(cut: str, result: Simulation, request: OfficeRequest, limit: Decimal) -> dict[str, Any]:
    """One cut of the families as a table; tiers whose effort is above the limit are flagged."""
    rows = []
    for each in _slices(cut, result):
        efforts = [each.effort_of_loan_then, each.effort_of_income_then]
        heavy = any(effort is not None and effort > limit for effort in efforts)
        query = request.GET.copy()
        query["cut"], query["key"] = cut, each.key
        query.pop("format", None)
        rows.append(
            {
                "slice": each,
                "name": slice_name(cut, each.key, result.tiers, request),
                "is_heavy": heavy,
                "url": f"familles/?{query.urlencode()}",
            }
        )
    slices = [row["slice"] for row in rows]
    return {
        "key": cut,
        "name": cut_name(cut),
        "rows": rows,
        "has_loan": any(each.loan_minor for each in slices),
        "has_income": any(each.income_minor for each in slices),
    }


def _as_csv(request: OfficeRequest, tried: Tried, result: Simulation) -> HttpResponse:
    """The same tables as rows, amounts in minor units, for a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    names = [name for name in Slice.__dataclass_fields__ if name != "key"]
    rates = ("effort_of_loan_now", "effort_of_loan_then", "effort_of_income_now",
             "effort_of_income_then")  # fmt: skip
    writer.writerow(["product", "day", "cut", "slice", *names, *rates])
    for cut, each in _all_slices(result):
        name = slice_name(cut, each.key, result.tiers, request) if cut != "total" else ""
        shares = (getattr(each, rate) for rate in rates)
        writer.writerow(
            [tried.product.code, tried.on, cut, name,
             *(getattr(each, field) for field in names),
             *("" if share is None else f"{share:.4f}" for share in shares)]
        )  # fmt: skip
    name = f"{request.mutual.code}-simulation-{tried.product.code}-{tried.on}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = f"\ufeff{buffer.getvalue()}"  # the mark by which spreadsheets know UTF-8
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _all_slices(result: Simulation) -> Iterator[tuple[str, Slice]]:
    yield "total", result.total
    for cut in CUTS:
        for each in _slices(cut, result):
            yield cut, each

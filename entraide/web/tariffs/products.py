"""The products of the mutual: what each says in plain words, and the history of its versions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entraide.apps.contributions.simulation import running_covers
from entraide.apps.contributions.tariffs import BriefingProgress, briefing_progress, change_of
from entraide.apps.schemes.models import Product, ProductVersion
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import (
    product_for,
    product_on,
    products,
    rules_of,
    versions_of,
)
from entraide.core.errors import Refusal
from entraide.rulebook.revision import value_changes
from entraide.web.claims.reasons import category_names
from entraide.web.office import OfficeRequest, office_view
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.summary import summary_of
from entraide.web.tariffs.wording import dated_changes

READERS = (
    Right.READ_REGISTERS,
    Right.READ_REPORTS,
    Right.ENTER_PRODUCT,
    Right.APPROVE_PRODUCT,
    Right.PLAN,
)
SIMULATORS = {Right.PLAN, Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.READ_REPORTS}
PLAN_READERS = {Right.PLAN, Right.READ_REPORTS}
VERSION_READERS = {Right.APPROVE_PRODUCT, Right.ENTER_PRODUCT}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product of the list: the versions in force, approved for later, and not approved; the
    covers that run."""

    product: Product
    in_force: ProductVersion | None
    coming: list[ProductVersion]  # the next one first
    waiting: list[ProductVersion]
    covers_count: int


@require_GET
@office_view(right=READERS)
def product_list(request: OfficeRequest) -> HttpResponse:
    """Every product with the tariff in force. A mutual has a few: one query or two for each."""
    rows, now = [], Remembered(request.mutual, request.day)
    for product in products(request.mutual):
        versions = list(versions_of(product))
        in_force = next(
            (v for v in versions if v.approved_at and v.effective_from <= request.day), None
        )
        coming = [v for v in versions if v.approved_at and v.effective_from > request.day]
        waiting = [version for version in versions if version.is_waiting]
        rows.append(
            ProductRow(
                product,
                in_force,
                sorted(coming, key=lambda version: version.effective_from),
                waiting,
                now.figure(
                    f"covers of product {product.pk}", running_covers(product, request.day).count
                ),
            )
        )
    context = {
        "rows": rows,
        "may_simulate": bool(SIMULATORS & request.rights),
        "may_enter": Right.ENTER_PRODUCT in request.rights,
        "may_read_versions": bool(VERSION_READERS & request.rights),
    }
    return render(request, "web/tariffs/list.html", context)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of the history, with what it changed in the one before."""

    version: ProductVersion
    changes: list[str]
    scenario: str
    scenario_uid: UUID | None
    without_briefing_reason: str
    progress: BriefingProgress


@require_GET
@office_view(right=READERS)
def product_page(request: OfficeRequest, code: str) -> HttpResponse:
    """What the product says today, then every version: what changed, who decided, since when."""
    product = product_for(request.mutual, code)
    versions = sorted(versions_of(product), key=lambda version: version.number)
    categories = category_names()
    history: list[VersionRow] = []
    before = None
    for version in versions:
        rules = rules_of(version)
        changes = [] if before is None else list(value_changes(rules, before))
        change = change_of(version)
        history.append(
            VersionRow(
                version,
                dated_changes(changes, rules.currency, categories),
                change.scenario if change else "",
                change.scenario_uid if change else None,
                change.without_briefing_reason if change else "",
                briefing_progress(version),
            )
        )
        if version.approved_at is not None:
            before = rules
    try:
        in_force, rules_today = product_on(product, request.day)
    except Refusal:
        in_force, rules_today = None, None
    context = {
        "product": product,
        "in_force": in_force,
        "parts": summary_of(rules_today, care_names(in_force.document)) if rules_today else [],
        "history": list(reversed(history)),
        "may_read_plan": bool(PLAN_READERS & request.rights),
        "may_simulate": bool(SIMULATORS & request.rights) and in_force is not None,
        "may_enter": Right.ENTER_PRODUCT in request.rights and in_force is not None,
        "may_read_versions": bool(VERSION_READERS & request.rights),
    }
    return render(request, "web/tariffs/product.html", context)

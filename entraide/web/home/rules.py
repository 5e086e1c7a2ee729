"""A version of a product's rules: read line by line, with what it changes, then approved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entraide.apps.contributions.tariffs import approve_tariff, briefing_progress, change_of
from entraide.apps.schemes.models import ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_version_for, rules_of, versions_of
from entraide.apps.schemes.withdrawals import (
    send_product_version_back,
    withdraw_product_version,
)
from entraide.apps.what_if.approval import has_past_claims, needs_trial, trial_of
from entraide.core.errors import Refusal
from entraide.core.parameters import Dated
from entraide.rulebook import ProductRules
from entraide.web.claims.reasons import category_names
from entraide.web.home.rule_words import PART_NAMES, part_of, value_name, written
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.remarks import retroactive_told, unbounded_told
from entraide.web.products.trials import trial_way
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.products import PLAN_READERS
from entraide.web.tariffs.simulation import simulation_of


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One value from a day on, with who decided it; ``was`` is what it replaces."""

    name: str
    value: str
    effective_from: date
    source: str
    was: str = ""
    is_changed: bool = False


@require_GET
@office_view(right=(Right.APPROVE_PRODUCT, Right.ENTER_PRODUCT))
def product_version(request: OfficeRequest, uid: str) -> HttpResponse:
    """All values of a version, those that differ from the version in force marked."""
    version = product_version_for(request.mutual, uid)  # type: ignore[arg-type]
    in_force = _version_before(version)
    context = {
        "version": version,
        "in_force": in_force,
        "parts": _parts(rules_of(version), rules_of(in_force) if in_force else None),
        "may_approve": Right.APPROVE_PRODUCT in request.rights
        and version.is_waiting
        and version.entered_by_id != request.user.pk,
        "retroactive": retroactive_told(version, version.effective_from, request.day)
        if version.approved_at is None
        else "",
        "unbounded": unbounded_told(
            rules_of(version).on(version.effective_from), care_names(version.document)
        )
        if version.approved_at is None
        else "",
        "entered_by_reader": version.entered_by_id == request.user.pk,
        "may_withdraw": _withdrawing(request, version) is not None,
        "may_enter": Right.ENTER_PRODUCT in request.rights,
        "change": change_of(version),
        "progress": briefing_progress(version),
        "may_read_plan": bool(PLAN_READERS & request.rights),
        "simulation": simulation_of(request, version) if _is_to_come(version, request) else "",
        **_trial(request, version),
    }
    return render(request, "web/home/rules.html", context)


def _trial(request: OfficeRequest, version: ProductVersion) -> dict[str, Any]:
    """The trial of these very rules on past claims, and what is to be done without one."""
    is_waiting = version.is_waiting
    is_needed = is_waiting and needs_trial(version)
    return {
        "trial": trial_of(request.mutual, version.checksum),
        "needs_trial": is_needed,
        "may_try": is_waiting,
        "try_url": trial_way(request, f"version:{version.uid}", version.product),
        "may_waive": is_needed
        and Right.ENTER_PRODUCT in request.rights
        and not has_past_claims(version.product, request.day),
    }


@require_POST
@office_view(right=Right.APPROVE_PRODUCT)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """Put a version in force: another person than who entered it."""
    version = product_version_for(request.mutual, uid)  # type: ignore[arg-type]
    try:
        approve_tariff(
            mutual=request.mutual,
            actor=request.user,
            on=request.day,
            idempotency_key=request.POST.get("idempotency_key", ""),
            version=version,
            without_briefing_reason=request.POST.get("without_briefing_reason", ""),
            retroactive_reason=request.POST.get("retroactive_reason", ""),
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(office_url(request, "product-version", uid=version.uid))
    text = _("The rules of {product} are approved.").format(product=version.product.name)
    notify(request, text, links=[(_("Back to what waits"), office_url(request, "home"))])
    return redirect(office_url(request, "product-version", uid=version.uid))


@require_POST
@office_view(right=(Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT))
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """A version taken back by who entered it, or sent back by who was to approve it."""
    version = product_version_for(request.mutual, uid)  # type: ignore[arg-type]
    # Somebody else who enters products is told by the service whose version it is.
    act = _withdrawing(request, version) or withdraw_product_version
    try:
        act(**command_arguments(request), version=version, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(office_url(request, "product-version", uid=version.uid))
    text = _("Version %(number)s is withdrawn: it stays in the history, and never takes force.")
    notify(request, text % {"number": version.number})
    return redirect(office_url(request, "product-version", uid=version.uid))


def _withdrawing(request: OfficeRequest, version: ProductVersion) -> Callable[..., Any] | None:
    """By which act this person takes the version out of what waits; None by none."""
    if not version.is_waiting:
        return None
    if version.entered_by_id == request.user.pk and Right.ENTER_PRODUCT in request.rights:
        return withdraw_product_version
    if version.entered_by_id != request.user.pk and Right.APPROVE_PRODUCT in request.rights:
        return send_product_version_back
    return None


def _is_to_come(version: ProductVersion, request: OfficeRequest) -> bool:
    return version.withdrawn is None and (
        version.approved_at is None or version.effective_from > request.day
    )


def _version_before(version: ProductVersion) -> ProductVersion | None:
    """The last approved version of the same product, another one than this."""
    others = versions_of(version.product).filter(approved_at__isnull=False).exclude(pk=version.pk)
    if version.approved_at is not None:
        others = others.filter(number__lt=version.number)
    return others.first()


def _parts(rules: ProductRules, before: ProductRules | None) -> list[tuple[str, list[RuleRow]]]:
    """The values by part: sharing, contribution, membership, then each category of care."""
    categories = category_names()
    parts: dict[tuple[str, str], list[RuleRow]] = {}
    old = before.parameters if before is not None else {}
    for path, dated in rules.parameters.items():
        parts.setdefault(part_of(path), []).extend(_rows(path, dated, old, rules.currency, before))
    order = [*((name, "") for name in PART_NAMES), *(("benefits", code) for code in categories)]
    keys = [key for key in order if key in parts] + [key for key in parts if key not in order]
    return [
        (
            categories.get(category, category) if category else str(PART_NAMES[kind]),
            parts[kind, category],
        )
        for kind, category in keys
    ]


def _rows(
    path: str,
    dated: Dated[Any],
    old: Mapping[str, Dated[Any]],
    currency: str,
    before: ProductRules | None,
) -> Iterable[RuleRow]:
    known = {each.effective_from: each.value for each in old[path].values} if path in old else {}
    for each in dated.values:
        is_changed = before is not None and known.get(each.effective_from, ...) != each.value
        was = ""
        if is_changed and path in old:
            earlier = [v for v in old[path].values if v.effective_from <= each.effective_from]
            was = written(path, earlier[-1].value, currency) if earlier else ""
        yield RuleRow(
            value_name(path),
            written(path, each.value, currency),
            each.effective_from,
            each.source,
            was,
            is_changed,
        )

"""The register of providers, and the page of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import area_label, areas_of, line_of
from entraide.apps.providers.breaches import breaches_of, turnovers_of
from entraide.apps.providers.conventions import conventions_of, to_renew
from entraide.apps.providers.models import Agreement, AgreementState, Provider
from entraide.apps.providers.register import (
    changes_of,
    proposals_waiting,
    provider_seen,
    providers_of,
    register,
)
from entraide.apps.schemes.rights import Right
from entraide.web.fields import is_uid
from entraide.web.names import State
from entraide.web.office import OfficeRequest, office_view
from entraide.web.providers.wording import (
    CLAUSES,
    FACT_NAMES,
    LEVELS,
    PROVIDER_STATES,
    SECTOR_CHOICES,
    breach_state,
    convention_state,
    fact_told,
    gps_told,
    services_told,
)
from entraide.web.settlements.marked import mark_shown_for

ROWS_PER_PAGE = 50
READERS = (Right.READ_REGISTERS, Right.KEEP_PROVIDERS, Right.APPROVE_CONVENTION, Right.ADMINISTER)
CONVENTIONS = ("running", "none", "renew", "draft")


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider of the list: its words, and where its convention stands."""

    provider: Provider
    sector: str
    level: str
    place: str
    services: str
    convention: State
    state: State | None


@require_safe
@office_view(right=READERS)
def provider_list(request: OfficeRequest) -> HttpResponse:
    """The register, searched and filtered; only the rows for the page's script."""
    asked = request.GET
    filters = _filters(request)
    found = register(request.mutual, **filters)
    convention = asked.get("convention", "")
    convention = convention if convention in CONVENTIONS else ""
    if convention:
        found = _with_convention(request, found, convention)
    page = Paginator(found, ROWS_PER_PAGE).get_page(asked.get("page"))
    latest = agreements_shown(request, list(page.object_list))
    sectors = dict(SECTOR_CHOICES)
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            ProviderRow(
                provider=each,
                sector=str(sectors.get(each.sector, each.sector)),
                level=str(LEVELS.get(each.level, "")),
                place=area_label(each.area) if each.area else "",
                services=services_told(each.services),
                convention=convention_state(latest.get(each.pk), request.day),
                state=None if each.state == "accepted" else PROVIDER_STATES[each.state],
            )
            for each in page.object_list
        ],
        "is_narrowed": bool(convention or any(filters.values())),
    }
    if request.htmx:
        return render(request, "web/providers/_rows.html", context)
    context |= {
        "text": filters["text"], "sector": filters["sector"], "level": filters["level"],
        "area": filters["area"], "convention": convention, "is_closed": filters["is_closed"],
        "sectors": SECTOR_CHOICES, "levels": list(LEVELS.items()), "places": _places(request),
        "may_keep": bool({Right.KEEP_PROVIDERS, Right.ADMINISTER} & request.rights),
        "may_read_costs": bool({Right.READ_REPORTS, Right.READ_MEDICAL} & request.rights)
        and request.sections is None,
        "waiting_count": proposals_waiting(request.mutual).count(),
    }  # fmt: skip
    return render(request, "web/providers/list.html", context)


def _filters(request: OfficeRequest) -> dict[str, Any]:
    asked = request.GET
    uid = asked.get("area", "")
    return {
        "text": asked.get("q", ""),
        "sector": asked.get("sector", "") if asked.get("sector") in dict(SECTOR_CHOICES) else "",
        "level": asked.get("level", "") if asked.get("level") in LEVELS else "",
        "area": areas_of(request.mutual).filter(uid=uid).first() if is_uid(uid) else None,
        "is_closed": asked.get("closed") == "1",
    }


def _places(request: OfficeRequest) -> list[tuple[Area, str]]:
    """The places where providers are, and those around them, the largest first."""
    areas: dict[int, Area] = {}
    for each in providers_of(request.mutual).filter(area__isnull=False):
        assert each.area is not None
        areas |= {area.pk: area for area in line_of(each.area)}
    ordered = sorted(areas.values(), key=lambda area: [part.name for part in line_of(area)][::-1])
    return [(area, area_label(area)) for area in ordered]


def _with_convention(
    request: OfficeRequest, found: QuerySet[Provider], convention: str
) -> QuerySet[Provider]:
    if convention == "renew":
        ending = [each.provider_id for each, _stage in to_renew(request.mutual, request.day)]
        return found.filter(pk__in=ending)
    rows = conventions_of(request.mutual).order_by()
    if convention == "draft":
        drafts = rows.filter(state=AgreementState.DRAFT)
        return found.filter(pk__in=drafts.values("provider_id"))
    running = rows.filter(state=AgreementState.APPROVED, effective_from__lte=request.day).exclude(
        effective_until__lte=request.day
    )
    keys = running.values("provider_id")
    return found.filter(pk__in=keys) if convention == "running" else found.exclude(pk__in=keys)


def agreements_shown(request: OfficeRequest, providers: list[Provider]) -> Mapping[int, Agreement]:
    """Provider → the convention that tells how things stand: in force, else the latest."""
    rows = conventions_of(request.mutual).filter(provider__in=providers)
    found: dict[int, Agreement] = {}
    for each in rows.exclude(state=AgreementState.REFUSED).order_by("effective_from", "id"):
        known = found.get(each.provider_id)
        is_over = known is None or not _holds(known, request)
        if is_over or _holds(each, request):
            found[each.provider_id] = each
    return found


def _holds(agreement: Agreement, request: OfficeRequest) -> bool:
    return (
        agreement.state == AgreementState.APPROVED
        and agreement.effective_from <= request.day
        and (agreement.effective_until is None or agreement.effective_until > request.day)
    )


@require_safe
@office_view(right=READERS)
def provider(request: OfficeRequest, uid: str) -> HttpResponse:
    """One provider: what it does and when, whom to call, its conventions, its history."""
    shown = provider_seen(request.mutual, uid)
    language = request.LANGUAGE_CODE
    conventions = list(conventions_of(request.mutual).filter(provider=shown))
    current = agreements_shown(request, [shown]).get(shown.pk)
    breaches = breaches_of(request.mutual).filter(agreement__provider=shown)
    may_keep = bool({Right.KEEP_PROVIDERS, Right.ADMINISTER} & request.rights)
    place = gps_told(shown)
    context = {
        "provider": shown,
        "state": None if shown.state == "accepted" else PROVIDER_STATES[shown.state],
        "sector": dict(SECTOR_CHOICES).get(shown.sector, shown.sector),
        "level": LEVELS.get(shown.level, ""),
        "place": area_label(shown.area) if shown.area else "",
        "gps": place,
        "gps_link": place.replace(" ", ""),
        "services": services_told(shown.services),
        "current": current,
        "current_state": convention_state(current, request.day),
        "conventions": [(each, convention_state(each, request.day)) for each in conventions],
        "breaches": [
            (each, CLAUSES.get(each.clause, each.clause), breach_state(each)) for each in breaches
        ],
        "turnovers": _shares(request, shown),
        "changes": [
            (each, [(FACT_NAMES.get(name, name), fact_told(name, each.before.get(name), language),
                     fact_told(name, value, language)) for name, value in each.after.items()])
            for each in changes_of(shown)
        ],
        "may_keep": may_keep and shown.state != "refused",
        "may_draft": Right.KEEP_PROVIDERS in request.rights and shown.state != "refused",
        "reads_conventions": request.sections is None,
        "mark": mark_shown_for(request, shown),
        "may_note_account": Right.PREPARE_BATCH in request.rights and bool(conventions),
        "may_see_posts": request.sections is None
        and bool({Right.KEEP_PROVIDERS, Right.APPROVE_CONVENTION} & request.rights),
    }  # fmt: skip
    return render(request, "web/providers/page.html", context)


def _shares(request: OfficeRequest, shown: Provider) -> list[tuple[Any, int, Decimal]]:
    """Each year told: the turnover, what the mutual paid for care of that year, its share."""
    turnovers = turnovers_of(request.mutual, shown)
    if not turnovers or request.sections is not None:
        return []
    paid = paid_by_year(request.mutual, shown)
    return [
        (each, paid.get(each.year, 0), Decimal(paid.get(each.year, 0)) / each.amount_minor)
        for each in turnovers
    ]

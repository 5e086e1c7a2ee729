"""« Effet des plafonds »: who reaches a ceiling, what is left to families, what was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.rights import Right
from entraide.apps.what_if.approval import usual_period
from entraide.apps.what_if.ceilings import ceiling_hits, claims_by_sector, claims_in
from entraide.core.what_if.ceilings import Hit, HitSum, sum_of_hits
from entraide.web.claims.reasons import SECTORS, category_names, reason_name
from entraide.web.fields import DayField, LastDayField
from entraide.web.office import OfficeRequest, office_url, office_view

READERS = (Right.READ_REPORTS, Right.PLAN, Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT)
FIRST_CATEGORY = "hospital"  # where a ceiling hurts most comes first
MOST_FAMILIES = 10
ROWS_PER_PAGE = 50


class PeriodForm(forms.Form):
    """The days of care that are looked at."""

    start = DayField(label=gettext_lazy("From the day"), required=False)
    until = LastDayField(label=gettext_lazy("Up to and with the day"), required=False)

    def period(self, on: date) -> tuple[date, date]:
        """``[start, until)``; the last twelve months where nothing was said."""
        start, until = usual_period(on)
        if not self.is_valid():
            return start, until
        said = self.cleaned_data
        start, until = said["start"] or start, said["until"] or until
        return (start, until) if start < until else usual_period(on)


@dataclass(frozen=True, slots=True)
class HitRow:
    """One line of a cut: its name, what it adds up to, where its rows stand."""

    name: str
    sums: HitSum
    url: str


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def ceilings_effect(request: OfficeRequest) -> HttpResponse:
    """What ceilings took in a period, by category and by ceiling; the sectors of care before and
    in it."""
    form = PeriodForm(request.GET or None)
    start, until = form.period(request.day)
    form.initial = {"start": start, "until": until}
    every = ceiling_hits(request.mutual, start, until)
    hits = [hit for hit in every if not hit.is_exception]
    names = category_names()

    def row(name: str, part: list[Hit], **filters: str) -> HitRow:
        typed = {"start": f"{start:%d/%m/%Y}", "until": f"{until - timedelta(days=1):%d/%m/%Y}"}
        url = f"{office_url(request, 'ceilings-rows')}?{urlencode(typed | filters)}"
        return HitRow(name, sum_of_hits(part), url)

    categories = sorted(
        {hit.category for hit in hits},
        key=lambda code: (
            code != FIRST_CATEGORY,
            -sum(hit.amount_minor for hit in hits if hit.category == code),
            code,
        ),
    )
    codes = sorted({hit.code for hit in hits})
    context = {
        "form": form,
        "start": start,
        "last_on": until - timedelta(days=1),
        "claims_count": claims_in(request.mutual, start, until).count(),
        "total": row("", hits),
        "exceptions": row("", [hit for hit in every if hit.is_exception], show="exceptions"),
        "by_category": [
            row(names.get(code, code), [hit for hit in hits if hit.category == code], category=code)
            for code in categories
        ],
        "by_code": [
            row(reason_name(code), [hit for hit in hits if hit.code == code], code=code)
            for code in codes
        ],
        "families": _families(hits),
        "sectors": _sectors(request, start, until),
        "before_from": start - (until - start),
        "before_last_on": start - timedelta(days=1),
    }
    return render(request, "web/products/ceilings.html", context)


def _families(hits: list[Hit]) -> list[tuple[Household, HitSum]]:
    """The families to which ceilings leave most."""
    by_family: dict[int, list[Hit]] = {}
    for hit in hits:
        by_family.setdefault(hit.household, []).append(hit)
    sums = {key: sum_of_hits(part) for key, part in by_family.items()}
    most = sorted(sums, key=lambda key: (-sums[key].amount_minor, key))[:MOST_FAMILIES]
    found = Household.objects.in_bulk(most)
    return [(found[key], sums[key]) for key in most if key in found]


def _sectors(request: OfficeRequest, start: date, until: date) -> list[dict[str, Any]]:
    """Claims and their share by sector, in as many days before the period, and in it."""
    before = claims_by_sector(request.mutual, start - (until - start), start)
    now = claims_by_sector(request.mutual, start, until)
    all_before, all_now = sum(before.values()), sum(now.values())
    return [
        {
            "name": str(SECTORS.get(sector, sector)),
            "before": before.get(sector, 0),
            "before_share": _share(before.get(sector, 0), all_before),
            "now": now.get(sector, 0),
            "now_share": _share(now.get(sector, 0), all_now),
        }
        for sector in SECTORS
    ]


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def ceilings_rows(request: OfficeRequest) -> HttpResponse:
    """The claims behind a figure of the effect of ceilings."""
    start, until = PeriodForm(request.GET).period(request.day)
    category, code = request.GET.get("category", ""), request.GET.get("code", "")
    wants_exceptions = request.GET.get("show") == "exceptions"
    hits = [
        hit
        for hit in ceiling_hits(request.mutual, start, until)
        if hit.is_exception == wants_exceptions
        and category in ("", hit.category)
        and code in ("", hit.code)
    ]
    page = Paginator(hits, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    claims = Claim.objects.select_related("household").in_bulk(
        [hit.claim for hit in page.object_list]
    )
    names = category_names()
    context = {
        "page": page,
        "start": start,
        "last_on": until - timedelta(days=1),
        "sums": sum_of_hits(hits),
        "rows": [
            (claims[hit.claim], names.get(hit.category, hit.category), reason_name(hit.code), hit)
            for hit in page.object_list
        ],
    }
    return render(request, "web/products/ceilings_rows.html", context)

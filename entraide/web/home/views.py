"""The home page: where the mutual stands, what waits for this person, the month in progress.

The figures are read from an export of the registers. Those of the last twelve full months move
seldom, so that an export of the last quarter of an hour will do and they come with the page; else
the page comes at once and asks for them, since making an export takes a moment.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from entraide.apps.reporting.services import headline
from entraide.apps.reporting.warehouse import current_export, latest_export
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.web.home.decisions import decisions_for, oldest_days
from entraide.web.home.figures import home_figures
from entraide.web.home.month import month_rows
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.plan.guard import scenario_warnings
from entraide.web.report.periods import query_of
from entraide.web.tariffs.guard import running_share_warnings

FRESH_ENOUGH = timedelta(minutes=15)


# The daily acts of a desk, in the order of the chain: whoever may do one begins here.
FIRST_ACTS: tuple[tuple[Right, str, str | Promise], ...] = (
    (Right.ENROL, "household-new", gettext_lazy("Enter a membership form")),
    (Right.RECORD_PAYMENT, "payment-choose", gettext_lazy("Receive a contribution")),
    (Right.ENTER_CLAIM, "claim-new", gettext_lazy("Enter a claim")),
)


def first_acts(request: OfficeRequest) -> list[tuple[str | Promise, str]]:
    """(name, address) of the daily acts that this person may do."""
    return [
        (name, office_url(request, page))
        for right, page, name in FIRST_ACTS
        if right in request.rights
    ]


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    """The page; ``?chiffres=1`` waits for the figures (without a script)."""
    may_read = Right.READ_REPORTS in request.rights
    decisions = decisions_for(request)
    context: dict[str, Any] = {
        "decisions": decisions,
        "first_acts": first_acts(request),
        "oldest_days": oldest_days(decisions, request.day),
        "may_read_reports": may_read,
        "month_rows": month_rows(request) if may_read else (),
        "running_share_warnings": [*running_share_warnings(request), *scenario_warnings(request)]
        if may_read
        else (),
    }
    if may_read and ("chiffres" in request.GET or _are_at_hand(request)):
        context |= _figures(request)
    return render(request, "web/home/page.html", context)


@require_GET
@office_view(right=Right.READ_REPORTS)
def home_fragment(request: OfficeRequest) -> HttpResponse:
    """The figures alone, for the page that came without them."""
    return render(request, "web/home/_figures.html", _figures(request))


def _are_at_hand(request: OfficeRequest) -> bool:
    recent = latest_export(request.mutual, not_before=timezone.now() - FRESH_ENOUGH)
    return recent is not None or current_export(request.mutual) is not None


def _figures(request: OfficeRequest) -> dict[str, Any]:
    mutual, day = request.mutual, request.day
    read = Remembered(mutual, day).figure(
        "headline", partial(headline, mutual=mutual, on=day, at_most_old=FRESH_ENOUGH)
    )
    return {
        "figures": home_figures(request, read),
        "period": read.period,
        "persons": read.now("persons_covered").value,
        "households": read.now("households_covered").value,
        "persons_url": f"{office_url(request, 'report-rows', code='persons_covered')}"
        f"?{query_of(read.period)}",
    }

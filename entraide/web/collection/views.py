"""Ageing of what is late, and how contributions come in by month, plan and channel."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entraide.apps.contributions.collection import (
    ageing,
    bands_of,
    by_channel,
    by_month,
    by_plan,
    months_before,
)
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.web.collection.wording import BAND_NAMES, PLAN_NAMES
from entraide.web.contributions.wording import channel_name
from entraide.web.office import OfficeRequest, office_view

MONTHS = 12
READERS = (Right.READ_REGISTERS, Right.READ_REPORTS)


@require_GET
@office_view(right=READERS)
def ageing_page(request: OfficeRequest) -> HttpResponse:
    """What families are late by, in five bands, by group or by field agent."""
    by = "agent" if request.GET.get("by") == "agent" else "group"
    rows = ageing(request.mutual, request.day, by=by)
    context = {
        "by": by,
        "rows": rows,
        "bands": BAND_NAMES,
        "totals": list(bands_of(rows)),
        "total_minor": sum(each.total_minor for each in rows),
        "families": sum(each.families for each in rows),
    }
    return render(request, "web/collection/ageing.html", context)


@require_GET
@office_view(right=READERS)
def collection(request: OfficeRequest) -> HttpResponse:
    """The last twelve months: collected of what fell due, by plan, by channel with its delay."""
    mutual, day = request.mutual, request.day
    from_, until = months_before(day, MONTHS)
    channels = by_channel(mutual, from_, until)
    context = {
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "months": [
            (date.fromisoformat(f"{each.key}-01"), each) for each in by_month(mutual, from_, until)
        ],
        "plans": [(PLAN_NAMES[each.key], each) for each in by_plan(mutual, from_, until, day)],
        "channels": [(channel_name(each.channel), _delay(each.delay_days), each)
                     for each in channels],
        "channels_minor": sum(each.amount_minor for each in channels),
        "channels_count": sum(each.receipts_count for each in channels),
    }  # fmt: skip
    return render(request, "web/collection/collection.html", context)


def _delay(days: int | None) -> str:
    if days is None:
        return writing.ABSENT
    if days == 0:
        return _("on the day itself")
    if days < 0:
        return _("%(days)s days before") % {"days": -days}
    return _("%(days)s days after") % {"days": days}

"""Time by activity over twelve months, beside what the business plan supposes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.contributions.collection import months_before
from entraide.apps.fieldwork.models import Activity
from entraide.apps.fieldwork.selectors import ActivityTime, by_activity, times
from entraide.apps.fieldwork.services import may_withdraw
from entraide.apps.planning.selectors import supposed_minutes
from entraide.apps.schemes.collection_terms import hour_minor
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.web.figures import Definition
from entraide.web.groups.kinds import kind_tabs
from entraide.web.office import OfficeRequest, office_view
from entraide.web.worktime.wording import activity_name

MONTHS = 12
ROWS_PER_PAGE = 50
READERS = (Right.READ_REGISTERS, Right.READ_REPORTS)


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One activity: its time, its cost with how it is reckoned, what the plan supposes."""

    activity: str
    name: str
    minutes: int
    acts_count: int
    mean_minutes: Decimal | None
    supposed: Decimal | None
    cost: Definition | None


@require_safe
@office_view(right=READERS)
def overview(request: OfficeRequest) -> HttpResponse:
    """The last twelve months by activity, each opening to its lines."""
    mutual, hour = request.mutual, hour_minor(request.mutual)
    from_, until = months_before(request.day, MONTHS)
    supposed = supposed_minutes(mutual, "field_agent")
    asked = request.GET.get("activity", "")
    asked = asked if asked in Activity.values else ""
    kinds = kind_tabs(request, activity=asked)
    lines = times(mutual, from_, until, activity=asked, group_kind=kinds.asked)
    page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    told = by_activity(mutual, from_, until, group_kind=kinds.asked)
    may_tell = Right.ENROL in request.rights
    may_coordinate = Right.COORDINATE in request.rights
    context = {
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "rows": [_row(request, each, hour, supposed.get(each.activity)) for each in told],
        "finding": _finding(told, request.LANGUAGE_CODE),
        "asked": asked,
        "kinds": kinds,
        "hour_minor": hour,
        "page": page,
        "lines": [
            (
                each,
                activity_name(each.activity),
                may_tell and may_withdraw(each, request.user, may_coordinate=may_coordinate),
            )
            for each in page
        ],
        "may_tell": may_tell,
    }
    return render(request, "web/worktime/overview.html", context)


def _finding(told: list[ActivityTime], language: str) -> str:
    """One sentence that holds both ways of collecting against each other; empty without both."""
    by_name = {each.activity: each.work.mean_minutes for each in told}
    monthly = by_name.get(Activity.MONTHLY_COLLECTION)
    once = by_name.get(Activity.SINGLE_COLLECTION)
    if monthly is None or once is None:
        return ""
    return _(
        "A receipt takes {monthly} minutes when the money is fetched every month, {once} when it "
        "is paid at once: {yearly} minutes a year for a family that pays monthly."
    ).format(
        monthly=writing.number(monthly, language),
        once=writing.number(once, language),
        yearly=writing.number(monthly * 12, language),
    )


def _row(
    request: OfficeRequest, told: ActivityTime, hour: int | None, supposed: Decimal | None
) -> ActivityRow:
    work, definition = told.work, None
    cost = work.mean_cost_minor(hour) if hour is not None else None
    if hour is not None and cost is not None:
        language, code = request.LANGUAGE_CODE, request.mutual.currency
        definition = Definition(
            writing.money(cost, code, language),
            _("%(minutes)s minutes ÷ %(count)s acts, at %(hour)s an hour.")
            % {
                "minutes": writing.number(work.minutes, language),
                "count": writing.number(work.acts_count, language),
                "hour": writing.money(hour, code, language),
            },
            opens_to_the_left=True,
        )
    return ActivityRow(
        told.activity, activity_name(told.activity), work.minutes, work.acts_count,
        work.mean_minutes, supposed, definition,
    )  # fmt: skip

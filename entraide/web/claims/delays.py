"""« Délais »: how long each step takes, what is late, and the promise of service on paper."""

from __future__ import annotations

from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.claims.hands import decided_without_a_hand, last_months
from entraide.apps.claims.paid_elsewhere import borne_elsewhere
from entraide.apps.reporting.delays import delays_between, late_claims, promise_kept
from entraide.apps.schemes.care_terms import TARGETS, targets_of
from entraide.apps.schemes.rights import Right
from entraide.core.delays import Step, StepDelay
from entraide.core.periods import add_months, month_start
from entraide.documents import writing
from entraide.web.claims.reasons import language
from entraide.web.fields import read_count
from entraide.web.office import OfficeRequest, office_view

PER_PAGE = 50
MONTHS = (3, 6, 12)
STEPS = {
    Step.CARE_TO_RECEPTION: _("From the care to the reception"),
    Step.RECEPTION_TO_RECORD: _("From the reception to the entry"),
    Step.RECORD_TO_DECISION: _("From the entry to the decision"),
    Step.DECISION_TO_APPROVAL: _("From the decision to the approval"),
    Step.APPROVAL_TO_BATCH: _("From the approval to the settlement batch"),
    Step.BATCH_TO_PAYMENT: _("From the settlement batch to the payment"),
    Step.RECEPTION_TO_PAYMENT: _(
        "In all, from the reception to the payment: claims paid in these months"
    ),
}


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.READ_REPORTS), of_whole_mutual=True)
def delays(request: OfficeRequest) -> HttpResponse:
    """Each step of the claims received in the last full months, and the red list."""
    asked = read_count(request.GET.get("months", ""), most=12)
    months = asked if asked in MONTHS else MONTHS[0]
    until = month_start(request.day)
    since = add_months(until, -months)
    late = Paginator(late_claims(request.mutual, request.day), PER_PAGE)
    page = late.get_page(request.GET.get("page"))
    borne = borne_elsewhere(page.object_list)
    context = {
        "rows": [_row(each) for each in delays_between(request.mutual, since, until)],
        "months": months,
        "period": writing.period(since, until, request.LANGUAGE_CODE),
        "choices": MONTHS,
        "page": page,
        "late": [
            (each, (request.day - each.received_on).days, borne.get(each.pk, 0))
            for each in page.object_list
        ],
        "promise_days": targets_of(request.mutual)[Step.RECEPTION_TO_PAYMENT],
        # To this day, as on every page: those that wait are mostly of the month that runs.
        "share": decided_without_a_hand(request.mutual, *last_months(request.day, months)),
        "may_set": Right.CHANGE_SETTINGS in request.rights,
        "choice": TARGETS[Step.RECEPTION_TO_PAYMENT].name,
        "may_open": Right.READ_REGISTERS in request.rights,
    }
    return render(request, "web/claims/delays.html", context)


def _row(each: StepDelay) -> tuple[object, StepDelay, str, str, str]:
    return (
        STEPS[each.step],
        each,
        writing.number(Decimal(round(each.median_days * 10)) / 10, language(), 1),
        writing.number(Decimal(round(each.p90_days * 10)) / 10, language(), 1),
        rate_written(each.within, each.count) if each.target_days is not None else "",
    )


def rate_written(part: int, whole: int) -> str:
    """A share as ``87 %``; empty where there is nothing."""
    return writing.percent(Decimal(part) / whole, language(), 0) if whole else ""


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.READ_REPORTS), of_whole_mutual=True)
def promise(request: OfficeRequest) -> HttpResponse:
    """The promise of service, month by month: to be printed and put up; it names nobody."""
    rows = promise_kept(request.mutual, request.day)
    paid, in_time = sum(each.paid for each in rows), sum(each.in_time for each in rows)
    context = {
        "rows": [(each, rate_written(each.in_time, each.paid)) for each in rows],
        "days": targets_of(request.mutual)[Step.RECEPTION_TO_PAYMENT],
        "period": writing.period(
            add_months(month_start(request.day), -12),
            month_start(request.day),
            request.LANGUAGE_CODE,
        ),
        "paid": paid,
        "in_time": in_time,
        "rate": rate_written(in_time, paid),
    }
    return render(request, "web/claims/promise.html", context)

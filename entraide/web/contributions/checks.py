"""The check of the day: what waits for an explanation, who answers for it, how it was resolved."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.daily_check import (
    CheckKind,
    CheckLine,
    daily_check,
    explain_check_line,
)
from entraide.apps.schemes.models import Mutual, NumberBook
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

ROWS_PER_PAGE = 50
KIND_WORDS: dict[CheckKind, str | Promise] = {
    CheckKind.HOLE: gettext_lazy("numbers missing"),
    CheckKind.DOUBLE: gettext_lazy("number used twice"),
    CheckKind.NO_SLIP: gettext_lazy("cash receipt on no slip"),
    CheckKind.SLIP_WAITING: gettext_lazy("slip not at the bank"),
    CheckKind.HANDOVER: gettext_lazy("hand-over not confirmed"),
    CheckKind.CASH_LIMIT: gettext_lazy("holds more cash than the limit"),
    CheckKind.CASH_LONG: gettext_lazy("holds cash for too long"),
}
BOOKS: tuple[tuple[str, str | Promise], ...] = (
    ("REC", gettext_lazy("Contribution receipts")),
    ("BC", gettext_lazy("Collection slips")),
    ("S", gettext_lazy("Claims")),
)


@office_view(right=Right.READ_REGISTERS)
def daily(request: OfficeRequest) -> HttpResponse:
    """Every line of today's check; who keeps the receipts writes how it was resolved."""
    faults: list[str] = []
    if request.method == "POST":
        try:
            explain_check_line(
                **command_arguments(request),
                kind=request.POST.get("kind", ""),
                subject=request.POST.get("subject", ""),
                explanation=request.POST.get("explanation", "")[:300],
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            faults = [told(refusal)]
        else:
            notify(request, _("The explanation is recorded."))
            return redirect(office_url(request, "daily-check"))
    lines = daily_check(request.mutual, request.day)
    page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (line, KIND_WORDS[line.kind], line.days(request.day), _address(request, line))
            for line in page.object_list
        ],
        "open_count": sum(line.note is None for line in lines),
        "books": _books(request.mutual, request.day),
        "faults": faults,
        "may_explain": Right.KEEP_RECEIPTS in request.rights,
    }
    status = 422 if faults else 200
    return render(request, "web/contributions/daily_check.html", context, status=status)


def _address(request: OfficeRequest, line: CheckLine) -> str:
    if not line.page:
        return ""
    if line.uid is None:
        return office_url(request, line.page)
    return office_url(request, line.page, uid=line.uid)


def _books(mutual: Mutual, on: date) -> list[tuple[str, str, int]]:
    """The continuous books of the year, receipts and claims, and how many numbers each gave."""
    last = dict(
        NumberBook.objects.filter(mutual=mutual, year=on.year).values_list("prefix", "last_number")
    )
    return [(str(name), f"{prefix}-{on.year}", last.get(prefix, 0)) for prefix, name in BOOKS]

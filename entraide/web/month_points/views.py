"""The duties of a month, where each is looked at, who signed; signing, and taking up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.schemes.month_points import (
    Point,
    last_full_month,
    month_points,
    sign_month_point,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.titles import Duty, duties_held
from entraide.core.periods import add_months
from entraide.web.groups.acts import carried_out
from entraide.web.network.wording import DUTY_NAMES, Text, post_of
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.ways import Way, open_to, page_way

MONTHS_SHOWN = 12

# What is looked at before signing, and where.
WHAT: dict[Duty, tuple[Text, str, Text, tuple[Right, ...]]] = {
    Duty.ERROR_REVIEW: (
        gettext_lazy("Possible doubles are decided; errors met are told to who enters."),
        "doubles", gettext_lazy("Possible duplicates"), (Right.READ_REGISTERS,),
    ),
    Duty.DATA_QUALITY: (
        gettext_lazy("Incomplete files are followed; what is missing has been asked for."),
        "incomplete-files", gettext_lazy("Incomplete files"), (Right.READ_REGISTERS,),
    ),
    Duty.MONTH_END: (
        gettext_lazy("Bank, cash and books agree; what remains is explained."),
        "reconciliation", gettext_lazy("Reconciliation"), (Right.READ_BOOKS, Right.MATCH),
    ),
    Duty.RENEWALS: (
        gettext_lazy("Families whose term came were seen or called; reasons are entered."),
        "renewals", gettext_lazy("Renewals"), (Right.READ_REGISTERS,),
    ),
    Duty.INDICATORS: (
        gettext_lazy("The report of the month is read; what moves has a sentence."),
        "report", gettext_lazy("Report"), (Right.READ_REPORTS,),
    ),
    Duty.TRAINING: (
        gettext_lazy("Newcomers were shown the steps of their post; questions are answered."),
        "how-to", gettext_lazy("How to do it"), tuple(Right),
    ),
}  # fmt: skip


class PointForm(forms.Form):
    """Signing a point, or taking it up again: which one, and a remark."""

    duty = forms.ChoiceField(choices=[(duty.value, "") for duty in Duty])
    done = forms.BooleanField(required=False)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=400, required=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One point as it is shown."""

    point: Point
    name: Text
    meaning: Text
    way: Way
    holders: list[str]
    is_mine: bool


@office_view
def points(request: OfficeRequest) -> HttpResponse:
    """The points of a month; the last one that is over unless another is asked."""
    latest = last_full_month(request.day)
    months = [add_months(latest, -back) for back in range(MONTHS_SHOWN)]
    month = _month_asked(request.GET.get("month", ""), months)
    form = PointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data

        def act() -> None:
            sign_month_point(
                month=month, duty=known["duty"], is_done=known["done"], remark=known["remark"],
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("Signed.") if known["done"] else _("Taken up again."))
            return redirect(f"{office_url(request, 'month-points')}?month={month:%Y-%m}")
    held = duties_held(request.user, request.mutual, request.day)
    if Right.SIGN_MONTH not in request.rights:
        held = frozenset()  # who advises or audits reads the points
    rows = [_row(request, each, held) for each in month_points(request.mutual, month, request.day)]
    context = {
        "month": month,
        "months": months,
        "rows": rows,
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "signed": sum(row.point.is_done for row in rows),
    }
    status = 422 if form.errors else 200
    return render(request, "web/month_points/points.html", context, status=status)


def _month_asked(text: str, months: list[date]) -> date:
    known = {f"{each:%Y-%m}": each for each in months}
    return known.get(text, months[0])


def _row(request: OfficeRequest, point: Point, held: frozenset[Duty]) -> Row:
    meaning, page, words, needed = WHAT[point.duty]
    holders = [f"{each.user}, {post_of(each)}" for each in point.holders]
    way = page_way(request.mutual, str(words), page)
    return Row(
        point, DUTY_NAMES[point.duty], meaning, open_to(way, request.rights, *needed), holders,
        point.duty in held,
    )  # fmt: skip

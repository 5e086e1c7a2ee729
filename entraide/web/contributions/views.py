"""Where contributions stand: what is due, what is late, what waits to be handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.custody import cash_on_slips, cash_without_slip
from entraide.apps.contributions.daily_check import to_explain_count
from entraide.apps.contributions.exemptions import exempting_categories
from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
from entraide.apps.contributions.registers import (
    dues_list,
    groups_named,
    late_total,
    members_of,
    parts_of_due,
    receipts_list,
)
from entraide.apps.contributions.selectors import (
    Arrears,
    arrears,
    collection_rate,
    due_for,
)
from entraide.apps.contributions.services import cancel_due
from entraide.apps.contributions.suspensions import RightsOfLate, rights_of_late
from entraide.apps.contributions.takings import takings
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.selectors import group_for, households_by_key
from entraide.apps.ledger.selectors import entry_by_document
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.models import LoanRefinancing
from entraide.apps.takeover.refinancing import refinancing_of
from entraide.core.errors import Refusal
from entraide.core.periods import add_months, month_start
from entraide.web.contributions.figures import figures_of
from entraide.web.contributions.forms import ReasonForm
from entraide.web.contributions.wording import channel_name, due_name, due_state, payer_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to

ROWS_PER_PAGE = 50
LATEST_RECEIPTS = 12


@office_view(right=Right.READ_REGISTERS)
def overview(request: OfficeRequest) -> HttpResponse:
    """Three figures, what to do today, the month by channel, the latest receipts."""
    mutual, day = request.mutual, request.day
    year_from, month_from = date(day.year, 1, 1), month_start(day)
    now = Remembered(mutual, day)
    late = now.figure("families late", partial(late_total, mutual, day))
    in_hand, on_slips = cash_without_slip(mutual), cash_on_slips(mutual)
    received = takings(mutual, month_from, add_months(month_from, 1))
    context = {
        "figures": figures_of(
            request,
            rate=now.figure(
                "collection rate of the year",
                partial(collection_rate, mutual, year_from, add_months(month_from, 1)),
            ),
            year_from=year_from,
            until=add_months(month_from, 1),
            late=late,
            in_hand=in_hand,
            on_slips=on_slips,
        ),
        "late": late,
        "in_hand": in_hand,
        "on_slips": on_slips,
        "received": received,
        "collected": [(channel_name(each.channel), each) for each in received.by_channel],
        "month_from": month_from,
        "receipts": [
            (each, channel_name(each.channel)) for each in receipts_list(mutual)[:LATEST_RECEIPTS]
        ],
        "to_explain": to_explain_count(mutual, day),
        "held_minor": in_hand.amount_minor + on_slips.amount_minor,
        "may_receive": Right.RECORD_PAYMENT in request.rights,
        "may_prepare": Right.PREPARE_SLIP in request.rights,
        "may_deposit": Right.RECORD_DEPOSIT in request.rights,
    }
    return render(request, "web/contributions/overview.html", context)


@dataclass(frozen=True, slots=True)
class LateRow:
    """A family late, with the member to call and where its rights stand."""

    household: Household
    arrears: Arrears
    member: Person | None
    rights: RightsOfLate


ARREARS_ORDERS = {
    "days": lambda row: (row.days_late, row.household_number),
    "amount": lambda row: (row.remaining_minor, row.household_number),
    "number": lambda row: row.household_number,
}


@office_view(right=Right.READ_REGISTERS)
def arrears_list(request: OfficeRequest) -> HttpResponse:
    """Who is late, since when, by how much, and the telephone to call."""
    group = None
    if uid := request.GET.get("group", ""):
        try:
            group = group_for(request.mutual, uid)
        except Refusal:
            group = None
    late = partial(arrears, request.mutual, request.day, group=group)
    now = Remembered(request.mutual, request.day)
    rows = list(now.figure(f"arrears of group {group and group.pk}", late))
    sort = request.GET.get("sort", "-days")
    order = ARREARS_ORDERS.get(sort.lstrip("-"), ARREARS_ORDERS["days"])
    rows.sort(key=order, reverse=sort.startswith("-"))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    families = households_by_key([row.household_id for row in page.object_list])
    members, rights = members_of(families.values()), rights_of_late(families.values(), request.day)
    context = {
        "page": page,
        "rows": [
            LateRow(
                families[row.household_id],
                row,
                members.get(row.household_id),
                rights[row.household_id],
            )
            for row in page.object_list
        ],
        "total_minor": sum(row.remaining_minor for row in rows),
        "group": group,
        "may_receive": Right.RECORD_PAYMENT in request.rights,
    }
    if request.htmx:
        return render(request, "web/contributions/_arrears_rows.html", context)
    context["groups"] = groups_named(request.mutual)
    return render(request, "web/contributions/arrears.html", context)


@office_view(right=Right.READ_REGISTERS)
def due_list(request: OfficeRequest) -> HttpResponse:
    """The calls of a year, by state."""
    year = _year_asked(request)
    state = request.GET.get("state", "")
    text = request.GET.get("q", "")
    found = dues_list(
        request.mutual,
        date(year, 1, 1),
        date(year + 1, 1, 1),
        state=state,
        text=text,
        on=request.day,
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (due, due_name(due), payer_name(due.payer), due_state(due, request.day))
            for due in page.object_list
        ],
        "state": state,
        "text": text,
        "year": year,
        "years": range(request.day.year + 1, request.day.year - 5, -1),
    }
    if request.htmx:
        return render(request, "web/contributions/_due_rows.html", context)
    return render(request, "web/contributions/dues.html", context)


_YEAR = re.compile(r"(199[1-9]|20[0-9]{2}|21[0-9]{2})")


def _year_asked(request: OfficeRequest) -> int:
    typed = request.GET.get("year", "")
    return int(typed) if _YEAR.fullmatch(typed) else request.day.year


@office_view(right=Right.READ_REGISTERS)
def due(request: OfficeRequest, uid: str) -> HttpResponse:
    """One call: its split, the receipts that pay it, its entry; taken back by who may reverse."""
    shown = due_for(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    may_cancel = Right.REVERSE in request.rights
    if request.method == "POST" and form.is_valid():
        try:
            cancel_due(
                **command_arguments(request),
                due=shown,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            notify(request, _("Call %(number)s is cancelled.") % {"number": shown.document_number})
            return redirect(office_url(request, "due", uid=shown.uid))
    context = {
        "due": shown,
        "name": due_name(shown),
        "payer": payer_name(shown.payer),
        "state": due_state(shown, request.day),
        "parts": parts_of_due(shown),
        "refinancing": _refinancing(shown),
        "entry_way": open_to(
            entry_way(request.mutual, entry_by_document(request.mutual, shown.document_number)),
            request.rights,
            Right.READ_BOOKS,
        ),
        "form": form,
        "may_cancel": may_cancel and shown.cancelled_on is None and shown.paid_minor == 0,
        "may_receive": Right.RECORD_PAYMENT in request.rights and _is_open(shown),
        "may_exempt": Right.ENROL in request.rights
        and _is_open(shown)
        and bool(exempting_categories(shown.membership)),
    }
    return render(
        request, "web/contributions/due.html", context, status=422 if form.errors else 200
    )


def _refinancing(shown: ContributionDue) -> LoanRefinancing | None:
    """What a loan refinanced took off the contribution that this call is part of."""
    is_concerned = shown.kind == DueKind.CONTRIBUTION and shown.payer == Payer.HOUSEHOLD
    return refinancing_of(shown.membership) if is_concerned else None


def _is_open(due: ContributionDue) -> bool:
    return due.cancelled_on is None and due.paid_minor < due.amount_minor

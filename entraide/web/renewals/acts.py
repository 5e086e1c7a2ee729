"""Renewing from the list: one family in one click, several after one confirmation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.renewals import (
    MOST_AT_ONCE,
    Renewed,
    covers_of,
    renew_families,
)
from entraide.apps.schemes.flags import RENEWAL_IN_LIST
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for, products
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.renewals.views import begins_anew, rows_of
from entraide.web.renewals.wording import why_not


def _chosen(request: OfficeRequest) -> list[str]:
    """The covers ticked, or the one whose own button was pressed."""
    one = request.POST.get("one", "")
    return [one] if one else request.POST.getlist("covers")[: MOST_AT_ONCE + 1]


def _conversion(request: OfficeRequest) -> Product | None:
    """Another product for all of them, if one is asked for."""
    code = request.POST.get("product", "")
    return product_for(request.mutual, code) if code else None


@require_POST
@office_view(right=Right.ENROL, flag=RENEWAL_IN_LIST)
def check(request: OfficeRequest) -> HttpResponse:
    """Before the confirmation: which can be renewed, at which price, and why the others cannot."""
    return _to_confirm(request)


def _to_confirm(request: OfficeRequest) -> HttpResponse:
    covers = covers_of(request.mutual, _readable(_chosen(request)))
    if not covers:
        notify(request, _("No family is ticked."), kind="warn")
        return redirect(office_url(request, "renewals"))
    if len(covers) > MOST_AT_ONCE:
        raise Refusal("RENEWALS_TOO_MANY", count=len(covers), maximum=MOST_AT_ONCE)
    product = _conversion(request)
    rows = rows_of(request, covers, product)
    ready = [row for row in rows if row.price_minor is not None]
    context = {
        "rows": rows,
        "product": product,
        "products": [
            (each, each == product)
            for each in products(request.mutual)
            if any(each != cover.product for cover in covers)
        ],
        "ready": ready,
        "blocked": [row for row in rows if row.price_minor is None],
        "total_minor": sum(row.price_minor or 0 for row in ready),
    }
    return render(request, "web/renewals/check.html", context)


def _readable(uids: list[str]) -> list[str]:
    """Those that are keys at all: an address made by hand finds nothing."""
    return [uid for uid in uids if len(uid) == 36 and uid.replace("-", "").isalnum()]


@require_POST
@office_view(right=Right.ENROL, flag=RENEWAL_IN_LIST)
def renew(request: OfficeRequest) -> HttpResponse:
    """Renew one family or all that were confirmed; what could not be is listed with why.

    One family that comes back after its grace loses its seniority: its price, its days and what
    that means are shown before anything is recorded.
    """
    covers = covers_of(request.mutual, _readable(_chosen(request)))
    if request.POST.get("one") and any(begins_anew(request, covers)):
        return _to_confirm(request)
    results = renew_families(
        covers=covers, product=_conversion(request), **command_arguments(request)
    )
    if request.POST.get("one") and len(results) == 1:
        return _one_renewed(request, results[0])
    members = members_of([result.membership.household for result in results])
    context: dict[str, Any] = {
        "done": [
            (each, members.get(each.membership.household_id))
            for each in results
            if each.renewal is not None
        ],
        "left": [
            (each, members.get(each.membership.household_id), why_not(each.refusal))
            for each in results
            if each.refusal is not None
        ],
        "may_receive": Right.RECORD_PAYMENT in request.rights,
    }
    return render(request, "web/renewals/done.html", context)


def _one_renewed(request: OfficeRequest, result: Renewed) -> HttpResponse:
    """Back to the list, with what was recorded and the next step."""
    household = result.membership.household
    family = (_("See the family"), office_url(request, "household", uid=household.uid))
    if result.refusal is not None:
        notify(
            request,
            _("%(number)s is not renewed.") % {"number": household.number},
            detail=" ".join(why_not(result.refusal)),
            links=[family],
            kind="bad",
        )
    elif result.renewal is not None:
        last_on = result.renewal.effective_until - timedelta(days=1)
        until = writing.day(last_on, request.LANGUAGE_CODE)
        count = household.persons.filter(exited_on__isnull=True, died_on__isnull=True).count()
        words = ngettext(
            "%(number)s is renewed until %(until)s, %(count)d person.",
            "%(number)s is renewed until %(until)s, %(count)d persons.",
            count,
        ) % {"number": household.number, "until": until, "count": count}
        links = [family]
        if Right.RECORD_PAYMENT in request.rights:
            receive = office_url(request, "payment-new", uid=household.uid)
            links.insert(0, (_("Receive its contribution"), receive))
        notify(request, words, links=links)
    query = request.POST.get("back", "")
    return redirect(office_url(request, "renewals") + (f"?{query}" if query else ""))

"""Who need not pay: the exemptions that wait, those that stand, and a new one for a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entraide.apps.contributions.exemptions import (
    approve_exemption,
    end_exemption,
    enter_exemption,
    exempting_categories,
    exemption_for,
    exemptions_of,
    refuse_exemption,
    withdraw_exemption,
)
from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.terms_records import Exemption
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import products_in_force
from entraide.core.errors import Refusal
from entraide.web.fields import DayField, LastDayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50
REFUSED_SHOWN = 20
READERS = (Right.READ_REGISTERS, Right.APPROVE_EXEMPTION)


class ExemptionForm(forms.Form):
    """A category of the family's product, since when, why, who decided, who pays instead."""

    category = forms.ChoiceField(label=gettext_lazy("Category"))
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(
        label=gettext_lazy("Last day of the exemption"), required=False,
        help_text=gettext_lazy("Empty when it has no end."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    source = forms.CharField(
        label=gettext_lazy("Who decided it"),
        max_length=200,
        help_text=gettext_lazy("The committee or the list, and its day."),
    )
    payer_name = forms.CharField(
        label=gettext_lazy("Who pays instead"), max_length=160, required=False
    )

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories


@require_GET
@office_view(right=READERS)
def exemption_list(request: OfficeRequest) -> HttpResponse:
    """Those to approve first, then the others, the latest first."""
    found = (
        Exemption.objects.filter(mutual=request.mutual)
        .select_related("household", "entered_by", "approved_by", "ended_by")
        .order_by("approved_on", "-effective_from", "-id")
    )
    waiting = found.filter(approved_on__isnull=True, end_recorded_on__isnull=True)
    refused = found.filter(approved_on__isnull=True, end_recorded_on__isnull=False)
    refused = refused.exclude(ended_by=F("entered_by")).order_by("-end_recorded_on", "-id")
    page = Paginator(found.filter(approved_on__isnull=False).order_by("-effective_from", "-id"),
                     ROWS_PER_PAGE).get_page(request.GET.get("page"))  # fmt: skip
    latest_refused = list(refused[:REFUSED_SHOWN])
    rows = _rows(request, [*waiting[:ROWS_PER_PAGE], *page.object_list, *latest_refused])
    context = {
        "waiting": [
            row for row in rows if row.exemption.approved_on is None and not row.exemption.ended_by
        ],
        "refused": [row for row in rows if row.exemption.is_refused],
        "rows": [row for row in rows if row.exemption.approved_on is not None],
        "page": page,
        "may_approve": Right.APPROVE_EXEMPTION in request.rights,
        "may_enter": Right.ENROL in request.rights,
    }
    return render(request, "web/collection/exemptions.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """An exemption as the pages tell it."""

    exemption: Exemption
    member: Person | None
    category: str  # its title, in the reader's language
    reason: str  # as a sentence


def _rows(request: OfficeRequest, found: Sequence[Exemption]) -> list[Row]:
    members = members_of([each.household for each in found])
    language = get_language() or "fr"
    titles = {
        category.code: category.titles.get(language, category.code)
        for _product, rules in products_in_force(request.mutual, request.day)
        for category in rules.contribution.categories
    }
    return [
        Row(
            each,
            members.get(each.household_id),
            titles.get(each.category, each.category),
            each.reason if each.reason.endswith((".", "!", "?", "…")) else f"{each.reason}.",
        )
        for each in found
    ]


def _categories(household: Household) -> list[tuple[str, str]]:
    """The categories of the products of a family's latest covers, as choices."""
    found: dict[str, str] = {}
    for membership in household.memberships.select_related("product").order_by("-effective_from")[
        :2
    ]:
        for category in exempting_categories(membership):
            found[category.code] = category.titles.get(get_language() or "fr", category.code)
    return list(found.items())


@office_view(right=Right.ENROL)
def enter(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family that need not pay, proposed: another person approves."""
    household = household_for(request.mutual, uid)
    categories = _categories(household)
    data = request.POST if request.method == "POST" else None
    form = ExemptionForm(data, categories=categories, initial={"effective_from": request.day})
    if data is not None and form.is_valid():
        try:
            enter_exemption(**command_arguments(request), household=household, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The exemption waits for another person to approve it."))
            return redirect(office_url(request, "exemption-new", uid=household.uid))
    context = {
        "household": household,
        "member": members_of([household]).get(household.pk),
        "form": form,
        "has_categories": bool(categories),
        "rows": _rows(request, list(exemptions_of(household))),
    }
    status = 422 if form.errors else 200
    return render(request, "web/collection/exemption.html", context, status=status)


@require_POST
@office_view(right=Right.APPROVE_EXEMPTION)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """The second person approves."""
    exemption = exemption_for(request.mutual, uid)
    try:
        approve_exemption(**command_arguments(request), exemption=exemption)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = _("The exemption of family %(number)s is approved.")
        notify(request, text % {"number": exemption.household.number})
    return redirect(office_url(request, "exemptions"))


@require_POST
@office_view(right=Right.ENROL)
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """Whoever proposed an exemption takes it back, with a reason, before it is approved."""
    exemption = exemption_for(request.mutual, uid)
    reason = request.POST.get("reason", "")[:200]
    try:
        withdraw_exemption(**command_arguments(request), exemption=exemption, reason=reason)
    except Refusal as refusal:
        if refusal.code == "FORBIDDEN":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        text = _("The proposal for family %(number)s is withdrawn.")
        notify(request, text % {"number": exemption.household.number})
    return redirect(office_url(request, "exemptions"))


@require_POST
@office_view(right=Right.APPROVE_EXEMPTION)
def refuse(request: OfficeRequest, uid: str) -> HttpResponse:
    """The second person says no, with the reason that the family's page keeps."""
    exemption = exemption_for(request.mutual, uid)
    reason = request.POST.get("reason", "")[:200]
    try:
        refuse_exemption(**command_arguments(request), exemption=exemption, reason=reason)
    except Refusal as refusal:
        if refusal.code == "FORBIDDEN":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        text = _("The exemption of family %(number)s is refused.")
        notify(request, text % {"number": exemption.household.number})
    return redirect(office_url(request, "exemptions"))


class EndForm(forms.Form):
    """From which day on the family pays again, and why."""

    effective_until = LastDayField(
        label=gettext_lazy("Last day of the exemption"),
        help_text=gettext_lazy(
            "What it already took from the calls stays; the next renewal is full."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@office_view(right=Right.APPROVE_EXEMPTION)
def end(request: OfficeRequest, uid: str) -> HttpResponse:
    """An exemption that stands is brought to its end, with a reason, by whoever may approve one."""
    exemption = exemption_for(request.mutual, uid)
    soonest = max(request.day, exemption.effective_from + timedelta(days=1))
    form = EndForm(request.POST or None, initial={"effective_until": soonest})
    if request.method == "POST" and form.is_valid():
        try:
            end_exemption(**command_arguments(request), exemption=exemption, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("The exemption of family %(number)s ends.")
            notify(request, text % {"number": exemption.household.number})
            return redirect(office_url(request, "exemptions"))
    context = {
        "row": _rows(request, [exemption])[0],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "web/collection/exemption_end.html", context, status=status)

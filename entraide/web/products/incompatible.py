"""Acts that do not go together, on screen: entered by one, approved by another, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.nomenclature.incompatible import (
    approve_incompatible_acts,
    end_incompatible_acts,
    enter_incompatible_acts,
    incompatible_acts,
    incompatible_for,
)
from entraide.apps.nomenclature.models import IncompatibleActs
from entraide.apps.nomenclature.selectors import find_care_items, item_labels
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.fields import DayField, LastDayField
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.fields import ItemsField, item_options
from entraide.web.products.free_care import READERS
from entraide.web.products.rules import ITEMS_OFFERED
from entraide.web.refusals import show_refusal


class IncompatibleForm(forms.Form):
    """Which acts are not paid beside which others, since when, on whose word."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"), max_length=120,
        help_text=gettext_lazy("For instance: One imaging act a day."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Nomenclature, regulation or protocol, and its article"),
        max_length=200,
    )
    effective_from = DayField(
        label=gettext_lazy("From the day"), help_text=gettext_lazy("Tomorrow at the earliest.")
    )
    effective_until = LastDayField(label=gettext_lazy("Up to and with the day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"] = ItemsField(label=_("These acts are paid"))
        self.fields["refused"] = ItemsField(label=_("These are not paid the same day"))


@office_view(right=READERS, of_whole_mutual=True)
def incompatible(request: OfficeRequest) -> HttpResponse:
    """Which acts do not go together, and a form for another rule."""
    may_enter = Right.ENTER_PRODUCT in request.rights
    form = IncompatibleForm(request.POST or None) if may_enter else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            enter_incompatible_acts(**command_arguments(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The rule waits for another person to approve it."))
            return redirect(office_url(request, "incompatible-acts"))
    context = {
        "rows": [_row(request, each) for each in incompatible_acts(request.mutual)],
        "form": form,
        "sides": [form["kept"], form["refused"]] if form is not None else [],
        "items": item_options(find_care_items("", systems=care_systems(), limit=ITEMS_OFFERED))
        if may_enter
        else "",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/products/incompatible.html", context, status=status)


def _row(request: OfficeRequest, rule: IncompatibleActs) -> dict[str, Any]:
    """One rule as the page tells it: both sides by name, how it stands, what may be done."""
    labels = item_labels(frozenset([*rule.kept, *rule.refused]))
    may_decide = Right.APPROVE_PRODUCT in request.rights
    is_waiting = rule.approved_on is None and rule.refused_on is None
    is_over = rule.effective_until is not None and rule.effective_until <= request.day
    return {
        "rule": rule,
        "kept": [labels.get(key, key) for key in rule.kept],
        "refused": [labels.get(key, key) for key in rule.refused],
        "state": _state(rule, request, is_over=is_over),
        "may_approve": may_decide and is_waiting and rule.entered_by_id != request.user.pk,
        "may_end": may_decide and rule.approved_on is not None and rule.effective_until is None,
    }


def _state(rule: IncompatibleActs, request: OfficeRequest, *, is_over: bool) -> State:
    if rule.refused_on is not None:
        return State("bad", _("refused"))
    if rule.approved_on is None:
        return State("wait", _("to approve"))
    if is_over:
        return State("plain", _("ended"))
    if rule.effective_from > request.day:
        return State("plain", _("to come"))
    return State("ok", _("in force"))


@require_POST
@office_view(right=Right.APPROVE_PRODUCT, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """A rule is approved, refused, or ends tomorrow."""
    rule, act = incompatible_for(request.mutual, uid), request.POST.get("act", "")
    said = {**command_arguments(request), "rule": rule}
    try:
        if act == "end":
            tomorrow = max(request.day, rule.effective_from) + timedelta(days=1)
            end_incompatible_acts(**said, effective_until=tomorrow)
        else:
            approve_incompatible_acts(**said, is_refused=act != "approve")
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The register of acts that do not go together is up to date."))
    return redirect(office_url(request, "incompatible-acts"))

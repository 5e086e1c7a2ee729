"""The register of free-care programmes on screen: entered by one, approved by another, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.nomenclature.free_care import (
    approve_free_care,
    end_free_care,
    enter_free_care,
    programme_for,
    programmes,
)
from entraide.apps.nomenclature.models import FreeCareProgramme
from entraide.apps.nomenclature.selectors import find_care_items, item_labels
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.rights import Right
from entraide.core.care_package import Condition, Sector, Target
from entraide.core.errors import Refusal
from entraide.web.claims.reasons import category_names
from entraide.web.fields import DayField, LastDayField
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.products.fields import ItemsField, item_options
from entraide.web.products.rules import ITEMS_OFFERED
from entraide.web.providers.wording import SECTOR_CHOICES
from entraide.web.refusals import show_refusal
from entraide.web.tariffs.condition_words import condition_told, target_told

READERS = (
    Right.READ_REGISTERS,
    Right.READ_REPORTS,
    Right.ENTER_PRODUCT,
    Right.APPROVE_PRODUCT,
    Right.PLAN,
)
SEXES = [
    ("", gettext_lazy("everybody")),
    ("F", pgettext_lazy("free care", "women and girls")),
    ("M", pgettext_lazy("free care", "men and boys")),
]


class FreeCareForm(forms.Form):
    """Which programme pays for which care of whom, where and since when."""

    name = forms.CharField(
        label=gettext_lazy("Programme"), max_length=120,
        help_text=gettext_lazy("Read on decisions, for instance: Gratuité des enfants, État."),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Decree or decision, and its day"), max_length=200)
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(label=gettext_lazy("Up to and with the day"), required=False)
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Provider"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=SECTOR_CHOICES,
    )  # fmt: skip
    sex = forms.ChoiceField(label=gettext_lazy("For"), required=False, choices=SEXES)
    min_age_years = forms.IntegerField(
        label=gettext_lazy("From the age of"), min_value=0, max_value=130, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    max_age_years = forms.IntegerField(
        label=gettext_lazy("Up to the age of"), min_value=0, max_value=130, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = list(category_names().items())  # type: ignore[attr-defined]
        self.fields["items"] = ItemsField(label=_("Acts and drugs"))


@office_view(right=READERS, of_whole_mutual=True)
def free_care(request: OfficeRequest) -> HttpResponse:
    """Which programmes pay instead of the mutual, and a form for another one."""
    may_enter = Right.ENTER_PRODUCT in request.rights
    form = FreeCareForm(request.POST or None) if may_enter else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            enter_free_care(**command_arguments(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The programme waits for another person to approve it."))
            return redirect(office_url(request, "free-care"))
    context = {
        "rows": [_row(request, each) for each in programmes(request.mutual)],
        "form": form,
        "items": item_options(find_care_items("", systems=care_systems(), limit=ITEMS_OFFERED))
        if may_enter
        else "",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/products/free_care.html", context, status=status)


def _row(request: OfficeRequest, programme: FreeCareProgramme) -> dict[str, Any]:
    """One programme as the page tells it: for whom, which care, how it stands, what may be done."""
    keys = frozenset(programme.items)
    target = Target(tuple(programme.categories), tuple(programme.items))
    when = Condition(
        sectors=tuple(Sector(each) for each in programme.sectors),
        min_age_years=programme.min_age_years,
        max_age_years=programme.max_age_years,
    )
    whom = [str(dict(SEXES)[programme.sex]), condition_told(when)]
    may_decide = Right.APPROVE_PRODUCT in request.rights
    is_waiting = programme.approved_on is None and programme.refused_on is None
    is_over = programme.effective_until is not None and programme.effective_until <= request.day
    return {
        "programme": programme,
        "care": target_told(target, category_names(), item_labels(keys) if keys else {}),
        "whom": ", ".join(filter(None, whom)),
        "state": _state(programme, request, is_over=is_over),
        "may_approve": may_decide and is_waiting and programme.entered_by_id != request.user.pk,
        "may_end": may_decide and programme.approved_on is not None and not is_over,
    }


def _state(programme: FreeCareProgramme, request: OfficeRequest, *, is_over: bool) -> State:
    if programme.refused_on is not None:
        return State("bad", _("refused"))
    if programme.approved_on is None:
        return State("wait", _("to approve"))
    if is_over:
        return State("plain", _("ended"))
    if programme.effective_from > request.day:
        return State("plain", _("to come"))
    return State("ok", _("in force"))


@require_POST
@office_view(right=Right.APPROVE_PRODUCT, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """A programme is approved, refused, or ends today."""
    programme, act = programme_for(request.mutual, uid), request.POST.get("act", "")
    said = {**command_arguments(request), "programme": programme}
    try:
        if act == "end":
            end_free_care(**said, effective_until=request.day)
        else:
            approve_free_care(**said, is_refused=act != "approve")
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The register of free care is up to date."))
    return redirect(office_url(request, "free-care"))

"""Lists of patients that the rules know: medical roles only, every reading logged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.claims.models import PatientListing
from entraide.apps.claims.pre_authorisations import (
    end_patient_listing,
    list_patient,
    listings_read_by,
    lists_of_the_products,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.claims.patients import person_of_card
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

LIST_NAMES = {
    "chronic": gettext_lazy("Chronic patients"),
    "indigent": gettext_lazy("Indigents"),
}


class ListingForm(forms.Form):
    """Who is put on which list, since when and why."""

    card = forms.CharField(label=gettext_lazy("Card number or name"), max_length=120)
    list_code = forms.ChoiceField(label=gettext_lazy("List"))
    effective_from = DayField(label=gettext_lazy("From the day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = sorted({*LIST_NAMES, *lists_of_the_products(request.mutual, request.day)})
        self.fields["list_code"].choices = [(code, LIST_NAMES.get(code, code)) for code in codes]


@office_view(right=Right.READ_MEDICAL)
def listings(request: OfficeRequest) -> HttpResponse:
    """Who is on a list today, and a form to put somebody on one."""
    may_list = Right.GIVE_PRE_AUTHORISATION in request.rights
    form = ListingForm(
        request.POST or None, request=request, initial={"effective_from": request.day}
    )
    if request.method == "POST" and may_list and form.is_valid():
        known = dict(form.cleaned_data)
        person = person_of_card(request.mutual, known.pop("card"))
        if person is None:
            form.add_error("card", _("Nobody, or several persons, have this card or name."))
        else:
            try:
                list_patient(**command_arguments(request), person=person, **known)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                notify(request, _("The person is on the list."))
                return redirect(office_url(request, "patient-lists"))
    rows = listings_read_by(request.mutual, request.user, request.day)
    context = {
        "form": form,
        "may_list": may_list,
        "rows": [(each, LIST_NAMES.get(each.list_code, each.list_code)) for each in rows],
    }
    status = 422 if form.errors else 200
    return render(request, "web/claims/listings.html", context, status=status)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def end_listing(request: OfficeRequest, uid: str) -> HttpResponse:
    """Somebody leaves a list today."""
    listing = found(PatientListing.objects.filter(mutual=request.mutual), uid=uid)
    try:
        end_patient_listing(
            **command_arguments(request), listing=listing, effective_until=request.day
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The person is off the list from today on."))
    return redirect(office_url(request, "patient-lists"))

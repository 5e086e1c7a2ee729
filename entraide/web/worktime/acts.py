"""Telling time spent, and taking a line back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.registers import groups_named
from entraide.apps.enrolment.portfolios import animators
from entraide.apps.enrolment.selectors import group_for
from entraide.apps.fieldwork.models import Activity
from entraide.apps.fieldwork.selectors import time_for
from entraide.apps.fieldwork.services import MOST_ACTS, record_time, withdraw_time
from entraide.apps.schemes.rights import Right
from entraide.core.work_time import MINUTES_OF_A_DAY
from entraide.documents import writing
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.worktime.wording import activity_name


class TimeForm(forms.Form):
    """One line of a sheet of time."""

    worker = forms.ChoiceField(label=gettext_lazy("Who worked"))
    worked_on = DayField(label=gettext_lazy("Day"))
    activity = forms.ChoiceField(label=gettext_lazy("Activity"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes, way included"), min_value=1, max_value=MINUTES_OF_A_DAY
    )
    acts_count = forms.IntegerField(
        label=gettext_lazy("For how many receipts, visits or calls"),
        min_value=1,
        max_value=MOST_ACTS,
    )
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Remark"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workers = {str(each.uid): each for each in animators(request.mutual, request.day)}
        self.fields["worker"].choices = [(uid, str(each)) for uid, each in self.workers.items()]
        self.fields["activity"].choices = [(each, activity_name(each)) for each in Activity.values]
        self.fields["group"].choices = [
            ("", _("None")),
            *((str(each.uid), each.name) for each in groups_named(request.mutual)),
        ]


class WithdrawForm(forms.Form):
    """Why a line of time counts no more."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def record(request: OfficeRequest) -> HttpResponse:
    """A line of time; the next one can be told at once, for the same person and day."""
    first = {
        "worker": request.GET.get("worker", str(request.user.uid)),
        "worked_on": request.day,
        "activity": Activity.MONTHLY_COLLECTION.value,
    }
    form = TimeForm(request.POST or None, request=request, initial=first)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["worker"] = form.workers[known["worker"]]
            known["group"] = group_for(request.mutual, known["group"]) if known["group"] else None
            record_time(**known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The time is recorded."))
            worker = form.cleaned_data["worker"]
            return redirect(office_url(request, "worktime-new") + f"?worker={worker}")
    return form_page(
        request, form, title=_("Tell time spent"), verb=_("Record the time"),
        lede=_("One line for each person, day and activity, as on the paper sheet."),
        back=office_url(request, "worktime"), way=_("Time spent"),
        step=_("Contributions"), step_url=office_url(request, "contributions"),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """A line told by mistake: it stays written, with its reason, and counts no more."""
    time = time_for(request.mutual, uid)
    form = WithdrawForm(request.POST or None)
    back = office_url(request, "worktime")
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            withdraw_time(
                time=time, reason=form.cleaned_data["reason"], **command_arguments(request)
            )

        if carried_out(form, act):
            notify(request, _("The line is withdrawn."))
            return redirect(back)
    told = _("{person}, {day}: {activity}, {minutes} min").format(
        person=time.worker,
        day=writing.day(time.worked_on, request.LANGUAGE_CODE),
        activity=activity_name(time.activity),
        minutes=time.minutes,
    )
    return form_page(
        request, form, title=_("Withdraw a line of time"), verb=_("Withdraw the line"),
        lede=told, back=back, way=_("Time spent"),
        step=_("Contributions"), step_url=office_url(request, "contributions"),
    )  # fmt: skip

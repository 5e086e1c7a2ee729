"""What is told of a family: a contact made, one withdrawn, another way to follow it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.portfolios import animators
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.fieldwork.follow_up import (
    contact_for,
    end_follow_override,
    override_follow_up,
    override_for,
    record_contact,
    withdraw_contact,
)
from entraide.apps.schemes.rights import Right
from entraide.core.follow_up import OVERRIDE_DAYS, Channel, FollowRule
from entraide.documents import writing
from entraide.web.fields import DayField
from entraide.web.follow.wording import CHANNEL_DONE, CHANNEL_NAMES, rule_told
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


def _line(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, widget=widget, **more)


class ContactForm(forms.Form):
    """A contact as it happened."""

    channel = forms.ChoiceField(label=gettext_lazy("What was done"))
    contacted_on = DayField(label=gettext_lazy("Day"))
    worker = forms.ChoiceField(label=gettext_lazy("By whom"))
    note = _line(gettext_lazy("Remark"), required=False)

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = animators(request.mutual, request.day)
        self.workers = {str(each.uid): each for each in people}
        self.fields["worker"].choices = [(uid, str(each)) for uid, each in self.workers.items()]
        self.fields["channel"].choices = [
            (each.value, CHANNEL_NAMES[each]) for each in CHANNEL_DONE
        ]


class OverrideForm(forms.Form):
    """How one family is followed from today on, and why."""

    channel = forms.ChoiceField(label=pgettext_lazy("to follow", "How"))
    every_days = forms.TypedChoiceField(label=pgettext_lazy("to follow", "How often"), coerce=int)
    reason = _line(gettext_lazy("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [
            (each.value, name) for each, name in CHANNEL_NAMES.items()
        ]
        self.fields["every_days"].choices = [
            (days, ngettext("every day", "every %(days)d days", days) % {"days": days})
            for days in OVERRIDE_DAYS
        ]


class ReasonForm(forms.Form):
    """Why something counts no more."""

    reason = _line(gettext_lazy("Why"))


def _family_url(request: OfficeRequest, household: Household) -> str:
    return office_url(request, "follow-family", uid=household.uid)


@require_POST
@office_view(right=Right.ENROL)
def done(request: OfficeRequest, uid: str) -> HttpResponse:
    """One click: the person who clicks visited or called the family today."""
    household = household_for(request.mutual, uid)
    contact = record_contact(
        household=household, channel=request.POST.get("channel", ""), contacted_on=request.day,
        worker=request.user, **command_arguments(request),
    )  # fmt: skip
    notify(
        request,
        _("%(number)s: %(contact)s, today.")
        % {"number": household.number, "contact": CHANNEL_NAMES[Channel(contact.channel)]},
        links=[(_("See its follow-up"), _family_url(request, household))],
    )
    query = request.POST.get("back", "")
    return redirect(office_url(request, "follow-list") + (f"?{query}" if query else ""))


@office_view(right=Right.ENROL)
def contact(request: OfficeRequest, uid: str) -> HttpResponse:
    """A contact of another day or of somebody else, with a remark."""
    household = household_for(request.mutual, uid)
    first = {"contacted_on": request.day, "worker": str(request.user.uid)}
    form = ContactForm(request.POST or None, request=request, initial=first)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["worker"] = form.workers[known["worker"]]
            record_contact(household=household, **known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The contact is recorded."))
            return redirect(_family_url(request, household))
    return form_page(
        request, form, title=_("Tell a contact"), verb=_("Record the contact"),
        lede=_("Family %(number)s. What was really done, whatever was planned.")
        % {"number": household.number},
        back=_family_url(request, household), way=_("Follow-up"),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """A contact told by mistake: it stays written, with its reason, and counts no more."""
    told = contact_for(request.mutual, uid)
    household = household_for(request.mutual, told.household.uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            withdraw_contact(
                contact=told, reason=form.cleaned_data["reason"], **command_arguments(request)
            )

        if carried_out(form, act):
            notify(request, _("The contact is withdrawn."))
            return redirect(_family_url(request, household))
    lede = _("%(contact)s of %(day)s by %(person)s.") % {
        "contact": CHANNEL_NAMES[Channel(told.channel)],
        "day": writing.day(told.contacted_on, request.LANGUAGE_CODE),
        "person": told.worker,
    }
    return form_page(
        request, form, title=_("Withdraw a contact"), verb=_("Withdraw the contact"), lede=lede,
        back=_family_url(request, household), way=_("Follow-up"),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def override(request: OfficeRequest, uid: str) -> HttpResponse:
    """The coordinator follows one family otherwise than the plan says."""
    household = household_for(request.mutual, uid)
    form = OverrideForm(request.POST or None, initial={"every_days": OVERRIDE_DAYS[2]})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            override_follow_up(
                household=household, **form.cleaned_data, **command_arguments(request)
            )

        if carried_out(form, act):
            notify(request, _("The family is followed otherwise from today on."))
            return redirect(_family_url(request, household))
    return form_page(
        request, form, title=_("Follow otherwise"), verb=_("Record the decision"),
        lede=_("Family %(number)s. From today on, in place of the plan, until you end it.")
        % {"number": household.number},
        back=_family_url(request, household), way=_("Follow-up"),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def end_override(request: OfficeRequest, uid: str) -> HttpResponse:
    """The plan holds again for a family."""
    rule = override_for(request.mutual, uid)
    household = household_for(request.mutual, rule.household.uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            end_follow_override(
                override=rule, reason=form.cleaned_data["reason"], **command_arguments(request)
            )

        if carried_out(form, act):
            notify(request, _("The plan holds again for this family."))
            return redirect(_family_url(request, household))
    lede = _("%(rule)s, since %(day)s: %(reason)s") % {
        "rule": rule_told(FollowRule(Channel(rule.channel), rule.every_days)),
        "day": writing.day(rule.starts_on, request.LANGUAGE_CODE),
        "reason": rule.reason,
    }
    return form_page(
        request, form, title=_("Return to the plan"), verb=_("Return to the plan"), lede=lede,
        back=_family_url(request, household), way=_("Follow-up"),
    )  # fmt: skip

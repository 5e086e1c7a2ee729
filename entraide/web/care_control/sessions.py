"""Sessions of the médecin conseil: the calendar of slots, what they cost, the calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.care_control.models import (
    MedicalCall,
    MedicalSession,
    SessionMode,
    SessionState,
    SlotBooking,
)
from entraide.apps.care_control.sessions import (
    book_slot,
    cancel_session,
    close_session,
    free_slot,
    plan_session,
    record_call,
)
from entraide.apps.claims.agreement_calls import calls_between
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.choices import SESSION_FEWEST
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.core.control.attendance import Attendance, attendance, should_be_by_telephone
from entraide.documents import writing
from entraide.web.care_control.periods import asked_period
from entraide.web.care_control.persons import PersonField, claim_typed
from entraide.web.care_control.views import CONTROLLERS
from entraide.web.care_control.wording import MODES, OUTCOMES, SESSION_STATES, choices
from entraide.web.fields import DayField, HourField, MoneyField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


class SessionForm(forms.Form):
    """A session to plan."""

    doctor = forms.ChoiceField(label=gettext_lazy("Médecin conseil"))
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=choices(MODES))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    held_on = DayField(label=gettext_lazy("Day"))
    starts_at = HourField(label=gettext_lazy("Begins at"))
    slots_count = forms.IntegerField(label=gettext_lazy("Slots"), min_value=1, initial=8)
    slot_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of a slot"), min_value=1, initial=15
    )

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = people_who_may(request.mutual, Right.READ_MEDICAL, request.day)
        self.doctors = {str(each.uid): each for each in doctors}
        self.fields["doctor"].choices = [(uid, str(each)) for uid, each in self.doctors.items()]


class CallForm(forms.Form):
    """A call with its outcome."""

    person = PersonField(label=gettext_lazy("Card number or name"))
    called_on = DayField(label=gettext_lazy("Day"))
    outcome = forms.ChoiceField(label=gettext_lazy("What became of it"), choices=choices(OUTCOMES))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=0, initial=5)
    claim = forms.CharField(
        label=gettext_lazy("Number of the claim"), max_length=60, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Remark, nothing medical"), max_length=200, required=False
    )


class BookForm(forms.Form):
    """Who is expected in a slot."""

    rank = forms.IntegerField(label=gettext_lazy("Slot"), min_value=1)
    person = PersonField(label=gettext_lazy("Card number or name"))


class CostForm(forms.Form):
    """What a session cost."""

    cost_minor = MoneyField(label=gettext_lazy("What it cost: fee, way, room"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cost_minor"].currency = currency


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


@dataclass(frozen=True, slots=True)
class AtPlace:
    """The sessions held at one place, and whether calls would do."""

    place: str
    attendance: Attendance
    should_call: bool


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def session_list(request: OfficeRequest) -> HttpResponse:
    """The sessions of a period, what they cost by person received, the calls."""
    asked = asked_period(request, months=6)
    until = max(asked.until, request.day + timedelta(days=60))
    sessions = list(
        MedicalSession.objects.filter(
            mutual=request.mutual, held_on__gte=asked.from_, held_on__lt=until
        )
        .select_related("doctor")
        .annotate(received=Count("entries", distinct=True))
        .order_by("-held_on", "-starts_at")
    )
    calls = (
        MedicalCall.objects.filter(
            mutual=request.mutual, called_on__gte=asked.from_, called_on__lt=asked.until
        )
        .select_related("person", "claim", "recorded_by")
        .order_by("-called_on", "-id")
    )
    context = {
        "period_form": asked.form,
        "sessions": [(each, MODES[each.mode], *SESSION_STATES[each.state]) for each in sessions],
        "places": _by_place(sessions, SESSION_FEWEST.of(request.mutual)),
        "fewest": SESSION_FEWEST.of(request.mutual),
        "agreement_calls": calls_between(request.mutual, asked.from_, asked.until).count(),
        "calls": [(each, OUTCOMES[each.outcome]) for each in calls[:50]],
    }
    return render(request, "web/care_control/sessions.html", context)


def _by_place(sessions: list[Any], fewest: int) -> list[AtPlace]:
    held: dict[str, list[tuple[date, int, int]]] = defaultdict(list)
    for each in sessions:
        if each.state == SessionState.HELD and each.mode == SessionMode.IN_PERSON:
            held[each.place].append((each.held_on, each.received, each.cost_minor))
    return [
        AtPlace(
            place,
            attendance([(persons, cost) for _on, persons, cost in rows]),
            should_be_by_telephone([persons for _on, persons, _cost in sorted(rows)], fewest),
        )
        for place, rows in sorted(held.items())
    ]


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def plan(request: OfficeRequest) -> HttpResponse:
    """A session on a day, at a place or by telephone."""
    form = SessionForm(request.POST or None, request=request, initial={"starts_at": "09:00"})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["doctor"] = form.doctors[known["doctor"]]
            plan_session(**known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The session is planned."))
            return redirect(office_url(request, "control-sessions"))
    return _form(request, form, _("Plan a session"), _("Plan it"))


def _form(
    request: OfficeRequest, form: forms.Form, title: str, verb: str, lede: str = ""
) -> HttpResponse:
    return form_page(
        request, form, title=title, verb=verb, lede=lede,
        back=office_url(request, "control-sessions"), way=_("Sessions"),
        step=_("Care"), step_url=office_url(request, "claims"),
    )  # fmt: skip


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def call(request: OfficeRequest) -> HttpResponse:
    """A call with its outcome; what is medical goes to the register."""
    form = CallForm(request.POST or None, initial={"called_on": request.day})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["person"] = PersonField.person(request, known["person"])
            known["claim"] = claim_typed(request, known["claim"])
            record_call(**known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The call is recorded."))
            return redirect(office_url(request, "control-sessions"))
    return _form(
        request, form, _("Record a call"), _("Record the call"),
        _("Nothing medical here: what was asked and answered goes to the register."),
    )  # fmt: skip


def _session(request: OfficeRequest, uid: str) -> MedicalSession:
    sessions = MedicalSession.objects.filter(mutual=request.mutual).select_related("doctor")
    return found(sessions, uid=uid)


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def session(request: OfficeRequest, uid: str) -> HttpResponse:
    """The slots of one session, who is expected in each, who was received."""
    return _session_page(request, _session(request, uid), BookForm())


def _session_page(request: OfficeRequest, held: MedicalSession, form: BookForm) -> HttpResponse:
    booked = {
        each.rank: each
        for each in held.bookings.filter(freed_on__isnull=True).select_related("person")
    }
    minutes = held.starts_at.hour * 60 + held.starts_at.minute
    slots = []
    for rank in range(1, held.slots_count + 1):
        at = minutes + (rank - 1) * held.slot_minutes
        slots.append((rank, f"{at // 60 % 24:02}:{at % 60:02}", booked.get(rank)))
    kind, word = SESSION_STATES[held.state]
    if not form.is_bound:
        form.initial["rank"] = next((rank for rank, _at, who in slots if who is None), 1)
    context = {
        "session": held,
        "mode": MODES[held.mode],
        "state_kind": kind,
        "state_word": word,
        "slots": slots,
        "received": held.entries.filter(corrected_by__isnull=True).count(),
        "form": form,
        "is_planned": held.state == SessionState.PLANNED,
        "is_over": held.held_on <= request.day,
        "may_write_register": Right.READ_MEDICAL in request.rights,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/care_control/session.html", context, status=status)


@require_POST
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def book(request: OfficeRequest, uid: str) -> HttpResponse:
    """A person is expected in a slot."""
    held, form = _session(request, uid), BookForm(request.POST)
    if form.is_valid():

        def act() -> None:
            person = PersonField.person(request, form.cleaned_data["person"])
            book_slot(session=held, rank=form.cleaned_data["rank"], person=person,
                      **command_arguments(request))  # fmt: skip

        if carried_out(form, act):
            return redirect(office_url(request, "control-session", uid=held.uid))
    return _session_page(request, held, form)


@require_POST
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def free(request: OfficeRequest, uid: str) -> HttpResponse:
    """The person does not come."""
    bookings = SlotBooking.objects.filter(mutual=request.mutual).select_related("session")
    booking = found(bookings, uid=uid)
    free_slot(booking=booking, **command_arguments(request))
    return redirect(office_url(request, "control-session", uid=booking.session.uid))


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def close(request: OfficeRequest, uid: str) -> HttpResponse:
    """The session was held, and cost so much."""
    held = _session(request, uid)
    form = CostForm(request.POST or None, currency=request.mutual.currency,
                    initial={"cost_minor": 0})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        cost = form.cleaned_data["cost_minor"]
        if carried_out(
            form,
            lambda: close_session(session=held, cost_minor=cost, **command_arguments(request)),
        ):
            return redirect(office_url(request, "control-session", uid=held.uid))
    lede = writing.day(held.held_on, request.LANGUAGE_CODE)
    return _form(request, form, _("The session was held"), _("Record it"), lede)


@office_view(right=CONTROLLERS, of_whole_mutual=True)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """The session is not held, and why."""
    held, form = _session(request, uid), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form,
            lambda: cancel_session(session=held, reason=reason, **command_arguments(request)),
        ):
            return redirect(office_url(request, "control-sessions"))
    lede = writing.day(held.held_on, request.LANGUAGE_CODE)
    return _form(request, form, _("Cancel the session"), _("Cancel it"), lede)

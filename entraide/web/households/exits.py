"""A person leaves the family or dies, and what was recorded so by mistake is taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.enrolment.exits import ExitReason, end_person, may_succeed, withdraw_exit
from entraide.apps.enrolment.facts import has_gone, present_on
from entraide.apps.enrolment.selectors import person_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.contributions.forms import ReasonForm
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.households.files import ExitForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal


@office_view(right=Right.ENROL)
def exit_person(request: OfficeRequest, uid: str) -> HttpResponse:
    """A person leaves the family or has died; another becomes the member where it was they."""
    person = person_for(request.mutual, uid)
    if has_gone(person) and request.method != "POST":
        gone = Refusal(
            "PERSON_ALREADY_ENDED", person=person.full_name, day=person.died_on or person.exited_on
        )
        notify(request, told(gone), kind="bad")
        return redirect(office_url(request, "person", uid=person.uid))
    household = person.household
    staying = [
        other for other in present_on(household.persons.all(), request.day) if other.pk != person.pk
    ]
    form = ExitForm(
        request.POST or None,
        staying=may_succeed(staying, request.day) if person.is_member else (),
        initial={"what": "left", "day": request.day},
    )
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        has_died = known["what"] == "died"
        successor, reason = known.get("successor"), known.get("reason")
        try:
            end_person(
                person=person,
                reason=ExitReason(reason) if reason else None,
                exited_on=None if has_died else known["day"],
                died_on=known["day"] if has_died else None,
                successor=person_for(request.mutual, successor) if successor else None,
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {"exited_on": "day", "died_on": "day"})
        else:
            words = _("%(person)s is no longer covered in this family.")
            notify(request, words % {"person": person.full_name})
            return redirect(office_url(request, "household", uid=household.uid))
    member = household.persons.filter(is_member=True).last() or household.persons.first()
    context = {"form": form, "household": household, "member": member, "person": person}
    return render(request, "web/households/exit.html", context, status=422 if form.errors else 200)


@office_view(right=Right.MEND_REGISTER)
def take_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """The departure or the death was recorded by mistake."""
    person = person_for(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    back = office_url(request, "person", uid=person.uid)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            withdraw_exit(person=person, **form.cleaned_data, **command_arguments(request))

        if carried_out(form, act):
            words = _("%(person)s is in the family again, as if nothing had been recorded.")
            notify(request, words % {"person": person.full_name})
            return redirect(back)
    title = _("The death is a mistake") if person.died_on else _("The departure is a mistake")
    return form_page(
        request, form, title=title, verb=_("Take it back"),
        lede=_("%(person)s comes back into the family; who had become the member in their place is "
               "again what they were. The history keeps all of it.") % {"person": person.full_name},
        back=back, way=person.full_name,
    )  # fmt: skip

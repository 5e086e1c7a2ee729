"""The groups through which families join."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.registers import groups_list, members_of
from entraide.apps.enrolment.moves import move_to_group
from entraide.apps.enrolment.selectors import group_for, household_for
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.groups.forms import GroupForm, GroupMoveForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, forbidden, office_url, office_view
from entraide.web.refusals import show_refusal


@office_view(right=Right.READ_REGISTERS)
def group_list(request: OfficeRequest) -> HttpResponse:
    """Every group with its families, and the form of a new one for who may enrol."""
    form = GroupForm(request.POST or None)
    if request.method == "POST":
        if Right.ENROL not in request.rights:
            return forbidden(request, frozenset({Right.ENROL}))
        if form.is_valid():
            try:
                group = create_group(
                    **command_arguments(request),
                    **form.cleaned_data,
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                notify(request, _("Group %(name)s is recorded.") % {"name": group.name})
                return redirect(office_url(request, "groups"))
    kinds = dict(form.fields["kind"].choices)
    context = {
        "form": form,
        "groups": [
            (group, kinds.get(group.kind, group.kind)) for group in groups_list(request.mutual)
        ],
        "may_enrol": Right.ENROL in request.rights,
    }
    return render(request, "web/groups/list.html", context, status=422 if form.errors else 200)


@office_view(right=Right.ENROL)
def move(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family changes group during its contract; cover, dues and seniority stay."""
    household = household_for(request.mutual, uid)
    form = GroupMoveForm(request.POST or None, initial={"moved_on": request.day})
    others = [each for each in groups_list(request.mutual) if each.pk != household.group_id]
    choices = [(str(each.uid), each.name) for each in others]
    if household.group_id is not None:
        choices.append(("", _("No group: the family stays alone")))
    form.fields["group"].choices = choices
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["group"]
        try:
            done = move_to_group(
                household=household,
                group=group_for(request.mutual, chosen) if chosen else None,
                moved_on=form.cleaned_data["moved_on"],
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            name = done.to_group.name if done.to_group else _("no group")
            notify(request, _("The family is now in: %(group)s.") % {"group": name})
            return redirect(office_url(request, "household", uid=household.uid))
    context = {
        "form": form,
        "household": household,
        "member": members_of([household]).get(household.pk),
    }
    return render(request, "web/groups/move.html", context, status=422 if form.errors else 200)

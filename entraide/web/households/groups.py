"""The groups through which families join."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.registers import groups_list
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.households.forms import GroupForm
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
    return render(
        request, "web/households/groups.html", context, status=422 if form.errors else 200
    )

"""The people of the network: who signs in, who holds which post in which mutual, until when."""

from __future__ import annotations

import secrets

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.enrolment.sections import sections
from entraide.apps.schemes.models import Appointment
from entraide.apps.schemes.network import (
    appointment_for,
    end_appointment,
    federation_for,
    person_for,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import mutual_by_code
from entraide.apps.schemes.services import appoint, create_user, give_password
from entraide.apps.schemes.unions import appoint_in_union, mutuals_under
from entraide.core.errors import Refusal
from entraide.web.network.forms import (
    AppointmentForm,
    EndForm,
    PersonForm,
    day_after,
    titles_proposed,
)
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.network.tree import form_page
from entraide.web.network.wording import post_of
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50


@require_safe
@network_view(right=Right.ADMINISTER)
def people(request: NetworkRequest) -> HttpResponse:
    """Everyone who may sign in, with the posts they hold today, in one or several mutuals."""
    text = request.GET.get("q", "").strip()
    in_force = Q(effective_until__isnull=True) | Q(effective_until__gt=request.day)
    posts = Appointment.objects.filter(in_force, effective_from__lte=request.day)
    rows = User.objects.filter(is_system=False).order_by("display_name", "username")
    if text:
        rows = rows.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    posts = posts.select_related("mutual", "branch").order_by("mutual__name", "role")
    rows = rows.prefetch_related(Prefetch("appointments", posts, to_attr="posts"))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "text": text,
        "rows": [
            (person, [(post.mutual, post_of(post)) for post in person.posts])
            for person in page.object_list
        ],
    }
    return shown(request, "web/network/people.html", context)


@network_view(right=Right.ADMINISTER)
def new_person(request: NetworkRequest) -> HttpResponse:
    """Somebody new: their first password is shown once, and is theirs to change."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = create_user(**form.cleaned_data, **act(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            password = "-".join(secrets.token_hex(2) for _unused in range(4))
            give_password(user=person, password=password)
            told = _("%(name)s may sign in as %(username)s.")
            notify(
                request,
                told % {"name": person, "username": person.username},
                detail=_("First password, shown this once: %(password)s") % {"password": password},
            )
            return redirect("network:people")
    return form_page(request, form, title=_("A new person"), verb=_("Record the person"))


@network_view(right=Right.ADMINISTER)
def appoint_someone(request: NetworkRequest, code: str) -> HttpResponse:
    """Give a person a post in a mutual, beside those they hold elsewhere."""
    held = mutual_by_code(code)
    with scope(mutual=held):
        branches = sections(held)
    form = AppointmentForm(
        request.POST or None, branches=branches, initial={"effective_from": request.day}
    )
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            appoint(
                user=person_for(known["user"]),
                role=known["role"],
                branch=next((b for b in branches if str(b.uid) == known.get("branch")), None),
                title=known["title"],
                duties=tuple(known["duties"]),
                effective_from=known["effective_from"],
                effective_until=day_after(known["last_on"]),
                **act(request, held),
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {"effective_until": "last_on"})
        else:
            notify(request, _("The appointment is recorded."))
            return redirect("network:mutual", code=code)
    context = {"form": form, "mutual": held, "titles": titles_proposed()}
    response = shown(request, "web/network/appoint.html", context)
    if form.errors:
        response.status_code = 422
    return response


@network_view(right=Right.ADMINISTER)
def appoint_in_all(request: NetworkRequest, code: str) -> HttpResponse:
    """Give a person the same post in every mutual under a union."""
    union = federation_for(code)
    form = AppointmentForm(request.POST or None, initial={"effective_from": request.day})
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            appoint_in_union(
                federation=union,
                user=person_for(known["user"]),
                role=known["role"],
                title=known["title"],
                duties=tuple(known["duties"]),
                effective_from=known["effective_from"],
                effective_until=day_after(known["last_on"]),
                **act(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {"effective_until": "last_on"})
        else:
            notify(request, _("The appointments are recorded, one in each mutual."))
            return redirect("network:tree")
    context = {
        "form": form,
        "union": union,
        "under": mutuals_under(union),
        "titles": titles_proposed(),
    }
    response = shown(request, "web/network/appoint.html", context)
    if form.errors:
        response.status_code = 422
    return response


@network_view(right=Right.ADMINISTER)
def end(request: NetworkRequest, code: str, uid: str) -> HttpResponse:
    """The last day of a post; the row stays as history."""
    held = mutual_by_code(code)
    appointment = appointment_for(held, uid)
    form = EndForm(request.POST or None, initial={"last_on": request.day})
    if request.method == "POST" and form.is_valid():
        until = day_after(form.cleaned_data["last_on"])
        try:
            end_appointment(appointment=appointment, effective_until=until, **act(request, held))
        except Refusal as refusal:
            show_refusal(form, refusal, {"effective_until": "last_on"})
        else:
            notify(request, _("The end of the appointment is recorded."))
            return redirect("network:mutual", code=code)
    title = f"{appointment.user}, {post_of(appointment)}"
    return form_page(request, form, title=title, verb=_("Record the last day"), mutual=held)

"""The organisation tree: unions, mutuals, sections; making and changing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_scopes import scope

from entraide.apps.ledger.opening import create_mutual
from entraide.apps.schemes.models import Branch, Mutual
from entraide.apps.schemes.network import (
    appointments_in,
    change_federation,
    change_mutual,
    create_branch,
    federation_for,
    organisation_tree,
)
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import mutual_by_code
from entraide.apps.schemes.services import create_federation
from entraide.apps.schemes.titles import readable_duties
from entraide.core.errors import Refusal
from entraide.web.network.forms import BranchForm, FederationForm, MutualForm
from entraide.web.network.frame import NetworkRequest, act, network_view, shown
from entraide.web.network.wording import duties_of, post_of
from entraide.web.notices import notify
from entraide.web.refusals import show_refusal


@require_safe
@network_view(right=Right.ADMINISTER, leads_on=True)
def tree(request: NetworkRequest) -> HttpResponse:
    """Every union in its place, its mutuals, how many people serve in each."""
    nodes = organisation_tree(request.day)
    context = {
        "nodes": nodes,
        "mutual_count": sum(len(node.mutuals) for node in nodes),
        "countries": len({each.country for node in nodes for each in node.mutuals}),
    }
    return shown(request, "web/network/tree.html", context)


@network_view(right=Right.ADMINISTER)
def new_federation(request: NetworkRequest) -> HttpResponse:
    """A new union or federation."""
    form = FederationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        parent = federation_for(known["parent"]) if known["parent"] else None
        try:
            made = create_federation(
                code=known["code"], name=known["name"], parent=parent, **act(request)
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("%(name)s is in the tree.") % {"name": made.name})
            return redirect("network:tree")
    return form_page(request, form, title=_("A new union"), verb=_("Record the union"))


@network_view(right=Right.ADMINISTER)
def change_union(request: NetworkRequest, code: str) -> HttpResponse:
    """Another name, another place in the tree."""
    union = federation_for(code)
    initial = {"name": union.name, "parent": union.parent.code if union.parent else ""}
    form = FederationForm(request.POST or None, itself=union, initial=initial)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        parent = federation_for(known["parent"]) if known["parent"] else None
        try:
            change_federation(federation=union, name=known["name"], parent=parent, **act(request))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The union is recorded."))
            return redirect("network:tree")
    return form_page(request, form, title=union.name, verb=_("Record the union"))


@network_view(right=Right.ADMINISTER)
def new_mutual(request: NetworkRequest) -> HttpResponse:
    """A new mutual: its books open with the accounts of its country."""
    form = MutualForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            made = create_mutual(
                federation=federation_for(known["federation"]),
                code=known["code"],
                name=known["name"],
                place=known["place"],
                country=known["country"],
                is_training=known["is_training"],
                **act(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            told = _("%(name)s is open: accounts, money and clock are those of its country.")
            notify(request, told % {"name": made.name})
            return redirect("network:mutual", code=made.code)
    return form_page(request, form, title=_("A new mutual"), verb=_("Open the mutual"))


@network_view(right=Right.ADMINISTER)
def change(request: NetworkRequest, code: str) -> HttpResponse:
    """Name, place, union, training."""
    held = mutual_by_code(code)
    initial: dict[str, Any] = {
        "federation": held.federation.code,
        "name": held.name,
        "place": held.place,
        "is_training": held.is_training,
    }
    form = MutualForm(request.POST or None, itself=held, initial=initial)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            change_mutual(
                name=known["name"],
                place=known["place"],
                federation=federation_for(known["federation"]),
                is_training=known["is_training"],
                **act(request, held),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The mutual is recorded."))
            return redirect("network:mutual", code=code)
    return form_page(request, form, title=held.name, verb=_("Record the mutual"), mutual=held)


@require_safe
@network_view(right=Right.ADMINISTER)
def mutual(request: NetworkRequest, code: str) -> HttpResponse:
    """One mutual as the network keeps it: sections, people with their posts and dates."""
    held = mutual_by_code(code)
    appointments = appointments_in(held)
    with scope(mutual=held):
        branches = list(Branch.objects.order_by("name"))
    context = {
        "mutual": held,
        "branches": branches,
        "appointments": [
            (
                each,
                post_of(each),
                duties_of(each),
                each.effective_until is None or each.effective_until > request.day,
                each.effective_until - timedelta(days=1) if each.effective_until else None,
            )
            for each in appointments
        ],
        "duty_count": sum(bool(readable_duties(each.duties)) for each in appointments),
    }
    return shown(request, "web/network/mutual.html", context)


@network_view(right=Right.ADMINISTER)
def new_branch(request: NetworkRequest, code: str) -> HttpResponse:
    """A new section of a mutual."""
    held = mutual_by_code(code)
    form = BranchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_branch(**form.cleaned_data, **act(request, held))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The section is recorded."))
            return redirect("network:mutual", code=code)
    return form_page(
        request, form, title=_("A new section"), verb=_("Record the section"), mutual=held
    )


def form_page(
    request: NetworkRequest, form: Any, *, title: str, verb: str, mutual: Mutual | None = None
) -> HttpResponse:
    """A page that holds one form."""
    context = {"form": form, "title": title, "verb": verb, "mutual": mutual}
    response = shown(request, "web/network/form.html", context)
    if form.errors:
        response.status_code = 422
    return response

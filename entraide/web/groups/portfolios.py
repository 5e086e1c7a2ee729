"""Who follows what: one's own portfolio, all of them, and a transfer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.apps.access.models import User
from entraide.apps.contributions.groups import group_rows
from entraide.apps.enrolment.models import PortfolioAssignment, PortfolioTransfer
from entraide.apps.enrolment.portfolios import (
    animator_for,
    animators,
    assign_portfolio,
    assignments_on,
    households_followed,
    portfolio_of,
    transfer_portfolio,
)
from entraide.apps.nomenclature.places import area_label
from entraide.apps.schemes.rights import Right
from entraide.web.areas.views import area_for
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.groups.forms import AnimatorForm, TransferForm
from entraide.web.groups.wording import kind_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

TRANSFERS_SHOWN = 20


@office_view(right=Right.READ_REGISTERS)
def portfolios(request: OfficeRequest) -> HttpResponse:
    """Each animator with what they follow; one's own opens with a click."""
    people = animators(request.mutual, request.day)
    held = list(assignments_on(request.mutual, request.day))
    known = {each.pk for each in people}
    people += [
        each
        for each in dict.fromkeys(assignment.animator for assignment in held)
        if each.pk not in known
    ]
    shown = []
    for person in people:
        own = [each for each in held if each.animator_id == person.pk]
        groups = sum(each.group_id is not None for each in own)
        shown.append((person, groups, len(own) - groups, person.pk == request.user.pk))
    transfers = PortfolioTransfer.objects.filter(mutual=request.mutual).select_related(
        "from_animator", "to_animator", "recorded_by"
    )
    context = {
        "people": shown,
        "transfers": transfers.order_by("-id")[:TRANSFERS_SHOWN],
        "may_coordinate": Right.COORDINATE in request.rights,
    }
    return render(request, "web/groups/portfolios.html", context)


@office_view(right=Right.READ_REGISTERS)
def portfolio(request: OfficeRequest, uid: str) -> HttpResponse:
    """What one person follows: groups with their figures, places with their own families."""
    person = animator_for(request.mutual, uid, request.day)
    held = portfolio_of(person, request.mutual, request.day)
    groups = [each.group for each in held if each.group is not None]
    since = {each.group_id: each.starts_on for each in held if each.group_id}
    context = {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "groups": [
            (row, kind_name(row.group.kind), since[row.group.pk])
            for row in group_rows(request.mutual, groups, request.day)
        ],
        "areas": [(each, area_label(each.area)) for each in held if each.area is not None],
        "families_count": households_followed(person, request.mutual, request.day).count(),
        "may_transfer": Right.COORDINATE in request.rights and bool(held),
    }
    return render(request, "web/groups/portfolio.html", context)


@office_view(right=Right.READ_REGISTERS)
def mine(request: OfficeRequest) -> HttpResponse:
    """One's own portfolio, or the list of all for who follows nothing."""
    if portfolio_of(request.user, request.mutual, request.day):
        return redirect(office_url(request, "portfolio", uid=request.user.uid))
    return redirect(office_url(request, "portfolios"))


@office_view(right=Right.COORDINATE)
def transfer(request: OfficeRequest, uid: str) -> HttpResponse:
    """All of a portfolio, or what is chosen of it, goes to somebody else in one act."""
    person = animator_for(request.mutual, uid, request.day)
    held = portfolio_of(person, request.mutual, request.day)
    people = [each for each in animators(request.mutual, request.day) if each != person]
    form = TransferForm(
        request.POST or None,
        people=people,
        held=[(str(each.uid), _held_name(each)) for each in held],
        initial={"transferred_on": request.day},
    )
    if request.method == "POST" and form.is_valid():
        done = _transferred(request, form, person, held)
        if done is not None:
            words = ngettext(
                "%(count)d group or place is now followed by %(person)s.",
                "%(count)d groups and places are now followed by %(person)s.",
                done.assignments_count,
            )
            told = {"count": done.assignments_count, "person": done.to_animator}
            notify(request, words % told)
            return redirect(office_url(request, "portfolio", uid=done.to_animator.uid))
    return form_page(
        request, form, title=_("Transfer a portfolio"), verb=_("Transfer"),
        lede=_("From %(person)s. The families, their tasks and what the telephone holds follow.")
        % {"person": person},
        back=office_url(request, "portfolio", uid=person.uid), way=str(person),
    )  # fmt: skip


def _held_name(assignment: PortfolioAssignment) -> str:
    if assignment.group is not None:
        return assignment.group.name
    return _("Families without group: %(place)s") % {"place": assignment.area}


def _transferred(
    request: OfficeRequest, form: TransferForm, person: User, held: list[PortfolioAssignment]
) -> PortfolioTransfer | None:
    chosen = set(form.cleaned_data["assignments"])
    done: list[PortfolioTransfer] = []

    def act() -> None:
        to_animator = animator_for(request.mutual, form.cleaned_data["to_animator"], request.day)
        done.append(
            transfer_portfolio(
                from_animator=person,
                to_animator=to_animator,
                transferred_on=form.cleaned_data["transferred_on"],
                reason=form.cleaned_data["reason"],
                assignments=tuple(each for each in held if str(each.uid) in chosen),
                **command_arguments(request),
            )
        )

    return done[0] if carried_out(form, act) else None


@office_view(right=Right.COORDINATE)
def area_animator(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who follows the families without group of a place from a day on."""
    area = area_for(request.mutual, uid)
    people = animators(request.mutual, request.day)
    form = AnimatorForm(request.POST or None, people=people, initial={"starts_on": request.day})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            chosen = animator_for(request.mutual, form.cleaned_data["animator"], request.day)
            assign_portfolio(
                area=area, animator=chosen, starts_on=form.cleaned_data["starts_on"],
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The portfolio is recorded."))
            return redirect(office_url(request, "area", uid=area.uid))
    return form_page(
        request, form, title=_("Who follows the families without group"), verb=_("Record"),
        lede=area_label(area), back=office_url(request, "area", uid=area.uid), way=area.name,
    )  # fmt: skip

"""What is done of a group: entered, changed, its contract, its officers, its briefing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.enrolment.contracts import (
    activate_contract,
    activation_faults,
    contract_for,
    correct_contract,
    declare_headcount,
    end_contract,
    enter_contract,
    latest_headcount,
)
from entraide.apps.enrolment.groups import (
    appoint_officer,
    briefing_items,
    change_group,
    close_group,
    end_mandate,
    not_covered,
    officer_for,
    record_briefing,
    set_briefing_items,
)
from entraide.apps.enrolment.models import OfficerRole, PartnerGroup
from entraide.apps.enrolment.portfolios import (
    animator_for,
    animator_of_group,
    animators,
    assign_portfolio,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.groups import JoiningMode
from entraide.core.obstacles import ObstacleReason
from entraide.messages import sentence
from entraide.web.areas.fields import area_of
from entraide.web.groups.forms import (
    AnimatorForm,
    BriefingForm,
    CloseForm,
    ContractEndForm,
    ContractForm,
    EndOnForm,
    GroupForm,
    HeadcountForm,
    ItemsForm,
    OfficerForm,
)
from entraide.web.groups.wording import MODE_WORDS
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


def _group(request: OfficeRequest, uid: str) -> PartnerGroup:
    groups = PartnerGroup.objects.filter(mutual=request.mutual).select_related("product", "area")
    return found(groups, uid=uid)


def group_url(request: OfficeRequest, group: PartnerGroup) -> str:
    """The address of a group's page."""
    return office_url(request, "group", uid=group.uid)


def form_page(
    request: OfficeRequest, form: BaseForm, *, title: str, lede: str = "", verb: str, back: str,
    way: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """A short form on a page of its own. ``way`` names what lies behind ``back``."""
    context = {
        "form": form, "title": title, "lede": lede, "verb": verb, "back": back, "way": way, **more,
    }  # fmt: skip
    return render(request, "web/groups/form.html", context, status=422 if form.errors else 200)


def carried_out(
    form: BaseForm, act: Callable[[], Any], fields: Mapping[str, str] | None = None
) -> bool:
    """Whether a valid form's command went through; its refusal is shown on the form. ``fields``:
    which field a place of the refusal is, where it is called otherwise."""
    try:
        act()
    except Refusal as refusal:
        show_refusal(form, refusal, fields)
        return False
    return True


@office_view(right=Right.ENROL)
def new(request: OfficeRequest) -> HttpResponse:
    """A new group through which families join."""
    form = GroupForm(request.POST or None, mutual=request.mutual)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            group = create_group(
                code=known["code"], name=known["name"], kind=known["kind"],
                product=form.chosen_product(), area=area_of(request, known["area"]),
                address=known["address"], phone=known["phone"], **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("Group %(name)s is recorded.") % {"name": group.name})
            return redirect(group_url(request, group))
    return form_page(
        request, form, title=_("A new group"), verb=_("Record the group"),
        lede=_("A company, a lender, a village …: families join through it, and often pay "
               "through it."),
        back=office_url(request, "groups"), way=_("Groups"),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def edit(request: OfficeRequest, uid: str) -> HttpResponse:
    """What a group is called and where it is; what it was stays in its history."""
    group = _group(request, uid)
    form = GroupForm(request.POST or None, mutual=request.mutual, group=group)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data

        def act() -> None:
            change_group(
                group=group, name=known["name"], kind=known["kind"],
                product=form.chosen_product(), area=area_of(request, known["area"]),
                address=known["address"], phone=known["phone"], **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The group is changed; what it was stays in its history."))
            return redirect(group_url(request, group))
    return _of_group(request, group, form, _("Change the group"), _("Record"))


def _of_group(
    request: OfficeRequest, group: PartnerGroup, form: BaseForm, title: str, verb: str,
    lede: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    return form_page(
        request, form, title=title, verb=verb, lede=lede or f"{group.name}, {group.code}",
        back=group_url(request, group), way=group.name, **more,
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def close(request: OfficeRequest, uid: str) -> HttpResponse:
    """Nobody joins through the group any more."""
    group = _group(request, uid)
    form = CloseForm(request.POST or None, initial={"closed_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: close_group(group=group, **form.cleaned_data, **command_arguments(request)),
        )
    ):
        notify(request, _("The group is closed. Covers taken run to their term."))
        return redirect(group_url(request, group))
    lede = _("From that day on nobody joins through it. Covers taken run to their term.")
    return _of_group(request, group, form, _("Close the group"), _("Close the group"), lede)


@office_view(right=Right.ENROL)
def headcount(request: OfficeRequest, uid: str) -> HttpResponse:
    """How many persons the group has, as its officers say."""
    group = _group(request, uid)
    form = HeadcountForm(request.POST or None, initial={"declared_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: declare_headcount(
                group=group, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The number of persons is recorded."))
        return redirect(group_url(request, group))
    lede = _("All those of the group, members of the mutual or not: workers, pupils, villagers.")
    return _of_group(request, group, form, _("Persons in the group"), _("Record"), lede)


@office_view(right=Right.ENROL)
def contract_new(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the group and the mutual have signed; the coordinator activates it."""
    group = _group(request, uid)
    initial = {"product": group.product.code if group.product else "", "signed_on": request.day}
    form = ContractForm(request.POST or None, mutual=request.mutual, initial=initial)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            content = form.content()
            content["mode"] = JoiningMode(content["mode"])
            enter_contract(group=group, **content, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The contract is recorded; somebody else activates it."))
            return redirect(group_url(request, group))
    return _of_group(request, group, form, _("A new contract"), _("Record the contract"))


@office_view(right=Right.ENROL)
def contract_correct(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was entered wrong, put right before anybody activates it."""
    shown = contract_for(request.mutual, uid)
    form = ContractForm(request.POST or None, mutual=request.mutual, initial=ContractForm.of(shown))
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            content = form.content()
            content["mode"] = JoiningMode(content["mode"])
            correct_contract(contract=shown, **content, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The contract is corrected; somebody else activates it."))
            return redirect(office_url(request, "contract", uid=shown.uid))
    return _of_group(request, shown.group, form, _("Correct the contract"), _("Correct it"))


@office_view(right=Right.READ_REGISTERS)
def contract(request: OfficeRequest, uid: str) -> HttpResponse:
    """One contract: what it says, what prevents it from coming into force, its end."""
    shown = contract_for(request.mutual, uid)
    form = ContractEndForm(request.POST or None, initial={"ends_on": request.day})
    if request.method == "POST" and Right.COORDINATE in request.rights and form.is_valid():

        def act() -> None:
            end_contract(
                contract=shown, ends_on=form.cleaned_data["ends_on"],
                reason=ObstacleReason(form.cleaned_data["reason"]), **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The end of the contract is recorded."))
            return redirect(group_url(request, shown.group))
    faults = activation_faults(shown, request.day) if shown.activated_on is None else ()
    context = {
        "contract": shown,
        "group": shown.group,
        "mode": MODE_WORDS.get(shown.mode, shown.mode),
        "faults": [sentence(each.code, each.data, request.LANGUAGE_CODE) for each in faults],
        "headcount": latest_headcount(shown.group, request.day),
        "form": form,
        "may_coordinate": Right.COORDINATE in request.rights,
        "is_own": shown.entered_by_id == request.user.pk,
        "may_correct": shown.activated_on is None and Right.ENROL in request.rights,
        "is_over": shown.ends_on is not None and shown.ends_on <= request.day,
    }
    return render(request, "web/groups/contract.html", context, status=422 if form.errors else 200)


@require_POST
@office_view(right=Right.COORDINATE)
def activate(request: OfficeRequest, uid: str) -> HttpResponse:
    """The contract comes into force."""
    shown = contract_for(request.mutual, uid)
    activate_contract(contract=shown, **command_arguments(request))
    notify(request, _("The contract is active: families join under it."))
    return redirect(group_url(request, shown.group))


@office_view(right=Right.ENROL)
def officer_new(request: OfficeRequest, uid: str) -> HttpResponse:
    """Somebody takes up a mandate; the one before ends it."""
    group = _group(request, uid)
    form = OfficerForm(request.POST or None, initial={"starts_on": request.day})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["role"] = OfficerRole(known["role"])
            appoint_officer(group=group, **known, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The mandate is recorded."))
            return redirect(group_url(request, group))
    lede = _("A new president, treasurer or secretary takes the place of the one before.")
    return _of_group(request, group, form, _("A mandate"), _("Record"), lede)


@office_view(right=Right.ENROL)
def officer_end(request: OfficeRequest, uid: str) -> HttpResponse:
    """An officer gives up the mandate."""
    officer = officer_for(request.mutual, uid)
    form = EndOnForm(request.POST or None, initial={"ends_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: end_mandate(officer=officer, **form.cleaned_data, **command_arguments(request)),
        )
    ):
        notify(request, _("The mandate is ended."))
        return redirect(group_url(request, officer.group))
    return _of_group(
        request, officer.group, form, _("End of the mandate"), _("Record"), officer.name
    )


@office_view(right=Right.ENROL)
def briefing_new(request: OfficeRequest, uid: str) -> HttpResponse:
    """What an officer was told on a day."""
    officer = officer_for(request.mutual, uid)
    items = briefing_items(request.mutual)
    missing, told = not_covered(officer, items)
    form = BriefingForm(request.POST or None, items=items, initial={"briefed_on": request.day})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            record_briefing(
                officer=officer, briefed_on=form.cleaned_data["briefed_on"],
                items=tuple(form.cleaned_data["items"]), **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The briefing is recorded."))
            return redirect(group_url(request, officer.group))
    lede = _("%(person)s. Not told yet: %(count)d of %(total)d points.") % {
        "person": officer.name, "count": len(missing), "total": len(items),
    }  # fmt: skip
    told_items = [(item.text, told[item.code]) for item in items if item.code in told]
    return _of_group(
        request, officer.group, form, _("Briefing of an officer"), _("Record"), lede,
        told=told_items, is_empty=not items,
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def items(request: OfficeRequest) -> HttpResponse:
    """What the mutual wants presidents to know."""
    texts = "\n".join(each.text for each in briefing_items(request.mutual))
    form = ItemsForm(request.POST or None, initial={"texts": texts})
    if request.method == "POST" and form.is_valid():
        lines = form.cleaned_data["texts"].splitlines()
        if carried_out(form, lambda: set_briefing_items(texts=lines, **command_arguments(request))):
            notify(request, _("The list is recorded."))
            return redirect(office_url(request, "groups"))
    return form_page(
        request, form, title=_("What presidents must know"), verb=_("Record the list"),
        lede=_("The page of each group tells what its president has not been told yet."),
        back=office_url(request, "groups"), way=_("Groups"),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def animator(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who follows the group from a day on."""
    group = _group(request, uid)
    people = animators(request.mutual, request.day)
    form = AnimatorForm(request.POST or None, people=people, initial={"starts_on": request.day})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            chosen = animator_for(request.mutual, form.cleaned_data["animator"], request.day)
            assign_portfolio(
                group=group, animator=chosen, starts_on=form.cleaned_data["starts_on"],
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The portfolio is recorded."))
            return redirect(group_url(request, group))
    now = animator_of_group(group, request.day)
    lede = _("Followed by %(person)s now.") % {"person": now} if now else ""
    return _of_group(request, group, form, _("Who follows the group"), _("Record"), lede)

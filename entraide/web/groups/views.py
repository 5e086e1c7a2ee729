"""The register of groups, and the page of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.groups import (
    SHOWN,
    GroupRow,
    below_share,
    group_rows,
    groups_register,
)
from entraide.apps.contributions.registers import groups_named, members_of
from entraide.apps.enrolment.contracts import activation_faults
from entraide.apps.enrolment.groups import briefing_items, not_covered, officers_on
from entraide.apps.enrolment.models import GroupContract, GroupOfficer, PartnerGroup
from entraide.apps.enrolment.moves import move_to_group
from entraide.apps.enrolment.portfolios import animator_for, animators
from entraide.apps.enrolment.selectors import found, group_for, household_for
from entraide.apps.reporting.group_selection import claims_ratio_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Refusal
from entraide.core.groups import covered_share
from entraide.documents import writing
from entraide.documents.writing import SEPARATOR
from entraide.messages import sentence
from entraide.web.groups.forms import GroupMoveForm
from entraide.web.groups.wording import GROUP_KINDS, MODE_WORDS, OFFICER_ROLES, kind_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50
TERM_DAYS = 60


@office_view(right=Right.READ_REGISTERS)
def group_list(request: OfficeRequest) -> HttpResponse:
    """Every group, searched, filtered, sorted; only the rows for the page's script."""
    asked = request.GET
    followed_by = _animator_asked(request)
    show = asked.get("show", "") if asked.get("show") in SHOWN else ""
    kind = asked.get("kind", "") if asked.get("kind") in dict(GROUP_KINDS) else ""
    groups = groups_register(
        request.mutual,
        request.day,
        text=asked.get("q", ""),
        kind=kind,
        animator=followed_by,
        show=show,
        sort=asked.get("sort", ""),
    )
    page = Paginator(groups, ROWS_PER_PAGE).get_page(asked.get("page"))
    listed, now = list(page.object_list), Remembered(request.mutual, request.day)
    rows = now.figure(
        f"groups {[each.pk for each in listed]}",
        partial(group_rows, request.mutual, listed, request.day),
    )
    context = {
        "page": page,
        "rows": [
            (row, kind_name(row.group.kind), covered_share(row.persons_count, row.headcount),
             *_contract_state(row.contract, request.day))
            for row in rows
        ],
        "text": asked.get("q", ""),
        "kind": kind,
        "show": show,
        "followed_by": followed_by,
    }  # fmt: skip
    if request.htmx:
        return render(request, "web/groups/_rows.html", context)
    context |= {
        "kinds": GROUP_KINDS,
        "people": animators(request.mutual, request.day),
        "may_enrol": Right.ENROL in request.rights,
        "may_report": Right.READ_REPORTS in request.rights,
        "below_count": len(below_share(request.mutual, request.day)),
    }
    return render(request, "web/groups/list.html", context)


def _animator_asked(request: OfficeRequest) -> object | None:
    uid = request.GET.get("animator", "")
    try:
        return animator_for(request.mutual, uid, request.day) if uid else None
    except (Refusal, ValueError):
        return None


def _contract_state(contract: GroupContract | None, on: date) -> tuple[str, str]:
    """Kind and word of a contract's state."""
    if contract is None:
        return "plain", _("No contract")
    if contract.activated_on is None:
        return "wait", _("To activate")
    if contract.ends_on is not None and contract.ends_on - on <= timedelta(days=TERM_DAYS):
        return "warn", _("Near its term")
    if contract.starts_on > on:
        return "wait", _("To come")
    return "ok", _("In force")


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do for a group: its verb and address, and why."""

    what: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class OfficerShown:
    """An officer on the page, with what has not been told yet."""

    officer: GroupOfficer
    role: str
    missing: list[str]
    told_count: int


@office_view(right=Right.READ_REGISTERS)
def group(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who, under which contract, who answers, how many, what is collected, what to do."""
    shown = found(
        PartnerGroup.objects.filter(mutual=request.mutual).select_related("product", "area"),
        uid=uid,
    )
    row = group_rows(request.mutual, [shown], request.day)[0]
    officers = _officers(request.mutual, shown, request.day)
    contracts = list(
        shown.contracts.select_related("product", "entered_by", "activated_by").order_by(
            "-starts_on", "-id"
        )
    )
    context = {
        "group": shown,
        "kind": kind_name(shown.kind),
        "row": row,
        "share": covered_share(row.persons_count, row.headcount),
        "terms": next((each for each in contracts if each.activated_on is not None), None),
        "minimum_size": _minimum_size(row, request.day),
        "below": below_share(request.mutual, request.day).get(shown.pk),
        "ratio": claims_ratio_of(request.mutual, shown, request.day),
        "officers": officers,
        "past_officers": [
            (each, dict(OFFICER_ROLES)[each.role])
            for each in shown.officers.filter(ends_on__lte=request.day).order_by("-ends_on")
        ],
        "contracts": [
            (each, MODE_WORDS.get(each.mode, each.mode), *_contract_state_of(each, request.day))
            for each in contracts
        ],
        "headcounts": list(shown.headcounts.order_by("-declared_on", "-id")[:6]),
        "changes": list(shown.changes.select_related("changed_by").order_by("-id")[:10]),
        "assignments": list(
            shown.assignments.select_related("animator", "transfer").order_by("-starts_on")
        ),
        "todos": _todos(request, row, officers, contracts),
        "may_enrol": Right.ENROL in request.rights,
        "may_coordinate": Right.COORDINATE in request.rights,
        "may_report": Right.READ_REPORTS in request.rights,
        "is_closed": shown.closed_on is not None and shown.closed_on <= request.day,
    }
    return render(request, "web/groups/page.html", context)


def _minimum_size(row: GroupRow, on: date) -> int | None:
    """The smallest group of the product; None where none is in force."""
    product = row.contract.product if row.contract is not None else row.group.product
    if product is None:
        return None
    try:
        return product_on(product, on)[1].membership.minimum_group_size
    except Refusal:
        return None


def _contract_state_of(contract: GroupContract, on: date) -> tuple[str, str]:
    if contract.ends_on is not None and contract.ends_on <= on:
        return "plain", _("Over")
    return _contract_state(contract, on)


def _officers(mutual: Mutual, group: PartnerGroup, on: date) -> list[OfficerShown]:
    items, names = briefing_items(mutual), dict(OFFICER_ROLES)
    shown = []
    for officer in officers_on(group, on):
        missing, told = not_covered(officer, items)
        texts = [item.text for item in missing] if officer.role == "president" else []
        shown.append(OfficerShown(officer, str(names[officer.role]), texts, len(told)))
    return shown


def _todos(
    request: OfficeRequest,
    row: GroupRow,
    officers: list[OfficerShown],
    contracts: list[GroupContract],
) -> list[Todo]:
    """What waits for this group, for who may do it."""
    uid, may_enrol = row.group.uid, Right.ENROL in request.rights
    may_coordinate = Right.COORDINATE in request.rights
    families = f"{office_url(request, 'households')}?group={uid}"
    found_: list[Todo] = []
    for contract in contracts:
        if contract.activated_on is None and may_coordinate:
            faults = activation_faults(contract, request.day)
            why = _("Something is missing still: open it.") if faults else _("All is there.")
            url = office_url(request, "contract", uid=contract.uid)
            found_.append(Todo(_("Activate the contract"), why, url))
    below = below_share(request.mutual, request.day).get(row.group.pk)
    if below is not None and (may_enrol or may_coordinate):
        missing = below.place == "headcount" and may_enrol
        url = office_url(request, "group-headcount", uid=uid) if missing else families
        what = _("Bring more of the group in: its contract asks for it")
        why = sentence(below.code, below.data, request.LANGUAGE_CODE)
        found_.append(Todo(what, why, url))
    if row.animator is None and may_coordinate:
        url = office_url(request, "group-animator", uid=uid)
        found_.append(Todo(_("Say who follows the group"), _("Nobody follows it."), url))
    if not may_enrol:
        return found_
    if row.headcount is None:
        url = office_url(request, "group-headcount", uid=uid)
        why = _("Without it nobody knows which part of the group is under contract.")
        found_.append(Todo(_("Write how many persons the group has"), why, url))
    presidents = [each for each in officers if each.officer.role == "president"]
    if not presidents:
        url = office_url(request, "officer-new", uid=uid)
        found_.append(Todo(_("Write who presides the group"), _("No president is known."), url))
    for each in presidents:
        if each.missing:
            url = office_url(request, "briefing-new", uid=each.officer.uid)
            what = _("Brief %(person)s") % {"person": each.officer.name}
            found_.append(Todo(what, SEPARATOR.join(each.missing[:3]), url))
    if row.late_minor > 0:
        amount = writing.money(row.late_minor, request.mutual.currency, request.LANGUAGE_CODE)
        url = f"{families}&show=late"
        found_.append(Todo(_("Remind the families that are late"), amount, url))
    return found_


@office_view(right=Right.ENROL)
def move(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family changes group during its contract; cover, dues and seniority stay."""
    household = household_for(request.mutual, uid)
    form = GroupMoveForm(request.POST or None, initial={"moved_on": request.day})
    others = [each for each in groups_named(request.mutual) if each.pk != household.group_id]
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

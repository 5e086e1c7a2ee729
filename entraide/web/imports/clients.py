"""Clients of a lender whom nobody here is known to be: proposals, and the answer in one click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.records import sections_in_sight
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.selectors import person_by_number
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.clients import link_client
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.core.errors import Refusal
from entraide.exchange.registers.clients import Clients, Proposal
from entraide.exchange.registers.plan import Action, Line, Plan
from entraide.exchange.registers.running import plan_run, right_of, run_for
from entraide.files.table_reading import TableRow
from entraide.web.households.enrolment import PREFIX, begin_form
from entraide.web.imports.settling import WAYS, may_settle, shown_settlements
from entraide.web.imports.wording import told as finding_told
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

PER_PAGE = 20
WHY = {
    "name": pgettext_lazy("client", "similar name"),
    "phone": pgettext_lazy("client", "same telephone"),
    "card": pgettext_lazy("client", "same card"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A client to be found, with the families that may be meant."""

    row: TableRow
    name: str
    proposals: list[tuple[Proposal, Any]]


def _rows(plan: Plan) -> list[TableRow]:
    wanted = {line.row for line in plan.lines if line.action is Action.UNMATCHED}
    return [row for row in plan.asked.table.rows if row.number in wanted]


@dataclass(frozen=True, slots=True)
class ShownAside:
    """A client who is known, with an amount to be settled, and why."""

    line: Line
    why: list[str]


def _aside(plan: Plan, language: str) -> list[ShownAside]:
    why: dict[int, list[str]] = {}
    for each in plan.remarks:
        text = finding_told(each.code, each.data, plan.asked.mutual.currency, language)
        why.setdefault(int(each.data.get("row", 0)), []).append(text)
    lines = [line for line in plan.lines if line.action is Action.ASIDE]
    return [ShownAside(line, why.get(line.row, [])) for line in lines]


@require_safe
@office_view(right={Right.ENROL, Right.RECORD_PAYMENT, Right.IMPORT_STATEMENT})
def unmatched(request: OfficeRequest, uid: Any) -> HttpResponse:
    """What an import leaves aside: clients to be found, amounts to be settled, the first rows
    first; and how many can be imported now."""
    run = run_for(request.mutual, uid)
    _opened, plan = plan_run(run, actor=request.user, on=request.day)
    lender = plan.asked.options.group
    if lender is None:
        return redirect(office_url(request, "import", uid=run.uid))
    page = Paginator(_rows(plan), PER_PAGE).get_page(request.GET.get("page"))
    clients = Clients(request.mutual, lender, list(page))
    shown = [
        Shown(
            row,
            f"{row.text('name')} {row.text('given_name')}".strip(),
            [(each, WHY[each.why]) for each in clients.proposals(row)],
        )
        for row in page
    ]
    context = {
        "run": run,
        "lender": lender,
        "page": page,
        "clients": shown,
        "aside": _aside(plan, request.LANGUAGE_CODE),
        "found_count": plan.changes if run.state == RunState.DONE and not plan.faults else 0,
        "may_link": Right.ENROL in request.rights,
        "may_resume": right_of(run.profile) in request.rights,
        "may_see_imports": sections_in_sight() is None,
        "may_settle": sections_in_sight() is None and may_settle(request, run),
        "ways": WAYS.items(),
        "settlements": shown_settlements(request, run),
    }
    return render(request, "web/imports/clients.html", context)


@require_POST
@office_view(right=Right.ENROL)
def link(request: OfficeRequest, uid: Any, row: int) -> HttpResponse:
    """This client is that family: remembered for this list and all later ones."""
    run: ImportRun = run_for(request.mutual, uid)
    _opened, plan = plan_run(run, actor=request.user, on=request.day)
    lender = plan.asked.options.group
    found = next((each for each in plan.asked.table.rows if each.number == row), None)
    if lender is None or found is None:
        raise Http404(str(row))
    here = redirect(office_url(request, "import-clients", uid=run.uid))
    number = request.POST.get("household") or request.POST.get("card", "")
    try:
        household = _household(request, number)
        link_client(
            **command_arguments(request), lender=lender, number=found.text("client_number"),
            household=household,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in ("NOT_FOUND", "CLIENT_LINKED_OTHERWISE"):
            raise
        notify(request, told(refusal), kind="bad")
        return here
    text = _("Client %(number)s is family %(family)s.") % {
        "number": found.text("client_number"), "family": household.number,
    }  # fmt: skip
    notify(request, text)
    return here


@require_POST
@office_view(right=Right.ENROL)
def new_family(request: OfficeRequest, uid: Any, row: int) -> HttpResponse:
    """The client is nobody's here: the membership form opens with what the list says of them.

    Once the family is enrolled the list knows it by its name and its loan or birth, and pays its
    contribution.
    """
    run: ImportRun = run_for(request.mutual, uid)
    _opened, plan = plan_run(run, actor=request.user, on=request.day)
    options = plan.asked.options
    found = next((each for each in _rows(plan) if each.number == row), None)
    if options.group is None or found is None:
        raise Http404(str(row))
    product = options.product or options.group.product
    day = found.get("disbursed_on") or found.get("moved_on")
    is_begun = begin_form(
        request,
        {
            "product": product.code if product is not None else "",
            "group": str(options.group.uid),
            "enrolled_on": f"{day:%d/%m/%Y}" if day is not None else "",
            "phone": found.text("phone"),
            "loan_minor": found.text("loan_minor"),
            "loan_reference": found.text("loan_number"),
            f"{PREFIX}-0-name": found.text("name"),
            f"{PREFIX}-0-given_name": found.text("given_name"),
        },
    )
    if not is_begun:
        notify(request, _("A form that you have begun waits here: record it or drop it first."),
               kind="bad")  # fmt: skip
    return redirect(office_url(request, "household-new"))


def _household(request: OfficeRequest, number: str) -> Household:
    """The family of this number, or of the bearer of this card."""
    household = Household.objects.filter(mutual=request.mutual, number=number.strip()).first()
    return household or person_by_number(request.mutual, number).household

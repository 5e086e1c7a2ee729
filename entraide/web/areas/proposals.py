"""New places that wait: approved, joined to one already known, or refused."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.territory import (
    approve_area,
    merge_area,
    proposal_for,
    refuse_area,
)
from entraide.apps.nomenclature.models import AreaProposal, AreaState
from entraide.apps.nomenclature.places import area_label, areas_resembling
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.areas.forms import ApprovalForm, MergeForm, RefusalForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50


@office_view(right=Right.READ_REGISTERS)
def proposals(request: OfficeRequest) -> HttpResponse:
    """Those that wait first, then what was decided; families that said each."""
    families = (
        Household.objects.filter(area=OuterRef("area"))
        .order_by()
        .values("area")
        .annotate(n=Count("pk"))
    )
    listed = (
        AreaProposal.objects.filter(mutual=request.mutual)
        .select_related("area__parent__parent", "area__merged_into", "proposed_by", "decided_by")
        .annotate(families_count=Coalesce(Subquery(families.values("n")), 0))
        .order_by("decision", "-proposed_on", "-id")
    )
    page = Paginator(listed, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    words = {
        "": ("wait", _("To approve")),
        AreaState.ACCEPTED: ("ok", pgettext("a place", "Approved")),
        AreaState.MERGED: ("ok", _("Joined to another")),
        AreaState.REFUSED: ("bad", _("Refused")),
    }
    context = {
        "page": page,
        "rows": [
            (each, area_label(each.area.parent) if each.area.parent else "", *words[each.decision])
            for each in page.object_list
        ],
        "may_coordinate": Right.COORDINATE in request.rights,
    }
    return render(request, "web/areas/proposals.html", context)


@office_view(right=Right.COORDINATE)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """One new place, with those it resembles; ``act`` tells what is decided."""
    proposal = proposal_for(request.mutual, uid)
    act = request.POST.get("act", "")
    about: dict[str, Any] = {"mutual": request.mutual}
    approval = ApprovalForm(
        request.POST if act == "approve" else None, proposal=proposal,
        language=request.LANGUAGE_CODE, **about,
    )  # fmt: skip
    merge = MergeForm(request.POST if act == "merge" else None, **about)
    refusal = RefusalForm(request.POST if act == "refuse" else None)
    if request.method == "POST" and _decided(request, proposal, act, approval, merge, refusal):
        notify(request, _("What was decided of %(place)s is recorded.") % {"place": proposal.area})
        return redirect(office_url(request, "area-proposals"))
    context = {
        "proposal": proposal,
        "families_count": Household.objects.filter(area=proposal.area).count(),
        "near": [
            area_label(each) for each in areas_resembling(proposal.area, mutual=request.mutual)
        ],
        "approval": approval,
        "merge": merge,
        "refusal": refusal,
        "is_own": proposal.proposed_by_id == request.user.pk,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/areas/proposal.html", context, status=status)


def _decided(
    request: OfficeRequest,
    proposal: AreaProposal,
    act: str,
    approval: ApprovalForm,
    merge: MergeForm,
    refusal: RefusalForm,
) -> bool:
    form = {"approve": approval, "merge": merge, "refuse": refusal}.get(act)
    if form is None or not form.is_valid():
        return False
    known, arguments = form.cleaned_data, command_arguments(request)
    try:
        if act == "approve":
            within = known["within"]
            approve_area(
                proposal=proposal, name=known["name"], level=known["level"],
                within=within.area if within else None,
                population_count=known["population_count"], **arguments,
            )  # fmt: skip
        elif act == "merge":
            merge_area(proposal=proposal, into=known["into"].area, **arguments)
        else:
            refuse_area(proposal=proposal, reason=known["reason"], **arguments)
    except Refusal as fault:
        show_refusal(form, fault)
        return False
    return True

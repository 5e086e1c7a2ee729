"""Renewal rate by animator, and the covers behind one of them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.contributions.collection import months_before
from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.renewal_rates import covers_ended_of, rates_by_animator
from entraide.apps.enrolment.portfolios import animator_for
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.web.groups.kinds import kind_tabs
from entraide.web.office import OfficeRequest, office_view

MONTHS = 12
ROWS_PER_PAGE = 50
NOBODY = "personne"  # in the address, for families that nobody followed


@require_safe
@office_view(right=Right.READ_REGISTERS)
def by_animator(request: OfficeRequest) -> HttpResponse:
    """The covers ended in twelve months, renewed or not, by who followed the family."""
    from_, until = months_before(request.day, MONTHS)
    kinds = kind_tabs(request)
    context = {
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "kinds": kinds,
        "rows": rates_by_animator(request.mutual, from_, until, group_kind=kinds.asked),
        "nobody": NOBODY,
    }
    return render(request, "web/renewals/rates.html", context)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def of_animator(request: OfficeRequest, key: str) -> HttpResponse:
    """The covers of one of them, those that nothing follows first."""
    mutual = request.mutual
    from_, until = months_before(request.day, MONTHS)
    agent = None if key == NOBODY else animator_for(mutual, key, request.day)
    kinds = kind_tabs(request)
    covers = covers_ended_of(mutual, from_, until, agent, group_kind=kinds.asked)
    page = Paginator(covers, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    members = members_of([each.household for each in page.object_list])
    context = {
        "agent": agent,
        "kinds": kinds,
        "period": writing.period(from_, until, request.LANGUAGE_CODE),
        "ended_count": page.paginator.count,
        "renewed_count": covers.filter(is_renewed=True).count(),
        "page": page,
        "rows": [(each, members.get(each.household_id)) for each in page.object_list],
    }
    return render(request, "web/renewals/rate.html", context)

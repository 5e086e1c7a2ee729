"""Breaches of conventions: the list, a new one, one of them with what followed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.providers.breaches import (
    breach_seen,
    breaches_of,
    close_breach,
    follow_breach,
    record_breach,
)
from entraide.apps.providers.conventions import convention_seen
from entraide.apps.providers.models import ConventionBreach
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.providers.conventions import convention_url
from entraide.web.providers.forms import BreachForm, FollowForm, OutcomeForm
from entraide.web.providers.views import READERS
from entraide.web.providers.wording import CLAUSES, breach_state
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def breach_list(request: OfficeRequest) -> HttpResponse:
    """Every breach, the open ones first."""
    page = Paginator(breaches_of(request.mutual), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (each, CLAUSES.get(each.clause, each.clause), breach_state(each))
            for each in page.object_list
        ],
    }
    return render(request, "web/providers/breaches.html", context)


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def new(request: OfficeRequest, uid: str) -> HttpResponse:
    """What was done against a clause of a convention."""
    agreement = convention_seen(request.mutual, uid)
    form = BreachForm(request.POST or None, initial={"occurred_on": request.day})
    if request.method == "POST" and form.is_valid():
        try:
            breach = record_breach(
                agreement=agreement, **form.cleaned_data, **command_arguments(request)
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The breach is recorded."))
            return redirect(office_url(request, "breach", uid=breach.uid))
    return form_page(
        request, form, title=_("A breach of the convention"), verb=_("Record the breach"),
        lede=agreement.provider.name, back=convention_url(request, agreement),
        way=agreement.provider.name,
        step=_("Conventions"), step_url=office_url(request, "conventions"),
    )  # fmt: skip


@office_view(right=READERS, of_whole_mutual=True)
def breach(request: OfficeRequest, uid: str) -> HttpResponse:
    """One breach; ``act`` tells what followed (``follow``) or that it is settled (``close``)."""
    shown = breach_seen(request.mutual, uid)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    follow = FollowForm(request.POST if act == "follow" else None, taken=_taken(shown))
    outcome = OutcomeForm(request.POST if act == "close" else None)
    if _carried_out(request, shown, act, follow, outcome):
        notify(request, _("What followed is recorded."))
        return redirect(office_url(request, "breach", uid=shown.uid))
    is_open = shown.closed_on is None
    context = {
        "breach": shown,
        "clause": CLAUSES.get(shown.clause, shown.clause),
        "state": breach_state(shown),
        "follow": follow,
        "outcome": outcome,
        "may_follow": is_open and Right.KEEP_PROVIDERS in request.rights and bool(follow.fields),
        "may_close": is_open and Right.APPROVE_CONVENTION in request.rights,
    }
    status = 422 if act else 200
    return render(request, "web/providers/breach.html", context, status=status)


def _taken(breach: ConventionBreach) -> dict[str, bool]:
    return {
        "notice_given_on": breach.notice_given_on is not None,
        "replied_on": breach.replied_on is not None,
        "reply": breach.replied_on is not None,
        "sanction": bool(breach.sanction),
    }


def _carried_out(
    request: OfficeRequest,
    shown: ConventionBreach,
    act: str,
    follow: FollowForm,
    outcome: OutcomeForm,
) -> bool:
    arguments = command_arguments(request)
    if act == "follow" and follow.is_valid():
        said = follow.cleaned_data
        return carried_out(follow, lambda: follow_breach(breach=shown, **said, **arguments))
    if act == "close" and outcome.is_valid():
        said = outcome.cleaned_data
        return carried_out(outcome, lambda: close_breach(breach=shown, **said, **arguments))
    return False

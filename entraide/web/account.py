"""Pages outside a mutual: which mutual to enter, my account, my language; and drafts inside one."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.preferences import drop_draft, set_language
from entraide.apps.access.services import is_carried_out
from entraide.apps.providers.posts import places_of
from entraide.apps.schemes.models import Role
from entraide.apps.schemes.network import mutuals_where
from entraide.apps.schemes.rights import Right, roles_on
from entraide.apps.schemes.selectors import mutuals_of
from entraide.web import clock
from entraide.web.drafts import keep_typed
from entraide.web.names import ROLE_NAMES
from entraide.web.office import OfficeRequest, office_view

A_YEAR = 365 * 24 * 3600


@login_required
@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """``/``: the person's mutual; a list when there are several; why not, when there is none."""
    mutuals = list(mutuals_of(request.user, clock.today()))  # type: ignore[arg-type]
    if not mutuals and places_of(request.user, clock.today()):  # type: ignore[arg-type]
        return redirect("portal:desk")
    if len(mutuals) == 1:
        return redirect("web:home", mutual=mutuals[0].code)
    may_compare = bool(mutuals_where(request.user, Right.READ_REPORTS, clock.today()))  # type: ignore[arg-type]
    context = {"mutuals": mutuals, "may_compare": may_compare}
    return render(request, "account/mutuals.html", context)


@login_required
@require_safe
def my_account(request: HttpRequest) -> HttpResponse:
    """``/compte/``: who I am and where, my second factor, my language, my password."""
    day = clock.today()
    user = request.user
    places = [
        (mutual, [ROLE_NAMES[role] for role in sorted(roles_on(user, mutual, day))])  # type: ignore[arg-type]
        for mutual in mutuals_of(user, day)  # type: ignore[arg-type]
    ]
    return render(
        request,
        "account/account.html",
        {
            "places": places,
            "posts": places_of(user, day),  # type: ignore[arg-type]
            "post_name": ROLE_NAMES[Role.PROVIDER_USER],
            "has_second_factor": is_mfa_enabled(user),
        },
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read in another language from now on: kept with the person and in a cookie."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)  # as it is: ``redirect`` looks for a page of that name
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            set_language(request.user, chosen)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return answer


@require_POST
@office_view
def draft(request: OfficeRequest, form: str) -> HttpResponse:
    """Keep what is being typed in a form, or forget it (``forget=1``). For the page's script.

    See :func:`entraide.web.drafts.keep_typed`.
    """
    if request.POST.get("forget"):
        drop_draft(user=request.user, mutual=request.mutual, form=form)
        return JsonResponse({"kept": False})
    # The page may send what is typed while it sends the form itself: what is recorded is no draft.
    with transaction.atomic():
        is_recorded = is_carried_out(request.mutual, request.POST.get("idempotency_key", ""))
        return JsonResponse({"kept": not is_recorded and keep_typed(request, form)})

"""Pages outside a mutual: which mutual to enter, my account, my language; and drafts inside one."""

from __future__ import annotations

import json

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.access.preferences import drop_draft, keep_draft, set_language
from entraide.apps.providers.posts import places_of
from entraide.apps.schemes.network import mutuals_where
from entraide.apps.schemes.rights import Right, roles_on
from entraide.apps.schemes.selectors import mutuals_of
from entraide.web import clock
from entraide.web.names import ROLE_NAMES
from entraide.web.office import OfficeRequest, office_view

A_YEAR = 365 * 24 * 3600
DRAFT_BYTES = 200_000
FORM_NAME_LENGTH = 60
# What must not be kept, and what is medical: it stands in its own table or nowhere.
NEVER_DRAFTED = frozenset(
    {"csrfmiddlewaretoken", "idempotency_key", "password", "diagnosis", "medical_notes"}
)


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
    """``/compte/``: who I am here, my second factor, my language, my password."""
    day = clock.today()
    user = request.user
    places = [
        (mutual, [ROLE_NAMES[role] for role in sorted(roles_on(user, mutual, day))])  # type: ignore[arg-type]
        for mutual in mutuals_of(user, day)  # type: ignore[arg-type]
    ]
    return render(
        request,
        "account/account.html",
        {"places": places, "has_second_factor": is_mfa_enabled(user)},
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

    Kept as lists of texts by field name. What is empty, too large to be typed, or holds a NUL is
    not kept.
    """
    if request.POST.get("forget"):
        drop_draft(user=request.user, mutual=request.mutual, form=form)
        return JsonResponse({"kept": False})
    content = {
        name: values
        for name, values in request.POST.lists()
        if name not in NEVER_DRAFTED and any(values)
    }
    written = json.dumps(content)
    is_form = len(form) <= FORM_NAME_LENGTH
    if not (content and is_form) or len(written) > DRAFT_BYTES or "\\u0000" in written:
        return JsonResponse({"kept": False})
    keep_draft(user=request.user, mutual=request.mutual, form=form, content=content)
    return JsonResponse({"kept": True})

"""One page of the portal: whose desk it is, for which mutual, and what becomes of a refusal."""

from __future__ import annotations

import functools
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import scope

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.providers.posts import Place, places_of
from entraide.apps.schemes.models import Mutual, Role
from entraide.core.errors import Refusal
from entraide.documents.setting import papers_for
from entraide.web import clock
from entraide.web.middleware import ASKED_BY_ROLE
from entraide.web.office import NOT_THERE, View, points_of, told
from entraide.web.vocabulary import words_of


class PortalRequest(HttpRequest):
    """A request at the portal; ``place`` and ``mutual`` are there under a mutual's address only."""

    user: User
    places: list[Place]  # where the person serves today, one for each mutual
    place: Place
    mutual: Mutual
    day: date  # today, in the mutual's time zone
    LANGUAGE_CODE: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the portal's own navigation."""

    name: str | Promise
    url: str
    is_current: bool


_TABS: tuple[tuple[str | Promise, str], ...] = (
    (_("Attestations"), "portal:claims"),
    (pgettext_lazy("pages", "Invoices"), "portal:invoices"),
    (pgettext_lazy("pages", "Prior agreements"), "portal:agreements"),
    (pgettext_lazy("pages", "Referral vouchers"), "portal:referrals"),
    (_("Payments"), "portal:payments"),
)


def portal_view(view: View) -> View:
    """Make ``(request, **kwargs)`` a page under ``/prestataire/``.

    Open to who serves at a provider today; under a mutual's address, in that mutual only: for
    another one the page does not exist. Both are journalled. ``mutual`` is not passed on.
    """

    @functools.wraps(view)
    @login_required
    def run(request: PortalRequest, mutual: str = "", **kwargs: Any) -> HttpResponse:
        request.day = clock.today()
        places = places_of(request.user, request.day)
        if not places:
            return _closed(request)
        request.places, request.day = places, clock.today(places[0].mutual)
        if _lacks_second_factor(request):
            return redirect(f"{reverse('mfa_activate_totp')}?{ASKED_BY_ROLE}=1")
        if not mutual:
            response = view(request, **kwargs)
        else:
            place = next((each for each in places if each.mutual.code == mutual), None)
            if place is None:
                _log(request, None, "NOT_FOUND")
                raise Http404(f"a stranger to {mutual}")
            response = _inside(request, place, view, kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return run


def _inside(
    request: PortalRequest, place: Place, view: View, kwargs: dict[str, Any]
) -> HttpResponse:
    request.place, request.mutual = place, place.mutual
    request.day = clock.today(place.mutual)
    with at_place(place):
        try:
            return view(request, **kwargs)
        except Refusal as refusal:
            if refusal.code in NOT_THERE:
                _log(request, place.mutual, refusal.code)
                raise Http404(str(refusal)) from refusal
            context = {"sentence": told(refusal), "points": points_of(refusal)}
            return shown(request, "web/portal/refused.html", context, status=409)


def at_place(place: Place) -> ExitStack:
    """Inside, registers are those of the place's mutual, which speaks its own words."""
    with ExitStack() as opened:
        opened.enter_context(scope(mutual=place.mutual))
        opened.enter_context(words_of(place.mutual))
        opened.enter_context(papers_for(is_training=place.mutual.is_training))
        return opened.pop_all()


def _closed(request: PortalRequest) -> HttpResponse:
    """Nobody's desk: the person serves at no provider, or does no more."""
    _log(request, None, "FORBIDDEN")
    return render(request, "web/portal/closed.html", status=403)


def _log(request: PortalRequest, mutual: Mutual | None, code: str) -> None:
    record_audit(
        kind=AuditKind.REFUSAL, mutual=mutual, actor=request.user, code=code, subject=request.path
    )


def _lacks_second_factor(request: PortalRequest) -> bool:
    if Role.PROVIDER_USER not in settings.SECOND_FACTOR_ROLES or is_mfa_enabled(request.user):
        return False
    return any(not place.mutual.is_demonstration for place in request.places)


def shown(
    request: PortalRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """A page in the frame of the portal."""
    frame = {"tabs": tabs_of(request), "provider": request.places[0].provider}
    return render(request, template, {**frame, **(context or {})}, status=status)


def tabs_of(request: PortalRequest) -> list[Tab]:
    """The desk, then the pages of the mutual where one is, or of the only one."""
    desk = reverse("portal:desk")
    tabs = [Tab(_("Check a right"), desk, request.path == desk)]
    place = getattr(request, "place", None)
    if place is None and len(request.places) == 1:
        place = request.places[0]
    if place is not None:
        for name, page in _TABS:
            url = reverse(page, kwargs={"mutual": place.mutual.code})
            tabs.append(Tab(name, url, request.path.startswith(url)))
    offline = reverse("portal:offline")
    tabs.append(Tab(_("Without network"), offline, request.path == offline))
    return tabs


def portal_url(request: PortalRequest, page: str, **kwargs: Any) -> str:
    """The address of a page of the current mutual."""
    return reverse(f"portal:{page}", kwargs={"mutual": request.mutual.code, **kwargs})


def command_of(request: PortalRequest) -> dict[str, Any]:
    """What every command is told: for whom, by whom, on which day, under which key."""
    return {
        "mutual": request.mutual,
        "actor": request.user,
        "on": request.day,
        "idempotency_key": request.POST.get("idempotency_key", ""),
    }

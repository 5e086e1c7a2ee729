"""One page of the network, outside any mutual: who may open it, its frame, its refusals."""

from __future__ import annotations

import functools
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

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.network import mutuals_where
from entraide.apps.schemes.rights import Right, rights_of, roles_on
from entraide.apps.schemes.selectors import mutuals_of
from entraide.core.errors import Refusal
from entraide.web import clock
from entraide.web.middleware import ASKED_BY_ROLE
from entraide.web.names import RIGHT_NAMES, roles_that_may
from entraide.web.notices import notify
from entraide.web.office import NOT_THERE, View, points_of, told


class NetworkRequest(HttpRequest):
    """A request about the network, as :func:`network_view` prepares it."""

    user: User
    day: date
    network_rights: frozenset[Right]  # what the person may do for the network itself
    works_somewhere: bool  # in the network or in one mutual at least
    readable: list[Mutual]  # the mutuals whose reports the person may read


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the rail."""

    name: str | Promise
    url: str
    is_current: bool


_PLACES: tuple[tuple[str | Promise, str, Right | None], ...] = (
    (_("The tree"), "network:tree", Right.ADMINISTER),
    (_("People"), "network:people", Right.ADMINISTER),
    (_("Features"), "network:flags", Right.ADMINISTER),
    (_("Common lists"), "network:lists", None),
    (_("Acts by agent"), "network:acts", None),
    (_("Comparison"), "network:benchmark", Right.READ_REPORTS),
    (_("Follow-up"), "network:follow-up", Right.READ_REPORTS),
)


def network_view(
    view: View | None = None, *, right: Right | None = None, leads_on: bool = False
) -> Any:
    """Make ``(request, **kwargs)`` a page under ``/reseau/``.

    ``ADMINISTER`` is a right for the network itself; ``READ_REPORTS`` is held in one mutual at
    least, whose figures alone are then shown; None opens to everyone who works somewhere.
    ``leads_on``: an address that people type, which leads who lacks the right to their mutuals.
    """

    def decorate(page: View) -> View:
        @functools.wraps(page)
        @login_required
        def run(request: NetworkRequest, **kwargs: Any) -> HttpResponse:
            request.day = clock.today()
            roles = roles_on(request.user, None, request.day)
            request.network_rights = rights_of(roles)
            request.readable = mutuals_where(request.user, Right.READ_REPORTS, request.day)
            request.works_somewhere = bool(roles) or bool(
                request.readable or mutuals_of(request.user, request.day).exists()
            )
            if not _may_open(request, right):
                if leads_on and mutuals_of(request.user, request.day).exists():
                    return _led_on(request)
                return _forbidden(request, right)
            if _lacks_second_factor(request, roles):
                return redirect(f"{reverse('mfa_activate_totp')}?{ASKED_BY_ROLE}=1")
            try:
                response = page(request, **kwargs)
            except Refusal as refusal:
                if refusal.code in NOT_THERE:
                    raise Http404(str(refusal)) from refusal
                context = {"sentence": told(refusal), "points": points_of(refusal)}
                response = shown(request, "web/network/refused.html", context)
                response.status_code = 409
            patch_cache_control(response, private=True, no_store=True)
            return response

        return run

    return decorate if view is None else decorate(view)


def _may_open(request: NetworkRequest, right: Right | None) -> bool:
    if right is Right.READ_REPORTS:
        return bool(request.readable) or Right.ADMINISTER in request.network_rights
    if right is None:  # whoever works somewhere: in the network, or in one mutual
        return request.works_somewhere
    return right in request.network_rights


def _led_on(request: NetworkRequest) -> HttpResponse:
    """To the mutuals where they work, saying what the page asked for is."""
    notify(
        request,
        _("The tree of the network is kept by its administrator. Here is where you work."),
        kind="info",
    )
    return redirect("entrance")


def _forbidden(request: NetworkRequest, right: Right | None) -> HttpResponse:
    needed = right or Right.ADMINISTER
    record_audit(
        kind=AuditKind.REFUSAL,
        mutual=None,
        actor=request.user,
        code="FORBIDDEN",
        subject=request.path,
        details={"rights": [needed.value]},
    )
    context = {"acts": [RIGHT_NAMES[needed]], "roles": roles_that_may(needed)}
    return render(request, "403.html", context, status=403)


def _lacks_second_factor(request: NetworkRequest, roles: frozenset[str]) -> bool:
    asked = roles & frozenset(settings.SECOND_FACTOR_ROLES)
    if not asked or is_mfa_enabled(request.user):
        return False
    return Mutual.objects.filter(is_demonstration=False).exists()


def shown(
    request: NetworkRequest, template: str, context: dict[str, Any] | None = None
) -> HttpResponse:
    """A page in the frame of the network."""
    return render(request, template, {"network_places": _places(request), **(context or {})})


def _places(request: NetworkRequest) -> list[Place]:
    places = []
    for name, page, right in _PLACES:
        if _may_open(request, right):
            url = reverse(page)
            is_tree = page == "network:tree"
            current = request.path == url or (not is_tree and request.path.startswith(url))
            places.append(Place(name, url, current or (is_tree and "/mutuelle/" in request.path)))
    return places


def act(request: NetworkRequest, mutual: Mutual | None = None) -> dict[str, Any]:
    """What every command is told: for whom (the network for None), by whom, when, which key."""
    return {
        "mutual": mutual,
        "actor": request.user,
        "on": request.day,
        "idempotency_key": request.POST.get("idempotency_key", ""),
    }

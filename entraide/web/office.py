"""One page of the office: its rights, its mutual, and what becomes of a refusal."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django_htmx.middleware import HtmxDetails

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.records import sections_in_sight
from entraide.apps.access.services import record_audit
from entraide.apps.schemes.flags import Flag, require_open
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, rights_of
from entraide.core.errors import Refusal, RefusedRows
from entraide.messages import sentence
from entraide.web.names import RIGHT_NAMES, roles_that_may

# To a stranger, what belongs to another mutual does not exist.
NOT_THERE = frozenset({"NOT_FOUND", "RECORD_OF_OTHER_MUTUAL"})


class OfficeRequest(HttpRequest):
    """A request inside a mutual, as ``CurrentMutual`` prepares it."""

    user: User
    mutual: Mutual
    roles: frozenset[str]
    rights: frozenset[Right]
    sections: frozenset[int] | None  # of the families shown; None for the whole mutual
    day: date  # today, in the mutual's time zone
    htmx: HtmxDetails


View = Callable[..., HttpResponse]


def office_view(
    view: View | None = None,
    *,
    right: Right | Iterable[Right] | None = None,
    flag: Flag | None = None,
    of_whole_mutual: bool = False,
) -> Any:
    """Make a function ``(request, **kwargs)`` a page under ``/m/<mutual>/``.

    ``right``: one right, or several of which any one opens the page; None for everyone of the
    mutual. Who lacks it gets the 403 page, which names the roles that may; it is audited. The
    mutual of the address is in ``request.mutual`` and is not passed on. A ``NOT_FOUND`` that the
    view lets through answers 404, any other refusal a page with its sentence (409). ``flag``: the
    feature that must be open in the mutual (``FEATURE_NOT_OPEN`` otherwise). ``of_whole_mutual``:
    what it shows knows no sections, and stays closed to who works in some of them only.
    """
    needed = _as_set(right)

    def decorate(page: View) -> View:
        @functools.wraps(page)
        def run(request: OfficeRequest, mutual: str, **kwargs: Any) -> HttpResponse:
            if needed and not needed & request.rights:
                return forbidden(request, needed)
            if of_whole_mutual and sections_in_sight() is not None:
                return forbidden(request, needed)
            try:
                if flag is not None:
                    require_open(request.mutual, flag, request.day)
                return page(request, **kwargs)
            except Refusal as refusal:
                return refused(request, refusal)

        run.office_rights = needed  # type: ignore[attr-defined]
        run.of_whole_mutual = of_whole_mutual  # type: ignore[attr-defined]
        return run

    return decorate if view is None else decorate(view)


def office_url(request: OfficeRequest, page: str, **kwargs: Any) -> str:
    """The address of a page of the current mutual: ``office_url(request, "household", uid=…)``."""
    return reverse(f"web:{page}", kwargs={"mutual": request.mutual.code, **kwargs})


def command_arguments(request: OfficeRequest) -> dict[str, Any]:
    """What every command is told: for whom, by whom, on which day, under which key."""
    return {
        "mutual": request.mutual,
        "actor": request.user,
        "on": request.day,
        "idempotency_key": request.POST.get("idempotency_key", ""),
    }


def told(refusal: Refusal) -> str:
    """What a refusal says, in the reader's language."""
    return sentence(refusal.code, refusal.data, get_language() or "fr")


def points_of(refusal: Refusal) -> list[str]:
    """What stands in the way, one sentence a point, where a refusal has several; else empty.

    The place is told where the sentence does not already name it.
    """
    if not isinstance(refusal, RefusedRows):
        return []
    language = get_language() or "fr"
    return [
        sentence(
            each.code, each.data, language, "" if each.place in each.data.values() else each.place
        )
        for each in refusal.findings
    ]


def forbidden(request: OfficeRequest, needed: frozenset[Right]) -> HttpResponse:
    """The 403 page: what was asked, who may do it. Written in the audit journal."""
    record_audit(
        kind=AuditKind.REFUSAL,
        mutual=request.mutual,
        actor=request.user,
        code="FORBIDDEN",
        subject=request.path,
        details={"rights": sorted(right.value for right in needed)},
    )
    acts = [RIGHT_NAMES[right] for right in Right if right in needed]
    roles = dict.fromkeys(str(role) for right in needed for role in roles_that_may(right))
    is_bounded = sections_in_sight() is not None and bool(needed & rights_of(request.roles))
    context = {"acts": acts, "roles": list(roles), "is_bounded": is_bounded}
    return render(request, "403.html", context, status=403)


def refused(
    request: OfficeRequest, refusal: Refusal, *, ways: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """The answer to a refusal that no form can show: 404, 403 or a page with its sentences.

    ``ways``: words and address of what mends it.
    """
    if refusal.code in NOT_THERE:
        # A family of another section answers as one that does not exist; the attempt is kept.
        record_audit(
            kind=AuditKind.REFUSAL,
            mutual=request.mutual,
            actor=request.user,
            code=refusal.code,
            subject=request.path,
        )
        raise Http404(str(refusal)) from refusal
    if refusal.code == "FORBIDDEN" and refusal.data.get("right") in frozenset(Right):
        return forbidden(request, frozenset({Right(refusal.data["right"])}))
    context = {"sentence": told(refusal), "points": points_of(refusal), "ways": list(ways)}
    return render(request, "refused.html", context, status=409)


def _as_set(right: Right | Iterable[Right] | None) -> frozenset[Right]:
    if right is None:
        return frozenset()
    return frozenset({right}) if isinstance(right, Right) else frozenset(right)

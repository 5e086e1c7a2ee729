"""Who asks: the bearer of a token, in the one mutual that the token names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_scopes import scope
from ninja.security import HttpBearer

from entraide.apps.access.models import ApiToken, AuditKind
from entraide.apps.access.prepared import reading_once
from entraide.apps.access.records import only_sections
from entraide.apps.access.selectors import token_holder
from entraide.apps.access.services import record_audit
from entraide.apps.schemes.rights import Posts, Right, require_right
from entraide.core.errors import Refusal

View = TypeVar("View", bound=Callable[..., HttpResponse])


class Bearer(HttpBearer):
    """``Authorization: Bearer ent_…``; the request gets its ``user``, ``mutual``, local ``day``."""

    def __call__(self, request: HttpRequest) -> ApiToken:
        """The token of the request; ``TOKEN_MISSING`` or ``TOKEN_INVALID`` else."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal("TOKEN_MISSING")
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The token with this text; an expired, revoked or unknown one is refused alike."""
        holder = token_holder(token)
        if holder is None:
            raise Refusal("TOKEN_INVALID")
        request.user = holder.user
        request.mutual = holder.mutual  # type: ignore[attr-defined]
        request.day = timezone.localdate(  # type: ignore[attr-defined]
            timezone=ZoneInfo(holder.mutual.time_zone)
        )
        return holder


def in_mutual(*, right: Right) -> Callable[[View], View]:
    """Run a view in the scope of the token's mutual; ``FORBIDDEN`` without the right.

    That, and what is not to be found, is journaled.

    A command checks its right again, in its own transaction. Here the check comes before anything
    is looked up, so that a token whose person has left does not tell which cards exist.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def run(request: Any, **given: Any) -> HttpResponse:
            with reading_once():
                sections = _required(request, right).sections
                try:
                    with scope(mutual=request.mutual), only_sections(sections):
                        return view(request, **given)
                except Refusal as refusal:
                    if refusal.code == "NOT_FOUND":  # a command journals its own refusals
                        _journal(request, refusal)
                    raise

        return cast(View, run)

    return decorate


def _required(request: Any, right: Right) -> Posts:
    """The posts of the person, one of which gives the right."""
    try:
        return require_right(request.user, request.mutual, right, request.day)
    except Refusal as refusal:
        _journal(request, refusal)
        raise


def _journal(request: Any, refusal: Refusal) -> None:
    """What is of another section or mutual answers as what does not exist; the attempt is kept."""
    record_audit(
        kind=AuditKind.REFUSAL,
        mutual=request.mutual,
        actor=request.user,
        code=refusal.code,
        subject=request.path,
    )

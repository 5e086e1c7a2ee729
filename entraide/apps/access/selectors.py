"""Reading tokens and journals."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from entraide.apps.access.models import ApiToken, User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.services import hash_token
from entraide.core.errors import Refusal

_VALID_TOKEN: Prepared[ApiToken] = Prepared(
    lambda token_hash, now: ApiToken.objects.select_related("user", "mutual").filter(
        token_hash=token_hash, revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
    ),
    token_hash=models.CharField(),
    now=models.DateTimeField(),
)


def token_holder(token: str) -> ApiToken | None:
    """The valid token with this text, its person and mutual loaded; None otherwise."""
    return _VALID_TOKEN.first(token_hash=hash_token(token), now=timezone.now())


def user_by_username(username: str) -> User:
    """The person who signs in under this name; ``PERSON_UNKNOWN`` otherwise."""
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise Refusal("PERSON_UNKNOWN", person=username)
    return user

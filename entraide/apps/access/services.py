"""The audit journal, the command journal, the system's own account and bearer tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from entraide.apps.access.models import ApiToken, AuditEvent, AuditKind, CommandLog, User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedInsert
from entraide.apps.access.screens import screen_in_use
from entraide.core.errors import Refusal

SYSTEM_USERNAME = "systeme"


_USER_NAMED: Prepared[User] = Prepared(
    lambda username: User.objects.filter(username=username),
    is_steady=True,
    username=models.CharField(),
)


def system_user() -> User:
    """The account under which the rules decide; it cannot sign in."""
    user = _USER_NAMED.first(username=SYSTEM_USERNAME)
    if user is None:
        user, _is_new = User.objects.get_or_create(
            username=SYSTEM_USERNAME,
            defaults={
                "display_name": "Entraide",
                "is_system": True,
                "password": make_password(None),  # none that opens
            },
        )
    return user


def record_audit(
    *,
    kind: AuditKind,
    mutual: models.Model | None = None,
    actor: User | None = None,
    code: str = "",
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one audit event; ``details`` are made plain JSON."""
    return AuditEvent.objects.create(
        kind=kind,
        mutual=mutual,
        actor=actor if actor is not None and actor.pk else None,
        code=code,
        subject=subject[:160],
        details=plain(dict(details or {})),
    )


def plain(value: Any) -> Any:
    """A value as plain JSON, the same for equal contents: what hashes and journals hold."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{getattr(value, 'uid', value.pk)}"
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    raise AssertionError(f"a command cannot carry a {type(value).__name__}")


def content_hash(name: str, content: Mapping[str, Any]) -> str:
    """The SHA-256 of a command's name and content, order of keys aside."""
    text = json.dumps([name, plain(dict(content))], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_COMMAND_WITH_KEY: Prepared[CommandLog] = Prepared(
    lambda mutual, key: CommandLog.objects.filter(mutual=mutual, idempotency_key=key),
    mutual=models.BigIntegerField(),
    key=models.CharField(),
)


def find_command(
    *, mutual: models.Model | None, key: str, hash_of_content: str
) -> CommandLog | None:
    """The earlier run of this command, or None; ``IDEMPOTENCY_CONFLICT`` for another content."""
    if mutual is None:
        earlier = CommandLog.objects.filter(mutual__isnull=True, idempotency_key=key).first()
    else:
        earlier = _COMMAND_WITH_KEY.first(mutual=mutual, key=key)
    if earlier is not None and earlier.content_hash != hash_of_content:
        raise Refusal("IDEMPOTENCY_CONFLICT", key=key)
    return earlier


def is_carried_out(mutual: models.Model, key: str) -> bool:
    """Whether a command was carried out in a mutual under this key."""
    return bool(key) and _COMMAND_WITH_KEY.first(mutual=mutual, key=key) is not None


_NEW_COMMAND = PreparedInsert(CommandLog)


def log_command(
    *,
    mutual: models.Model | None,
    key: str,
    name: str,
    hash_of_content: str,
    actor: User,
    on: date,
    result: models.Model | None,
) -> CommandLog:
    """Write the journal line of a command that was carried out."""
    line = CommandLog(
        mutual=mutual,
        idempotency_key=key,
        name=name,
        content_hash=hash_of_content,
        actor=actor,
        occurred_on=on,
        result_model=result._meta.label if result is not None else "",
        result_uid=getattr(result, "uid", None),
        screen=screen_in_use(),
    )
    _NEW_COMMAND.one(line)
    return line


def hash_token(token: str) -> str:
    """What is kept of a bearer token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User, mutual: models.Model, label: str, days: int = 365) -> str:
    """A new bearer token for one person in one mutual; shown once, only its hash is kept."""
    token = "ent_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user,
        mutual=mutual,
        label=label,
        token_hash=hash_token(token),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token


def withdraw_tokens(*, user: User, mutual: models.Model, label: str) -> int:
    """End every valid token of a person in a mutual with this label, at once; answers how many."""
    now = timezone.now()
    return ApiToken.objects.filter(
        user=user, mutual=mutual, label=label, revoked_at__isnull=True, expires_at__gt=now
    ).update(revoked_at=now)

"""People, their tokens, and the two journals: commands that were carried out, events to audit."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from entraide.apps.access.records import ReadAtOnce, Record
from entraide.core.ids import uuid7


class User(AbstractUser, ReadAtOnce):
    """A person who signs in, or the system itself (``is_system``), which decides by the rules."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    display_name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, default="fr")
    is_system = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiToken(Record):
    """A bearer token bound to one person and one mutual; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class CommandLog(Record):
    """One command that was carried out: who, what, when, and the hash of its content.

    The same key with the same content answers the first result again; with another content it
    is refused. ``mutual`` is empty for commands of the network. ``screen``: on which page it was
    done (:mod:`entraide.apps.access.screens`). Append-only by triggers.
    """

    mutual = models.ForeignKey(
        "schemes.Mutual", on_delete=models.PROTECT, null=True, related_name="+"
    )
    idempotency_key = models.CharField(max_length=100)
    name = models.CharField(max_length=60)
    content_hash = models.CharField(max_length=64)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    occurred_on = models.DateField()
    result_model = models.CharField(max_length=60, blank=True)
    result_uid = models.UUIDField(null=True)
    # Null for what was recorded before screens were kept: the journal is not written again.
    screen = models.CharField(max_length=60, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "idempotency_key"], name="command_once_per_mutual"
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=models.Q(mutual__isnull=True),
                name="command_once_in_network",
            ),
        ]
        indexes = [models.Index(fields=["result_uid"])]


class AuditKind(models.TextChoices):
    """What an auditor asks about."""

    REFUSAL = "refusal"
    MEDICAL_READING = "medical_reading"
    PHOTO_READING = "photo_reading"
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    EXPORT = "export"
    IMPORT = "import"
    CORRECTION = "correction"
    RIGHT_READING = "right_reading"  # a provider asked what a person is entitled to


class AuditEvent(Record):
    """A refusal, a reading of medical data, of a photo or a right, a sign-in …: never edited.
    Append-only by triggers."""

    kind = models.CharField(max_length=30, choices=AuditKind)
    mutual = models.ForeignKey(
        "schemes.Mutual", on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField(default=timezone.now)
    code = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=160, blank=True)  # e.g. "claim S-2025-00012"
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["mutual", "kind", "occurred_at"])]


class Draft(models.Model):
    """What a person has typed and not yet recorded, kept when a tab closes; one per form."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=60)
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "mutual", "form"], name="one_draft_per_form")
        ]

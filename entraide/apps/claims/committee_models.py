"""The committee that decides claims together: its sessions, and what each decided."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class CommitteeSession(MutualRecord):
    """One meeting: who was there (``members``, names), what was said; closed, nothing is added."""

    document_number = models.CharField(max_length=60)
    held_on = models.DateField()
    place = models.CharField(max_length=160, blank=True)
    members = models.JSONField(default=list)
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="committee_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.document_number


class CommitteeSeat(MutualRecord):
    """A member who sat in a session and has an account here; append-only by triggers.

    ``name`` is theirs as the minutes have it (``CommitteeSession.members``). Only they sign in the
    register under it, and they approve no claim that the session decided. A name of the minutes
    without a seat is of somebody without account, who signs on the printed paper.
    """

    session = models.ForeignKey(CommitteeSession, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="committee_person_sits_once"),
            models.UniqueConstraint(fields=["session", "name"], name="committee_name_sits_once"),
        ]


class CommitteeDecision(MutualRecord):
    """A decision on a claim that a session made."""

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.PROTECT, related_name="decisions"
    )
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="committee"
    )

    objects = of_family("decision__claim__household__branch")


class Capacity(models.TextChoices):
    """As what a person signs the minutes: the one who led the session, or another who sat."""

    CHAIR = "chair"
    MEMBER = "member"


class CommitteeSignature(MutualRecord):
    """The minutes of a closed session signed by one person; append-only by triggers.

    ``name`` is that of their seat. One chair; each person and each name once.
    """

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.PROTECT, related_name="signatures"
    )
    capacity = models.CharField(max_length=8, choices=Capacity)
    name = models.CharField(max_length=120)
    signed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "signed_by"], name="committee_person_signs_once"
            ),
            models.UniqueConstraint(fields=["session", "name"], name="committee_name_signs_once"),
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(capacity="chair"), name="committee_one_chair"
            ),
        ]


class CommitteeScan(MutualRecord):
    """The signed paper of the minutes, as a PDF or a picture; append-only by triggers."""

    session = models.ForeignKey(CommitteeSession, on_delete=models.PROTECT, related_name="scans")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")


class ClaimReopening(MutualRecord):
    """A claim that a session decided, taken up again by a later one; append-only by triggers.

    ``decision`` is what the rules say of it on that day: nothing of the earlier decisions is
    changed.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="reopenings")
    session = models.ForeignKey(
        CommitteeSession, on_delete=models.PROTECT, related_name="reopenings"
    )
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="reopening"
    )
    reason = models.CharField(max_length=300)
    reopened_on = models.DateField()
    reopened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("claim__household__branch")

    class Meta:
        ordering = ["pk"]

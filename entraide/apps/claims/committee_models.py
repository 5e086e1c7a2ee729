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


class CommitteeDecision(MutualRecord):
    """A decision on a claim that a session made."""

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.PROTECT, related_name="decisions"
    )
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="committee"
    )

    objects = of_family("decision__claim__household__branch")

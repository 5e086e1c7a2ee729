"""What is proposed and said when prices are negotiated: kept as it was, nothing rewritten."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class PriceProposal(MutualRecord):
    """Prices and terms that one side proposed on a day.

    ``lines``: ``[system, kind, code, unit price in minor units]`` for each act. ``said_by`` is the
    person or the paper that says it.
    """

    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="price_proposals"
    )
    side = models.CharField(max_length=10)  # core.negotiation.Side
    proposed_on = models.DateField()
    said_by = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    terms = models.CharField(max_length=1000, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "proposed_on"])]


class NegotiationNote(MutualRecord):
    """What was said or settled on a day, and by whom; ``proposal`` is the one agreed to."""

    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="negotiation_notes"
    )
    kind = models.CharField(max_length=10)  # core.negotiation.NoteKind
    said_on = models.DateField()
    present = models.CharField(max_length=300)
    text = models.CharField(max_length=2000)
    proposal = models.ForeignKey(
        PriceProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "said_on"])]

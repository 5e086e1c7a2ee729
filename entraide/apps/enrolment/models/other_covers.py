"""Another cover that a person has beside the mutual's."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family
from entraide.apps.enrolment.models.households import Person


class OtherCover(MutualRecord):
    """Somebody else covers the person too, in ``[effective_from, effective_until)``.

    ``pays_first``: before the mutual. Never changed, but for its end, said once.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="other_covers")
    kind = models.CharField(max_length=10)  # core.other_covers.CoverKind
    payer = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)  # of the person there
    pays_first = models.BooleanField()
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=160)  # the card that was seen, the list that came
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("person__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_until__isnull=True)
                | models.Q(effective_until__gte=models.F("effective_from")),
                name="other_cover_has_days",
            ),
        ]
        # A claim asks for those of one person: whatever the mutual has of others stays unread.
        indexes = [models.Index(fields=["mutual", "person"], name="other_cover_of_person")]

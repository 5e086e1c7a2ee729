"""What mutuals learnt and recommend to each other; read by the whole network."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import Record


class Practice(Record):
    """A way of doing things that a mutual recommends, with what shows that it works.

    Not scoped: it is written for the other mutuals. A correction is another practice; the first
    is withdrawn and stays written.
    """

    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    done = models.TextField()  # what is done, and how
    evidence = models.TextField()  # what shows it: a figure before and after, a document
    since = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.title


class Adoption(Record):
    """Another mutual does the same from a day on."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="adoptions")
    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.PROTECT, related_name="+")
    adopted_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "mutual"], name="practice_adopted_once")
        ]

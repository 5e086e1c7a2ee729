"""What a family had paid ahead before the mutual kept its books here."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class AdvanceState(models.TextChoices):
    """Where an advance stands: proposed, then in the books, refused, or taken out of them again."""

    PREPARED = "prepared"
    POSTED = "posted"
    REFUSED = "refused"
    REVERSED = "reversed"


class OpeningAdvance(MutualRecord):
    """Money paid ahead, in minor units, carried over from an old tool by two persons.

    Once posted (``document_number``, ``entry``) it pays the next dues of its family;
    ``used_minor`` is kept equal to the standing receipts that it paid, ``verify`` checks. A family
    has one that waits or stands. ``source_uid``: the import that told it, ``source`` its file.
    ``reason``: why it was refused or taken back.
    """

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="opening_advances"
    )
    amount_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AdvanceState, default=AdvanceState.PREPARED)
    source = models.CharField(max_length=200)
    source_uid = models.UUIDField()
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    prepared_on = models.DateField()
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(state__in=["prepared", "posted"]),
                name="one_opening_advance",
            ),
            models.UniqueConstraint(
                fields=["mutual", "document_number"],
                condition=~models.Q(document_number=""),
                name="advance_number_once",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="advance_positive"),
            models.CheckConstraint(
                condition=models.Q(used_minor__gte=0, used_minor__lte=models.F("amount_minor")),
                name="advance_not_overused",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("prepared_by")),
                name="advance_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["mutual", "source_uid"], name="advances_of_source")]

    @property
    def rest_minor(self) -> int:
        """What still pays contributions to come; nothing unless it is in the books."""
        return self.amount_minor - self.used_minor if self.state == AdvanceState.POSTED else 0

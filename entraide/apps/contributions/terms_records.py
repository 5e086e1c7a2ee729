"""What the price of a cover was worked out from besides its persons, and who does not pay it."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class Exemption(MutualRecord):
    """A household is in a paying category of its product during ``[from, until)``.

    Entered by one person, approved by another; it counts from the approval on. ``payer_name`` says
    who pays instead (a commune, an association), as their statement names them. Once approved, only
    its end may come nearer (``triggers``): with ``end_reason``, by whom and on which day. The same
    three say why, by whom and when a proposal was withdrawn before any approval, or refused.
    """

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="exemptions"
    )
    category = models.CharField(max_length=40)  # of ``contribution.categories`` of the product
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    source = models.CharField(max_length=200)  # who decided: a committee, a list, its day
    payer_name = models.CharField(max_length=160, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)  # of an end brought forward
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_recorded_on = models.DateField(null=True, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_until__isnull=True)
                | models.Q(effective_until__gt=models.F("effective_from")),
                name="exemption_interval",
            )
        ]
        indexes = [models.Index(fields=["household", "effective_from"])]

    @property
    def is_withdrawn(self) -> bool:
        """Whether who proposed it took it back before it was approved."""
        return self._is_closed and self.ended_by_id == self.entered_by_id

    @property
    def is_refused(self) -> bool:
        """Whether another person refused it instead of approving it."""
        return self._is_closed and self.ended_by_id != self.entered_by_id

    @property
    def _is_closed(self) -> bool:
        return self.approved_on is None and self.end_recorded_on is not None


class CoverTerms(MutualRecord):
    """What a cover was priced with, where it is more than its persons and its loan.

    ``income_minor`` is the income that the household declared by the month. ``months_ahead`` and
    ``pays_at_once`` gave it discounts; ``exemption`` its category.
    """

    membership = models.OneToOneField(
        "enrolment.Membership", on_delete=models.PROTECT, related_name="terms"
    )
    income_minor = models.BigIntegerField(null=True, blank=True)
    pays_at_once = models.BooleanField(default=False)
    months_ahead = models.PositiveSmallIntegerField(default=0)
    exemption = models.ForeignKey(
        Exemption, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("membership__household__branch")

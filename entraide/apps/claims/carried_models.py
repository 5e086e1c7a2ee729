"""A claim counted under the file that stays, where its family or its person was entered twice."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class CarriedClaim(MutualRecord):
    """From a merge on a claim uses the ceilings of the file that stays; the claim is not touched.

    The last row of a claim is the one in force. ``membership`` is the cover whose years count it:
    none for a claim that was decided without any cover.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="carried")
    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        "enrolment.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    carried_on = models.DateField()
    carried_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("household__branch")

    class Meta:
        ordering = ["pk"]

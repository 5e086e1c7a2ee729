"""Recodings: another act, category or illness for what was coded at entry; the first code stays."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class LineRecoding(MutualRecord):
    """A line of a claim coded as another act, or of another category, and the decision that the
    rules made then.

    ``from_…`` is what stood before it; the first recoding of a line keeps what was coded at entry.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="recodings")
    position = models.PositiveSmallIntegerField()  # of the line, from 1
    from_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, related_name="+"
    )
    from_category = models.ForeignKey(
        "nomenclature.CareCategory", on_delete=models.PROTECT, related_name="+"
    )
    to_item = models.ForeignKey("nomenclature.CareItem", on_delete=models.PROTECT, related_name="+")
    to_category = models.ForeignKey(
        "nomenclature.CareCategory", on_delete=models.PROTECT, related_name="+"
    )
    reason_code = models.CharField(max_length=40)  # of core.control.reasons.RECODINGS
    reason = models.CharField(max_length=300)
    recoded_on = models.DateField()
    recoded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="recoding"
    )

    objects = of_family("claim__household__branch")

    class Meta:
        ordering = ["pk"]


class DiagnosisRecoding(MutualRecord):
    """Another illness for a claim: medical, read by medical roles only. It changes no amount."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="+")
    from_diagnosis = models.ForeignKey(
        "nomenclature.Diagnosis", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_diagnosis = models.ForeignKey(
        "nomenclature.Diagnosis", on_delete=models.PROTECT, related_name="+"
    )
    reason_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    recoded_on = models.DateField()
    recoded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("claim__household__branch")

    class Meta:
        ordering = ["pk"]

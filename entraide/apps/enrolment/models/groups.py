"""The partner groups through which households join, and the moves between them."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class PartnerGroup(MutualRecord):
    """A company, NGO, lender, village … through which households join."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=30)  # enterprise, ngo, lender, school, village, cooperative
    product = models.ForeignKey(
        "schemes.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "code"], name="group_code_once")]


class GroupMove(MutualRecord):
    """A household is in ``to_group`` from ``moved_on`` on; the database refuses any change."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="group_moves"
    )
    from_group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, related_name="+"
    )
    to_group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, related_name="+"
    )
    moved_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

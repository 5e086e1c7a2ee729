"""Exports for analysis and the reports made from them."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class WarehouseExport(MutualRecord):
    """One export of a mutual's facts to Parquet: what it covers and its checksum.

    ``watermark`` names the state of the registers; an equal watermark needs no new export.
    """

    watermark = models.CharField(max_length=200)
    folder = models.CharField(max_length=300)
    row_counts = models.JSONField(default=dict)
    checksum = models.CharField(max_length=64)

    objects = ScopedManager(mutual="mutual")


class ReportRun(MutualRecord):
    """A report as it was read on a day: period, figures, the export that they come from."""

    name = models.CharField(max_length=40)
    period_from = models.DateField()
    period_until = models.DateField()
    figures = models.JSONField()
    export = models.ForeignKey(WarehouseExport, on_delete=models.PROTECT, related_name="runs")
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

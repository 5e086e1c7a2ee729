"""Lists shared by the network; ``system`` names who made one (``entraide``, ``openimis`` …)."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import Record


class Area(Record):
    """A region, district, commune, village …: a tree whose levels each country names."""

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    level = models.PositiveSmallIntegerField()  # 1 is the largest
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    population_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="area_code_once")]

    def __str__(self) -> str:
        return self.name


class CareCategory(Record):
    """consultation, hospital, delivery …: what benefits are promised by."""

    code = models.SlugField(max_length=40, unique=True)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["rank", "code"]


class CareItemKind(models.TextChoices):
    """An act or a drug: both are priced, both stand on a claim line."""

    SERVICE = "service"
    DRUG = "drug"


class CareItem(Record):
    """A service or a drug of the nomenclature, with the limits that are true of it everywhere."""

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=CareItemKind)
    label = models.CharField(max_length=255)
    category = models.ForeignKey(CareCategory, on_delete=models.PROTECT, related_name="items")
    sex = models.CharField(max_length=1, blank=True)  # F or M when only for one
    min_age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    max_quantity = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    is_excluded = models.BooleanField(default=False)  # outside every package (comfort, cosmetics)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "kind", "code"], name="care_item_code_once")
        ]

    def __str__(self) -> str:
        return self.label


class Diagnosis(Record):
    """A coded reason for care; which claim has which is medical data and lives elsewhere."""

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="diagnosis_code_once")
        ]

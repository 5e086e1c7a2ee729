"""Lists shared by the network; ``system`` names who made one (``entraide``, ``openimis`` …)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, Record
from entraide.core.places import place_key


class AreaState(models.TextChoices):
    """Whether a place is of the list, or only said at a desk and waiting for approval."""

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    REFUSED = "refused"
    MERGED = "merged"


class Area(Record):
    """A region, district, commune, village …: a tree whose levels each country names.

    ``country`` is empty where a foreign list does not say it. A proposed place is a row too, so
    that a family keeps the village that it said; ``merged_into`` is where it was found to be.
    """

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    level = models.PositiveSmallIntegerField()  # 1 is the largest
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    population_count = models.PositiveIntegerField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)
    name_key = models.CharField(max_length=160, blank=True)  # core.places.place_key
    state = models.CharField(max_length=10, choices=AreaState, default=AreaState.ACCEPTED)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="area_code_once")]
        indexes = [models.Index(fields=["name_key"]), models.Index(fields=["country", "level"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The key of the name always follows the name."""
        self.name_key = place_key(self.name)
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)


class AreaAlias(Record):
    """Another name, or another spelling, by which people call a place."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=160, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "name_key"], name="area_alias_once")]


class AreaProposal(MutualRecord):
    """A place typed at a desk that no list knew: who said it, and what was decided of it.

    ``area`` is the row made for it; ``decision`` is empty while it waits.
    """

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="proposal")
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decision = models.CharField(max_length=10, choices=AreaState, blank=True)
    decided_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")


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


class DrugClass(models.TextChoices):
    """What a drug is for, as far as prescriptions are compared by it; empty: none of these."""

    ANTIBIOTIC = "antibiotic"
    ANTIMALARIAL = "antimalarial"
    ANALGESIC = "analgesic"
    CHRONIC = "chronic"  # taken for years: blood pressure, diabetes
    VITAMIN = "vitamin"  # vitamins and tonics
    SUPPLIES = "supplies"  # kits, dressings, small supplies
    OTHER = "other"


class RiskCategory(models.TextChoices):
    """*Petit risque, gros risque, maternité, chronique*: what an act is to who carries the risk."""

    MINOR = "minor"
    MAJOR = "major"
    MATERNITY = "maternity"
    CHRONIC = "chronic"


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
    drug_class = models.CharField(max_length=20, choices=DrugClass, blank=True)
    is_injection = models.BooleanField(default=False)
    risk_category = models.CharField(max_length=12, choices=RiskCategory, blank=True)

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


class GuideEntry(Record):
    """How a category of care or a diagnosis is to be coded: what it is, what it is not."""

    category = models.OneToOneField(
        CareCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="guide"
    )
    diagnosis = models.OneToOneField(
        Diagnosis, on_delete=models.PROTECT, null=True, blank=True, related_name="guide"
    )
    definition = models.TextField()
    examples = models.TextField(blank=True)
    elsewhere = models.TextField(blank=True)  # what looks like it and is coded otherwise
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__isnull=False, diagnosis__isnull=True)
                | models.Q(category__isnull=True, diagnosis__isnull=False),
                name="guide_of_one_thing",
            )
        ]


class GuideSynonym(Record):
    """What people say for it, in the French of the place or in another tongue."""

    entry = models.ForeignKey(GuideEntry, on_delete=models.PROTECT, related_name="synonyms")
    words = models.CharField(max_length=120)
    words_key = models.CharField(max_length=120, db_index=True)  # core.places.place_key
    country = models.CharField(max_length=2, blank=True)  # empty: everywhere

    class Meta:
        ordering = ["words"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "words_key"], name="guide_synonym_once")
        ]


class ListChange(Record):
    """One change of a care item, a diagnosis or the guide: which fields, by whom, on whose word.

    The value in force stands in the record itself; rows are only added.
    """

    kind = models.CharField(max_length=20)  # care_item, diagnosis, guide
    record_uid = models.UUIDField()
    code = models.CharField(max_length=40)
    before = models.JSONField()
    after = models.JSONField()
    source = models.CharField(max_length=200)
    changed_on = models.DateField()
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record_uid"])]


class FreeCareProgramme(MutualRecord):
    """A programme that pays for some care instead of the mutual (gratuité of the State …).

    For whom (sex, ages), which care, in which sectors, during ``[effective_from,
    effective_until)``; two persons. Read by ``core.free_care``. Never changed once approved, but
    for the day on which it ends.
    """

    name = models.CharField(max_length=120)  # read on decisions: who pays
    source = models.CharField(max_length=200)  # the decree, its day
    categories = models.JSONField(default=list)
    items = models.JSONField(default=list)  # system:code
    sectors = models.JSONField(default=list)
    sex = models.CharField(max_length=1, blank=True)
    min_age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [
            models.Index(fields=["mutual", "effective_from"], name="free_care_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class IncompatibleActs(MutualRecord):
    """Acts that do not go together on one day: none of ``refused`` beside any of ``kept``.

    Both are lists of ``system:code``; two persons, dated, with its source. It counts from a later
    day than that of its approval, so that whoever decides claims knows it from its first day on.
    Never changed once approved, but for the day on which it ends. Read by ``core.incompatible``.
    """

    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)  # of the nomenclature, or of the product's rules
    kept = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField()
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [
            models.Index(fields=["mutual", "effective_from"], name="incompatible_in_force"),
        ]

    def __str__(self) -> str:
        return self.name

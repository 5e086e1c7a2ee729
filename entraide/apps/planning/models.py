"""Business plans: the base, the scenarios that change it, and what the engine answered."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord
from entraide.apps.planning.risk_models import CareNote as CareNote
from entraide.apps.planning.risk_models import TariffAssumption as TariffAssumption


class BusinessPlan(MutualRecord):
    """A plan and its assumptions, each with its source."""

    name = models.CharField(max_length=160)
    base_year = models.PositiveSmallIntegerField()
    assumptions = models.JSONField()
    assumptions_checksum = models.CharField(max_length=64)
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "name"], name="plan_name_once")]


class Scenario(MutualRecord):
    """Only what differs from the base: when the base changes, the scenario follows."""

    plan = models.ForeignKey(BusinessPlan, on_delete=models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=160)
    overrides = models.JSONField(default=dict)  # lever name → setting
    running_share_reason = models.TextField(blank=True)  # why it passes the limit of the mutual

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="scenario_name_once")]


class ScenarioRun(MutualRecord):
    """What the engine answered for a scenario, with the checksum of all that it was given."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="runs")
    inputs_checksum = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    horizon_months = models.PositiveSmallIntegerField()
    result = models.JSONField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

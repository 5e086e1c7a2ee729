"""Forms of the plan: the levers (read again at each change), a scenario to keep, a plan's file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from entraide.actuarial.assumptions import Assumptions, Lever
from entraide.actuarial.levers import LeverSettings, resting_value
from entraide.apps.planning.training_plan import exact
from entraide.core.errors import Refusal

LARGEST_PERCENT = 300
LARGEST_FILE_BYTES = 1_000_000


class LeverForm(forms.Form):
    """One percentage for each lever of a plan; empty leaves it where the scenario has it."""

    def __init__(
        self, plan: Assumptions, overrides: Mapping[str, Any], data: Mapping[str, Any] | None
    ) -> None:
        super().__init__(data, auto_id="lever-%s")
        self.plan = plan
        self.kept = LeverSettings.from_document(overrides).settings
        for lever in plan.levers:
            self.fields[lever.name] = forms.DecimalField(
                required=False, min_value=0, max_value=LARGEST_PERCENT, max_digits=7
            )

    def percent(self, lever: Lever) -> Decimal:
        """Where a lever stands: as typed, else as kept in the scenario, else at rest."""
        typed = self.cleaned_data.get(lever.name) if self.is_bound and self.is_valid() else None
        if typed is not None:
            return Decimal(typed)
        kept = self.kept.get(lever.name)
        value = kept.value if kept is not None else resting_value(self.plan, lever)
        return Decimal(repr(round(value * 100, 4)))

    def levers(self) -> dict[str, Any]:
        """The settings that differ from rest, as a scenario keeps them."""
        settings: dict[str, Any] = {}
        for lever in self.plan.levers:
            value = self.percent(lever) / 100
            if abs(float(value) - resting_value(self.plan, lever)) > 1e-9:
                kept = self.kept.get(lever.name)
                start = kept.start_month if kept is not None else 0
                settings[lever.name] = {"value": value, "start_month": start}
        return settings

    @property
    def is_changed(self) -> bool:
        """Whether a lever stands elsewhere than in the scenario."""
        asked = LeverSettings.from_document(self.levers()).settings
        at_rest = {lever.name: resting_value(self.plan, lever) for lever in self.plan.levers}
        return any(
            abs(_value(asked, name, rest) - _value(self.kept, name, rest)) > 1e-9
            for name, rest in at_rest.items()
        )


def _value(settings: Mapping[str, Any], name: str, at_rest: float) -> float:
    return float(settings[name].value) if name in settings else at_rest


class _GuardedForm(forms.Form):
    """A form that says why more goes to running costs than the limit of the mutual."""

    running_share_reason = forms.CharField(
        label=_("Why more goes to running costs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Asked when running costs take more than the limit of the mutual."),
    )


class ScenarioForm(_GuardedForm):
    """The name under which settings are kept; the settings come along hidden."""

    name = forms.CharField(label=_("Name of the scenario"), max_length=160)


class PlanForm(_GuardedForm):
    """A new plan: its name and the file of its assumptions."""

    name = forms.CharField(label=_("Name of the plan"), max_length=160)
    file = forms.FileField(label=_("File of the assumptions"))


def read_assumptions_file(upload: UploadedFile) -> Mapping[str, Any]:
    """The document of a YAML or JSON file; ``PLAN_FILE_UNREADABLE`` for anything else.

    Numbers with a point are read as they are written, not as floating point. A file that refers
    to its own lines could grow without end when it is read: ``PLAN_FILE_ALIASES``.
    """
    if (upload.size or 0) > LARGEST_FILE_BYTES:
        raise Refusal("PLAN_FILE_TOO_LARGE", place="file")
    try:
        text = upload.read().decode("utf-8")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise Refusal("PLAN_FILE_ALIASES", place="file")
        document = exact(yaml.safe_load(text))
    except (ValueError, yaml.YAMLError, RecursionError):  # an impossible day is a ValueError
        document = None
    if not isinstance(document, dict):
        raise Refusal("PLAN_FILE_UNREADABLE", place="file")
    return document

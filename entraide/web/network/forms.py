"""What the network administrator types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.access.models import User
from entraide.apps.schemes.flags import Stage
from entraide.apps.schemes.models import Branch, Federation, Mutual, Role
from entraide.apps.schemes.titles import PRESETS, Duty
from entraide.rulebook import read_country
from entraide.rulebook.packs import country_paths
from entraide.web.fields import DayField
from entraide.web.names import ROLE_NAMES
from entraide.web.network.wording import DUTY_NAMES, STAGE_NAMES, preset_name


def _text(length: int, label: Any, *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(max_length=length, label=label, required=required, widget=widget)


def countries() -> list[tuple[str, str]]:
    """The countries that have a pack, by name, with their money."""
    language = get_language() or "fr"
    packs = [read_country(path) for path in country_paths().values()]
    named = [(each.code, each.titles.get(language, each.code), each.currency) for each in packs]
    return [(code, f"{name} ({money})") for code, name, money in sorted(named, key=lambda n: n[1])]


class FederationForm(forms.Form):
    """A union: its name and what stands above it."""

    code = _text(40, gettext_lazy("Code"))
    name = _text(160, gettext_lazy("Name"))
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)

    def __init__(self, *args: Any, itself: Federation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Federation.objects.order_by("name")
        if itself is not None:
            del self.fields["code"]
            others = others.exclude(pk=itself.pk)
        none = ("", _("Nothing above it"))
        self.fields["parent"].choices = [none, *((each.code, each.name) for each in others)]


class MutualForm(forms.Form):
    """A new mutual: its country gives money, clock and accounts."""

    federation = forms.ChoiceField(label=gettext_lazy("Union"))
    code = _text(40, gettext_lazy("Code"))
    name = _text(160, gettext_lazy("Name"))
    place = _text(160, gettext_lazy("Place"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    is_training = forms.BooleanField(
        label=gettext_lazy("Training only"),
        required=False,
        help_text=gettext_lazy(
            "People learn there without risk: pages and papers say TRAINING, its figures enter no "
            "comparison. It cannot change after the first numbered paper."
        ),
    )

    def __init__(self, *args: Any, itself: Mutual | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unions = [(each.code, each.name) for each in Federation.objects.order_by("name")]
        self.fields["federation"].choices = unions
        if itself is not None:
            del self.fields["code"], self.fields["country"]
        else:
            self.fields["country"].choices = countries()


class BranchForm(forms.Form):
    """A section or agency."""

    code = _text(40, gettext_lazy("Code"))
    name = _text(160, gettext_lazy("Name"))
    place = _text(160, gettext_lazy("Place"), required=False)


class PersonForm(forms.Form):
    """Somebody who will sign in."""

    display_name = _text(120, gettext_lazy("Name"))
    username = _text(60, gettext_lazy("Sign-in name"))


class AppointmentForm(forms.Form):
    """A person, a post, and for how long."""

    user = forms.ChoiceField(label=gettext_lazy("Person"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    branch = forms.ChoiceField(label=gettext_lazy("In the section"), required=False)
    title = _text(80, gettext_lazy("Title of the post"), required=False)
    duties = forms.MultipleChoiceField(
        label=gettext_lazy("Also answers for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    effective_from = DayField(label=gettext_lazy("From"))
    last_on = DayField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, branches: Sequence[Branch] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = ("", _("The whole mutual"))
        self.fields["branch"].choices = [whole, *((str(b.uid), b.name) for b in branches)]
        if not branches:
            del self.fields["branch"]
        people = User.objects.filter(is_active=True, is_system=False).order_by("display_name")
        self.fields["user"].choices = [
            ("", _("Choose")),
            *((str(each.uid), f"{each} ({each.username})") for each in people),
        ]
        roles = [role for role in Role.values if role != Role.NETWORK_ADMIN]
        self.fields["role"].choices = [("", _("Choose")), *((r, ROLE_NAMES[r]) for r in roles)]
        self.fields["duties"].choices = [(duty.value, DUTY_NAMES[duty]) for duty in Duty]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        if known.get("role") == Role.ADVISER and not known.get("last_on"):
            self.add_error("last_on", _("A technical adviser comes until a day: write the last."))
        return known


def titles_proposed() -> list[str]:
    """The usual titles, for the list below the field."""
    return [preset_name(preset.name) for preset in PRESETS]


class EndForm(forms.Form):
    """The last day of an appointment."""

    last_on = DayField(label=gettext_lazy("Last day"))


class FlagForm(forms.Form):
    """A feature in one mutual."""

    stage = forms.ChoiceField(label=gettext_lazy("State"), widget=forms.RadioSelect)
    effective_from = DayField(label=gettext_lazy("From"))
    measure = forms.CharField(
        label=gettext_lazy("What is measured, what the trial showed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(stage.value, STAGE_NAMES[stage]) for stage in Stage]


def day_after(last_on: date | None) -> date | None:
    """The first day outside, as records keep it."""
    return date.fromordinal(last_on.toordinal() + 1) if last_on is not None else None

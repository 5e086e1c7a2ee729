"""The forms of places: a focal point, and what is decided of a new place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entraide.apps.nomenclature.levels import area_levels, level_title
from entraide.apps.nomenclature.models import AreaProposal
from entraide.apps.schemes.models import Mutual
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class FocalPointForm(forms.Form):
    """A person of a village to whom the mutual turns."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=_text())
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=_text(inputmode="tel"),
    )  # fmt: skip
    starts_on = DayField(label=gettext_lazy("Since"))


class ApprovalForm(forms.Form):
    """The new place enters the list, its name and its place set right."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=_text())
    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int)
    within = AreaField(label=gettext_lazy("Inside"), required=False, may_propose=False)
    population_count = forms.IntegerField(
        label=gettext_lazy("Population"), min_value=0, required=False,
        widget=_text(inputmode="numeric"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, mutual: Mutual, proposal: AreaProposal, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        area = proposal.area
        self.initial = {"name": area.name, "level": area.level, "within": area.parent}
        self.fields["level"].choices = [
            (level, level_title(mutual.country, level, language))
            for level in range(1, len(area_levels(mutual.country)) + 1)
        ]
        self.fields["within"].within_mutual(mutual, kept=area.parent)


class PlaceForm(forms.Form):
    """What is known of a place, and who says it."""

    population_count = forms.IntegerField(
        label=gettext_lazy("Population"), min_value=0, max_value=100_000_000, required=False,
        widget=_text(inputmode="numeric"),
    )  # fmt: skip
    aliases = forms.CharField(
        label=gettext_lazy("Other names"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line: other spellings, the name before, the quarter."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Who says it"), max_length=200, widget=_text(),
        help_text=gettext_lazy("A census, the town hall, the focal point."),
    )  # fmt: skip
    stated_on = DayField(label=gettext_lazy("Said or counted on"))


class MergeForm(forms.Form):
    """The new place is one already known."""

    into = AreaField(label=gettext_lazy("It is the same as"), may_propose=False)

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].within_mutual(mutual)


class RefusalForm(forms.Form):
    """The new place does not exist."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=_text())

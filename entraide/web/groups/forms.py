"""The forms of groups."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from entraide.web.fields import DayField
from entraide.web.groups.wording import GROUP_KINDS


class GroupMoveForm(forms.Form):
    """A family goes to another group during its contract."""

    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    moved_on = DayField(label=gettext_lazy("From that day on"))


class GroupForm(forms.Form):
    """A new group through which families join."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=GROUP_KINDS)

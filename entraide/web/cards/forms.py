"""The forms of cards: an end with its reason, a code to check, a new key."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from entraide.core.cards import LONGEST_CODE
from entraide.web.fields import DayField


class EndForm(forms.Form):
    """Why a card is worth nothing any more, and since when."""

    day = DayField(label=_("Day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class CodeForm(forms.Form):
    """The text of a scanned code, or the number of a card or person."""

    code = forms.CharField(
        label=_("Code or number of the card"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


class KeyForm(forms.Form):
    """A new key: why, and whether the earlier ones are given up."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    revokes = forms.BooleanField(
        label=_("Others may have the earlier keys: the cards they signed prove nothing any more"),
        required=False,
    )


class HandOverForm(forms.Form):
    """The cards that were handed over, when and to whom."""

    day = DayField(label=_("Handed over on"))
    receiver = forms.CharField(
        label=_("Received by, when it is somebody else"), required=False, max_length=200
    )
    cards = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, cards: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cards"].choices = [(uid, uid) for uid in cards]  # type: ignore[attr-defined]

"""The forms of a negotiation: a proposal with its prices, a note, an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entraide.core.negotiation import NoteKind, Side
from entraide.web.fields import DayField
from entraide.web.names import Text
from entraide.web.providers.forms import text_input
from entraide.web.providers.price_forms import PricesForm

SIDES: dict[str, Text] = {
    Side.PROVIDER: gettext_lazy("the provider"),
    Side.MUTUAL: gettext_lazy("the mutual"),
}

NOTE_KINDS: dict[str, Text] = {
    NoteKind.MEETING: gettext_lazy("Meeting"),
    NoteKind.INCENTIVE: gettext_lazy("Incentive terms"),
    NoteKind.AGREEMENT: gettext_lazy("Agreement"),
    NoteKind.BREAK_OFF: gettext_lazy("End without agreement"),
}


class ProposalForm(PricesForm):
    """Prices that one side proposes; lines left empty are not proposed."""

    effective_from = None  # type: ignore[assignment]  # it binds from no day on
    source = None  # type: ignore[assignment]
    side = forms.ChoiceField(label=gettext_lazy("Proposed by"), choices=list(SIDES.items()))
    proposed_on = DayField(label=gettext_lazy("Day of the proposal"))
    said_by = forms.CharField(
        label=gettext_lazy("Who says it"), max_length=200, widget=text_input(),
        help_text=gettext_lazy("The person, or the letter with its date."),
    )  # fmt: skip
    terms = forms.CharField(
        label=gettext_lazy("Other terms"), max_length=1000, required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Delay of payment, discount, bonus, services."),
    )  # fmt: skip

    def proposal(self) -> dict[str, Any]:
        """What a valid form says."""
        names = ("side", "proposed_on", "said_by", "terms", "lines")
        return {name: self.cleaned_data[name] for name in names}


class NoteForm(forms.Form):
    """What was said on a day, and by whom. An agreement is told on the proposal's own page."""

    kind = forms.ChoiceField(
        label=gettext_lazy("About"),
        choices=[(key, told) for key, told in NOTE_KINDS.items() if key != NoteKind.AGREEMENT],
    )
    said_on = DayField(label=gettext_lazy("Day"))
    present = forms.CharField(
        label=gettext_lazy("Who was there"), max_length=300, widget=text_input()
    )
    text = forms.CharField(
        label=gettext_lazy("What was said"), max_length=2000, widget=forms.Textarea({"rows": 6})
    )


class AgreedForm(forms.Form):
    """A proposal was agreed to."""

    said_on = DayField(label=gettext_lazy("Agreed on"))
    present = forms.CharField(label=gettext_lazy("Who agreed"), max_length=300, widget=text_input())
    text = forms.CharField(
        label=gettext_lazy("What is agreed"), max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("From which day, with which changes, in return for what."),
    )  # fmt: skip

"""The form of one choice: its value, asked for by its kind, and who decided it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entraide.apps.schemes.choices import Choice, ChoiceKind, OptionChoice, TextChoice
from entraide.web.choices.wording import value_in_words


class ChoiceForm(forms.Form):
    """``value`` as it is written; the choice says what is kept of it and what is wrong."""

    source = forms.CharField(label=_("Decided by"), max_length=200)

    def __init__(self, choice: Choice[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        self.fields["value"] = _field(choice)
        self.order_fields(["value", "source"])

    @property
    def kept(self) -> Any:
        """The value as the mutual keeps it."""
        return self.choice.kept_of(self.cleaned_data["value"])


def written(choice: Choice[Any], kept: Any) -> str:
    """A kept value as the form shows it."""
    if choice.kind is ChoiceKind.FLAG:
        return "yes" if kept else "no"
    return value_in_words(choice.name, kept) if choice.kind is ChoiceKind.RATE else str(kept)


def _field(choice: Choice[Any]) -> forms.Field:
    label = gettext(choice.title)
    if choice.kind is ChoiceKind.FLAG:
        answers = (
            ("yes", pgettext_lazy("a choice", "Yes")),
            ("no", pgettext_lazy("a choice", "No")),
        )
        return forms.ChoiceField(label=label, choices=answers, widget=forms.RadioSelect)
    if isinstance(choice, OptionChoice):
        options = [(name, gettext(title)) for name, title in choice.options.items()]
        return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect)
    if isinstance(choice, TextChoice) and choice.lines > 1:
        rows = forms.Textarea(attrs={"rows": choice.lines})
        return forms.CharField(label=label, required=False, widget=rows)
    is_text = choice.kind is ChoiceKind.TEXT
    widget = forms.TextInput(attrs={} if is_text else {"inputmode": "decimal"})
    return forms.CharField(label=label, required=not is_text, widget=widget)

"""What is written on the pages of risk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class NoteForm(forms.Form):
    """Which row, and why it changed."""

    about = forms.ChoiceField(label=gettext_lazy("About"))
    text = forms.CharField(
        label=gettext_lazy("Why it changed"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Dated and signed with your name; it cannot be changed, another note corrects it."
        ),
    )

    def offer(self, rows: list[tuple[str, str]]) -> None:
        """The rows that may be explained."""
        self.fields["about"].choices = rows  # type: ignore[attr-defined]

"""The end of a time is shown and typed as its last day; what is kept is the first day after."""

from __future__ import annotations

from datetime import date

from django import forms
from django.template import Context, Template
from django.utils.translation import override

from entraide.web.fields import LastDayField


class Ends(forms.Form):
    until = LastDayField(required=False)


def test_the_last_day_is_typed_and_shown() -> None:
    shown = Ends(initial={"until": date(2025, 9, 1)})
    assert 'value="31/08/2025"' in str(shown["until"])
    typed = Ends({"until": "31/08/2025"})
    assert typed.is_valid()
    assert typed.cleaned_data["until"] == date(2025, 9, 1)
    assert 'value="31/08/2025"' in str(typed["until"])
    empty = Ends({"until": ""})
    assert empty.is_valid()
    assert empty.cleaned_data["until"] is None


def test_the_last_day_on_a_page() -> None:
    page = Template("{% load entraide %}{{ until|last_day }}")
    with override("fr"):
        assert page.render(Context({"until": date(2025, 9, 1)})) == "31\u00a0août 2025"
        assert page.render(Context({"until": None})) == "–"

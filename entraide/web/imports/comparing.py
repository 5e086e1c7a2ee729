"""The old tool beside this one: the differences of a month, by kind, each with its family."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.exchange.registers.differences import (
    COMPARED,
    Difference,
    Differing,
    differences,
)
from entraide.exchange.registers.opening import all_profiles, open_table
from entraide.files.sheets import SIZE_LIMIT
from entraide.web.imports.views import Said, said
from entraide.web.imports.wording import profile_title
from entraide.web.office import OfficeRequest, office_view
from entraide.web.office import told as refusal_told

SHOWN = 500
READERS = frozenset({Right.READ_REGISTERS})

NAMES: dict[Difference, str | Promise] = {
    Difference.MISSING_HERE: pgettext_lazy("difference", "Missing here"),
    Difference.MISSING_THERE: pgettext_lazy("difference", "Missing in the file"),
    Difference.NAME: pgettext_lazy("difference", "Another name"),
    Difference.BIRTH: pgettext_lazy("difference", "Another birth"),
    Difference.STATUS: pgettext_lazy("difference", "Another end of cover"),
    Difference.AMOUNT: pgettext_lazy("difference", "Another amount"),
    Difference.DAY: pgettext_lazy("difference", "Another day"),
}


class MonthForm(forms.Form):
    """The month of the old tool, as it exports it."""

    file = forms.FileField(label=gettext_lazy("Export of the old tool, in Excel (.xlsx) or CSV"))
    profile = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("Recognised by itself")),
            *(
                (each.profile, profile_title(each, language))
                for each in all_profiles()
                if each.kind in COMPARED
            ),
        ]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt,text/csv"

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > SIZE_LIMIT:
            raise forms.ValidationError(
                gettext_lazy("This file is larger than %(most)s MB: send it in several parts.")
                % {"most": SIZE_LIMIT // 1_000_000}
            )
        return file


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference, both sides written."""

    each: Differing
    name: str | Promise
    there: str
    here: str


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=READERS)
def compare(request: OfficeRequest) -> HttpResponse:
    """What the export of the old tool says otherwise; nothing is written, not even the file."""
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    form = MonthForm(request.POST or None, request.FILES or None, language=language)
    context: dict[str, Any] = {"form": form, "is_compared": False}
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_table(
                form.cleaned_data["file"].read(), currency=currency, today=request.day,
                code=form.cleaned_data["profile"],
            )  # fmt: skip
            found = differences(opened.table, request.mutual, request.day)
        except Refusal as refusal:
            context["fault"] = refusal_told(refusal)
        else:
            counted = Counter(each.kind for each in found)
            faults: list[Said] = said(opened.table.faults[:SHOWN], currency, language)
            context |= {
                "is_compared": True,
                "file_name": form.cleaned_data["file"].name,
                "title": profile_title(opened.profile, language),
                "rows_count": len(opened.table.rows),
                "found_count": len(found),
                "counts": [(NAMES[kind], counted[kind]) for kind in Difference if counted[kind]],
                "rows": [_shown(each, currency, language) for each in found[:SHOWN]],
                "faults": faults,
            }
    status = 422 if form.errors or "fault" in context else 200
    return render(request, "web/imports/compare.html", context, status=status)


def _shown(each: Differing, currency: str, language: str) -> Shown:
    def written(value: Any) -> str:
        if isinstance(value, date):
            return writing.day(value, language)
        if isinstance(value, int):
            return writing.money(value, currency, language)
        return str(value) or writing.ABSENT

    return Shown(each, NAMES[each.kind], written(each.there), written(each.here))

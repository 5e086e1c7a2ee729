"""The coding guide for those who code: searched by what people say."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from entraide.apps.nomenclature.guide import Guided, guide
from entraide.apps.nomenclature.selectors import care_items_named
from entraide.apps.providers.selectors import care_systems
from entraide.apps.schemes.rights import Right
from entraide.web.office import OfficeRequest, office_view

MOST_SHOWN = 3  # beside a field: more would be a page


@require_safe
@office_view(right=Right.ENTER_CLAIM)
def look_up(request: OfficeRequest) -> HttpResponse:
    """What the guide says of a field of the entry form as it stands: its diagnosis, or its acts.

    A fragment for htmx; empty where the guide knows nothing of what is typed.
    """
    language = get_language() or "fr"
    rows: list[Guided] = []
    if typed := request.GET.get("diagnosis", "").strip():
        known = guide(typed, country=request.mutual.country, language=language)
        code = typed.split(" ", 1)[0].upper()
        coded = [each for each in guide(language=language) if each.code.upper() == code]
        rows = [each for each in (*coded, *known) if not each.is_category]
    else:
        rows = _of_acts(request, language)
    once = {each.entry.pk: each for each in rows}
    shown = list(once.values())[:MOST_SHOWN]
    return render(request, "web/care_control/_guide_said.html", {"rows": shown})


def _of_acts(request: OfficeRequest, language: str) -> list[Guided]:
    """The guide on the categories of the acts typed, the last line first."""
    typed = [
        text.strip()
        for name, text in request.GET.items()
        if name.startswith("lines-") and name.endswith("-item") and text.strip()
    ]
    systems = care_systems()
    codes = [
        found[0].category.code
        for text in reversed(typed)
        if len(found := care_items_named(text, systems=systems)) == 1
    ]
    categories = {each.code: each for each in guide(language=language) if each.is_category}
    return [categories[code] for code in codes if code in categories]


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.CONTROL_CARE))
def coding_guide(request: OfficeRequest) -> HttpResponse:
    """Every category and diagnosis with its definition; those that a text means."""
    text = request.GET.get("q", "").strip()
    language = get_language() or "fr"
    rows = guide(text, country=request.mutual.country, language=language)
    return render(request, "web/care_control/guide.html", {"text": text, "rows": rows})

"""The coding guide for those who code: searched by what people say."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from entraide.apps.nomenclature.guide import guide
from entraide.apps.schemes.rights import Right
from entraide.web.office import OfficeRequest, office_view


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.CONTROL_CARE))
def coding_guide(request: OfficeRequest) -> HttpResponse:
    """Every category and diagnosis with its definition; those that a text means."""
    text = request.GET.get("q", "").strip()
    language = get_language() or "fr"
    rows = guide(text, country=request.mutual.country, language=language)
    return render(request, "web/care_control/guide.html", {"text": text, "rows": rows})

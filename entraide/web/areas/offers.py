"""Places offered while a name is typed."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.html import format_html_join

from entraide.apps.nomenclature.places import area_label, areas_beginning
from entraide.apps.schemes.rights import Right
from entraide.web.office import OfficeRequest, office_view


@office_view(right=Right.READ_REGISTERS)
def offered(request: OfficeRequest) -> HttpResponse:
    """The options of a field's list: places that begin as the text does, or contain it."""
    text = next(iter(request.GET.values()), "")
    places = areas_beginning(text, mutual=request.mutual) if len(text.strip()) > 1 else []
    options = format_html_join(
        "", '<option value="{}"></option>', ((area_label(area),) for area in places)
    )
    return HttpResponse(options)

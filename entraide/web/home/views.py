"""The home page of a mutual."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from entraide.web.office import OfficeRequest, office_view


@office_view
def home(request: OfficeRequest) -> HttpResponse:
    """Where the mutual stands, and the chain of its work."""
    return render(request, "web/home/page.html")

"""The addresses under ``/api/v1/``; whatever else is asked there gets its refusal in JSON too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from entraide.api.refusals import refused
from entraide.api.service import api
from entraide.core.errors import Refusal

app_name = "api"


def _method_in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        response = view(request, *given, **named)
        if response.status_code != 405:
            return response
        allowed = response.headers["Allow"]
        refusal = refused(request, Refusal("METHOD_NOT_ALLOWED", allowed=allowed))
        refusal.headers["Allow"] = allowed
        return refusal

    return answer


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """404 in JSON for whatever is not an address of the API."""
    return refused(request, Refusal("ADDRESS_UNKNOWN", address=request.path[:120]))


def _patterns() -> list[URLPattern]:
    patterns: list[URLPattern] = api.urls[0]
    for pattern in patterns:
        if pattern.name == "api-root":  # the document needs its address, where nothing stands
            pattern.callback = unknown_address
        else:
            pattern.callback = _method_in_json(pattern.callback)
    return patterns


urlpatterns = [*_patterns(), re_path(r"^.*$", unknown_address, name="unknown")]

"""What is answered when nothing was done: a code, a sentence, the data; a list for several faults.

``{"error": {"code", "message", "details"}, "findings": [{"code", "message", "path", "details"}]}``
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse

from entraide.api.language import language_of
from entraide.apps.access.services import plain
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.messages import sentence

STATUS: dict[str, int] = {
    "JSON_NOT_UTF8": 400,
    "JSON_UNREADABLE": 400,
    "JSON_TOO_DEEP": 400,
    "JSON_NUMBER": 400,
    "JSON_KEY_TWICE": 400,
    "TOKEN_MISSING": 401,
    "TOKEN_INVALID": 401,
    "FORBIDDEN": 403,
    "SEPARATION_OF_DUTIES": 403,
    "NOT_FOUND": 404,
    "ADDRESS_UNKNOWN": 404,
    "RECORD_OF_OTHER_MUTUAL": 404,
    "METHOD_NOT_ALLOWED": 405,
    "IDEMPOTENCY_CONFLICT": 409,
    "REQUEST_TOO_LARGE": 413,
    "REQUEST_LENGTH_UNREADABLE": 400,
    "REQUEST_TOO_MANY_PARAMETERS": 400,
    "SERVER_FAULT": 500,
    "SERVER_BUSY": 503,
}
"""The HTTP status of a code; any other refusal is 422: understood, and not possible."""

_log = logging.getLogger("django.request")


def refused(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    """The answer to a request that was refused."""
    language = language_of(request)
    document: dict[str, Any] = {"error": _described(refusal.as_finding(), language)}
    if isinstance(refusal, RefusedRows):
        document["findings"] = [_described(finding, language) for finding in refusal.findings]
    response = JsonResponse(document, status=STATUS.get(refusal.code, 422))
    response.headers["Content-Language"] = language
    response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is no fault
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Entraide"'
    return response


def failed(request: HttpRequest, fault: Exception) -> JsonResponse:
    """The answer to a fault of ours: nothing was recorded, and the same key may be sent again."""
    _log.error("%s %s", request.method, request.path, exc_info=fault)
    if isinstance(fault, OperationalError):
        response = refused(request, Refusal("SERVER_BUSY"))
        response.headers["Retry-After"] = "2"
        return response
    return refused(request, Refusal("SERVER_FAULT"))


def _described(finding: Finding, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "code": finding.code,
        "message": sentence(finding.code, finding.data, language, finding.place),
    }
    if finding.place:
        described["path"] = finding.place
    described["details"] = plain(finding.data)
    return described

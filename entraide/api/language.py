"""The language of an answer: French, unless the request prefers English."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = ("fr", "en")


def language_of(request: HttpRequest) -> str:
    """The first language of ``Accept-Language`` that we speak."""
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = wanted.split("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]

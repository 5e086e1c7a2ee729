"""What a page says after an act: what was recorded, and the next step one click away."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LEVELS = {
    "ok": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}


def notify(
    request: HttpRequest,
    text: str,
    *,
    detail: str = "",
    links: Sequence[tuple[str, str]] = (),
    kind: str = "ok",
) -> None:
    """Say it on the next page: one sentence, a detail, links as (words, address)."""
    shown: list[SafeString] = [format_html("<p><b>{}</b></p>", text)]
    if detail or links:
        ways = format_html_join(
            " · ", '<a href="{}">{}</a>', ((address, words) for words, address in links)
        )
        shown.append(format_html("<p>{}{}{}</p>", detail, " " if detail and links else "", ways))
    messages.add_message(request, LEVELS[kind], format_html("{}" * len(shown), *shown))

"""« Sans réseau »: a card proved by its signature alone; its rights are not checked.

The page carries the public keys of the mutuals for which the person serves. Its script proves a
code on the telephone itself, and the service worker keeps the page for when the network is gone;
without either, the server proves the code by the same keys and opens no register.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.cards.keys import public_keys_of
from entraide.apps.cards.signing import is_signature
from entraide.core.cards import CardPayload, Proof, PublicKey, keys_document, proof_of, read_code
from entraide.core.errors import Refusal
from entraide.web.cards.forms import CodeForm
from entraide.web.cards.wording import PROOFS
from entraide.web.portal.frame import PortalRequest, at_place, portal_view, shown
from entraide.web.refusals import show_refusal


@dataclass(frozen=True, slots=True)
class Proved:
    """What a code proves by the public keys alone, and what it prints."""

    payload: CardPayload
    mutual_name: str
    kind: str
    word: Any
    meaning: Any


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def offline(request: PortalRequest) -> HttpResponse:
    """The form, the keys, and for whoever has no script the proof of a code that was sent."""
    keys = _keys(request)
    form = CodeForm(request.POST or None)
    proved = None
    if request.method == "POST" and form.is_valid():
        try:
            proved = _proved(request, form.cleaned_data["code"].strip(), keys)
        except Refusal as refusal:
            show_refusal(form, refusal)
    context = {
        "form": form,
        "proved": proved,
        "keys": json.dumps(keys_document(keys), separators=(",", ":")),
        "names": json.dumps({each.mutual.code: each.mutual.name for each in request.places}),
        "words": [(proof.value, *PROOFS[proof]) for proof in Proof],
    }
    return shown(request, "web/portal/offline.html", context, status=422 if form.errors else 200)


def _keys(request: PortalRequest) -> list[PublicKey]:
    keys: list[PublicKey] = []
    for place in request.places:
        with at_place(place):
            keys.extend(public_keys_of(place.mutual))
    return keys


def _proved(request: PortalRequest, text: str, keys: list[PublicKey]) -> Proved:
    code = read_code(text)
    kind, word, meaning = PROOFS[proof_of(code, keys, is_signature)]
    named = {each.mutual.code: each.mutual.name for each in request.places}
    payload = code.payload
    return Proved(payload, named.get(payload.mutual_code, payload.mutual_code), kind, word, meaning)


@require_safe
@cache_control(no_cache=True)
def worker(request: PortalRequest) -> HttpResponse:
    """The service worker: served from the portal's own address, which is all that it may keep."""
    script = render_to_string("web/portal/worker.js", {"page": reverse("portal:offline")})
    return HttpResponse(script, content_type="text/javascript")

"""« Vérifier une carte »: a scanned code or a typed number, what it proves, what it is worth."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from entraide.apps.cards.models import Card
from entraide.apps.cards.proof import require_proof
from entraide.apps.cards.selectors import card_by_number, check_code
from entraide.apps.schemes.rights import Right
from entraide.core.cards import FORMAT, SEPARATOR
from entraide.core.errors import Refusal
from entraide.messages import sentence
from entraide.web.cards.forms import CodeForm
from entraide.web.cards.wording import PROOFS, state_shown
from entraide.web.claims.reasons import language
from entraide.web.office import OfficeRequest, office_view
from entraide.web.refusals import show_refusal


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.READ_REGISTERS)
def check(request: OfficeRequest) -> HttpResponse:
    """The form; under it what the code proves, the state of the card and the way to the rights."""
    form = CodeForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _answer(request, form.cleaned_data["code"].strip())
        except Refusal as refusal:
            if refusal.code == "NOT_FOUND":  # of a number that was typed
                refusal = Refusal("CARD_NUMBER_UNKNOWN", place="code")
            show_refusal(form, refusal)
    return render(request, "web/cards/verify.html", context, status=422 if form.errors else 200)


def _answer(request: OfficeRequest, text: str) -> dict[str, Any]:
    if not text.startswith(FORMAT + SEPARATOR):
        return {"shown": True, **_card_shown(request, card_by_number(request.mutual, text))}
    checked = check_code(request.mutual, text)
    kind, word, meaning = PROOFS[checked.proof]
    return {
        "shown": True,
        "checked": checked,
        "proof_kind": kind,
        "proof_word": word,
        "proof_meaning": meaning,
        **(_card_shown(request, checked.card) if checked.card is not None else {}),
    }


def _card_shown(request: OfficeRequest, card: Card) -> dict[str, Any]:
    """The state of the card; refused as a proof, what it is refused for, which is journalled."""
    kind, word = state_shown(card)
    refused = ""
    try:
        require_proof(
            card.person, request.user, card=card, by_identity=False, where=request.mutual.name
        )
    except Refusal as refusal:
        refused = sentence(refusal.code, refusal.data, language())
    return {"card": card, "card_kind": kind, "card_word": word, "refused": refused}

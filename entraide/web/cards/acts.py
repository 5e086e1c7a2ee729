"""A card is lost or cancelled: why, since when; it stays in its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entraide.apps.cards.models import Card
from entraide.apps.cards.selectors import card_for
from entraide.apps.cards.services import cancel_card, declare_card_lost
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.cards.forms import EndForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.CANCEL_CARDS)
def lost(request: OfficeRequest, uid: str) -> HttpResponse:
    """The bearer has lost the card, or it was stolen."""

    def record(card: Card, form: EndForm) -> Card:
        return declare_card_lost(
            **command_arguments(request),
            card=card,
            reason=form.cleaned_data["reason"],
            lost_on=form.cleaned_data["day"],
        )

    words = {
        "title": _("The card is lost"),
        "verb": _("Declare it lost"),
        "hint": _("For example: stolen at the market; burnt; fell into the river."),
        "done": _("The card is declared lost. Whoever shows it is refused."),
    }
    return _end(request, card_for(request.mutual, uid), record, words)


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.CANCEL_CARDS)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """The card is worth nothing any more: misprinted, given back, misused."""

    def record(card: Card, form: EndForm) -> Card:
        return cancel_card(
            **command_arguments(request),
            card=card,
            reason=form.cleaned_data["reason"],
            cancelled_on=form.cleaned_data["day"],
        )

    words = {
        "title": _("Cancel the card"),
        "verb": _("Cancel the card"),
        "hint": _("For example: name misspelt; given back on leaving; lent to another person."),
        "done": _("The card is cancelled. Whoever shows it is refused."),
    }
    return _end(request, card_for(request.mutual, uid), record, words)


def _end(
    request: OfficeRequest,
    card: Card,
    record: Callable[[Card, EndForm], Card],
    words: dict[str, Any],
) -> HttpResponse:
    form = EndForm(request.POST or None, initial={"day": request.day})
    if request.method == "POST" and form.is_valid():
        try:
            record(card, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            links = [(_("Print another one"), office_url(request, "card", uid=card.uid))]
            notify(request, words["done"], links=links)
            return redirect(office_url(request, "household", uid=card.household.uid))
    context = {"form": form, "card": card, "words": words}
    return render(request, "web/cards/end.html", context, status=422 if form.errors else 200)

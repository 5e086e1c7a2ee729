"""``{% load cards %}``: the small section « Carte » of a family's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from entraide.apps.cards.selectors import bearers, cards_of, changed_among
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.schemes.rights import Right
from entraide.core.cards import CardState
from entraide.web.cards.views import CardRow
from entraide.web.cards.wording import state_shown

register = template.Library()
SHOWN = 6


@register.inclusion_tag("web/cards/_family.html", takes_context=True)
def family_cards(context: Context, household: Household) -> dict[str, Any]:
    """The cards of a family with their state; print, reprint, lost for who may."""
    request = context["request"]
    mutual, day = request.mutual, request.day
    cards = cards_of(household)
    people = list(bearers(mutual, day).filter(household=household))
    in_use = {card.person_id: card for card in cards if card.state == CardState.PRINTED}
    changed = changed_among(mutual, [card.person for card in in_use.values()])
    pictures = photos_of(people)
    return {
        "office": context["office"],
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "household": household,
        "rows": [CardRow(card, *state_shown(card)) for card in cards[:SHOWN]],
        "changed": changed,
        "lacking": [each for each in people if each.pk not in in_use],
        "has_bearers": bool(people),
        "pictureless": [each.spoken_name for each in people if each.pk not in pictures],
        "has_leaflet": any(card.person.is_member for card in cards),
        "may_print": Right.PRINT_CARDS in request.rights,
        "may_cancel": Right.CANCEL_CARDS in request.rights,
    }

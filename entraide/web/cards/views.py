"""The cards of a mutual: those to print and why, those in use or ended, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.cards.incomplete import incomplete_households
from entraide.apps.cards.models import Card, CardEvent
from entraide.apps.cards.selectors import (
    card_for,
    cards_list,
    changed_among,
    events_of,
    prints_of,
    wanted_cards,
    without_picture,
)
from entraide.apps.cards.services import MOST_CARDS
from entraide.apps.contributions.newborns import newborns_to_register
from entraide.apps.contributions.registers import groups_named
from entraide.apps.enrolment.history import card_changes_since
from entraide.apps.enrolment.models import PartnerGroup, Person
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.enrolment.selectors import group_for
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.cards import CardAct, CardState, Wanted
from entraide.core.errors import Refusal
from entraide.web.cards.wording import ACTS, STATES, WANTED, Text, is_of_gone, state_shown
from entraide.web.households.history import changes_shown
from entraide.web.office import OfficeRequest, office_view

ROWS_PER_PAGE = 50
MOST_CHANGES = 12  # told on the page of a card; the family's page has them all
LATEST_PRINTS = 5
WANTED_SHOWN = ("", *(each.value for each in Wanted))


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A bearer who needs a card, and why."""

    person: Person
    why: Text
    has_picture: bool  # kept here, to be printed


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card on the list."""

    card: Card
    kind: str
    word: Text


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of cards was asked for."""

    show: str
    group: PartnerGroup | None
    text: str

    @property
    def state(self) -> CardState | None:
        """The state asked for; None for the cards to print."""
        return CardState(self.show) if self.show in frozenset(CardState) else None

    @property
    def why(self) -> Wanted | None:
        """The one reason asked for, of the cards to print."""
        return Wanted(self.show) if self.show in frozenset(Wanted) else None


def filters_of(request: OfficeRequest, sent: Any) -> Filters:
    """What the address or the form of a list asks for; what is unknown asks for nothing."""
    uid = sent.get("group", "")
    try:
        group = group_for(request.mutual, uid) if uid else None
    except Refusal:
        group = None
    show = sent.get("show", "")
    known = show in WANTED_SHOWN or show in frozenset(CardState)
    return Filters(show if known else "", group, sent.get("q", "").strip())


@require_safe
@office_view(right=Right.READ_REGISTERS)
def card_list(request: OfficeRequest) -> HttpResponse:
    """Those who need a card, to be printed; or the cards in one state."""
    asked = filters_of(request, request.GET)
    state = asked.state
    found: Any
    if state is not None:
        found = cards_list(request.mutual, state=state, group=asked.group, text=asked.text)
    else:
        found = wanted_cards(
            request.mutual, request.day, why=asked.why, group=asked.group, text=asked.text
        )
    pages, pictureless = Paginator(found, ROWS_PER_PAGE), 0
    if state is None and not (asked.group or asked.text):
        now = Remembered(request.mutual, request.day)
        pages.count = now.figure(f"cards wanted {asked.show}", found.count)
        pictureless = now.figure(f"pictureless {asked.show}", without_picture(found).count)
    elif state is None:
        pictureless = without_picture(found).count()
    page = pages.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "asked": asked,
        "is_wanted": state is None,
        "rows": _rows(page.object_list, state),
        "may_print": Right.PRINT_CARDS in request.rights,
        "most": MOST_CARDS,
        "at_once": min(page.paginator.count, MOST_CARDS),
        "pictureless": pictureless,
    }
    if request.htmx:
        return render(request, "web/cards/_rows.html", context)
    context |= {
        "groups": groups_named(request.mutual),
        "reasons": [(each.value, WANTED[each]) for each in Wanted],
        "states": [(each.value, STATES[each][1]) for each in CardState],
        "prints": list(prints_of(request.mutual)[:LATEST_PRINTS]),
    }
    return render(request, "web/cards/list.html", context)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def waiting(request: OfficeRequest) -> HttpResponse:
    """How many files are incomplete, newborns to register, cards to print: asked for after the
    page."""
    mutual, day = request.mutual, request.day
    now = Remembered(mutual, day)
    context = {
        "files_count": now.figure("files incomplete", incomplete_households(mutual, day).count),
        "cards_count": now.figure("cards wanted ", wanted_cards(mutual, day).count),
        "newborns_count": len(newborns_to_register(mutual, day)),
    }
    return render(request, "web/cards/_waiting.html", context)


def _rows(shown: Sequence[Any], state: CardState | None) -> list[WantedRow | CardRow]:
    if state is not None:
        return [CardRow(card, *state_shown(card)) for card in shown]
    pictures = photos_of(shown)
    return [
        WantedRow(person, WANTED[Wanted(person.wanted)], person.pk in pictures) for person in shown
    ]


@dataclass(frozen=True, slots=True)
class EventShown:
    """One line of the history of a card."""

    event: CardEvent
    word: Text


@require_safe
@office_view(right=Right.READ_REGISTERS)
def card(request: OfficeRequest, uid: str) -> HttpResponse:
    """One card: whose it is, what it is worth, what happened to it."""
    shown = card_for(request.mutual, uid)
    kind, word = state_shown(shown)
    is_in_use = shown.state == CardState.PRINTED and not is_of_gone(shown)
    is_changed = is_in_use and bool(changed_among(request.mutual, [shown.person]))
    since = card_changes_since(shown.household, shown.printed_at) if is_changed else ()
    context = {
        "card": shown,
        "kind": kind,
        "word": word,
        "is_in_use": is_in_use,
        "is_changed": is_changed,
        "changes": changes_shown(since[:MOST_CHANGES]),
        "events": [EventShown(each, ACTS[CardAct(each.act)]) for each in events_of(shown)],
        "may_print": Right.PRINT_CARDS in request.rights,
        "may_cancel": Right.CANCEL_CARDS in request.rights and shown.state == CardState.PRINTED,
    }
    return render(request, "web/cards/card.html", context)

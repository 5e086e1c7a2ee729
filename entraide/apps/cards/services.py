"""Commands on cards: print, hand over, lose, cancel. Each act is written and stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from django.utils import timezone

from entraide.apps.access.models import User
from entraide.apps.cards.keys import signing_key
from entraide.apps.cards.models import Card, CardEvent, CardPrint
from entraide.apps.cards.selectors import bearers, changed_among
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.choices import CARD_UNIT
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import document_number, next_number, next_numbers
from entraide.apps.schemes.rights import Right
from entraide.core.cards import CardAct, CardState, Wanted, state_after, wanted
from entraide.core.errors import Refusal

CARD_PREFIX, PRINT_PREFIX = "CARTE", "IMPR"
MOST_CARDS = 1000  # of one run: what a printer and a person can handle at once


class CardLayout(StrEnum):
    """On what cards are printed."""

    SHEET = "sheet"  # A4, eight cards with cut marks, fronts then backs
    SINGLE = "single"  # 85.6 × 54 mm, one side a page, for a card printer


@command("print_cards", right=Right.PRINT_CARDS)
def print_cards(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    persons: Sequence[Person],
    layout: CardLayout,
    reason: str = "",
) -> CardPrint:
    """Print the cards of these bearers: a new card for who needs one, the same once more else.

    A card whose content changed is replaced by a new one. A reprint of what did not change needs
    ``reason``; a bearer named twice has one card. Refused: ``CARDS_NONE``, ``CARDS_TOO_MANY``,
    ``CARD_BEARER_GONE``, ``CARD_REASON_MISSING``.
    """
    persons = list({person.pk: person for person in persons}.values())
    _require_bearers(mutual, persons, on)
    signing_key(mutual, actor, on)
    run = CardPrint.objects.create(
        mutual=mutual,
        number=next_number(mutual=mutual, prefix=PRINT_PREFIX, on=on),
        layout=CardLayout(layout).value,
        cards_count=len(persons),
        printed_on=on,
        printed_by=actor,
    )
    held = Card.objects.select_for_update().filter(person__in=persons).order_by("id")
    last = {card.person_id: card for card in held}
    changed = changed_among(mutual, persons)
    new: list[tuple[Person, Wanted]] = []
    again: list[Card] = []
    for person in persons:
        card = last.get(person.pk)
        state = CardState(card.state) if card is not None else None
        why = wanted(state, is_changed=person.pk in changed)
        if why is not None:
            new.append((person, why))
        elif card is not None:
            state_after(state, CardAct.REPRINTED, reason)
            again.append(card)
    _print_again(run, again, reason)
    _issue(run, new, last)
    return run


def _require_bearers(mutual: Mutual, persons: Sequence[Person], on: date) -> None:
    if not persons:
        raise Refusal("CARDS_NONE", place="persons")
    if len(persons) > MOST_CARDS:
        raise Refusal("CARDS_TOO_MANY", place="persons", count=len(persons), maximum=MOST_CARDS)
    keys = {person.pk for person in persons}
    known = set(bearers(mutual, on).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    for person in persons:
        if person.pk not in known:
            raise Refusal("CARD_BEARER_GONE", place="persons", person=person.full_name)


def _print_again(run: CardPrint, cards: Sequence[Card], reason: str) -> None:
    now = timezone.now()
    for card in cards:
        card.printed_at = now
        card.prints_count += 1
    Card.objects.bulk_update(cards, ["printed_at", "prints_count"])
    _note(run.printed_by, run.printed_on, cards, CardAct.REPRINTED, reason, run)


def _issue(run: CardPrint, new: Sequence[tuple[Person, Wanted]], last: dict[int, Card]) -> None:
    replaced = [last[person.pk] for person, why in new if why is Wanted.CHANGED]
    for card in replaced:
        card.state = state_after(CardState(card.state), CardAct.REPLACED).value
    Card.objects.bulk_update(replaced, ["state"])
    _note(run.printed_by, run.printed_on, replaced, CardAct.REPLACED, "", run)
    if not new:
        return
    first = next_numbers(mutual=run.mutual, prefix=CARD_PREFIX, on=run.printed_on, count=len(new))
    now, unit = timezone.now(), CARD_UNIT.of(run.mutual)
    cards = [
        Card(
            mutual=run.mutual,
            number=document_number(CARD_PREFIX, run.printed_on.year, number),
            household_id=person.household_id,
            person=person,
            unit=unit,
            issued_on=run.printed_on,
            state=state_after(None, CardAct.ISSUED).value,
            printed_at=now,
            replaces=last.get(person.pk),
        )
        for number, (person, _why) in enumerate(new, start=first)
    ]
    Card.objects.bulk_create(cards)
    _note(run.printed_by, run.printed_on, cards, CardAct.ISSUED, "", run)


def _note(
    actor: User,
    occurred_on: date,
    cards: Sequence[Card],
    act: CardAct,
    reason: str,
    run: CardPrint | None = None,
) -> None:
    CardEvent.objects.bulk_create(
        CardEvent(
            mutual_id=card.mutual_id,
            card=card,
            act=act.value,
            occurred_on=occurred_on,
            reason=reason.strip(),
            actor=actor,
            print_run=run if act is not CardAct.REPLACED else None,
        )
        for card in cards
    )


@command("hand_over_cards", right=Right.PRINT_CARDS)
def hand_over_cards(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    cards: Sequence[Card],
    handed_over_on: date,
    receiver: str = "",
) -> Card:
    """The bearers have received their cards; ``receiver``: who took them, when another person.

    Those already handed over are left as they are. Answers the first card. Refused:
    ``CARDS_NONE``, ``CARD_NOT_IN_USE``, ``CARD_NOT_MADE_YET``, ``DATE_IN_FUTURE``.
    """
    held = _held(cards)
    _require_past(handed_over_on, on, held)
    waiting = [card for card in held if card.handed_over_on is None]
    for card in waiting:
        state_after(CardState(card.state), CardAct.HANDED_OVER)
        card.handed_over_on = handed_over_on
    Card.objects.bulk_update(waiting, ["handed_over_on"])
    _note(actor, handed_over_on, waiting, CardAct.HANDED_OVER, receiver)
    return held[0]


@command("declare_card_lost", right=Right.CANCEL_CARDS)
def declare_card_lost(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    card: Card,
    reason: str,
    lost_on: date,
) -> Card:
    """A card is lost or stolen: who shows it is refused, its bearer needs another one.

    Refused: ``CARD_NOT_IN_USE``, ``CARD_REASON_MISSING``, ``CARD_NOT_MADE_YET``,
    ``DATE_IN_FUTURE``.
    """
    return _end(actor, on, card, CardAct.LOST, reason, lost_on)


@command("cancel_card", right=Right.CANCEL_CARDS)
def cancel_card(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    card: Card,
    reason: str,
    cancelled_on: date,
) -> Card:
    """A card is worth nothing any more: misprinted, given back, misused. Refused as a loss is."""
    return _end(actor, on, card, CardAct.CANCELLED, reason, cancelled_on)


def _end(actor: User, on: date, card: Card, act: CardAct, reason: str, occurred_on: date) -> Card:
    (held,) = _held([card])
    _require_past(occurred_on, on, [held])
    held.state = state_after(CardState(held.state), act, reason).value
    held.save(update_fields=["state"])
    _note(actor, occurred_on, [held], act, reason)
    return held


def _held(cards: Sequence[Card]) -> list[Card]:
    if not cards:
        raise Refusal("CARDS_NONE", place="cards")
    keys = [card.pk for card in cards]
    return list(Card.objects.select_for_update().filter(pk__in=keys).order_by("id"))


def _require_past(day: date, on: date, cards: Sequence[Card]) -> None:
    """Not after today, nor before a card was made."""
    if day > on:
        raise Refusal("DATE_IN_FUTURE", place="day", day=day, on=on)
    for card in cards:
        if day < card.issued_on:
            raise Refusal("CARD_NOT_MADE_YET", place="day", card=card.number, day=card.issued_on)

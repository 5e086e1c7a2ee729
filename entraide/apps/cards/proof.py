"""A card shown at a desk: one declared lost or withdrawn proves nothing, its bearer still may.

Inside ``scope(mutual=…)``. Every check that a card was refused, and every right told in spite of it
because an identity document was seen, is journalled.
"""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.cards.models import Card, CardEvent
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.choices import CARD_UNIT, CARD_UNIT_HOUSEHOLD
from entraide.core.cards import REFUSED_AS_PROOF, CardAct, CardState
from entraide.core.errors import Refusal


def lost_card_of(person: Person) -> Card | None:
    """The card declared lost of a person who has none in use: who types its number holds that one.

    Where a family has one card, it is the card of all whom it names. One query.
    """
    of_family = list(Card.objects.filter(household=person.household_id).order_by("id"))
    cards = [card for card in of_family if card.person_id == person.pk]
    if of_family and not cards and CARD_UNIT.of(person.mutual) == CARD_UNIT_HOUSEHOLD:
        cards = of_family
    if not cards or any(card.state == CardState.PRINTED for card in cards):
        return None
    return cards[-1] if cards[-1].state == CardState.LOST else None


def refusal_of(card: Card) -> Refusal | None:
    """``CARD_LOST`` or ``CARD_WITHDRAWN``: what a card that is shown is refused for; None where it
    proves who bears it."""
    code = REFUSED_AS_PROOF.get(CardState(card.state))
    if code is None:
        return None
    act = CardAct.LOST if card.state == CardState.LOST else CardAct.CANCELLED
    ended = CardEvent.objects.filter(card=card, act=act.value).order_by("-id").first()
    day: date = ended.occurred_on if ended is not None else card.issued_on
    return Refusal(code, place="code", card=card.number, day=day)


def require_proof(
    person: Person, reader: User, *, card: Card | None = None, by_identity: bool, where: str
) -> Refusal | None:
    """Refuse a card that proves nothing, unless an identity document was seen.

    ``card``: the one that was scanned, or whose own number was typed; without it the number of the
    person was. ``where``: the desk, for the journal. Answers what the card would be refused for.
    """
    shown = card or lost_card_of(person)
    refusal = refusal_of(shown) if shown is not None else None
    if refusal is None:
        return None
    record_audit(
        kind=AuditKind.RIGHT_READING if by_identity else AuditKind.REFUSAL,
        mutual=person.mutual, actor=reader, code=refusal.code,
        subject=f"right of {person.number} at {where}"[:160],
        details={"card": refusal.data["card"], "by_identity": by_identity},
    )  # fmt: skip
    if not by_identity:
        raise refusal
    return refusal

"""What a card shows, read for many cards at once: names, family, group, first day, photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from entraide.apps.cards.keys import current_key, signer_of
from entraide.apps.cards.models import Card
from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.schemes.choices import CARD_UNIT_HOUSEHOLD
from entraide.apps.schemes.models import Mutual
from entraide.core.cards import CardPayload, signed_text
from entraide.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class FacePerson:
    """One person on a card. ``photo`` is a JPEG, or None."""

    name: str
    number: str
    relation: str
    sex: str
    birth_on: date
    birth_precision: str
    photo: bytes | None


@dataclass(frozen=True, slots=True)
class CardFace:
    """Both sides of one card. ``family`` are the others: those who depend on a member, or the
    member on whom the bearer depends. One of several wives (``is_of_wife``) has her children on
    hers, after the member. ``household``: everybody of the family, whoever's card names them.
    ``code`` is the text of the QR code."""

    card_number: str
    bearer: FacePerson
    family: tuple[FacePerson, ...]
    group_name: str
    valid_from: date
    code: str
    household: tuple[FacePerson, ...]
    is_of_wife: bool = False


def faces_of(mutual: Mutual, cards: Sequence[Card], on: date) -> list[CardFace]:
    """What these cards show, in their order; five queries whatever their number.

    ``CARDS_NONE`` without cards; ``CARD_KEY_UNREADABLE`` where the key cannot be opened.
    """
    key = current_key(mutual)
    if not cards or key is None:
        raise Refusal("CARDS_NONE", place="cards")
    signer = signer_of(key)
    families = _families(cards, on)
    begun = _first_days(cards, on)
    photos = photos_of(
        {person.pk: person for each in families.values() for person in each}.values(),
        with_content=True,
    )

    def shown(person: Person) -> FacePerson:
        photo = photos.get(person.pk)
        return FacePerson(
            person.full_name,
            person.number,
            person.relation,
            person.sex,
            person.birth_on,
            person.birth_precision,
            bytes(photo.content) if photo is not None else None,
        )

    faces = []
    for card in cards:
        payload = CardPayload(
            mutual.code,
            card.number,
            card.person.number,
            card.person.full_name,
            card.issued_on,
            key.key_id,
        )
        group = card.household.group
        faces.append(
            CardFace(
                card.number,
                shown(card.person),
                tuple(shown(each) for each in _others(card, families[card.household_id])),
                group.name if group is not None else "",
                begun.get(card.household_id, card.issued_on),
                signed_text(payload, signer.sign(payload.text.encode())),
                tuple(shown(each) for each in families[card.household_id]),
                is_of_wife=_is_of_wife(card),
            )
        )
    return faces


def _families(cards: Iterable[Card], on: date) -> dict[int, list[Person]]:
    """The persons present in each household, the member first, and every bearer."""
    bearers = {card.person_id for card in cards}
    persons: dict[int, list[Person]] = defaultdict(list)
    households = {card.household_id for card in cards}
    for person in Person.objects.filter(household__in=households).order_by("number"):
        if person.pk in bearers or present_on([person], on):
            persons[person.household_id].append(person)
    for each in persons.values():
        each.sort(key=lambda person: (not person.is_member, person.number))
    return persons


def _others(card: Card, family: Sequence[Person]) -> list[Person]:
    """A member's card names the dependants, but for the children on the card of their mother when
    the wives are several; a wife's names the member and her children; a dependant's the member."""
    member = [each for each in family if each.is_member and each.pk != card.person_id]
    if not card.person.is_member:
        own = [each for each in family if each.mother_id == card.person_id]
        return member + own if _is_of_wife(card) else member
    elsewhere: set[int] = set()
    if card.unit == CARD_UNIT_HOUSEHOLD:
        wives = {each.pk for each in family if each.sex == "F" and each.relation == "spouse"}
        is_of_co_wife = card.person.sex == "F" and bool(wives)
        elsewhere = wives if len(wives) > 1 or is_of_co_wife else set()
    return [
        each for each in family if each.pk != card.person_id and each.mother_id not in elsewhere
    ]


def _is_of_wife(card: Card) -> bool:
    """Whether a card of a family is that of one of several wives."""
    return card.unit == CARD_UNIT_HOUSEHOLD and not card.person.is_member


def _first_days(cards: Iterable[Card], on: date) -> dict[int, date]:
    """The first day of the cover of each household: that running, else the next one."""
    days: dict[int, date] = {}
    covers = Membership.objects.filter(
        household__in={card.household_id for card in cards}, effective_until__gt=on
    ).order_by("-effective_from")
    for household_id, first in covers.values_list("household_id", "effective_from"):
        days[household_id] = first
    return days

"""Who bears a card, who needs one and why, and what became of each; inside ``scope(mutual=…)``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from entraide.apps.cards.keys import public_keys_of
from entraide.apps.cards.models import Card, CardEvent, CardPrint
from entraide.apps.cards.signing import is_signature
from entraide.apps.enrolment.history import CARD_FIELDS
from entraide.apps.enrolment.models import (
    Household,
    Membership,
    PartnerGroup,
    Person,
    Photo,
    RegisterChange,
)
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.search_index import containing
from entraide.apps.enrolment.selectors import found, present_persons
from entraide.apps.schemes.choices import CARD_UNIT, CARD_UNIT_HOUSEHOLD
from entraide.apps.schemes.models import Mutual
from entraide.core.cards import CardState, Proof, SignedCode, Wanted, proof_of, read_code
from entraide.core.errors import Refusal


def bearers(mutual: Mutual, on: date) -> QuerySet[Person]:
    """Those who bear a card on a day: everyone covered, or one of each family, its member.

    Where a family's card is one and a payer has several wives, each of them has hers too.
    """
    covers = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        household=OuterRef("household"),
        effective_until__gt=on,
    )
    persons = Person.objects.filter(present_persons(on), Exists(covers), mutual=mutual)
    if CARD_UNIT.of(mutual) == CARD_UNIT_HOUSEHOLD:
        wives = Person.objects.filter(
            _wives(), present_persons(on), household=OuterRef("household")
        ).exclude(pk=OuterRef("pk"))
        # Asked first without a look at anybody else: most persons are neither.
        either = Q(is_member=True) | Q(sex="F", relation="spouse")
        persons = persons.filter(either).filter(Q(is_member=True) | Q(Exists(wives)))
    return persons


def _wives() -> Q:
    """On persons: a wife, were it the one who became the member."""
    return Q(sex="F") & (Q(relation="spouse") | Q(is_member=True))


def _with_last_card(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Each person with the state and the last print of their latest card."""
    last = Card.objects.filter(person=OuterRef("pk")).order_by("-id")
    return persons.annotate(
        card_state=Subquery(last.values("state")[:1]),
        card_printed_at=Subquery(last.values("printed_at")[:1]),
    )


def _changed_since_print(mutual: Mutual) -> Exists:
    """Whether something that the card shows changed after ``card_printed_at``.

    A member's card shows the whole family, a dependant's only the dependant.
    """
    changes = RegisterChange.objects.filter(
        household=OuterRef("household"),
        field__in=CARD_FIELDS,
        recorded_at__gt=OuterRef("card_printed_at"),
    )
    if CARD_UNIT.of(mutual) != CARD_UNIT_HOUSEHOLD:
        own = Q(person=OuterRef("pk")) | Q(household__persons=OuterRef("pk")) & Q(
            household__persons__is_member=True
        )
        changes = changes.filter(own)
    return Exists(changes)


def wanted_cards(
    mutual: Mutual,
    on: date,
    *,
    why: Wanted | None = None,
    group: PartnerGroup | None = None,
    text: str = "",
) -> QuerySet[Person]:
    """The bearers who need a card, each with ``wanted``: the code of the reason.

    In the order of their numbers, which is that of an index: the first families enrolled come
    first. ``text`` is looked for as in the list of families.
    """
    persons = containing(bearers(mutual, on), search_terms(text))
    if group is not None:
        persons = persons.filter(household__group=group)
    persons = _with_last_card(_who_may_need(persons, mutual, why)).annotate(
        wanted=Case(
            When(card_state__isnull=True, then=Value(Wanted.FIRST.value)),
            When(card_state=CardState.LOST.value, then=Value(Wanted.AFTER_LOSS.value)),
            When(
                card_state__in=(CardState.CANCELLED.value, CardState.REPLACED.value),
                then=Value(Wanted.AFTER_CANCELLATION.value),
            ),
            default=Value(Wanted.CHANGED.value),
            output_field=CharField(),
        )
    )
    changed = Q(_changed_since_print(mutual))
    if why is None:
        persons = persons.filter(~Q(_card_in_use()) | changed)
    elif why is Wanted.CHANGED:
        persons = persons.filter(Q(_card_in_use()) & changed)
    else:
        persons = persons.filter(wanted=why.value)
    return persons.select_related("household__group").order_by("number")


def without_picture(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Of these persons, those of whom the system keeps no photo of their own: their card bears
    « no photo », were one ticked as handed in on paper."""
    return persons.filter(~Exists(Photo.objects.filter(person=OuterRef("pk"))))


def _card_in_use() -> Exists:
    return Exists(Card.objects.filter(person=OuterRef("pk"), state=CardState.PRINTED.value))


def _who_may_need(
    persons: QuerySet[Person], mutual: Mutual, why: Wanted | None
) -> QuerySet[Person]:
    """Of these persons, without a look at the others, those for whom a reason may hold."""
    cards = Card.objects.filter(mutual=mutual).order_by()
    if why is Wanted.FIRST:
        return persons.filter(~Exists(Card.objects.filter(person=OuterRef("pk"))))
    if why is Wanted.CHANGED:
        changes = RegisterChange.objects.filter(mutual=mutual, field__in=CARD_FIELDS).order_by()
        return persons.filter(household__in=changes.values("household"))
    if why is not None:
        state = CardState.LOST if why is Wanted.AFTER_LOSS else CardState.CANCELLED
        return persons.filter(pk__in=cards.filter(state=state.value).values("person"))
    return persons


def changed_among(mutual: Mutual, persons: Iterable[Person]) -> frozenset[int]:
    """The keys of those persons whose card in use shows what is no longer so; one query."""
    keys = [person.pk for person in persons]
    rows = _with_last_card(Person.objects.filter(pk__in=keys)).filter(
        _changed_since_print(mutual), card_state=CardState.PRINTED.value
    )
    return frozenset(rows.order_by().values_list("pk", flat=True))


def cards_list(
    mutual: Mutual, *, state: CardState, group: PartnerGroup | None = None, text: str = ""
) -> QuerySet[Card]:
    """The cards in one state, the latest first."""
    cards = Card.objects.filter(mutual=mutual, state=state.value)
    if group is not None:
        cards = cards.filter(household__group=group)
    if terms := search_terms(text):
        people = containing(Person.objects.filter(mutual=mutual), terms)
        cards = cards.filter(Q(person__in=people) | Q(number=text.strip().upper()))
    return cards.select_related("person", "household__group").order_by("-id")


def cards_of(household: Household) -> list[Card]:
    """Every card of a family, the latest first."""
    return list(household.cards.select_related("person").order_by("-id"))


def card_for(mutual: Mutual, uid: UUID | str) -> Card:
    """The card of this mutual with this ``uid``, or ``NOT_FOUND``."""
    cards = Card.objects.filter(mutual=mutual)
    return found(cards.select_related("person", "household__group", "replaces"), uid=uid)


def print_for(mutual: Mutual, uid: UUID | str) -> CardPrint:
    """The print run of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(CardPrint.objects.filter(mutual=mutual).select_related("printed_by"), uid=uid)


def prints_of(mutual: Mutual) -> QuerySet[CardPrint]:
    """Every run of the printer, the latest first."""
    return CardPrint.objects.filter(mutual=mutual).select_related("printed_by").order_by("-id")


def cards_of_print(run: CardPrint) -> QuerySet[Card]:
    """The cards of one run, as they lie on its sheets."""
    return (
        Card.objects.filter(events__print_run=run)
        .select_related("person", "household__group")
        .order_by("household__number", "person__number")
        .distinct()
    )


def usable_cards_of_print(run: CardPrint) -> QuerySet[Card]:
    """Those of a run that are still worth something: only they may be put on paper once more.

    The paper is signed anew with today's key: a card lost since would come back to life.
    """
    return cards_of_print(run).filter(state=CardState.PRINTED.value)


def events_of(card: Card) -> list[CardEvent]:
    """What happened to a card, the latest first."""
    return list(card.events.select_related("actor", "print_run").order_by("-id"))


@dataclass(frozen=True, slots=True)
class CheckedCard:
    """A code that was checked: what its signature proves, and the card here, if it is ours."""

    code: SignedCode
    proof: Proof
    card: Card | None
    is_of_this_mutual: bool


def check_code(mutual: Mutual, text: str) -> CheckedCard:
    """What a scanned or pasted code proves. ``CARD_CODE_UNREADABLE`` for another text.

    The code of another mutual of the network is proved by that mutual's public key; its registers
    stay closed.
    """
    code = read_code(text)
    is_ours = code.payload.mutual_code == mutual.code
    issuer = mutual if is_ours else Mutual.objects.filter(code=code.payload.mutual_code).first()
    keys = public_keys_of(issuer) if issuer is not None else []
    proof = proof_of(code, keys, is_signature)
    card = None
    if is_ours:
        cards = Card.objects.filter(mutual=mutual, number=code.payload.card_number)
        card = cards.select_related("person", "household").first()
    return CheckedCard(code, proof, card, is_ours)


def card_by_number(mutual: Mutual, number: str) -> Card:
    """The card with a number typed in any case; else the latest of the person so numbered."""
    typed = number.strip().upper()
    cards = Card.objects.filter(mutual=mutual).select_related("person", "household").order_by("-id")
    card = cards.filter(number=typed).first() or cards.filter(person__number=typed).first()
    if card is None:
        raise Refusal("NOT_FOUND", record="card", key=number)
    return card


def last_cards(persons: Iterable[Person]) -> dict[int, Card]:
    """The latest card of each person, by the person's key; one query."""
    keys = [person.pk for person in persons]
    cards = Card.objects.filter(person__in=keys).order_by("id")
    return {card.person_id: card for card in cards}

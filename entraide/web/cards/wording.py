"""What the states, acts and reasons of cards are called at the desk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entraide.apps.cards.models import Card
from entraide.apps.enrolment.facts import has_gone
from entraide.core.cards import CardAct, CardState, Proof, Wanted

Text = str | Promise

STATES: dict[CardState, tuple[str, Text]] = {
    CardState.PRINTED: ("ok", pgettext_lazy("a card", "In use")),
    CardState.LOST: ("bad", pgettext_lazy("a card", "Lost")),
    CardState.CANCELLED: ("bad", pgettext_lazy("a card", "Cancelled")),
    CardState.REPLACED: ("plain", pgettext_lazy("a card", "Replaced")),
}
ACTS: dict[CardAct, Text] = {
    CardAct.ISSUED: pgettext_lazy("a card", "Made and printed"),
    CardAct.REPRINTED: pgettext_lazy("a card", "Printed once more"),
    CardAct.HANDED_OVER: pgettext_lazy("a card", "Handed over"),
    CardAct.LOST: pgettext_lazy("a card", "Declared lost"),
    CardAct.CANCELLED: pgettext_lazy("a card", "Cancelled"),
    CardAct.REPLACED: pgettext_lazy("a card", "Replaced by another one"),
}
WANTED: dict[Wanted, Text] = {
    Wanted.FIRST: _("First card"),
    Wanted.CHANGED: _("To reprint: what it shows has changed"),
    Wanted.AFTER_LOSS: _("The last one is lost"),
    Wanted.AFTER_CANCELLATION: _("The last one was cancelled"),
}
PROOFS: dict[Proof, tuple[str, Text, Text]] = {
    Proof.GENUINE: (
        "ok",
        _("Genuine signature"),
        _("The mutual made this card and nobody has changed a word of its code."),
    ),
    Proof.FORGED: (
        "bad",
        _("False signature"),
        _("The mutual did not make this code. Keep the card and call the mutual."),
    ),
    Proof.KEY_UNKNOWN: (
        "warn",
        _("Signature not checked"),
        _("No public key of that mutual is known here: the code proves nothing."),
    ),
    Proof.KEY_REVOKED: (
        "bad",
        _("Key given up"),
        _("The code was signed with a key that others may have: it proves nothing any more."),
    ),
}


def state_shown(card: Card) -> tuple[str, Text]:
    """Kind and word of the state of a card: in use no more once its bearer has gone."""
    if is_of_gone(card):
        died = card.person.died_on is not None
        return ("bad", _("To take back: has died") if died else _("To take back: has left"))
    return STATES[CardState(card.state)]


def is_of_gone(card: Card) -> bool:
    """Whether a card in use is borne by somebody who has left the family or died."""
    return card.state == CardState.PRINTED and has_gone(card.person)

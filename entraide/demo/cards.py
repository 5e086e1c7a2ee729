"""The cards and files of the largest mutual: help on the card, what a file must hold, a print."""

from __future__ import annotations

from datetime import date

from django_scopes import scope

from entraide.apps.cards.selectors import bearers, cards_of_print
from entraide.apps.cards.services import (
    CardLayout,
    declare_card_lost,
    hand_over_cards,
    print_cards,
)
from entraide.apps.schemes.choices import HELP_NUMBER, HELP_STEPS
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.file_rules import approve_file_rule, enter_file_rule
from entraide.demo.foundation import World

PRINTED = 24  # families whose cards are made; the others wait on the list
HANDED_OVER = 16
_SOURCE = "Conseil d’administration, réunion de rentrée"
_CHOICES = {
    HELP_NUMBER.name: "034 00 000 11",
    HELP_STEPS.name: "Montrez la carte et demandez pourquoi le soin est refusé.\n"
    "Appelez la mutuelle avant de payer.\n"
    "Gardez l’ordonnance et le reçu : apportez-les à la mutuelle.",
}
# The pieces are asked for and hold nothing back yet: the mutual proposes to be stricter.
_IN_FORCE = {
    "photo": {"demand": "asked"},
    "birth_date": {"demand": "asked", "of": "adults"},
    "phone": {"demand": "asked"},
}
_PROPOSED = _IN_FORCE | {"photo": {"demand": "suspends", "grace_days": 60}}


def make_cards(world: World, on: date) -> None:
    """Choices, rule, cards and one loss, each by the person whose act it is."""
    mutual, people = world.mutual, world.people
    with scope(mutual=mutual):
        for name, value in _CHOICES.items():
            change_choice(
                mutual=mutual, actor=people["coordinator"], on=on,
                idempotency_key=f"demo-choice-{name}", name=name, value=value, source=_SOURCE,
            )  # fmt: skip
        version = enter_file_rule(
            mutual=mutual, actor=people["coordinator"], on=on, idempotency_key="demo-file-rule",
            document=_IN_FORCE, effective_from=on, source=_SOURCE,
        )  # fmt: skip
        approve_file_rule(
            mutual=mutual, actor=people["director"], on=on,
            idempotency_key="demo-file-rule-approved", version=version,
        )  # fmt: skip
        enter_file_rule(
            mutual=mutual, actor=people["coordinator"], on=on,
            idempotency_key="demo-file-rule-proposed", document=_PROPOSED, effective_from=on,
            source=_SOURCE,
        )  # fmt: skip
        _print(world, on)


def _print(world: World, on: date) -> None:
    mutual, clerk = world.mutual, world.people["clerk"]
    persons = list(bearers(mutual, on).order_by("household__number")[:PRINTED])
    if not persons:
        return
    run = print_cards(
        mutual=mutual, actor=clerk, on=on, idempotency_key="demo-cards", persons=persons,
        layout=CardLayout.SHEET,
    )  # fmt: skip
    cards = list(cards_of_print(run))
    hand_over_cards(
        mutual=mutual, actor=clerk, on=on, idempotency_key="demo-cards-handed-over",
        cards=cards[:HANDED_OVER], handed_over_on=on,
    )  # fmt: skip
    declare_card_lost(
        mutual=mutual, actor=clerk, on=on, idempotency_key="demo-card-lost", card=cards[0],
        reason="Tombée à l’eau pendant la crue", lost_on=on,
    )  # fmt: skip

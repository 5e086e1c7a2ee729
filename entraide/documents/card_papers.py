"""The papers that go with cards: the list to sign at their hand-over, the leaflet of a family."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from entraide.apps.cards.faces import CardFace
from entraide.apps.cards.models import Card, CardPrint
from entraide.documents import writing
from entraide.documents.card_words import CardWords
from entraide.documents.setting import set_paper

TEMPLATE = Path(__file__).with_name("card_paper.typ")
HOW_TO_USE = ("use_show", "use_rights", "use_change", "use_lost")


def hand_over_pdf(
    run: CardPrint, cards: Sequence[Card], *, mutual_name: str, language: str = "fr"
) -> bytes:
    """Who received which card: a box to sign or for a thumbprint, one for a witness's name."""
    words = CardWords(language)
    rows = [
        [
            str(rank),
            f"{card.person.full_name}\n{card.person.number}",
            card.household.group.name if card.household.group is not None else "",
            card.number,
        ]
        for rank, card in enumerate(cards, start=1)
    ]
    return _pdf(
        {
            "kind": "list",
            "paper": "a4",
            "language": language,
            "mutual": mutual_name,
            "title": words.say("list_title"),
            "under": words.say(
                "list_under",
                number=run.number,
                day=writing.day(run.printed_on, language),
                count=len(cards),
            ),
            "head": [words.say(f"list_{name}") for name in ("rank", "bearer", "group", "card",
                                                            "signature", "witness")],
            "rows": rows,
            "boxes": [words.say(f"box_{name}") for name in ("day", "agent", "stamp", "visa")],
            "words": {},
        }
    )  # fmt: skip


def leaflet_pdf(
    face: CardFace,
    *,
    mutual_name: str,
    help_number: str,
    help_steps: Sequence[str],
    language: str = "fr",
) -> bytes:
    """Who is covered, how to use the card and what to do in trouble: A5, for the family."""
    words = CardWords(language)
    parts = [
        {"title": words.say("use_title"), "steps": [words.say(name) for name in HOW_TO_USE]},
    ]
    if help_steps:
        parts.append({"title": words.say("trouble"), "steps": list(help_steps)})
    return _pdf(
        {
            "kind": "leaflet",
            "paper": "a5",
            "language": language,
            "mutual": mutual_name,
            "title": words.say("leaflet_title"),
            "under": f"{face.bearer.name} · {face.bearer.number}",
            "head": [words.say(f"leaflet_{name}") for name in ("person", "tie", "born", "number")],
            "rows": [
                [
                    each.name,
                    words.tie(each.relation, each.sex),
                    words.birth_year(each.birth_on, each.birth_precision),
                    each.number,
                ]
                for each in face.household
            ],
            "parts": parts,
            "help_number": help_number,
            "words": {"call": words.say("call")},
        }
    )


def _pdf(content: dict[str, Any]) -> bytes:
    return set_paper(TEMPLATE, "paper", content, str(content["language"]))

"""Members' cards by the thousand: signed codes, their QR drawings, A4 sheets as one PDF."""

from __future__ import annotations

import importlib
import json
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import segno

from entraide.apps.cards.signing import Signer, new_private_key
from entraide.bench.figures import Aim, Figure, Limit, Timings
from entraide.core.cards import CardPayload, signed_text

if TYPE_CHECKING:
    from entraide.apps.cards.faces import CardFace
    from entraide.bench.measures import Bench

CARDS = 1000
_SECONDS = 10.0
_CODES_OF_THE_LIMIT = 100


def faces(count: int) -> list[CardFace]:
    """So many cards of families of five, signed, without photos."""
    from entraide.apps.cards.faces import CardFace, FacePerson

    signer = Signer(new_private_key())
    made = []
    for rank in range(count):
        number = f"F-2025-{rank:05}"
        payload = CardPayload(
            "banc", f"CARTE-2025-{rank:05}", f"{number}-1", f"FAMILLE{rank} Prénom",
            date(2025, 1, 1), "k1",
        )  # fmt: skip
        persons = tuple(
            FacePerson(
                f"FAMILLE{rank} P{place}",
                f"{number}-{place}",
                tie,
                sex,
                date(1985, 3, 1),
                "exact",
                None,
            )
            for place, (tie, sex) in enumerate(_FAMILY, start=1)
        )
        code = signed_text(payload, signer.sign(payload.text.encode()))
        made.append(
            CardFace(
                payload.card_number,
                persons[0],
                persons[1:],
                "Groupe",
                date(2025, 1, 1),
                code,
                persons,
            )
        )
    return made


_FAMILY = (("member", "F"), ("spouse", "M"), ("child", "F"), ("child", "M"), ("child", "F"))


def measure_cards(bench: Bench) -> Figure:
    """A thousand cards, both sides, from facts to one PDF of 250 pages."""
    from entraide.bench.measures import run_part

    command = [sys.executable, "-m", "entraide.bench.inside", "cards", str(CARDS)]
    answer = json.loads(run_part(command, bench.environment, "cards"))
    return Figure(
        "cards",
        "cards_pdf",
        "cards",
        Timings((answer["seconds"],), answer["seconds"]),
        (Limit("the QR codes alone, by the library", answer["codes_per_second"]),),
        Aim("seconds", _SECONDS),
        units_per_success=CARDS,
        notes=("one process", "without photos"),
    )


def print_sheets(count: int) -> dict[str, Any]:
    """How long so many cards take, and how many codes a second the QR library makes alone."""
    # By name: the papers stand beside the benchmarks, not below them.
    cards_pdf = importlib.import_module("entraide.documents.card_pdf").cards_pdf
    started = time.perf_counter()
    made = faces(count)
    cards_pdf(
        made, mutual_name="Banc", help_number="8200", help_steps=("Un", "Deux"), layout="sheet"
    )
    seconds = time.perf_counter() - started
    codes = [face.code for face in made[:_CODES_OF_THE_LIMIT]]
    return {"seconds": seconds, "codes_per_second": _codes_alone(codes)}


def _codes_alone(codes: list[str]) -> float:
    started = time.perf_counter()
    for code in codes:
        segno.make(code, error="m", boost_error=False, mask=3, micro=False)
    return len(codes) / (time.perf_counter() - started)

"""Names on a card keep clear of what stands beside them, however long they are."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import typst
from PIL import Image

from entraide.apps.cards.faces import CardFace, FacePerson
from entraide.documents.card_pdf import cards_pdf

DOTS_PER_MM = 10
# Millimetres from the left and the top: between name and code, and between the two columns behind.
BESIDE_THE_CODE = (60.2, 10.5, 61.4, 42)
BESIDE_THE_PICTURES = (41.5, 7, 43.5, 30)


def pages(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Image.Image]:
    """Front and back of the card of somebody of this name, whose children bear it too."""
    compiled = typst.compile

    def drawn(main: Any, **options: Any) -> Any:
        return compiled(main, **{**options, "format": "png"}, ppi=25.4 * DOTS_PER_MM)

    monkeypatch.setattr("entraide.documents.setting.typst.compile", drawn)
    born = (date(2016, 3, 1), "exact", None)
    people = [FacePerson(name, f"F-2026-00012-{rank}", "child", "F", *born) for rank in (2, 3)]
    bearer = FacePerson(name, "F-2026-00012-1", "member", "F", date(1990, 1, 1), "around", None)
    face = CardFace(
        "C-2026-00001", bearer, tuple(people), "", date(2026, 1, 1), "ENTRAIDE", (bearer, *people)
    )
    written: Any = cards_pdf(
        [face], mutual_name="ATIA", help_number="1", help_steps=("Un",), layout="single"
    )
    return [Image.open(io.BytesIO(page)).convert("L") for page in written]


@pytest.mark.parametrize(
    "name",
    [
        "RAKOTOARIMANANA Jean",
        "RAZAFIMANDIMBIMANANA Voahanginirina",
        "ANDRIANTSIMITOVIAMINANDRIANA Randriamanantena Marie",
    ],
)
def test_a_long_name_keeps_clear(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for page, place in zip(
        pages(monkeypatch, name), (BESIDE_THE_CODE, BESIDE_THE_PICTURES), strict=True
    ):
        strip = page.crop(tuple(round(each * DOTS_PER_MM) for each in place))  # type: ignore[arg-type]
        darkest, _lightest = strip.getextrema()
        assert darkest == 255  # nothing is printed there

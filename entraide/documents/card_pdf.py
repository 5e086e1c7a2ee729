"""Members' cards on paper, set by Typst from ``card.typ``: A4 sheets of eight, or single cards.

The time of a thousand cards goes into their QR codes: every code has the same mask, which spares
the library the trial of all eight, and is handed to Typst as a picture of one pixel a module.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import segno
from PIL import Image

from entraide.apps.cards.faces import CardFace, FacePerson
from entraide.documents import writing
from entraide.documents.card_words import CardWords
from entraide.documents.setting import set_paper

TEMPLATE = Path(__file__).with_name("card.typ")
QR_MASK = 3  # any mask reads alike; trying all of them costs four fifths of the time
QR_BORDER_MODULES = 2
MOST_PEOPLE = 12  # whom the back of a card can name
FEW_PEOPLE = 6  # with their photos
_BEARER_PIXELS, _OTHER_PIXELS = (180, 240), (90, 120)


def cards_pdf(
    faces: Sequence[CardFace],
    *,
    mutual_name: str,
    help_number: str,
    help_steps: Sequence[str],
    layout: str,
    language: str = "fr",
) -> bytes:
    """The PDF of these cards, ``layout`` "sheet" or "single"."""
    words = CardWords(language)
    with tempfile.TemporaryDirectory(prefix="entraide-cards-") as text:
        folder = Path(text)
        content = {
            "language": language,
            "mutual": mutual_name,
            "help_number": help_number,
            "steps": list(help_steps),
            "layout": layout,
            "words": {
                name: words.say(name)
                for name in (
                    "title", "no_photo", "number", "group", "since", "card", "rights", "trouble",
                    "call", "front", "back",
                )
            },
            "cards": [_card(face, rank, folder, words) for rank, face in enumerate(faces)],
        }  # fmt: skip
        return set_paper(TEMPLATE, "cards", content, words.language, root=folder)


def _card(face: CardFace, rank: int, folder: Path, words: CardWords) -> dict[str, Any]:
    (folder / f"qr{rank}.png").write_bytes(qr_png(face.code))
    people = face.family[:MOST_PEOPLE]
    has_photos = len(people) <= FEW_PEOPLE
    if face.is_of_wife and len(face.family) > 1:
        title = words.say("wife")
    elif face.bearer.relation != "member" and face.family:
        title = words.say("depends")
    else:
        title = words.say("dependants" if people else "alone")
    hidden = len(face.family) - len(people)
    return {
        "name": face.bearer.name,
        "number": face.bearer.number,
        "card": face.card_number,
        "group": face.group_name,
        "since": writing.day(face.valid_from, words.language),
        "qr": f"qr{rank}.png",
        "photo": _picture(face.bearer, _BEARER_PIXELS, folder / f"face{rank}.jpg"),
        "people_title": title,
        "people": [
            {
                "name": each.name,
                "tie": words.tie(each.relation, each.sex),
                "year": words.birth_year(each.birth_on, each.birth_precision),
                "photo": _picture(each, _OTHER_PIXELS, folder / f"face{rank}-{place}.jpg")
                if has_photos
                else "",
            }
            for place, each in enumerate(people)
        ],
        "more": words.say("more", count=hidden) if hidden else "",
    }


def qr_png(text: str) -> bytes:
    """The QR code of a text, one pixel a module, error correction M (15 % may be lost)."""
    code = segno.make(text, error="m", boost_error=False, mask=QR_MASK, micro=False)
    size = len(code.matrix)
    modules = b"".join(bytes(row) for row in code.matrix).translate(_INK)
    drawn = Image.new("L", (size + 2 * QR_BORDER_MODULES,) * 2, 255)
    drawn.paste(Image.frombytes("L", (size, size), modules), (QR_BORDER_MODULES,) * 2)
    written = io.BytesIO()
    drawn.convert("1").save(written, "PNG")
    return written.getvalue()


_INK = bytes([255, 0]) + bytes(254)  # 0 is paper, 1 is ink


def _picture(person: FacePerson, pixels: tuple[int, int], target: Path) -> str:
    """The name of the file of a person's photo, as small as the card shows it; empty without."""
    if person.photo is None:
        return ""
    picture = Image.open(io.BytesIO(person.photo))
    picture.draft("RGB", pixels)  # decoded at a half or a quarter of its size
    picture.thumbnail(pixels)
    picture.convert("RGB").save(target, "JPEG", quality=80)
    return target.name

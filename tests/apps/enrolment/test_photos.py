"""Photos come in as telephones make them and are kept small, upright and bare."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from entraide.apps.enrolment.models import Household, Person, PhotoKind
from entraide.apps.enrolment.photos import (
    LARGEST_UPLOAD_BYTES,
    keep_family_photo,
    keep_photo,
    photos_before,
    photos_of,
    prepared_photo,
)
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import CHILD, MEMBER, a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)
ORIENTATION, OWNER = 0x0112, 0x013B


def a_picture(width: int = 1600, height: int = 1200, format: str = "JPEG", **more: object) -> bytes:
    """A picture whose upper left corner is red."""
    picture = Image.effect_noise((width, height), 90).convert("RGB")
    picture.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    written = io.BytesIO()
    picture.save(written, format, **more)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_is_small_whatever_it_was(format: str) -> None:
    photo = prepared_photo(a_picture(format=format), PhotoKind.PERSON)
    kept = opened(photo.content)
    assert (kept.format, kept.size) == ("JPEG", (360, 480))
    assert (photo.width, photo.height) == (360, 480)
    assert len(photo.content) <= 40 * 1024


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright() -> None:
    facts = Image.Exif()
    facts[ORIENTATION], facts[OWNER] = 6, "Awa Kodjo, Lomé"  # to be turned a quarter to the right
    turned = a_picture(1200, 900, exif=facts, quality=95)
    photo = prepared_photo(turned, PhotoKind.FAMILY)
    kept = opened(photo.content)
    assert not kept.getexif()
    assert b"Awa" not in photo.content
    assert kept.size == (540, 720)
    red, green, blue = kept.convert("RGB").getpixel((500, 40))
    assert red > 150
    assert max(green, blue) < 120


def a_bomb() -> bytes:
    """A PNG of 900 million points in a few hundred bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checked = name + body
        return len(body).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    size = (30_000).to_bytes(4, "big") * 2
    head = chunk(b"IHDR", size + bytes([1, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "PHOTO_EMPTY"),
        (b"%PDF-1.7 a page", "PHOTO_UNREADABLE"),
        (a_picture(format="GIF"), "PHOTO_UNREADABLE"),
        (a_picture()[:4000], "PHOTO_UNREADABLE"),
        (a_picture(80, 80), "PHOTO_TOO_SMALL"),
        (a_bomb(), "PHOTO_TOO_LARGE"),
        (b"\0" * (LARGEST_UPLOAD_BYTES + 1), "PHOTO_TOO_HEAVY"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        prepared_photo(content, PhotoKind.PERSON)
    assert refused.value.code == code


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    persons = (MEMBER, replace(CHILD, has_photo=False))
    return a_household(scoped, people.awa, product, persons=persons)


def photographed(person: Person, people: People, taken_on: date, picture: bytes) -> None:
    keep_photo(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        photo=prepared_photo(picture, PhotoKind.PERSON), taken_on=taken_on,
    )  # fmt: skip


def test_the_latest_photo_is_shown_and_the_earlier_ones_stay(
    household: Household, people: People
) -> None:
    child = household.persons.get(relation="child")
    photographed(child, people, date(2025, 6, 2), a_picture())
    photographed(child, people, date(2025, 3, 1), a_picture(900, 1200))
    child.refresh_from_db()
    assert child.has_photo
    assert [each.taken_on for each in photos_before(child)] == [date(2025, 6, 2), date(2025, 3, 1)]
    assert photos_of([child])[child.pk].taken_on == date(2025, 6, 2)
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        photographed(child, people, date(2025, 6, 17), a_picture())


@pytest.mark.requirement("R018", begun=True)
@pytest.mark.parametrize("accepted", [True, False])
def test_a_family_photo_is_enough_where_the_mutual_accepts_it(
    household: Household, people: People, accepted: bool
) -> None:
    mutual = household.mutual
    mutual.settings["family_photo_accepted"] = accepted
    mutual.save()
    child = household.persons.get(relation="child")
    act = {
        "mutual": mutual, "actor": people.awa, "on": ON, "household": household,
        "photo": prepared_photo(a_picture(), PhotoKind.FAMILY),
    }  # fmt: skip
    with pytest.raises(Refusal, match="PHOTO_SHOWS_NOBODY"):
        keep_family_photo(**act, idempotency_key=a_key(), shown=())
    photo = keep_family_photo(**act, idempotency_key=a_key(), shown=(child,))
    assert list(photo.shown.all()) == [child]
    child.refresh_from_db()
    assert child.has_photo is accepted


@pytest.mark.parametrize("size", [(5000, 110), (110, 5000)])
@pytest.mark.parametrize("kind", list(PhotoKind))
def test_a_strip_is_no_photo(size: tuple[int, int], kind: PhotoKind) -> None:
    content = io.BytesIO()
    Image.new("RGB", size, "red").save(content, "PNG")
    with pytest.raises(Refusal, match="PHOTO_TOO_SMALL"):
        prepared_photo(content.getvalue(), kind)

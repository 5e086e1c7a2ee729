"""Photos named by card number: kept where they belong, named where they do not, refused if false."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from entraide.apps.enrolment.models import Household, Person, Photo, PhotoKind
from entraide.apps.enrolment.numbers import record_earlier_number
from entraide.apps.enrolment.photos import keep_photo, prepared_photo
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.exchange.registers.opening import recognised
from entraide.exchange.registers.plan import Action
from entraide.files.photo_bundles import MOST_PHOTOS, bundles_of, is_bundle
from tests.builders import a_household, a_key
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import HEADER, csv_of, xlsx_of
from tests.people import People


def a_picture(shade: int = 90, format: str = "JPEG") -> bytes:
    picture, written = Image.new("RGB", (240, 320), (shade, 80, 60)), io.BytesIO()
    picture.save(written, format)
    return written.getvalue()


def zip_of(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return written.getvalue()


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.fixture
def persons(family: Household) -> list[Person]:
    return list(family.persons.order_by("number"))


def test_each_photo_goes_to_its_person_and_sent_again_changes_nothing(
    importing: Import, planned: Planned, scoped: Mutual, people: People, persons: list[Person],
    today: date,
) -> None:  # fmt: skip
    record_earlier_number(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(), person=persons[2],
        number="B/77/3",
    )  # fmt: skip
    content = zip_of(
        {
            f"photos/{persons[0].number}.jpg": a_picture(10),
            f"photos/{persons[1].number.lower()}.PNG": a_picture(20, "PNG"),
            "B_77_3.jpeg": a_picture(30),
            "Z-9.jpg": a_picture(40),
            f"autres/{persons[0].number}.jpg.png": b"",
            "notes.txt": b"rien",
            "__MACOSX/._x.jpg": b"rien",
            "photos/": b"",
        }
    )
    plan = planned(content)
    assert not plan.faults
    assert plan.by_action == {Action.CREATE: 3, Action.UNMATCHED: 3}
    assert {each.place for each in plan.remarks} == {
        "file Z-9.jpg", "file notes.txt", f"file autres/{persons[0].number}.jpg.png",
    }  # fmt: skip
    assert Photo.objects.count() == 0
    run = importing(content)
    assert run.counts == {"photos": 3, "photos_left_out": 3, "rows": 6}
    assert run.profile == "photos-par-numero"
    assert set(Photo.objects.values_list("person_id", flat=True)) == {each.pk for each in persons}
    assert all(each.has_photo for each in Person.objects.all())
    assert importing(content).counts == {"known": 3, "photos_left_out": 3, "rows": 6}
    assert Photo.objects.count() == 3


def test_a_photo_that_the_desk_kept_is_not_kept_twice_and_another_one_is(
    importing: Import, scoped: Mutual, people: People, persons: list[Person], today: date
) -> None:
    keep_photo(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(), person=persons[0],
        photo=prepared_photo(a_picture(10), PhotoKind.PERSON),
    )  # fmt: skip
    importing(zip_of({f"{persons[0].number}.jpg": a_picture(10)}))
    assert Photo.objects.count() == 1
    importing(zip_of({f"{persons[0].number}.jpg": a_picture(200)}))
    assert Photo.objects.count() == 2


def test_what_is_no_photo_and_a_second_one_are_named_and_left_out(
    importing: Import, persons: list[Person]
) -> None:
    first, second, third = (each.number for each in persons)
    run = importing(
        zip_of(
            {
                f"{first}.jpg": a_picture(10),
                f"a/{first}.jpg": a_picture(20),
                f"{second}.jpg": a_picture(30)[:400],
                f"{third}.png": b"",
            }
        )
    )
    assert {(each["place"], each["code"]) for each in run.remarks} == {
        (f"file a/{first}.jpg", "PHOTO_SECOND"),
        (f"file {second}.jpg", "PHOTO_UNREADABLE"),
        (f"file {third}.png", "PHOTO_EMPTY"),
    }
    assert run.counts["photos"] == 1
    assert Photo.objects.count() == 1


def a_link() -> bytes:
    written, link = io.BytesIO(), zipfile.ZipInfo("1.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr(link, b"/etc/passwd")
    return written.getvalue()


def a_lie() -> bytes:
    """A zip of which the directory says that a large file is small."""
    content = bytearray(zip_of({"1.jpg": bytes(5_000_000)}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zip_of({"../1.jpg": a_picture()}), "PHOTOS_OUTSIDE"),
        (zip_of({"/etc/1.jpg": a_picture()}), "PHOTOS_OUTSIDE"),
        (zip_of({"a\\..\\1.jpg": a_picture()}), "PHOTOS_OUTSIDE"),
        (zip_of({"C:1.jpg": a_picture()}), "PHOTOS_OUTSIDE"),
        (a_link(), "PHOTOS_OUTSIDE"),
        (zip_of({"1.jpg": bytes(70_000_000)}), "PHOTOS_SWELL"),
        (zip_of({f"{at}.jpg": bytes(900_000) for at in range(70)}), "PHOTOS_SWELL"),
        (zip_of({f"{at}.jpg": b"x" for at in range(MOST_PHOTOS + 1)}), "PHOTOS_TOO_MANY"),
        (zip_of({"__MACOSX/1.jpg": b"x", "Thumbs.db": b"x"}), "PHOTOS_EMPTY"),
        (a_picture(), "PHOTOS_NOT_A_ZIP"),
        (csv_of(HEADER), "PHOTOS_NOT_A_ZIP"),
    ],
)
def test_a_zip_that_is_made_to_harm_is_refused_whole(
    importing: Import, planned: Planned, content: bytes, code: str, persons: list[Person]
) -> None:
    for attempt in (planned, importing):
        with pytest.raises(Refusal) as refused:
            attempt(content, profile="photos-par-numero")
        assert refused.value.code == code
    assert Photo.objects.count() == 0


def test_a_file_that_is_larger_than_its_zip_says_is_not_read_beyond(
    planned: Planned, persons: list[Person]
) -> None:
    content = a_lie().replace(b"1.jpg", f"{persons[0].number}.jpg".encode()[:5])
    plan = planned(content)
    assert plan.changes == 0


def test_a_workbook_is_no_bundle_and_a_bundle_no_table() -> None:
    assert not is_bundle(xlsx_of(HEADER))
    assert not is_bundle(b"PK\x03\x04 broken")
    with pytest.raises(Refusal) as refused:
        recognised(zip_of({"1.jpg": a_picture()}), kind="members")
    assert refused.value.code == "PHOTOS_NOT_A_TABLE"


def test_a_folder_is_packed_in_parts_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for at in range(3):
        (tmp_path / "a" / f"{at}.jpg").write_bytes(a_picture(at))
    (tmp_path / "b.jpg").symlink_to("/etc/hostname")
    (parts,) = [zipfile.ZipFile(io.BytesIO(part)).namelist() for part in bundles_of(tmp_path)]
    assert parts == ["a/0.jpg", "a/1.jpg", "a/2.jpg"]
    for at in range(MOST_PHOTOS):
        (tmp_path / f"{at}.jpg").write_bytes(b"x")
    assert len(list(bundles_of(tmp_path))) == 2
    (tmp_path / "none").mkdir()
    with pytest.raises(Refusal):
        list(bundles_of(tmp_path / "none"))


def test_another_mutual_does_not_get_the_photos(
    importing: Import, people: People, persons: list[Person]
) -> None:
    with pytest.raises(Refusal) as refused:
        importing(zip_of({f"{persons[0].number}.jpg": a_picture()}), actor=people.fanta)
    assert refused.value.code == "FORBIDDEN"
    assert Photo.objects.count() == 0

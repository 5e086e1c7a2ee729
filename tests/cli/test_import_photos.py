"""``entraide import photos``: a folder or a zip, first to look, then to keep."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django_scopes import scope
from PIL import Image

from entraide.apps.enrolment.models import Photo
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.cli.running import CommandLine
from tests.people import People


@pytest.fixture
def folder(tmp_path: Path, mutual: Mutual, people: People, product: Product) -> Path:
    with scope(mutual=mutual):
        person = a_household(mutual, people.awa, product).persons.order_by("number")[0]
    picture = io.BytesIO()
    Image.new("RGB", (240, 320), (90, 80, 60)).save(picture, "JPEG")
    (tmp_path / "photos").mkdir()
    for name in (person.number, "Z-1"):
        (tmp_path / "photos" / f"{name}.jpg").write_bytes(picture.getvalue())
    return tmp_path / "photos"


def test_a_folder_is_looked_at_kept_once_and_what_fits_nobody_named(
    cli: CommandLine, folder: Path, mutual: Mutual
) -> None:
    asked = ("import", "photos", str(folder), "--mutual", mutual.code)
    assert cli.run(*asked, "--dry-run") == 0
    assert "Z-1.jpg" in cli.out
    with scope(mutual=mutual):
        assert Photo.objects.count() == 0
    assert cli.run(*asked, "--json") == 0
    assert cli.document["counts"] == {"photos": 1, "photos_left_out": 1, "rows": 2}
    assert [each["code"] for each in cli.document["remarks"]] == ["PHOTO_OF_NOBODY"]
    assert cli.run(*asked, "--json") == 0
    assert cli.document["counts"] == {"known": 1, "photos_left_out": 1, "rows": 2}
    with scope(mutual=mutual):
        assert Photo.objects.count() == 1


def test_what_is_not_there_is_refused(cli: CommandLine, tmp_path: Path, mutual: Mutual) -> None:
    for said in (str(tmp_path / "none"), str(tmp_path)):
        assert cli.run("import", "photos", said, "--mutual", mutual.code) == 1

"""Photos sent together: a zip of pictures named by card number, looked into before it is unpacked.

Nothing is ever written to the disk: an entry is read into memory, one at a time, and never beyond
the size that it declares. A zip that names places outside itself, or that would swell, is refused
whole: no camera makes such a file.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from entraide.core.errors import Refusal

BUNDLE_LIMIT = 60_000_000  # bytes of the zip, as many inside
MOST_PHOTOS = 500  # of one zip
_RATIO_LIMIT = 200  # a picture is packed already: what shrinks so much is none
_ZIP = b"PK\x03\x04"
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_OF_SYSTEMS = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One file of the bundle: its name, and the number that the name says."""

    name: str
    number: str


def is_bundle(content: bytes) -> bool:
    """Whether a file is a zip that holds something else than a workbook."""
    if not content.startswith(_ZIP):
        return False
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return "[Content_Types].xml" not in names and "xl/workbook.xml" not in names


class PhotoBundle:
    """A zip of photos that was looked into; ``files`` in the order of their names.

    Refused with ``PHOTOS_TOO_LARGE``, ``PHOTOS_TOO_MANY``, ``PHOTOS_EMPTY``,
    ``PHOTOS_OUTSIDE`` (a path that leaves the zip, a link), ``PHOTOS_SWELL`` or
    ``PHOTOS_UNREADABLE`` (damaged, or behind a password).
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > BUNDLE_LIMIT:
            raise Refusal("PHOTOS_TOO_LARGE", megabytes=BUNDLE_LIMIT // 1_000_000)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            parts = [part for part in self._zip.infolist() if not _is_of_system(part)]
        except (zipfile.BadZipFile, ValueError, OSError):
            raise Refusal("PHOTOS_UNREADABLE") from None
        for part in parts:
            _require_honest(part)
        if len(parts) > MOST_PHOTOS:
            raise Refusal("PHOTOS_TOO_MANY", maximum=MOST_PHOTOS)
        if sum(part.file_size for part in parts) > BUNDLE_LIMIT:
            raise Refusal("PHOTOS_SWELL", megabytes=BUNDLE_LIMIT // 1_000_000)
        if not parts:
            raise Refusal("PHOTOS_EMPTY")
        self._parts = {part.filename: part for part in parts}
        self.files = tuple(PhotoFile(name, number_of(name)) for name in sorted(self._parts))

    def read(self, file: PhotoFile) -> bytes:
        """The bytes of one file, never more than it declares.

        ``PHOTO_UNREADABLE`` when it is damaged inside the zip.
        """
        part = self._parts[file.name]
        try:
            with self._zip.open(part) as inside:
                content = inside.read(part.file_size + 1)
        except Exception:  # whatever a damaged zip makes the library stumble over
            raise Refusal("PHOTO_UNREADABLE", place="photo") from None
        if len(content) != part.file_size:
            raise Refusal("PHOTO_UNREADABLE", place="photo")
        return content


def number_of(name: str) -> str:
    """What a file's name says without its folder and its ending."""
    last = PurePosixPath(name).name
    ending = PurePosixPath(last).suffix.lower()
    return (last[: -len(ending)] if ending in _ENDINGS else last).strip()


def bundles_of(path: Path) -> Iterator[bytes]:
    """A folder, with those inside it, as zips small enough to be sent; links are not followed.

    What is not a picture by its ending goes along, so that it is named and nothing is silent.
    Refused with ``PHOTOS_EMPTY`` or ``FILE_UNREADABLE``.
    """
    packed, size, count, is_any = io.BytesIO(), 0, 0, False
    bundle = zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED)
    for file in sorted(path.rglob("*")):
        if file.is_symlink() or not file.is_file() or file.name.lower() in _OF_SYSTEMS:
            continue
        try:
            length = file.stat().st_size
            # What is too heavy for any photo is named by its beginning, without being read whole.
            with file.open("rb") as opened:
                content = opened.read(min(length, BUNDLE_LIMIT // 4))
        except OSError:
            raise Refusal("FILE_UNREADABLE", file=str(file.relative_to(path))) from None
        # A zip counts about 200 bytes more for each name.
        if count and (count == MOST_PHOTOS or size + len(content) > BUNDLE_LIMIT * 9 // 10):
            bundle.close()
            yield packed.getvalue()
            packed, size, count = io.BytesIO(), 0, 0
            bundle = zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED)
        # Days before 1980 cannot stand in a zip: the same day is written for every file.
        bundle.writestr(zipfile.ZipInfo(file.relative_to(path).as_posix()), content)
        size, count, is_any = size + len(content), count + 1, True
    bundle.close()
    if not is_any:
        raise Refusal("PHOTOS_EMPTY")
    yield packed.getvalue()


def _is_of_system(part: zipfile.ZipInfo) -> bool:
    """A folder, or what a system adds to every zip without being asked."""
    steps = part.filename.lower().split("/")
    return part.is_dir() or any(step in _OF_SYSTEMS for step in steps)


def _require_honest(part: zipfile.ZipInfo) -> None:
    name = part.orig_filename
    steps = name.replace("\\", "/").split("/")
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    if is_link or ".." in steps or steps[0] == "" or ":" in steps[0] or "\0" in name:
        raise Refusal("PHOTOS_OUTSIDE", file=part.filename[:80])
    if part.flag_bits & 0x1:
        raise Refusal("PHOTOS_UNREADABLE")
    swells = part.file_size > _RATIO_LIMIT * max(1, part.compress_size)
    if part.file_size > 1_000_000 and swells:
        raise Refusal("PHOTOS_SWELL", megabytes=BUNDLE_LIMIT // 1_000_000)

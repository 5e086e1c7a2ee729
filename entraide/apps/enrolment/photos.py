"""The photos of persons and families: made small and bare, kept one after the other.

What a camera writes into a file (place, time, owner) never reaches the register. A family photo
on which persons are named satisfies the photo rule where the mutual accepts it.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from PIL import Image, ImageOps

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.corrections import require_kept
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Person, Photo, PhotoKind
from entraide.apps.schemes.choices import FAMILY_PHOTO_ACCEPTED
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

LARGEST_UPLOAD_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000  # more is no photo of a telephone: a file made to fill the memory
MOST_TIMES_LONGER = 8  # than wide, or wider than long
SMALLEST_SIDE_PIXELS = 100
FORMATS = ("JPEG", "PNG", "WEBP")
PORTRAIT = (360, 480)  # pixels, as a card shows it
FAMILY = (960, 720)
LARGEST_BYTES = {PhotoKind.PERSON: 40 * 1024, PhotoKind.FAMILY: 160 * 1024}
_QUALITIES = (85, 75, 65, 55, 45, 35, 25)


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo as it will be kept: an upright JPEG that holds nothing but the picture."""

    kind: PhotoKind
    content: bytes
    width: int
    height: int


def prepared_photo(content: bytes, kind: PhotoKind) -> PreparedPhoto:
    """A file as somebody sends it, made small and bare; nothing is recorded.

    A portrait is cut to 3 by 4 around its middle, a family photo keeps its whole. Refused with
    ``PHOTO_EMPTY``, ``PHOTO_TOO_HEAVY``, ``PHOTO_UNREADABLE`` (no picture, cut off, or none of
    the formats), ``PHOTO_TOO_LARGE`` or ``PHOTO_TOO_SMALL``.
    """
    picture = _opened(content)
    if kind is PhotoKind.PERSON:
        fitted = ImageOps.fit(picture, PORTRAIT, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    else:
        fitted = ImageOps.contain(picture, FAMILY, Image.Resampling.LANCZOS)
    return PreparedPhoto(kind, _as_jpeg(fitted, LARGEST_BYTES[kind]), *fitted.size)


def require_readable_photo(content: bytes) -> None:
    """Refuse what :func:`prepared_photo` would refuse, in the time of decoding it only."""
    _opened(content)


def _opened(content: bytes) -> Image.Image:
    """The picture, upright and in plain colours; its size is known before it is decoded."""
    if not content:
        raise Refusal("PHOTO_EMPTY", place="photo")
    if len(content) > LARGEST_UPLOAD_BYTES:
        limit = LARGEST_UPLOAD_BYTES // (1024 * 1024)
        raise Refusal("PHOTO_TOO_HEAVY", place="photo", megabytes=limit)
    try:
        with warnings.catch_warnings():
            # The library warns, then refuses, far above our own limit, which is asked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("PHOTO_TOO_LARGE", place="photo", megapixels=MOST_PIXELS // 1_000_000)
            is_strip = max(picture.size) > MOST_TIMES_LONGER * min(picture.size)
            if min(picture.size) < SMALLEST_SIDE_PIXELS or is_strip:  # nobody is seen on a strip
                raise Refusal("PHOTO_TOO_SMALL", place="photo", pixels=SMALLEST_SIDE_PIXELS)
            picture.draft("RGB", (FAMILY[0] * 2, FAMILY[1] * 2))  # a JPEG is decoded smaller
            upright = ImageOps.exif_transpose(picture)
            # Made smaller before its colours are mixed: that takes four bytes for each pixel.
            upright.thumbnail((FAMILY[0] * 2, FAMILY[1] * 2))
            return _flat(upright)
    except Refusal:
        raise
    except Image.DecompressionBombError:
        raise Refusal(
            "PHOTO_TOO_LARGE", place="photo", megapixels=MOST_PIXELS // 1_000_000
        ) from None
    except Exception:  # whatever a file cut off, or made to mislead it, makes the library raise
        raise Refusal("PHOTO_UNREADABLE", place="photo") from None


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, on white: what was not there does not become black."""
    if picture.mode == "RGB":
        return picture
    layered = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat


def _as_jpeg(picture: Image.Image, largest: int) -> bytes:
    """The best quality that fits; only the pixels are written."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    content = b""
    for quality in _QUALITIES:
        written = io.BytesIO()
        bare.save(written, "JPEG", quality=quality, optimize=True)
        content = written.getvalue()
        if len(content) <= largest:
            break
    return content


@command("keep_photo", right=Right.ENROL)
def keep_photo(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    photo: PreparedPhoto,
    taken_on: date | None = None,
) -> Photo:
    """A photo of one person: the latest is shown, and rights held back for it open again."""
    require_not_future(taken_on or on, on, "taken_on")
    person = Person.objects.select_related("household").select_for_update().get(pk=person.pk)
    require_kept(person)
    kept = _kept(person.household, photo, actor, taken_on or on, person=person)
    note(Act(actor, on, occurred_on=taken_on), person.household, Change.PHOTO, person=person,
         after="kept")  # fmt: skip
    _has_photo([person])
    return kept


@command("keep_family_photo", right=Right.ENROL)
def keep_family_photo(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    photo: PreparedPhoto,
    shown: tuple[Person, ...],
    taken_on: date | None = None,
) -> Photo:
    """A photo of the family with the persons named who are on it.

    Where the mutual accepts it, they need no photo of their own (``family_photo_accepted``).
    Refused with ``PHOTO_SHOWS_NOBODY`` or ``PHOTO_SHOWS_STRANGER``.
    """
    require_not_future(taken_on or on, on, "taken_on")
    require_kept(household)
    if not shown:
        raise Refusal("PHOTO_SHOWS_NOBODY", place="shown")
    stranger = next((each for each in shown if each.household_id != household.pk), None)
    if stranger is not None:
        raise Refusal("PHOTO_SHOWS_STRANGER", place="shown", person=stranger.full_name)
    kept = _kept(household, photo, actor, taken_on or on)
    kept.shown.set(shown)
    act = Act(actor, on, occurred_on=taken_on)
    for person in shown:
        note(act, household, Change.FAMILY_PHOTO, person=person, after="kept")
    if FAMILY_PHOTO_ACCEPTED.of(mutual):
        _has_photo(shown)
    return kept


def _kept(
    household: Household,
    photo: PreparedPhoto,
    actor: User,
    taken_on: date,
    *,
    person: Person | None = None,
) -> Photo:
    return Photo.objects.create(
        mutual_id=household.mutual_id,
        household=household,
        person=person,
        kind=photo.kind,
        content=photo.content,
        sha256=hashlib.sha256(photo.content).hexdigest(),
        width=photo.width,
        height=photo.height,
        taken_on=taken_on,
        recorded_by=actor,
    )


def _has_photo(persons: Sequence[Person]) -> None:
    for person in persons:
        person.has_photo = True
    Person.objects.filter(pk__in=[person.pk for person in persons]).update(has_photo=True)


def read_photo(photo: Photo, reader: User) -> bytes:
    """The picture, for somebody to look at: the reading is journalled under the person's number."""
    of_person = photo.person.number if photo.person is not None else photo.household.number
    record_audit(
        kind=AuditKind.PHOTO_READING,
        mutual=photo.mutual,
        actor=reader,
        subject=f"photo {of_person}",
    )
    return bytes(photo.content)


def photo_for(mutual: Mutual, uid: str) -> Photo:
    """The photo of this mutual with this ``uid``, with its content, or ``NOT_FOUND``."""
    photos = Photo.objects.select_related("mutual", "person", "household")
    photo = photos.filter(mutual=mutual, uid=uid).first()
    if photo is None:
        raise Refusal("NOT_FOUND", record="photo", key=str(uid))
    return photo


def photos_of(persons: Iterable[Person], *, with_content: bool = False) -> dict[int, Photo]:
    """Key of a person → the latest photo of their own, in one query; not there without one."""
    rows = Photo.objects.filter(person__in=[person.pk for person in persons])
    found: dict[int, Photo] = {}
    for photo in _bare(rows, with_content).order_by("taken_on", "id"):
        assert photo.person_id is not None
        found[photo.person_id] = photo
    return found


def family_photo(household: Household) -> Photo | None:
    """The latest photo of the family with the persons on it, without its content."""
    rows = household.photos.filter(kind=PhotoKind.FAMILY)
    return _bare(rows, False).prefetch_related("shown").order_by("-taken_on", "-id").first()


def photos_before(person: Person) -> list[Photo]:
    """Every photo of a person, the latest first, without their contents."""
    return list(_bare(person.photos.all(), False).order_by("-taken_on", "-id"))


def _bare(rows: QuerySet[Photo], with_content: bool) -> QuerySet[Photo]:
    return rows if with_content else rows.defer("content")

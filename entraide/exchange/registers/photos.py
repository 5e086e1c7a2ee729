"""Photos named by card number: each goes to its person; what fits nobody is named, not guessed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entraide.apps.enrolment.models import Person, Photo, PhotoKind
from entraide.apps.enrolment.photos import keep_photo, prepared_photo, require_readable_photo
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import Kept, keep_rows, known_rows
from entraide.core.errors import Finding, Refusal
from entraide.exchange.registers.cards import persons_by_card
from entraide.exchange.registers.plan import Action, Asked, Line, Plan
from entraide.files.photo_bundles import PhotoBundle, PhotoFile

_LAST_DASH = re.compile(r"[-_](?=[^-_]*$)")


@dataclass(frozen=True, slots=True)
class _Match:
    """A photo that will be kept, with the key under which it is remembered."""

    file: PhotoFile
    person: Person
    key: str
    content_hash: str


def plan_photos(asked: Asked) -> Plan:
    """The photos that a zip would bring; a file of nobody, or no photo, is named and left out.

    A person has one photo of a zip: a second file for them is named. One that was imported
    before, by the SHA-256 of the file, changes nothing.
    """
    plan, bundle = Plan(asked), PhotoBundle(asked.content)
    people = _people(asked, [file.number for file in bundle.files])
    matches: list[_Match] = []
    first: dict[int, PhotoFile] = {}
    for file in bundle.files:
        person = people.get(file.number)
        if person is None:
            _left_out(plan, file, Action.UNMATCHED, "PHOTO_OF_NOBODY", number=file.number)
        elif person.pk in first:
            _left_out(plan, file, Action.LEFT_OUT, "PHOTO_SECOND", person,
                      first=first[person.pk].name, name=person.full_name)  # fmt: skip
        else:
            first[person.pk] = file
            match = _readable(plan, bundle, file, person)
            if match is not None:
                matches.append(match)
    known = known_rows(asked.mutual, "photos", (each.key for each in matches))
    fresh = [each for each in matches if each.key not in known]
    for each in matches:
        action = Action.KNOWN if each.key in known else Action.CREATE
        plan.lines.append(_line(action, each.file, each.person))
    plan.lines.sort(key=lambda line: line.place)
    plan.counts["photos"] = len(fresh)
    plan.counts["known"] = len(matches) - len(fresh)
    plan.counts["photos_left_out"] = len(bundle.files) - len(matches)
    plan.write = lambda run: _write(asked, run, bundle, fresh)
    return plan


def _people(asked: Asked, numbers: Sequence[str]) -> dict[str, Person]:
    """Number as the file says it → its person, by the number itself or as a file may write it."""
    said = {number: tuple(_spellings(number)) for number in numbers if number}
    known = persons_by_card(asked.mutual, [each for spelt in said.values() for each in spelt])
    found = {}
    for number, spelt in said.items():
        people = {known[each].pk: known[each] for each in spelt if each in known}
        exact = known.get(spelt[0])
        if exact is not None or len(people) == 1:
            found[number] = exact or next(iter(people.values()))
    return found


def _spellings(number: str) -> Iterator[str]:
    """A number as it may stand on the card: no file name can hold a stroke, ``A-77/2``."""
    plain = number.upper()
    yield plain
    for spelt in (_LAST_DASH.sub("/", plain), plain.replace("_", "/"), plain.replace("_", "-")):
        if spelt != plain:
            yield spelt


def _readable(plan: Plan, bundle: PhotoBundle, file: PhotoFile, person: Person) -> _Match | None:
    try:
        content = bundle.read(file)
        require_readable_photo(content)
    except Refusal as refusal:
        _left_out(plan, file, Action.LEFT_OUT, refusal.code, person, **refusal.data)
        return None
    digest = hashlib.sha256(content).hexdigest()
    return _Match(file, person, f"{person.uid}:{digest}", digest)


def _left_out(
    plan: Plan, file: PhotoFile, action: Action, code: str, person: Person | None = None,
    /, **data: object,
) -> None:  # fmt: skip
    plan.lines.append(_line(action, file, person))
    plan.remarks.append(Finding(code, place=_place(file), data=data))


def _line(action: Action, file: PhotoFile, person: Person | None) -> Line:
    told = file.name if person is None else f"{file.name} · {person.full_name}"
    return Line(
        action, _place(file), told, key=file.name,
        household_uid=person.household.uid if person is not None else None,
        household_number=person.household.number if person is not None else "",
    )  # fmt: skip


def _place(file: PhotoFile) -> str:
    return f"file {file.name}"


def _write(asked: Asked, run: ImportRun, bundle: PhotoBundle, fresh: Sequence[_Match]) -> None:
    kept_already = set(
        Photo.objects.filter(person__in=[each.person.pk for each in fresh]).values_list(
            "person_id", "sha256"
        )
    )
    rows = []
    for done, each in enumerate(fresh, start=1):
        photo = prepared_photo(bundle.read(each.file), PhotoKind.PERSON)
        # The desk may have kept this very picture before: it is not kept a second time.
        if (each.person.pk, hashlib.sha256(photo.content).hexdigest()) not in kept_already:
            keep_photo(
                mutual=asked.mutual, actor=asked.actor, on=asked.on,
                idempotency_key=f"{run.uid}:{each.person.uid}", person=each.person, photo=photo,
            )  # fmt: skip
        rows.append(Kept(each.key, each.content_hash, "enrolment.Person", each.person.uid))
        if done % 50 == 0 or done == len(fresh):
            asked.progress("photos", done, len(fresh))
    keep_rows(run, "photos", rows)

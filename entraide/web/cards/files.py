"""« Dossiers incomplets »: one row a family, the oldest gap first, each missing piece a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.cards.incomplete import (
    IncompleteFile,
    incomplete_files,
    incomplete_households,
    photo_products,
)
from entraide.apps.contributions.newborns import newborns_to_register
from entraide.apps.contributions.registers import groups_named
from entraide.apps.enrolment.models import Household, PartnerGroup, Person
from entraide.apps.enrolment.selectors import group_for
from entraide.apps.schemes.file_rules import file_rule_on, file_rules
from entraide.apps.schemes.rights import Right
from entraide.core.completeness import MissingPiece, Piece
from entraide.core.errors import Refusal
from entraide.web.cards.file_words import PIECES, Text
from entraide.web.office import OfficeRequest, office_url, office_view

ROWS_PER_PAGE = 50
_PAGES = {
    Piece.PHOTO: "person-photo",
    Piece.BIRTH_DATE: "person-correct",
    Piece.IDENTITY: "person-correct",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One missing piece: what, of whom, where it is put right, whether rights are held back."""

    piece: Piece
    name: Text
    person: Person | None
    url: str
    is_holding: bool
    suspends_from: date | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A family whose file is incomplete."""

    household: Household
    member: Person | None
    since: date
    days: int
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Newborn:
    """A newborn only declared: covered up to and on ``last_on``, then until it is registered."""

    person: Person
    last_on: date
    is_over: bool


@require_safe
@office_view(right=Right.READ_REGISTERS)
def worklist(request: OfficeRequest) -> HttpResponse:
    """The families with what is missing; by piece, by group, by name."""
    asked = request.GET
    piece = Piece(asked["piece"]) if asked.get("piece") in frozenset(Piece) else None
    group = _group(request)
    text = asked.get("q", "").strip()
    found = incomplete_households(request.mutual, request.day, piece=piece, group=group, text=text)
    page = Paginator(found, ROWS_PER_PAGE).get_page(asked.get("page"))
    files = incomplete_files(request.mutual, page.object_list, request.day)
    context: dict[str, Any] = {
        "page": page,
        "rows": [file_row(request, each) for each in files if each.missing],
        "piece": piece,
        "group": group,
        "text": text,
        "may_enrol": Right.ENROL in request.rights,
    }
    if request.htmx:
        return render(request, "web/cards/_files.html", context)
    asked_for = {*file_rule_on(request.mutual, request.day).asked}
    if photo_products(request.mutual, request.day):
        asked_for.add(Piece.PHOTO)
    context |= {
        "groups": groups_named(request.mutual),
        "pieces": [(each.value, PIECES[each]) for each in Piece if each in asked_for],
        "newborns": [
            Newborn(each, last_on, last_on < request.day)
            for each in newborns_to_register(request.mutual, request.day)
            if each.provisional_until is not None
            for last_on in [each.provisional_until - timedelta(days=1)]
        ],
        "waiting_rules": file_rules(request.mutual).filter(approved_at__isnull=True).count(),
    }
    return render(request, "web/cards/files.html", context)


def _group(request: OfficeRequest) -> PartnerGroup | None:
    uid = request.GET.get("group", "")
    try:
        return group_for(request.mutual, uid) if uid else None
    except Refusal:
        return None


def file_row(request: OfficeRequest, file: IncompleteFile) -> FileRow:
    """A family with its tasks, each with the page on which the piece is recorded."""
    member = next((each for each in file.persons.values() if each.is_member), None)
    return FileRow(
        file.household,
        member,
        file.since,
        (request.day - file.since).days,
        tasks_of(request, file),
    )


def tasks_of(request: OfficeRequest, file: IncompleteFile) -> tuple[Task, ...]:
    """What is missing from a family's file, each with the page on which it is recorded."""
    return tuple(_task(request, file, each) for each in file.missing)


def _task(request: OfficeRequest, file: IncompleteFile, missing: MissingPiece) -> Task:
    person = file.persons.get(missing.person)
    page = _PAGES.get(missing.piece, "household-contact")
    uid = person.uid if person is not None else file.household.uid
    return Task(
        missing.piece,
        PIECES[missing.piece],
        person,
        office_url(request, page, uid=uid),
        missing.suspends_on(request.day),
        missing.suspends_from,
    )

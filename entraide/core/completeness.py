"""What a family's file must hold, by the mutual's own rule, and what is missing from one.

A piece is asked for, or asked for and *suspends*: without it, once its days of grace are over,
rights are held back (``core.enrolment.rights_on``). A missing piece is never ticked off: it is
gone when the piece has arrived. A mutual's rule adds to ``photo_required`` of a product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import age_on

ADULT_AGE_YEARS = 18  # who is asked for an identity document of their own, where adults are
LONGEST_GRACE_DAYS = 366


class Piece(StrEnum):
    """One piece of a file, in the order in which a desk asks for them."""

    PHOTO = "photo"
    BIRTH_DATE = "birth_date"  # the exact day, not the year only
    IDENTITY = "identity"
    PHONE = "phone"
    PLACE = "place"
    CONSENT = "consent"
    SIGNATURE = "signature"


OF_PERSONS = frozenset({Piece.PHOTO, Piece.BIRTH_DATE, Piece.IDENTITY})


class Demand(StrEnum):
    """How strongly a piece is asked for."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    SUSPENDS = "suspends"


class Whom(StrEnum):
    """Of whom a piece of persons is asked; of a family's piece this says nothing."""

    EVERYONE = "everyone"
    ADULTS = "adults"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class PieceRule:
    """How one piece is asked for. ``since``: the day from which it is asked so; the days of grace
    count from there for those who were enrolled before."""

    demand: Demand = Demand.NOT_ASKED
    whom: Whom = Whom.EVERYONE
    grace_days: int = 0
    since: date = date.min

    @property
    def is_asked(self) -> bool:
        """Whether the piece is asked for at all."""
        return self.demand is not Demand.NOT_ASKED

    @property
    def suspends(self) -> bool:
        """Whether its absence holds rights back."""
        return self.demand is Demand.SUSPENDS

    def begun_by(self, on: date) -> date | None:
        """Who entered on or before this day has no grace left on ``on``; None: everybody has."""
        if not self.suspends or on - self.since < timedelta(days=self.grace_days):
            return None
        return on - timedelta(days=self.grace_days)

    def suspends_from(self, entered_on: date) -> date | None:
        """The first day on which the absence of the piece holds back who entered on a day."""
        if not self.suspends:
            return None
        return max(entered_on, self.since) + timedelta(days=self.grace_days)


@dataclass(frozen=True, slots=True)
class FileRule:
    """The whole rule: every piece has its own, not asked for when the rule is silent."""

    pieces: Mapping[Piece, PieceRule]

    def of(self, piece: Piece) -> PieceRule:
        """The rule of one piece."""
        return self.pieces.get(piece, _NOT_ASKED)

    @property
    def asked(self) -> tuple[Piece, ...]:
        """The pieces asked for, in their order."""
        return tuple(piece for piece in Piece if self.of(piece).is_asked)

    @property
    def suspending(self) -> tuple[Piece, ...]:
        """The pieces without which rights are held back, in their order."""
        return tuple(piece for piece in Piece if self.of(piece).suspends)


_NOT_ASKED = PieceRule()
NOTHING_ASKED = FileRule({})


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What the file holds of one person. ``birth_on`` is the youngest that the doubt allows."""

    key: str
    entered_on: date
    birth_on: date
    is_member: bool = False
    has_photo: bool = False
    birth_is_exact: bool = False
    has_identity: bool = False
    is_provisional: bool = False  # a newborn declared in short form: asked for nothing yet


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """What the file holds of a family and of its persons present."""

    enrolled_on: date
    persons: tuple[PersonFile, ...]
    has_phone: bool = False
    has_place: bool = False
    has_consent: bool = False
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class MissingPiece:
    """One piece that is missing: a task of the field.

    ``person`` is the key of the person, empty for a piece of the family. ``since``: the day from
    which it has been missing; ``suspends_from``: that from which it holds rights back, or None.
    """

    piece: Piece
    person: str
    since: date
    suspends_from: date | None = None

    def suspends_on(self, on: date) -> bool:
        """Whether it holds rights back on a day."""
        return self.suspends_from is not None and self.suspends_from <= on


def missing_pieces(rule: FileRule, file: HouseholdFile, on: date) -> tuple[MissingPiece, ...]:
    """What is missing from a file on a day, the family's pieces last; empty: complete."""
    return tuple(_missing(rule, file, on))


def _missing(rule: FileRule, file: HouseholdFile, on: date) -> Iterator[MissingPiece]:
    for person in file.persons:
        if person.is_provisional:
            continue
        held = {
            Piece.PHOTO: person.has_photo,
            Piece.BIRTH_DATE: person.birth_is_exact,
            Piece.IDENTITY: person.has_identity,
        }
        for piece, is_there in held.items():
            asked = rule.of(piece)
            if asked.is_asked and not is_there and is_asked_of(asked.whom, person, on):
                yield _piece(piece, asked, person.key, person.entered_on)
    held_of_family = {
        Piece.PHONE: file.has_phone,
        Piece.PLACE: file.has_place,
        Piece.CONSENT: file.has_consent,
        Piece.SIGNATURE: file.is_signed,
    }
    for piece, is_there in held_of_family.items():
        if rule.of(piece).is_asked and not is_there:
            yield _piece(piece, rule.of(piece), "", file.enrolled_on)


def _piece(piece: Piece, asked: PieceRule, person: str, entered_on: date) -> MissingPiece:
    return MissingPiece(piece, person, entered_on, asked.suspends_from(entered_on))


def is_asked_of(whom: Whom, person: PersonFile, on: date) -> bool:
    """Whether a person is among those of whom a piece is asked on a day."""
    if whom is Whom.MEMBER:
        return person.is_member
    if whom is Whom.ADULTS:
        return person.birth_on <= on and age_on(person.birth_on, on) >= ADULT_AGE_YEARS
    return True


def holding_back(
    missing: tuple[MissingPiece, ...], person: str, on: date
) -> tuple[MissingPiece, ...]:
    """The pieces that hold back the rights of one person on a day: their own, the family's."""
    return tuple(each for each in missing if each.person in ("", person) and each.suspends_on(on))


_CODES = {
    Piece.PHOTO: "PHOTO_MISSING",
    Piece.BIRTH_DATE: "FILE_BIRTH_DATE_MISSING",
    Piece.IDENTITY: "FILE_IDENTITY_MISSING",
    Piece.PHONE: "FILE_PHONE_MISSING",
    Piece.PLACE: "FILE_PLACE_MISSING",
    Piece.CONSENT: "FILE_CONSENT_MISSING",
    Piece.SIGNATURE: "FILE_SIGNATURE_MISSING",
}


def file_findings(lacks_photo: bool, held_back: Iterable[MissingPiece]) -> Iterator[Finding]:
    """Why a file holds rights back, a reason a piece; ``lacks_photo``: by the product's own rule.

    A photo that product and mutual both ask for is missing once.
    """
    missing = [Piece.PHOTO] * lacks_photo + [each.piece for each in held_back]
    for piece in dict.fromkeys(missing):
        yield Finding(_CODES[piece])


def rule_of_document(document: Mapping[str, Any], effective_from: date) -> FileRule:
    """A rule as it is written: ``{"photo": {"demand": "suspends", "of": "everyone",
    "grace_days": 30}}``; ``since`` is ``effective_from`` unless it is written too.

    Refused with every fault at once: ``FILE_RULE_PIECE_UNKNOWN``, ``FILE_RULE_VALUE``,
    ``FILE_RULE_GRACE``.
    """
    faults: list[Finding] = []
    pieces: dict[Piece, PieceRule] = {}
    for name, written in document.items():
        if name not in frozenset(Piece) or not isinstance(written, Mapping):
            faults.append(Finding("FILE_RULE_PIECE_UNKNOWN", place=name, data={"piece": name}))
            continue
        try:
            pieces[Piece(name)] = _rule_of_piece(name, written, effective_from)
        except Refusal as refusal:
            faults.append(refusal.as_finding())
    if faults:
        raise RefusedRows(tuple(faults))
    return FileRule(pieces)


def _rule_of_piece(name: str, written: Mapping[str, Any], effective_from: date) -> PieceRule:
    grace_days = written.get("grace_days", 0)
    is_number = isinstance(grace_days, int) and not isinstance(grace_days, bool)
    if not is_number or not 0 <= grace_days <= LONGEST_GRACE_DAYS:
        raise Refusal(
            "FILE_RULE_GRACE", place=name, value=str(grace_days), maximum=LONGEST_GRACE_DAYS
        )
    try:
        return PieceRule(
            Demand(written.get("demand", Demand.NOT_ASKED)),
            Whom(written.get("of", Whom.EVERYONE)),
            grace_days,
            date.fromisoformat(written["since"]) if "since" in written else effective_from,
        )
    except (TypeError, ValueError):
        raise Refusal("FILE_RULE_VALUE", place=name, piece=name) from None


def document_of(rule: FileRule) -> dict[str, Any]:
    """A rule as it is written, every piece that is asked for, with its ``since``."""
    return {
        piece.value: {
            "demand": rule.of(piece).demand.value,
            "of": rule.of(piece).whom.value,
            "grace_days": rule.of(piece).grace_days,
            "since": rule.of(piece).since.isoformat(),
        }
        for piece in rule.asked
    }


def following(before: FileRule, after: FileRule, effective_from: date) -> FileRule:
    """The rule ``after`` as it follows ``before``: what was already asked so keeps its day.

    Otherwise a new version would give its days of grace again to everybody.
    """
    pieces = {}
    for piece in after.asked:
        new, old = after.of(piece), before.of(piece)
        is_same = (new.demand, new.whom) == (old.demand, old.whom)
        since = old.since if is_same else effective_from
        pieces[piece] = PieceRule(new.demand, new.whom, new.grace_days, since)
    return FileRule(pieces)

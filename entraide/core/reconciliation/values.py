"""The values that reconciliation compares and the values it answers. All amounts are signed
minor units: money that comes into the account is positive, on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any

from entraide.core.errors import Refusal
from entraide.core.reconciliation.references import compact


class MatchPass(StrEnum):
    """The passes, in the order in which they run."""

    REFERENCE = "reference"
    REFERENCE_SUM = "reference-sum"
    AMOUNT_DATE = "amount-date"
    RULE = "rule"


class MatchStatus(StrEnum):
    """Whether a match may stand without a person."""

    AUTO = "auto"  # may be accepted without a person
    PROPOSED = "proposed"  # a person decides


class LeftoverClass(StrEnum):
    """Why something stands on one side only."""

    IN_TRANSIT = "in_transit"  # received in the books, not yet on the statement
    UNCASHED = "uncashed"  # paid in the books, not yet on the statement
    CHARGES = "charges"  # taken by the bank, not yet in the books
    BANK_ERROR = "bank_error"  # twice on the statement, or put right by the bank itself
    ENTRY_ERROR = "entry_error"  # the books and the statement tell one event differently
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of the account in the books, expected on the statement.

    ``holder`` is who handed the money in or is paid.
    """

    id: str
    document_number: str
    amount_minor: int
    on: date
    holder: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the statement."""

    id: str
    amount_minor: int
    on: date
    label: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """Lines whose label answers to ``pattern`` belong to ``account_role`` (charges, interest).

    Only a rule that a person accepted may be automatic.
    """

    code: str
    pattern: str
    account_role: str
    is_accepted: bool = True


DEFAULT_AUTO_ACCEPT = frozenset({MatchPass.REFERENCE, MatchPass.REFERENCE_SUM, MatchPass.RULE})
DEFAULT_WINDOW_DAYS = 5
MAXIMUM_WINDOW_DAYS = 92


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """``auto_accept``: the passes that may be automatic. ``window_days`` counts both ways.

    Refused with ``MATCH_WINDOW`` outside 0..92 days.
    """

    auto_accept: frozenset[MatchPass] = DEFAULT_AUTO_ACCEPT
    window_days: int = DEFAULT_WINDOW_DAYS

    def __post_init__(self) -> None:
        if not 0 <= self.window_days <= MAXIMUM_WINDOW_DAYS:
            raise Refusal(
                "MATCH_WINDOW",
                place="settings.window_days",
                value=self.window_days,
                maximum=MAXIMUM_WINDOW_DAYS,
            )


@dataclass(frozen=True, slots=True)
class Hint:
    """What a person should look at first: a code and its data (never prose)."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """Lines and movements that tell the same event; their amounts agree.

    A match of the pass ``rule`` has one line and no movement: the entry is still to be posted, to
    ``account_role``. ``score`` is between 0 and 1: how strongly the two sides speak for each other.
    """

    line_ids: tuple[str, ...]
    movement_ids: tuple[str, ...]
    match_pass: MatchPass
    status: MatchStatus
    score: Decimal
    rule_code: str = ""
    account_role: str = ""
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Leftover:
    """A line or a movement without a match, and why."""

    id: str
    leftover_class: LeftoverClass
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer. Each line and each movement stands in exactly one place of it."""

    matches: tuple[Match, ...]
    leftover_lines: tuple[Leftover, ...]
    leftover_movements: tuple[Leftover, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """Pieces matched earlier: never matched again, but a line that names them is recognised."""

    movements: tuple[Movement, ...] = ()
    lines: tuple[Line, ...] = ()


class Board:
    """What is still open while the passes run. A piece taken leaves the board for good."""

    def __init__(
        self,
        movements: Iterable[Movement],
        lines: Iterable[Line],
        settings: MatchSettings,
        settled: Settled | None = None,
    ) -> None:
        self.settings = settings
        settled = settled or Settled()
        ordered_movements = sorted(
            [*movements, *settled.movements], key=lambda movement: (movement.on, movement.id)
        )
        ordered_lines = sorted([*lines, *settled.lines], key=lambda line: (line.on, line.id))
        self.all_movements = {movement.id: movement for movement in ordered_movements}
        self.all_lines = {line.id: line for line in ordered_lines}
        for place, given, kept in (
            ("movements", ordered_movements, self.all_movements),
            ("lines", ordered_lines, self.all_lines),
        ):
            if len(given) != len(kept):
                raise Refusal("MATCH_ID_TWICE", place=place)
        self.movements = dict(self.all_movements)
        self.lines = dict(self.all_lines)
        for movement in settled.movements:
            del self.movements[movement.id]
        for line in settled.lines:
            del self.lines[line.id]
        self.matches: list[Match] = []
        self.document_of = {
            movement.id: compact(movement.document_number) for movement in ordered_movements
        }
        self._open_of: dict[str, dict[str, None]] = defaultdict(dict)  # ordered and quick to leave
        for movement_id, document in self.document_of.items():
            if document and movement_id in self.movements:
                self._open_of[document][movement_id] = None

    def open_movements(self, documents: Iterable[str], most: int) -> list[str]:
        """The open movements of some documents, in order, ``most`` of them at most."""
        found = (
            movement_id
            for document in sorted(documents)
            for movement_id in self._open_of.get(document, ())
        )
        return list(islice(found, most))

    def take(
        self,
        match_pass: MatchPass,
        line_ids: tuple[str, ...],
        movement_ids: tuple[str, ...],
        *,
        is_certain: bool,
        score: Decimal,
        hints: tuple[Hint, ...] = (),
    ) -> None:
        """Record a match. It is automatic when it is certain and the settings allow its pass."""
        is_auto = is_certain and match_pass in self.settings.auto_accept
        status = MatchStatus.AUTO if is_auto else MatchStatus.PROPOSED
        for line_id in line_ids:
            del self.lines[line_id]
        for movement_id in movement_ids:
            del self.movements[movement_id]
            self._open_of.get(self.document_of[movement_id], {}).pop(movement_id, None)
        self.matches.append(Match(line_ids, movement_ids, match_pass, status, score, hints=hints))

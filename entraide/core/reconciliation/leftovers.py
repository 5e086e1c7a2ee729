"""Why a line or a movement found no partner: a class and a few hints for the person who decides.

Nothing is changed here. Every look-up goes by amount or by document, so that a statement with
nothing matched costs no more than one with everything matched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from entraide.core.reconciliation.hints import (
    amount_differs,
    amount_hint,
    factor_ten_amounts,
    slip_hint,
    transposed_amounts,
)
from entraide.core.reconciliation.passes import Names
from entraide.core.reconciliation.references import compact
from entraide.core.reconciliation.values import (
    Board,
    Hint,
    Leftover,
    LeftoverClass,
    Line,
    Movement,
)

HINTS_LIMIT = 3  # a person reads three, not thirty

# Words by which banks and operators of the area announce what they take, without accents.
_CHARGE_WORDS = re.compile(
    r"\b(frais|commissions?|comm|agios?|tenue de (?:compte|cpte)|abonnement|timbre|taxes?|t\.?v\.?a"
    r"|t\.?o\.?b|interets debiteurs|cotisation carte|charges?|fees?)\b"
)
_ACCENTS = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")


def is_charge_label(label: str) -> bool:
    """The label speaks of something that the bank takes."""
    return _CHARGE_WORDS.search(label[:500].casefold().translate(_ACCENTS)) is not None


class _ByAmount:
    """Open pieces of one side by amount, each list in the order of days."""

    def __init__(self, pieces: Iterable[Line | Movement]) -> None:
        self._days: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for piece in pieces:
            self._days[piece.amount_minor].append((piece.on.toordinal(), piece.id))
        for days in self._days.values():
            days.sort()

    def nearest(self, amount_minor: int, day: int, *, besides: str = "") -> tuple[int, str] | None:
        """(distance in days, id) of the nearest piece of this amount, the earlier of equals."""
        days = self._days.get(amount_minor, [])
        at = bisect_left(days, (day, ""))
        near = [found for found in days[max(at - 1, 0) : at + 2] if found[1] != besides]
        return min(((abs(found - day), piece_id) for found, piece_id in near), default=None)


class _Explainer:
    """Looks at the open lines one by one and remembers which movements they accuse."""

    def __init__(self, board: Board, names: Names) -> None:
        self.board = board
        self.names = names
        self.movements = _ByAmount(board.movements.values())
        self.lines = _ByAmount(board.lines.values())
        self.accused: dict[str, list[Hint]] = defaultdict(list)
        self.seen: dict[tuple[int, str, str], str] = {}
        matched = [line for line in board.all_lines.values() if line.id not in board.lines]
        for line in [*matched, *board.lines.values()]:
            self.seen.setdefault(_content(line), line.id)

    def explain(self, line: Line) -> Leftover:
        """The class of one open line, with its hints."""
        twice = self._twice(line)
        if twice:
            return Leftover(line.id, LeftoverClass.BANK_ERROR, twice)
        if self.names.documents_in[line.id]:
            return self._named(line)
        undone = self._undone(line)
        if undone:
            return Leftover(line.id, LeftoverClass.BANK_ERROR, undone)
        if line.amount_minor < 0 and is_charge_label(line.label):
            return Leftover(line.id, LeftoverClass.CHARGES)
        slips = self._amount_slips(line)
        if slips:
            return self._entry_error(line, slips)
        return Leftover(line.id, LeftoverClass.UNKNOWN, self._other_date(line))

    def _entry_error(self, line: Line, hints: tuple[Hint, ...]) -> Leftover:
        for hint in hints:
            if "movement_id" in hint.details:
                self.accused[hint.details["movement_id"]].append(
                    Hint(hint.code, {**hint.details, "line_id": line.id})
                )
        return Leftover(line.id, LeftoverClass.ENTRY_ERROR, hints)

    def _twice(self, line: Line) -> tuple[Hint, ...]:
        """The same amount, label and reference stand on another line, and the paper is only one.

        Without a document or reference, equal lines are ordinary (two equal cash deposits).
        """
        first = self.seen[_content(line)]
        is_named = self.names.documents_in[line.id] or compact(line.reference)
        if first == line.id or not is_named:
            return ()
        return (Hint("DUPLICATE_LINE", {"line_id": first}),)

    def _named(self, line: Line) -> Leftover:
        """The line names known documents: their amounts differ, or another line took them."""
        documents = self.names.documents_in[line.id]
        open_ids = self.board.open_movements(documents, HINTS_LIMIT)
        open_movements = [self.board.movements[movement_id] for movement_id in open_ids]
        hints = [
            amount_hint(line.amount_minor, movement) or amount_differs(line.amount_minor, movement)
            for movement in open_movements
            if movement.amount_minor != line.amount_minor
        ]
        near = self.movements.nearest(line.amount_minor, line.on.toordinal())
        if near is not None and near[0] <= self.board.settings.window_days:
            movement = self.board.movements[near[1]]
            if self.board.document_of[movement.id] not in documents:
                written = line.reference or line.label
                hints.insert(0, slip_hint(written, movement))
        if not hints:
            if line.amount_minor < 0 and is_charge_label(line.label):
                return Leftover(line.id, LeftoverClass.CHARGES)
            hints = [Hint("DOCUMENT_ALREADY_MATCHED", {"documents": sorted(documents)})]
        return self._entry_error(line, tuple(hints[:HINTS_LIMIT]))

    def _undone(self, line: Line) -> tuple[Hint, ...]:
        """The bank put its own line right: the opposite amount within the window."""
        if line.amount_minor == 0:
            return ()
        near = self.lines.nearest(-line.amount_minor, line.on.toordinal())
        if near is None or near[0] > self.board.settings.window_days:
            return ()
        return (Hint("OPPOSITE_LINE", {"line_id": near[1]}),)

    def _amount_slips(self, line: Line) -> tuple[Hint, ...]:
        """Open movements near in time whose amount is this one but for a slip."""
        amounts = {
            *transposed_amounts(line.amount_minor),
            *factor_ten_amounts(line.amount_minor),
            -line.amount_minor,
        } - {line.amount_minor}
        found: list[tuple[int, str]] = []
        for amount_minor in amounts:
            near = self.movements.nearest(amount_minor, line.on.toordinal())
            if near is not None and near[0] <= self.board.settings.window_days:
                found.append(near)
        hints = (
            amount_hint(line.amount_minor, self.board.movements[movement_id])
            for _distance, movement_id in sorted(found)[:HINTS_LIMIT]
        )
        return tuple(hint for hint in hints if hint is not None)

    def _other_date(self, line: Line) -> tuple[Hint, ...]:
        """A movement of this amount stands outside the window of days."""
        near = self.movements.nearest(line.amount_minor, line.on.toordinal())
        if near is None or line.amount_minor == 0:
            return ()
        movement = self.board.movements[near[1]]
        details = {
            "movement_id": movement.id,
            "document_number": movement.document_number,
            "on": movement.on,
            "days": near[0],
        }
        return (Hint("SAME_AMOUNT_OTHER_DATE", details),)


def _content(line: Line) -> tuple[int, str, str]:
    return (line.amount_minor, compact(line.label), compact(line.reference))


def explain_leftovers(
    board: Board, names: Names
) -> tuple[tuple[Leftover, ...], tuple[Leftover, ...]]:
    """The open lines and the open movements, each with its class and hints, in order of days.

    An open movement that a line accuses is an entry error; else money received is in transit and
    money paid is not cashed yet.
    """
    explainer = _Explainer(board, names)
    lines = tuple(explainer.explain(line) for line in board.lines.values())
    movements: list[Leftover] = []
    for movement in board.movements.values():
        hints = tuple(explainer.accused.get(movement.id, ())[:HINTS_LIMIT])
        if hints:
            leftover_class = LeftoverClass.ENTRY_ERROR
        elif movement.amount_minor == 0:
            leftover_class = LeftoverClass.UNKNOWN
        elif movement.amount_minor > 0:
            leftover_class = LeftoverClass.IN_TRANSIT
        else:
            leftover_class = LeftoverClass.UNCASHED
        movements.append(Leftover(movement.id, leftover_class, hints))
    return lines, tuple(movements)

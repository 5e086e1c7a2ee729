"""Which profile a workbook is made by, where its header stands, and which column is which field.

Only the first rows of each sheet are looked at. A title above the header, a second line of
header, columns in another order or unknown to the profile make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from entraide.core.errors import Refusal
from entraide.files.cell_values import plain
from entraide.files.sheets import Row, Sheet, Workbook, letter
from entraide.files.table_profile import TableProfile

ROWS_LOOKED_AT = 40
BARE_NUMBERS = frozenset({"n", "no", "num", "numero", "n ordre", "n d ordre", "ordre", "rang"})
_GAP = 3  # rows taken out of a short list
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*")


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of one sheet read by one profile: field → column, counted from 0.

    ``missing``: fields that every row must say and that no column holds; ``unknown``: the other
    headers, (column, text); ``counting``: those of them that only count rows or families.
    """

    sheet: Sheet
    row: Row
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    unknown: tuple[tuple[int, str], ...]
    counting: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Everything that must be there is there."""
        return not self.missing

    def header(self, field: str) -> str:
        """The text above the column of a field."""
        return self.row.cell(self.columns[field]).text if field in self.columns else ""

    @property
    def length(self) -> int:
        """The number of columns up to the last header."""
        return self.row.filled_length

    def choices(self) -> list[tuple[int, str]]:
        """Every column of the header as a person names it: (column, ``C · Nom``)."""
        return [
            (column, f"{letter(column)} · {cell.text}")
            for column, cell in enumerate(self.row.cells[: self.length])
        ]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A profile and the sheets that it reads, the best one first; others stay unread."""

    profile: TableProfile
    headings: tuple[Heading, ...]

    @property
    def is_whole(self) -> bool:
        """At least one sheet has every column that must be there."""
        return any(heading.is_whole for heading in self.headings)

    def unread_sheets(self, workbook: Workbook) -> tuple[str, ...]:
        """The sheets that hold something and are not read."""
        read = {heading.sheet.name for heading in self.headings}
        return tuple(each.name for each in workbook.sheets if each.rows and each.name not in read)


def headings(workbook: Workbook, profile: TableProfile) -> tuple[Heading, ...]:
    """How a profile reads a workbook: every sheet whose header is whole, or the likeliest one."""
    found = _counted_alike(
        [
            heading
            for sheet in workbook.sheets
            if not sheet.is_hidden and (heading := _best(sheet, profile)) is not None
        ],
        profile,
    )
    whole = tuple(heading for heading in found if heading.is_whole)
    if whole:
        return whole
    found.sort(key=lambda heading: len(heading.columns), reverse=True)
    return tuple(found[:1])


def recognise(
    workbook: Workbook, profiles: Collection[TableProfile], *, code: str = ""
) -> Recognised:
    """The profile asked for by its code, or the one whose header fits best.

    Without a code, a profile whose every required column is there comes before one that lacks
    some; of those, the one that knows most of the columns. Refused with ``TABLE_UNRECOGNISED``
    (no header resembles a profile), ``TABLE_AMBIGUOUS`` or ``TABLE_PROFILE_UNKNOWN``.
    """
    known = ", ".join(sorted(profile.profile for profile in profiles))
    if code:
        chosen = [profile for profile in profiles if profile.profile == code]
        if not chosen:
            raise Refusal("TABLE_PROFILE_UNKNOWN", place="profile", profile=code, known=known)
        profiles = chosen
    readings = (Recognised(profile, headings(workbook, profile)) for profile in profiles)
    ranked = sorted((each for each in readings if each.headings), key=_rank, reverse=True)
    if not ranked or (not code and not ranked[0].is_whole and _known(ranked[0]) < 3):
        raise Refusal("TABLE_UNRECOGNISED", place="profile", known=known)
    if len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1]):
        both = f"{ranked[0].profile.profile}, {ranked[1].profile.profile}"
        raise Refusal("TABLE_AMBIGUOUS", place="profile", known=both)
    return ranked[0]


def _known(recognised: Recognised) -> int:
    return max(len(heading.columns) for heading in recognised.headings)


def _rank(recognised: Recognised) -> tuple[bool, int, int, int]:
    """Whole first, then most columns known, then most of them by their first name."""
    profile, best = recognised.profile, recognised.headings[0]
    own = sum(plain(best.header(name)) == plain(profile.columns[name][0]) for name in best.columns)
    required = sum(profile.is_required(field) for field in profile.fields)
    return recognised.is_whole, _known(recognised), own, required


def with_columns(heading: Heading, profile: TableProfile, columns: Mapping[str, int]) -> Heading:
    """The same header with the columns that a person chose: field → column."""
    return _heading(heading.sheet, heading.row, profile, dict(columns))


def _best(sheet: Sheet, profile: TableProfile) -> Heading | None:
    """The row with most headers of the profile: more than one, else there is none."""
    best: Heading | None = None
    for row in sheet.rows[:ROWS_LOOKED_AT]:
        counting = frozenset(
            column
            for column, cell in enumerate(row.cells)
            if isinstance(cell.value, str)
            and plain(cell.value) in BARE_NUMBERS
            and _only_counts(_counted(sheet, row, column))
        )
        heading = replace(
            _heading(sheet, row, profile, dict(_matched(row, profile, counting))),
            counting=counting,
        )
        if best is None or len(heading.columns) > len(best.columns):
            best = heading
    return best if best is not None and len(best.columns) > 1 else None


def _matched(
    row: Row, profile: TableProfile, counting: frozenset[int]
) -> Iterator[tuple[str, int]]:
    headers: dict[str, int] = {}
    for column, cell in enumerate(row.cells):
        if not cell.is_empty and isinstance(cell.value, str):
            if column in counting:
                continue  # a person may still choose it
            for text in (cell.value, _BRACKETS.sub(" ", cell.value)):
                headers.setdefault(plain(text), column)
    taken: set[int] = set()
    for field in profile.fields:
        for name in profile.columns[field.name]:
            at = headers.get(plain(name))
            if at is not None and at not in taken:
                taken.add(at)
                yield field.name, at
                break


def _counted(sheet: Sheet, header: Row, column: int) -> list[int]:
    """The numbers below a bare « N° », down to what is none: a second header, a total.

    A row that stands again whole says nothing more, wherever it was copied to.
    """
    counted: list[int] = []
    seen: set[tuple[str, ...]] = set()
    for row in sheet.rows:
        text = row.cell(column).text.strip().rstrip(".)") if row.number > header.number else ""
        whole = tuple(cell.text for cell in row.cells) if text else ()
        if not text or whole in seen:
            continue
        seen.add(whole)
        if not re.fullmatch(r"[0-9]{1,6}(?:[.,]0+)?", text):
            break
        counted.append(int(re.split("[.,]", text)[0]))
    return counted


def _only_counts(counted: list[int]) -> bool:
    """Whether numbers count rows or families: 1, 2, 3 …, each list of them with few gaps.

    A number may stand again (a row copied, the rows of one family); a new list may begin at 1
    (another village, another group below the first).
    """
    lists: list[list[int]] = []
    for number in counted:
        if not lists or (number <= 1 and number < lists[-1][-1]):
            lists.append([])
        lists[-1].append(number)
    return bool(lists) and all(
        each == sorted(each) and each[0] <= 1 and each[-1] <= 2 * len(each) + _GAP for each in lists
    )


def _counted_alike(found: list[Heading], profile: TableProfile) -> list[Heading]:
    """Sheets that go on counting where the one before stopped count too, under the same header."""
    last: dict[str, int] = {}
    made = []
    for heading in found:
        for column in heading.counting:
            last[plain(heading.row.cell(column).text)] = max(
                _counted(heading.sheet, heading.row, column)
            )
        for field, column in heading.columns.items():
            text = plain(heading.row.cell(column).text)
            counted = _counted(heading.sheet, heading.row, column) if text in last else []
            if counted and counted[0] == last[text] + 1 and counted == sorted(counted):
                rest = {name: at for name, at in heading.columns.items() if name != field}
                aside = heading.counting | {column}
                made_heading = _heading(heading.sheet, heading.row, profile, rest)
                heading = replace(made_heading, counting=aside)
                last[text] = counted[-1]
                break
        made.append(heading)
    return made


def _heading(sheet: Sheet, row: Row, profile: TableProfile, columns: dict[str, int]) -> Heading:
    used = set(columns.values())
    return Heading(
        sheet=sheet,
        row=row,
        columns=columns,
        missing=tuple(
            field.name
            for field in profile.fields
            if profile.is_required(field) and field.name not in columns
        ),
        unknown=tuple(
            (column, cell.text)
            for column, cell in enumerate(row.cells)
            if not cell.is_empty and column not in used
        ),
    )

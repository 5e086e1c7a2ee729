"""Columns of a table that no field is read from: said, and first of all those that hold money."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entraide.core.errors import Finding, Refusal
from entraide.files.cell_values import plain, read_money
from entraide.files.table_reading import Table

TO_CORRECT = "À corriger"
"""The header of the column that a table to correct has more; it says nothing of the families."""
MONEY_UNREAD = "COLUMN_PAID_UNREAD"
_PAID = re.compile(r"\b(vers|pay|paiement|encaiss|regl|acompte|cotis|montant|prime)")
_NOT_PAID = re.compile(r"\b(reste|a payer|a verser|du|due|dette)\b")


def unread_columns(table: Table, currency: str) -> list[Finding]:
    """What is not read of the first sheet, each column once; amounts paid first, with their sum."""
    found = []
    for heading in table.headings[:1]:
        for at, text in heading.unknown:
            if text == TO_CORRECT:
                continue
            sum_minor = _paid_minor(table, text, currency)
            if sum_minor > 0:
                data = {"column": text, "sum_minor": sum_minor, "currency": currency}
                found.insert(0, Finding(MONEY_UNREAD, data=data))
                continue
            code = "COLUMN_COUNTS" if at in heading.counting else "COLUMN_UNREAD"
            found.append(Finding(code, data={"column": text}))
    return found


def _paid_minor(table: Table, header: str, currency: str) -> int:
    """The sum of a column of a list of members that tells what families paid; else 0."""
    words = plain(header)
    if table.profile.kind != "members" or not _PAID.search(words) or _NOT_PAID.search(words):
        return 0
    return sum(_amounts(table, words, currency))


def _amounts(table: Table, words: str, currency: str) -> Iterator[int]:
    """The amounts under a header, on the rows of persons only: a total at the foot is none."""
    for heading in table.headings:
        at = next((at for at, text in heading.unknown if plain(text) == words), None)
        rows = {row.number: row for row in heading.sheet.rows}
        for each in table.every_row:
            cell = (
                rows[each.number].cell(at) if at is not None and each.heading is heading else None
            )
            if cell is None or cell.is_empty or cell.is_filled:
                continue
            try:
                yield read_money(cell, currency)
            except Refusal:
                continue  # a word, a day: no amount

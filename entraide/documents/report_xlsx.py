"""The report as a spreadsheet: numbers as numbers, with the parts of every ratio beside it.

Amounts are in whole units of the currency, as people write them. Texts from the registers are
written as texts: a name that begins with ``=`` is never a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entraide.apps.reporting.report import CUT_FIGURES, SERIES, Report
from entraide.core.money import CURRENCIES
from entraide.documents.report_words import QUESTION_TITLES, ReportWords
from entraide.indicators.catalogue import BY_CODE, CATALOGUE, Question, Unit
from entraide.indicators.engine import Figure
from entraide.indicators.quantities import Number

Cell = str | Number | tuple[Number | None, str] | None  # a text, a number, or both value and format
_PERCENT, _WHOLE, _TWO = "0.0%", "#,##0", "#,##0.00"


def report_workbook(report: Report, language: str = "fr") -> bytes:
    """The workbook, one sheet a table, the definitions last."""
    words = ReportWords(report, language)
    book = Workbook()
    first = book.active
    assert first is not None, "a new workbook has a sheet"
    book.remove(first)
    _figures_sheet(book, words)
    _months_sheet(book, words)
    _categories_sheet(book, words)
    for english, rows in (
        ("By product", report.products),
        ("By kind of group", report.group_kinds),
    ):
        head = ["", *(words.say(BY_CODE[code].name) for code in CUT_FIGURES)]
        body = [
            [words.name_of_cut(row), *(_cell(row.figures.get(code), words) for code in CUT_FIGURES)]
            for row in rows
        ]
        _sheet(book, words.say(english), [head], body)
    _channels_sheet(book, words)
    _definitions_sheet(book, words)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _channels_sheet(book: Workbook, words: ReportWords) -> None:
    """What each channel brought and cost, in whole units of the currency; empty where not said."""
    digits = CURRENCIES[words.report.currency].minor_digits
    table = words.channel_table()
    body: list[Sequence[Cell]] = [
        [
            printed[0],
            Decimal(row.amount_minor).scaleb(-digits),
            row.receipts_count,
            row.delay_days,
            None if row.cost is None else Decimal(row.cost.total_minor).scaleb(-digits),
            None if row.cost is None else (row.cost.rate, "0.0%"),
        ]
        for printed, row in zip(table.rows, words.report.channels, strict=True)
    ]
    if body:
        _sheet(book, table.title, [list(table.head)], body)


def _figures_sheet(book: Workbook, words: ReportWords) -> None:
    report, say = words.report, words.say
    heads: list[Sequence[Cell]] = [
        [report.mutual_name],
        [words.title()],
        *([remark] for remark in words.remarks()),
        [],
        [
            say("Question"), say("Figure"), words.months(), say("Numerator"), say("Denominator"),
            words.months_before(), say("Numerator"), say("Denominator"),
        ],
    ]  # fmt: skip
    body: list[Sequence[Cell]] = []
    for question in Question:
        for indicator, compared in report.of_question(question):
            row: list[Cell] = [say(QUESTION_TITLES[question]), words.name(indicator)]
            for figure in (compared.now, compared.before):
                row.append(_cell(figure, words))
                row += _parts(figure, words)
            body.append(row)
    _sheet(book, say("Report"), heads, body)


def _months_sheet(book: Workbook, words: ReportWords) -> None:
    report, say = words.report, words.say
    head: list[Cell] = [say("Month")]
    for code in SERIES:
        name = say(BY_CODE[code].name)
        head += [name, f"{name}, {say('over 12 months')}"]
    body = []
    for place, figure in enumerate(report.monthly[SERIES[0]]):
        row: list[Cell] = [words.month_name(figure.period.last)]
        for code in SERIES:
            row.append(_cell(report.monthly[code][place], words))
            row.append(_cell(report.rolling[code][place + 1], words))
        body.append(row)
    _sheet(book, say("Month by month"), [head], body)


def _categories_sheet(book: Workbook, words: ReportWords) -> None:
    say = words.say
    now, before = words.months(), words.months_before()
    head: list[Cell] = [""]
    for text in ("Cases", "Per person-year", "Mean cost", "Care incurred"):
        head += [f"{say(text)}, {now}", f"{say(text)}, {before}"]
    head += [say(text) for text in
             ("Change", "of which persons", "of which frequency", "of which cost")]  # fmt: skip
    body = []
    for row in words.report.categories:
        cells: list[Cell] = [row.label_fr if words.language == "fr" else row.label_en]
        for compared in (row.cases, row.frequency, row.average_cost, row.claims_incurred):
            cells += [_cell(compared.now, words), _cell(compared.before, words)]
        change = row.change
        cells += [
            (_major(minor, words), _WHOLE)
            for minor in (
                change.total_minor,
                change.persons_minor,
                change.frequency_minor,
                change.cost_minor,
            )
        ]
        body.append(cells)
    _sheet(book, say("Care by category"), [head], body)


def _definitions_sheet(book: Workbook, words: ReportWords) -> None:
    say = words.say
    head = [say("Figure"), say("Definition"), say("Code")]
    body = [[say(each.name), say(each.definition), each.code] for each in CATALOGUE]
    _sheet(book, say("Definitions"), [head], body)


def _major(minor: Number, words: ReportWords) -> Decimal:
    return Decimal(minor).scaleb(-CURRENCIES[words.report.currency].minor_digits)


def _cell(figure: Figure | None, words: ReportWords) -> Cell:
    if figure is None or figure.value is None:
        return None
    if figure.unit is Unit.MONEY:
        return (_major(figure.value, words), _WHOLE)
    if figure.unit is Unit.RATE:
        return (figure.value, _PERCENT)
    return (figure.value, _TWO if isinstance(figure.value, Decimal) else _WHOLE)


def _parts(figure: Figure, words: ReportWords) -> list[Cell]:
    """Numerator and denominator of a ratio, each in its own unit."""
    codes = BY_CODE[figure.code].parts
    if figure.denominator is None or len(codes) != 2:
        return [None, None]
    return [
        _cell(Figure(code, value, BY_CODE[code].unit, figure.period), words)
        for code, value in zip(codes, (figure.numerator, figure.denominator), strict=True)
    ]


def _sheet(
    book: Workbook,
    title: str,
    heads: Iterable[Sequence[Cell]],
    body: Iterable[Sequence[Cell]],
) -> None:
    sheet = book.create_sheet(_sheet_title(title))
    row_number = 0
    for row_number, row in enumerate(heads, start=1):
        _write(sheet, row_number, row, is_bold=True)
    sheet.freeze_panes = sheet.cell(row=row_number + 1, column=1)
    for number, row in enumerate(body, start=row_number + 1):
        _write(sheet, number, row)
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 38 if column <= 2 else 18


def _sheet_title(title: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31]


def _write(sheet: Worksheet, row: int, cells: Sequence[Cell], *, is_bold: bool = False) -> None:
    for column, content in enumerate(cells, start=1):
        cell = sheet.cell(row=row, column=column)
        if is_bold:
            cell.font = Font(bold=True)
        if isinstance(content, tuple):
            cell.value, cell.number_format = content[0], content[1]
        elif isinstance(content, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", content)
            cell.data_type = "s"  # whatever it begins with
        elif content is not None:
            cell.value = content

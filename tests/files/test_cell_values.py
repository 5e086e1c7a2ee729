from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.files.cell_days import Birth, read_birth, read_day
from entraide.files.cell_values import (
    read_money,
    read_name,
    read_number,
    read_phone,
    read_relation,
    read_sex,
    read_text,
    read_yes,
)
from entraide.files.sheets import Cell, CellFault

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("value", "on", "precision"),
    [
        ("12/06/1987", date(1987, 6, 12), "exact"),
        ("12-06-87", date(1987, 6, 12), "exact"),
        ("1.2.03", date(2003, 2, 1), "exact"),
        ("1987-06-12", date(1987, 6, 12), "exact"),
        ("12 juin 1987", date(1987, 6, 12), "exact"),
        ("1er août 2001", date(2001, 8, 1), "exact"),
        ("12-juin-87", date(1987, 6, 12), "exact"),
        ("12061987", date(1987, 6, 12), "exact"),
        (Decimal(31940), date(1987, 6, 12), "exact"),
        ("31940", date(1987, 6, 12), "exact"),
        (date(1987, 6, 12), date(1987, 6, 12), "exact"),
        ("1975", date(1975, 1, 1), "year"),
        (Decimal(1975), date(1975, 1, 1), "year"),
        ("00/00/1975", date(1975, 1, 1), "year"),
        ("juin 1987", date(1987, 6, 1), "year"),
        ("né en 1975", date(1975, 1, 1), "year"),
        ("vers 1975", date(1975, 1, 1), "around"),
        ("Vers1975", date(1975, 1, 1), "around"),
        ("env. 1975", date(1975, 1, 1), "around"),
        ("12/06/1987 00:00:00", date(1987, 6, 12), "exact"),
    ],
)
def test_a_birth_in_every_form(value: object, on: date, precision: str) -> None:
    assert read_birth(Cell(value), today=TODAY) == Birth(on, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("31/02/1990", "CELL_DAY_IMPOSSIBLE"),
        ("03/25/1985", "CELL_DAY_SWAPPED"),
        ("hier", "CELL_NOT_A_DAY"),
        ("12/06", "CELL_NOT_A_DAY"),
        (True, "CELL_NOT_A_DAY"),
        ("1/1/0085", "CELL_NOT_A_DAY"),
    ],
)
def test_what_is_no_day_is_named(value: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_day(Cell(value), today=TODAY)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_day_that_is_needed_is_not_made_of_a_year() -> None:
    with pytest.raises(Refusal) as refused:
        read_day(Cell("1975"), today=TODAY)
    assert refused.value.code == "CELL_DAY_MISSING"


def test_month_and_day_swapped_are_told_with_what_was_meant() -> None:
    with pytest.raises(Refusal) as refused:
        read_day(Cell("03/25/1985"), today=TODAY)
    assert refused.value.data["understood"] == date(1985, 3, 25)


@given(st.dates(date(1901, 1, 1), date(2100, 12, 31)))
def test_a_day_written_in_any_way_is_the_same_day(day: date) -> None:
    serial = Decimal((day - date(1899, 12, 30)).days)
    for value in (f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}", day):
        assert read_day(Cell(value), today=TODAY) == day
    if not 1880 <= serial <= 2199:  # a number that may be a year is a year
        assert read_day(Cell(serial), today=TODAY) == day
    assert read_day(Cell(f"{day:%d/%m/}{day.year}"), today=TODAY + timedelta(days=1)) == day


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        ("12 500", 12_500),
        ("12\u00a0500 F CFA", 12_500),
        ("12\u202f500FCFA", 12_500),
        ("12.500", 12_500),
        ("12,500", 12_500),
        ("1.250.000,00", 1_250_000),
        ("1,250,000.00 XOF", 1_250_000),
        ("12500,00", 12_500),
        ("12500.-", 12_500),
        ("12 500 Ar", 12_500),
        ("Ar 12.500", 12_500),
        ("12 500 ariary", 12_500),
        ("F 500", 500),
        ("-500", -500),
        ("(500)", -500),
        (Decimal("12500.0"), 12_500),
        (Decimal(0), 0),
    ],
)
def test_an_amount_in_every_form(value: object, minor: int) -> None:
    assert read_money(Cell(value), "XOF") == minor  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "currency", "code"),
    [
        ("douze mille", "XOF", "AMOUNT_UNREADABLE"),
        ("12 500 50 F+", "XOF", "AMOUNT_UNREADABLE"),
        ("12.50", "XOF", "AMOUNT_TOO_PRECISE"),
        ("0,001", "XOF", "AMOUNT_TOO_PRECISE"),
        ("0.012.500", "XOF", "AMOUNT_UNREADABLE"),
        (Decimal("12.5"), "XOF", "AMOUNT_TOO_PRECISE"),
        ("12.500", "EUR", "AMOUNT_AMBIGUOUS"),
        (True, "XOF", "AMOUNT_UNREADABLE"),
        (date(2025, 1, 1), "XOF", "AMOUNT_UNREADABLE"),
        ("9" * 20, "XOF", "AMOUNT_TOO_LARGE"),
    ],
)
def test_what_is_no_amount_is_named(value: object, currency: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_money(Cell(value), currency)  # type: ignore[arg-type]
    assert refused.value.code == code


@given(st.integers(0, 999_999_999))
def test_an_amount_grouped_in_any_way_is_the_same(amount: int) -> None:
    for mark in (" ", "\u00a0", "\u202f", ".", ",", "'"):
        text = f"{amount:,}".replace(",", mark)
        assert read_money(Cell(f"{text} F CFA"), "XOF") == amount


def test_words_of_a_sex_a_relation_and_a_tick() -> None:
    assert [read_sex(Cell(text)) for text in ("F", "Féminin", "H", "masc.", "Vavy")] == [
        "F", "F", "M", "M", "F",
    ]  # fmt: skip
    assert [
        read_relation(Cell(text)) for text in ("Adhérent(e)", "ÉPOUSE", "Enfant 2", "Mère", "Neveu")
    ] == ["member", "spouse", "child", "parent", "other"]
    assert [read_yes(Cell(value)) for value in ("Oui", "x", True, "non", False, "✓")] == [
        True, True, True, False, False, True,
    ]  # fmt: skip
    for read, value in ((read_sex, "Z"), (read_relation, "voisin"), (read_yes, "peut-être")):
        with pytest.raises(Refusal):
            read(Cell(value))


def test_numbers_keep_their_form_and_shortened_ones_are_refused() -> None:
    assert read_number(Cell(Decimal("1234.0"))) == "1234"
    assert read_number(Cell("00123")) == "00123"
    with pytest.raises(Refusal) as refused:
        read_number(Cell("1,23457E+11"))
    assert refused.value.code == "NUMBER_ROUNDED"
    assert read_phone(Cell("+228 90 12 34 56")) == "+228 90 12 34 56"
    with pytest.raises(Refusal):
        read_phone(Cell("voir fils"))


def test_cells_that_hold_no_value_are_refused() -> None:
    for cell, code in (
        (Cell("#REF!", CellFault.ERROR), "CELL_ERROR"),
        (Cell(None, CellFault.UNCOMPUTED), "CELL_UNCOMPUTED"),
        (Cell("Ren\ufffd"), "ACCENTS_LOST"),
        (Cell("Fran?oise"), "ACCENTS_LOST"),
        (Cell("a" * 300), "CELL_TOO_LONG"),
    ):
        with pytest.raises(Refusal) as refused:
            read_text(cell)
        assert refused.value.code == code
    for value in (True, Decimal(5), "12", "--"):
        with pytest.raises(Refusal):
            read_name(Cell(value))

"""Sentences from codes: French first, data as people write it, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import entraide.messages as messages
from entraide.core.product import Sector
from entraide.messages import fill, place_in_words, sentence, translate
from entraide.messages.compile import compile_language, main
from entraide.messages.wording import money_in_words

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of translations of this test alone."""
    (tmp_path / "fr").mkdir()
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    messages._catalogue.cache_clear()
    yield tmp_path / "fr"
    messages._catalogue.cache_clear()


def write(path: Path, *pairs: tuple[str, str], flag: str = "") -> None:
    entries = [f'{flag}msgid "{english}"\nmsgstr "{french}"\n' for english, french in pairs]
    path.write_text(HEADER + "\n".join(entries), encoding="utf-8")


@pytest.mark.parametrize(
    ("template", "data", "french", "english"),
    [
        ("{on}", {"on": date(2025, 3, 3)}, "3 mars 2025", "3 March 2025"),
        ("{on}", {"on": date(2025, 8, 1)}, "1er août 2025", "1 August 2025"),
        (
            "{at}",
            {"at": datetime(2025, 3, 3, 7, 5, tzinfo=UTC)},
            "3 mars 2025 à 07\u00a0h\u00a005",
            "3 March 2025 at 07:05",
        ),
        (
            "{due_minor}",
            {"due_minor": 1250000, "currency": "XOF"},
            "1\u202f250\u202f000\u00a0F CFA",
            "1,250,000\u00a0F CFA",
        ),
        ("{due_minor}", {"due_minor": 350, "currency": "EUR"}, "3,50\u00a0€", "3.50\u00a0€"),
        ("{due_minor}", {"due_minor": 12000}, "12\u202f000", "12,000"),
        ("{share_rate}", {"share_rate": Decimal("0.255")}, "25,5\u00a0%", "25.5\u00a0%"),
        ("{part}", {"part": Decimal("1234.50")}, "1\u202f234,5", "1,234.5"),
        ("{year}", {"year": 2025}, "2025", "2025"),
        ("{done}", {"done": True}, "oui", "yes"),
        ("{sector}", {"sector": Sector.PUBLIC}, "public", "public"),
        ("{names}", {"names": ["a", "b"]}, "a, b", "a, b"),
        (
            "{banks}",
            {"banks": [{"fr": "Banque, Togo", "en": "Bank, Togo"}, {"fr": "B", "en": "C"}]},
            "«\u00a0Banque, Togo\u00a0», «\u00a0B\u00a0»",
            "“Bank, Togo”, “C”",
        ),
        ("{nobody}", {}, "…", "…"),
        ("{nobody}", {"nobody": None}, "—", "—"),
        ("{n} {n:fois|coups}", {"n": 1}, "1 fois", "1 fois"),
        ("{n:un|plusieurs}", {"n": 0}, "un", "plusieurs"),
        ("{n:un|plusieurs}", {}, "plusieurs", "plusieurs"),
    ],
)
def test_how_data_is_written(
    template: str, data: dict[str, Any], french: str, english: str
) -> None:
    assert fill(template, data, "fr") == french
    assert fill(template, data, "en") == english


def test_a_code_in_both_languages() -> None:
    shown = {"price": Decimal(2000), "last": Decimal(3000)}
    assert sentence("PRICES_NOT_ASCENDING", shown, "en", place="bids[1]") == (
        "bids[1]: the price 2,000 must be above the one before it (3,000)."
    )


@pytest.mark.parametrize(
    ("place", "french", "english"),
    [
        ("row 5", "Ligne 5", "Row 5"),
        (
            "row 5, column Solde",
            "Ligne 5, colonne «\u00a0Solde\u00a0»",
            "Row 5, column “Solde”",
        ),
        ("Stmt[1]", "Relevé 1", "Statement 1"),
        ("Stmt[1]/Ntry[3]/Amt", "Relevé 1, ligne 3 (Amt)", "Statement 1, line 3 (Amt)"),
        ("Stmt[2]/Bal[1]", "Relevé 2, solde 1", "Statement 2, balance 1"),
        ("Stmt[2]/Acct/Id", "Relevé 2 (Acct/Id)", "Statement 2 (Acct/Id)"),
        ("statement", "Tout le relevé", "Whole statement"),
        ("profile", "Format", "Format"),
        ("bids[1].price", "bids[1].price", "bids[1].price"),
        ("", "", ""),
    ],
)
def test_where_a_fault_stands(place: str, french: str, english: str) -> None:
    assert place_in_words(place, "fr") == french
    assert place_in_words(place, "en") == english


def test_a_negative_amount_has_a_true_minus_sign() -> None:
    shown = {"a_minor": -1_355_641, "b": -3, "c": Decimal("-0.5"), "currency": "XOF"}
    assert fill("{a_minor} {b} {c}", shown, "fr") == "−1\u202f355\u202f641\u00a0F CFA −3 −0,5"
    assert fill("{a_minor} {b} {c}", shown, "en") == "−1,355,641\u00a0F CFA −3 −0.5"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert sentence("NEVER_HEARD_OF", {"a": 1}) == "NEVER_HEARD_OF"


def test_french_comes_from_the_catalogue(catalogue: Path) -> None:
    write(catalogue / "cli.po", ("the price", "le prix"))
    assert compile_language(catalogue, "fr") == []
    assert translate("the price", "fr") == "le prix"
    assert translate("the price", "en") == "the price"
    assert translate("", "fr") == ""


def test_without_catalogue_the_reader_gets_english(catalogue: Path) -> None:
    assert translate("the price", "fr") == "the price"


@pytest.mark.parametrize(
    ("second", "flag", "fault"),
    [
        (("the price", "le tarif"), "", "another area says"),
        (("the cost", ""), "", "no translation"),
        (("the cost", "le coût"), "#, fuzzy\n", "fuzzy"),
    ],
)
def test_an_unfinished_catalogue_is_refused(
    catalogue: Path,
    second: tuple[str, str],
    flag: str,
    fault: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(catalogue / "a.po", ("the price", "le prix"))
    write(catalogue / "b.po", second, flag=flag)
    assert main(catalogue.parent) == 1
    assert f"b.po: '{second[0]}': {fault}" in capsys.readouterr().err
    assert not (catalogue / "LC_MESSAGES").exists()


def test_two_areas_may_say_the_same(catalogue: Path) -> None:
    write(catalogue / "a.po", ("the price", "le prix"))
    write(catalogue / "b.po", ("the price", "le prix"))
    assert main(catalogue.parent) == 0


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.integers()),
    st.binary(),
    st.just(object()),
)
names = st.sampled_from(["due_minor", "share_rate", "on", "n", "currency", "place"])


@given(st.text() | st.just("{n} {due_minor} {n:a|b} {on}"), st.dictionaries(names, anything))
def test_no_data_makes_a_sentence_crash(template: str, shown: dict[str, Any]) -> None:
    for language in ("fr", "en", "mg"):
        assert isinstance(fill(template, shown, language), str)
        assert isinstance(sentence("AMOUNT_UNREADABLE", shown, language, "row 3"), str)


@given(st.integers(-(2**53), 2**53), st.sampled_from(["XOF", "MGA", "USD"]))
def test_no_digit_of_an_amount_is_lost(minor: int, code: str) -> None:
    written = money_in_words(minor, code, "fr")
    digits = "".join(letter for letter in written if letter.isdigit() or letter == "−")
    assert int(digits.replace("−", "-")) == minor

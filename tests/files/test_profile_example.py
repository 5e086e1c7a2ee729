"""The example of a profile is a row that its own reader takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraide.files import csv_profile
from entraide.files.bank_profile import parse_profile, read_profile
from entraide.files.profile_example import example_columns

COUNTRIES = Path(__file__).parents[2] / "rules" / "countries"
PROFILES = sorted(COUNTRIES.glob("*/banks/*.yaml"))


@pytest.mark.requirement("R140", begun=True)
@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_the_example_of_every_profile_is_read(path: Path) -> None:
    profile = read_profile(path)
    columns = example_columns(profile)
    rows = [[each.header for each in columns], [each.example for each in columns]]
    if profile.marks.opening and profile.marks.closing and not profile.columns.balance:
        rows = [[profile.marks.opening, "250000"], *rows, [profile.marks.closing, "265000"]]
    text = "\n".join(profile.delimiter.join(cells) for cells in rows)
    (statement,) = csv_profile.read(text.encode(profile.encodings[0]), profile).statements
    (line,) = statement.lines
    assert (line.booked_on.isoformat(), line.amount_minor) == ("2025-03-07", 15_000)
    assert line.label.startswith("Versement")


def test_cents_and_the_decimal_mark_are_those_of_the_profile() -> None:
    profile = parse_profile(
        {
            "profile": "xx_bank",
            "title": {"fr": "Banque", "en": "Bank"},
            "kind": "bank",
            "currency": "EUR",
            "columns": {"booked_on": "D", "label": ["L", "M"], "amount": "A", "balance": "S"},
        }
    )
    assert [(each.header, each.holds, each.example) for each in example_columns(profile)] == [
        ("D", "booked_on", "07/03/2025"),
        ("L", "label", "Versement"),
        ("M", "label", "Section du marché"),
        ("A", "amount", "15000,00"),
        ("S", "balance", "265000,00"),
    ]

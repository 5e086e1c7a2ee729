"""The model of a table: one for each table that the product reads, with a row to write over."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from entraide.documents.import_model import model_workbook
from entraide.exchange.registers.opening import all_profiles
from entraide.files.table_profile import TableProfile

WORDS = {
    "table": "Table", "sheet": "Colonnes", "column": "Colonne", "holds": "Contenu",
    "needed": "Requis", "other": "Aussi", "yes": "oui",
}  # fmt: skip


@pytest.mark.parametrize(
    "profile",
    [each for each in all_profiles() if each.kind != "photos"],
    ids=lambda profile: str(profile.profile),
)
def test_each_table_has_its_model(profile: TableProfile) -> None:
    names = {field.name: field.name for field in profile.fields}
    book = load_workbook(io.BytesIO(model_workbook(profile, names, WORDS)))
    heads, example = list(book["Table"].iter_rows(values_only=True))[:2]
    assert len(heads) == len(profile.fields)
    assert any(example)

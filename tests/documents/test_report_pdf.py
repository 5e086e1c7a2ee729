"""The report on paper keeps its rows together: no page for two rows."""

from __future__ import annotations

import json

import pytest
import typst

from entraide.documents.report_pdf import TEMPLATE


def pages(*lengths: int) -> int:
    """How many pages the report takes with tables of so many rows."""
    content = {
        "language": "fr",
        "mutual": "Mutuelle Essentielle de Lomé",
        "place": "Lomé",
        "title": "Rapport mutuelle",
        "remarks": ["Montants en F CFA.", "Chiffres connus au 28 novembre 2026."],
        "page": "page",
        "tables": [
            {
                "title": f"Table {place}",
                "head": [
                    "",
                    "novembre 2025 – octobre 2026 inclus",
                    "novembre 2024 – octobre 2025 inclus",
                ],
                "rows": [[f"Ligne {row}", "90,2 %", "51,7 %"] for row in range(length)],
            }
            for place, length in enumerate(lengths)
        ],
    }
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="png",
        ppi=10,
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
    )
    return len(made) if isinstance(made, list) else 1


def test_the_report_of_a_year_takes_two_pages() -> None:
    assert pages(10, 11, 19, 11, 5, 3, 3, 12) == 2


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 6, 7, 14, 15, 200])
def test_a_table_of_any_length_is_set(length: int) -> None:
    assert pages(14, 12, length) >= 1

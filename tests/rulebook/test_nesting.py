"""Every pair of bounds of which one lies within the other: above it, the inner one never serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from entraide.rulebook import parse_product
from entraide.rulebook.document import read_document
from entraide.rulebook.drafts import read_draft
from entraide.rulebook.packs import RULES_FOLDER
from tests.rulebook.test_products import Document, dated, document, faults, put

PERSON, FAMILY = "ceiling_minor_per_person_per_year", "ceiling_minor_per_household_per_year"
COUNT = "ceiling_count_per_person_per_year"


def together(*changes: Callable[[Document], None]) -> Callable[[Document], None]:
    def change(content: Document) -> None:
        for each in changes:
            each(content)

    return change


def limit(code: str, **parts: Any) -> Callable[[Document], None]:
    about = {"about": {"categories": parts.pop("categories")}} if "categories" in parts else {}
    amounts = ("amount_minor", "amount_minor_per_extra_member")
    values = {
        name: dated(parts.pop(name), "XOF" if name in amounts else "1")
        for name in (*amounts, "count", "quantity", "members_included")
        if name in parts
    }
    title = {"fr": code, "en": code}
    return put(f"limits.{code}", {"title": title, **about, **parts, **values})


CONTRADICTIONS = {
    "all care: the person above the family": (
        together(put(PERSON, dated(5_000)), put(FAMILY, dated(1_000))),
        "CEILINGS_INVERTED", PERSON,
    ),
    "a case above all care of a person": (
        together(put("benefits.dental.ceiling_minor_per_case", dated(9)), put(PERSON, dated(8))),
        "CEILING_ABOVE_WIDER", "benefits.dental.ceiling_minor_per_case",
    ),
    "a person's year of a category above all care of a person": (
        together(put(f"benefits.dental.{PERSON}", dated(9)), put(PERSON, dated(8))),
        "CEILING_ABOVE_WIDER", f"benefits.dental.{PERSON}",
    ),
    "a person's year of a category above all care of a family": (
        together(put(f"benefits.dental.{PERSON}", dated(9)), put(FAMILY, dated(8))),
        "CEILING_ABOVE_WIDER", f"benefits.dental.{PERSON}",
    ),
    "a family's year of a category above all care of a family": (
        together(put(f"benefits.dental.{FAMILY}", dated(9)), put(FAMILY, dated(8))),
        "CEILING_ABOVE_WIDER", f"benefits.dental.{FAMILY}",
    ),
    "a limit above all care": (
        together(limit("dents", amount_minor=9), put(PERSON, dated(8))),
        "CEILING_ABOVE_WIDER", "limits.dents.amount_minor",
    ),
    "an episode above the year": (
        together(limit("episode", amount_minor=9, per="episode"),
                 limit("annee", amount_minor=8, per="year")),
        "CEILING_ABOVE_WIDER", "limits.episode.amount_minor",
    ),
    "a claim above the episode": (
        together(limit("sinistre", amount_minor=9, per="claim"),
                 limit("episode", amount_minor=8, per="episode")),
        "CEILING_ABOVE_WIDER", "limits.sinistre.amount_minor",
    ),
    "some categories above all of them": (
        together(limit("peu", amount_minor=9, categories=["consultation"]),
                 limit("tout", amount_minor=8)),
        "CEILING_ABOVE_WIDER", "limits.peu.amount_minor",
    ),
    "a limit on a category above the ceiling of that category": (
        together(limit("consultations", amount_minor=9, categories=["consultation"]),
                 put(f"benefits.consultation.{PERSON}", dated(8))),
        "CEILING_ABOVE_WIDER", "limits.consultations.amount_minor",
    ),
    "the ceiling of a category above a limit on more": (
        together(limit("tout", amount_minor=8),
                 put("benefits.consultation.ceiling_minor_per_case", dated(9))),
        "CEILING_ABOVE_WIDER", "benefits.consultation.ceiling_minor_per_case",
    ),
    "cases of a category above the cases of all": (
        together(limit("tout", count=3), put(f"benefits.consultation.{COUNT}", dated(4, "1"))),
        "COUNT_ABOVE_WIDER", f"benefits.consultation.{COUNT}",
    ),
    "cases of a person above those of the family": (
        together(limit("un", count=4, whose="person"), limit("tous", count=3, whose="household")),
        "COUNT_ABOVE_WIDER", "limits.un.count",
    ),
    "units of an episode above those of the year": (
        together(limit("un", quantity=4, per="episode"), limit("tous", quantity=3, per="year")),
        "COUNT_ABOVE_WIDER", "limits.un.quantity",
    ),
    "a ticket above the price of an act": (
        put("items.dent", {"about": {"items": ["dent"]}, "price_minor": dated(8),
                           "title": {"fr": "Dent", "en": "Tooth"},
                           "copayment_minor_per_unit": dated(9)}),
        "ITEM_TICKET_ABOVE_PRICE", "items.dent.copayment_minor_per_unit",
    ),
    "a wait longer than the cover": (
        put("benefits.dental.waiting_period_months", dated(13, "month")),
        "WAITING_BEYOND_COVER", "benefits.dental.waiting_period_months",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_bound_above_one_that_contains_it_is_refused(case: str) -> None:
    change, code, place = CONTRADICTIONS[case]
    changed = document()
    change(changed)
    assert faults(changed) == [(code, place)]
    drafted = read_draft(changed, date(2024, 1, 1))
    assert [(each.code, each.place) for each in drafted.findings] == [(code, place)]
    assert parse_product(changed, is_kept=True), "what was approved once stays readable"


@pytest.mark.parametrize(
    "change",
    [
        together(put(PERSON, dated(5_000)), put(FAMILY, dated(5_000))),
        together(put(f"benefits.dental.{FAMILY}", dated(9)), put(PERSON, dated(8))),
        together(limit("un", amount_minor=9, categories=["consultation"]),
                 limit("autre", amount_minor=8, about={"kinds": ["drug"]})),
        together(limit("enfants", amount_minor=8, when={"max_age_years": 5}),
                 limit("tous", amount_minor=9)),
        together(limit("un", amount_minor=9, whose="household"),
                 limit("grandit", amount_minor=8, whose="household", members_included=1,
                       amount_minor_per_extra_member=2)),
        together(limit("jours", quantity=9), limit("cas", count=8)),
        put("benefits.dental.waiting_period_months", dated(12, "month")),
        together(put("membership.cover_months", dated(3, "month")),
                 put("benefits.dental.waiting_period_months", dated(9, "month"))),
    ],
)  # fmt: skip
def test_bounds_that_do_not_lie_within_one_another_stand_together(
    change: Callable[[Document], None],
) -> None:
    changed = document()
    change(changed)
    assert parse_product(changed)


def test_no_example_contradicts_itself() -> None:
    for path in sorted(Path(RULES_FOLDER).rglob("product.yaml")):
        assert parse_product(read_document(path)), path

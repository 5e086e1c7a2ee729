"""The summary sheet of a product: no rule is left out, in two pages, in both languages."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
import typst
from django.utils.translation import override

from entraide.core.care_package import Condition
from entraide.core.product import Product
from entraide.documents.product_sheet import TEMPLATE, Sheet, sheet_pdf
from entraide.rulebook import product_path, read_product
from entraide.rulebook.drafts import read_draft, value_at, with_values
from entraide.rulebook.packs import product_paths
from entraide.web.tariffs.care_summary import CareNames, care_parts, titles_of
from entraide.web.tariffs.summary import summary_of

ON = date(2027, 1, 1)
FULL = read_product(product_path("panier-complet"))
OF_CARE = ("benefits", "items", "limits", "deductibles", "review", "ceiling")
SHEET = Sheet(
    title="Panier", subtitle="En vigueur depuis le 1er janvier 2024", mutual="Mutuelle",
    place="Lomé", day="30 novembre 2026", rules="Règles abc", note="Note",
)  # fmt: skip


def told(document: dict[str, Any], product: Product | None = None) -> list[str]:
    product = product or read_draft(document, ON).product
    assert product is not None
    parts = care_parts(product, CareNames({}, {}, titles_of(document)))
    return [sentence for _name, sentences in parts for sentence in sentences]


def another(value: Any) -> Any:
    """A value of the same kind that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return {"state": "sponsor"}.get(value, "0.37" if value != "0.37" else "0.38")
    return 137 if value is None else value + 37


@pytest.mark.requirement("R045", begun=True)
@pytest.mark.parametrize(
    "path",
    [path for path in FULL.parameters if path.startswith(OF_CARE)]
    + ["membership.claim_time_limit_days"],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_rule_of_care_is_left_out(path: str, language: str) -> None:
    """Another value of any rule makes another sentence: none is silent."""
    with override(language):
        before = told(FULL.document)
        value = another(value_at(FULL.document, path, ON))
        after = told(with_values(FULL.document, {path: value}, on=ON, source="essai"))
    assert after != before


@pytest.mark.parametrize("name", list(Condition.__slots__))
def test_a_condition_is_said_by_each_thing_that_it_names(name: str) -> None:
    document = FULL.document
    when = {
        "sectors": ["private"], "levels": ["national"], "visits": ["referral"],
        "is_inpatient": True, "min_age_years": 60, "max_age_years": 70, "lists": ["indigent"],
    }[name]  # fmt: skip
    document["limits"]["consultations"]["when"] = {name: when}
    assert told(document) != told(FULL.document)


def test_what_is_promised_is_said_exactly() -> None:
    with override("fr"):
        sentences = told(FULL.document)
    assert (
        "hospital, prestataire privé\u00a0: la famille paie 40\u00a0%\u202f; jusqu’à "
        "100\u202f000\u00a0F\u00a0CFA par cas\u202f; avec l’accord préalable de la mutuelle, sauf "
        "urgence\u202f; après 3 mois."
    ) in sentences
    assert "Les soins qui ne sont pas nommés ici ne sont pas couverts." in sentences
    assert "medicines, malades chroniques inscrits (sur la liste\u00a0: malades chroniques)" in (
        " ".join(sentences)
    )


def test_who_is_spared_the_joining_fee_is_not_said_to_have_no_rights() -> None:
    rules = read_product(product_path("plusieurs-payeurs"))
    with override("fr"):
        names = CareNames({}, {}, titles_of(rules.document))
        parts = summary_of(rules.on(max(rules.change_days)), names)
    told = " ".join(sentence for _name, sentences in parts for sentence in sentences)
    assert "ne paient pas le droit d’adhésion" in told
    assert "pas de droits" not in told


@pytest.mark.parametrize("code", sorted(product_paths()))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_of_each_example_takes_two_pages_at_most(code: str, language: str) -> None:
    rules = read_product(product_path(code))
    with override(language):
        names = CareNames({}, {}, titles_of(rules.document))
        parts = summary_of(rules.on(max(rules.change_days)), names)
    assert sheet_pdf(SHEET, parts, language).startswith(b"%PDF")
    content = {
        **asdict(SHEET), "language": language,
        "parts": [{"name": name, "sentences": sentences} for name, sentences in parts],
    }  # fmt: skip
    inputs = {"sheet": json.dumps(content)}
    drawn = typst.compile(TEMPLATE.read_bytes(), format="png", ppi=20, sys_inputs=inputs)
    assert len(drawn if isinstance(drawn, list) else [drawn]) <= 2

"""A product file loaded on screen: a draft, or every fault with its line and nothing kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from entraide.apps.schemes.drafts import drafts_open
from entraide.apps.schemes.models import Mutual, Product, ProductDraft, ProductVersion
from entraide.rulebook import product_path
from entraide.rulebook.document import document_of, line_of, lines_of
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser


def sent(browser: Client, mutual: Mutual, content: bytes, **more: str) -> Any:
    form = {
        "idempotency_key": a_key(), "file": SimpleUploadedFile("formule.yaml", content),
        "effective_from": "", "source": "AG du 12 décembre 2026", **more,
    }  # fmt: skip
    return browser.post(f"/m/{mutual.code}/paniers/charger/", form)


def of(template: str) -> bytes:
    return product_path(template).read_bytes()


def test_a_file_of_a_new_product_and_of_one_that_is_here_are_drafts(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    page = officer.get(f"/m/{scoped.code}/paniers/").content.decode()
    assert "Charger un fichier" in page
    answer = sent(officer, scoped, of("cycles-famille"))
    assert answer.status_code == 302, answer.content.decode()
    new = drafts_open(scoped)[0]
    assert (new.code, new.base, new.document) == (
        document_of(of("cycles-famille"))["product"], None, document_of(of("cycles-famille")),
    )  # fmt: skip
    sent(officer, scoped, of("essentielle"), effective_from="01/01/2027")
    known = drafts_open(scoped)[0]
    assert known.base == ProductVersion.objects.get(product=product)
    assert known.effective_from == date(2027, 1, 1)
    assert officer.get(answer["Location"]).status_code == 200


def test_all_faults_are_told_with_code_and_line_and_nothing_is_kept(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    text = of("cycles-famille").decode()
    wrong = text.replace("currency: XOF", "currency: ZZZ\nnobody_knows: 1", 1)
    wrong = wrong.replace("product:", "produit:", 1)
    answer = sent(officer, scoped, wrong.encode())
    assert answer.status_code == 422
    faults = answer.context["faults"]
    assert len(faults) >= 3
    found = {each.place: each for each in faults}
    lines = wrong.splitlines()
    assert lines[found["nobody_knows"].line - 1] == "nobody_knows: 1"
    assert found["nobody_knows"].code == "RULE_KEY_UNKNOWN"
    assert found["product"].code == "RULE_KEY_MISSING"
    page = answer.content.decode()
    assert "RULE_KEY_UNKNOWN" in page
    assert "rien n’a été gardé" in page
    assert not ProductDraft.objects.exists()


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"product: a\nproduct: b\n", "YAML_KEY_TWICE", 2),
        (b"product: [1\n", "YAML_UNREADABLE", 2),
        (b"\xff\xfe", "RULE_FILE_UNREADABLE", 0),
        (b"- 1\n- 2\n", "RULE_MAPPING_EXPECTED", 0),
        (b"# rien\n", "RULE_EMPTY_VALUE", 0),
        (b"x" * 1_000_001, "RULE_FILE_TOO_LARGE", 0),
    ],
)
def test_a_file_that_is_no_product_is_told_and_nothing_breaks(
    scoped: Mutual, people: People, signed_in: Browser, content: bytes, code: str, line: int
) -> None:
    answer = sent(signed_in(people.moussa), scoped, content)
    assert answer.status_code == 422
    assert (code, line) in {(each.code, each.line) for each in answer.context["faults"]}
    assert not ProductDraft.objects.exists()


def test_another_money_and_a_day_too_early_are_refused(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    text = of("cycles-famille").decode()
    early = sent(officer, scoped, text.encode(), effective_from="01/01/1990")
    assert "effective_from" in early.context["form"].errors
    other = sent(officer, scoped, text.replace("XOF", "MGA").encode())
    assert [each.code for each in other.context["faults"]] == ["PRODUCT_CURRENCY"]
    assert other.context["faults"][0].line > 0
    assert not ProductDraft.objects.exists()


def test_who_may_not_write_products_may_not_load_one(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    assert sent(signed_in(people.awa), scoped, of("cycles-famille")).status_code == 403


def test_a_key_path_has_the_line_of_the_nearest_part() -> None:
    lines = lines_of(b"a:\n  b:\n    - from: 1\n    - from: 2\n")
    assert line_of(lines, "a.b[1].from") == 4
    assert line_of(lines, "a.b[1].source") == 4
    assert line_of(lines, "a.c.d") == 1
    assert line_of(lines, "z") == 0

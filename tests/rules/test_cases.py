"""Every worked case beside the rules is a test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from entraide.core.adjudication.pipeline import CHECKS
from entraide.core.errors import Refusal, RefusedRows
from entraide.rulebook.cases import Case, CaseClaim, case_paths, read_cases, run_case
from entraide.rulebook.packs import RULES_FOLDER, product_paths
from entraide.rulebook.products import ProductRules, read_product

BENCHES = RULES_FOLDER / "benches"
ESSENTIELLE = product_paths()["essentielle"]


@lru_cache
def rules_of(path: Path) -> ProductRules:
    return read_product(path)


def every_case() -> Iterator[object]:
    for path in case_paths():
        product = path.parents[1] / "product.yaml"
        for case in read_cases(path):
            name = f"{product.parent.name}/{path.stem}: {case.name}"
            yield pytest.param(case, product, id=name)


@pytest.mark.parametrize(("case", "product"), list(every_case()))
@pytest.mark.requirement("R044", begun=True)
@pytest.mark.requirement("R047", begun=True)
@pytest.mark.requirement("R076", begun=True)
def test_case(case: Case, product: Path) -> None:
    result = run_case(case, rules_of(product))
    assert result.differences == ()


def test_every_product_has_a_case() -> None:
    with_cases = {path.parents[1] / "product.yaml" for path in case_paths()}
    benches = set(BENCHES.glob("*/product.yaml"))
    assert with_cases == benches | set(product_paths().values())


@pytest.mark.requirement("R044", begun=True)
def test_the_bench_has_a_hundred_and_sixty_cases_of_claims_at_least() -> None:
    assert sum(len(read_cases(path)) for path in case_paths()) >= 160


# Refuse a whole claim: no other reduction can stand beside them.
WHOLE_CLAIM = {
    "CARE_IN_FUTURE", "ATTESTATION_TWICE", "NOT_COVERED", "NO_AGREEMENT", "NOT_PAID_DIRECTLY",
    "LATE_SUBMISSION",
}  # fmt: skip
REDUCTION_CODE = re.compile(r"^\| \d+ \| `([A-Z_]+)` \|", re.MULTILINE)
REMARK_CODES = {
    "NO_TARIFF", "STATEMENT_ARITHMETIC", "PERSON_INCOMPLETE", "EMERGENCY_NOT_AUTHORISED",
    "QUANTITY_TO_CHECK", "FIRST_PAYER_SILENT", "INCLUDED_IN_FLAT_RATE", "CEILING_EXCEPTION",
    "NOT_REPEATED", "MEDICAL_REVIEW", "AMOUNT_TO_CHECK", "EMERGENCY_WITHOUT_AGREEMENT",
    "SERVICE_NOT_AGREED", "GUARANTEE_LETTER_MISSING", "GUARANTEE_LETTER_USED_UP", "REFERRAL_USED", "REFERRAL_MISSING",
    "PATH_NOT_FOLLOWED", "OTHER_COVER_SILENT", "STAY_CONTRADICTED",
}  # fmt: skip


def codes_of(claim: CaseClaim) -> set[str]:
    """Every code that a claim of a case expects."""
    lines = claim.expect
    codes = {code for line in lines for code in (*line.reductions, *line.remarks)}
    return codes | set(claim.findings or ())


def test_every_reduction_and_remark_stands_alone_and_beside_others() -> None:
    page = (RULES_FOLDER.parent / "docs/algorithms/adjudication.md").read_text(encoding="utf-8")
    listed = set(REDUCTION_CODE.findall(page))
    assert len(listed) == len(CHECKS)
    claims = [
        codes_of(claim)
        for path in case_paths()
        for case in read_cases(path)
        for claim in (case, *case.then)
    ]
    for code in sorted(listed | REMARK_CODES):
        with_it = [codes for codes in claims if code in codes]
        assert len(with_it) >= 2, code
        if code not in WHOLE_CLAIM:
            assert any(len(codes) == 1 for codes in with_it), f"{code} alone"
            assert any(len(codes) > 1 for codes in with_it), f"{code} beside another"


def test_no_case_has_the_name_of_another() -> None:
    for path in case_paths():
        names = [case.name for case in read_cases(path)]
        assert len(names) == len(set(names)), path.name


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


WRONG = """
- name: Wrong
  product: essentielle
  care_on: 2026-03-10
  claim: [{benefit: consultation, claimed_minor: 4000, tariff_minor: 4000}]
  expect:
    - {payable_minor: 2999, reductions: {COPAYMENT: 1001}, remarks: [NO_TARIFF]}
    - {payable_minor: 0}
"""


def test_a_wrong_expectation_is_found(tmp_path: Path) -> None:
    (case,) = read_cases(_written(tmp_path, WRONG))
    result = run_case(case, rules_of(ESSENTIELLE))
    assert [difference.place for difference in result.differences] == [
        "expect",
        "expect[0].payable_minor",
        "expect[0].reductions",
        "expect[0].remarks",
    ]
    assert result.differences[1].data == {"expected": "2999", "found": "3000"}


def test_a_case_of_another_product_is_refused(tmp_path: Path) -> None:
    (case,) = read_cases(_written(tmp_path, WRONG.replace("essentielle", "sugri")))
    with pytest.raises(Refusal) as refused:
        run_case(case, rules_of(ESSENTIELLE))
    assert refused.value.code == "CASE_PRODUCT"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("claimed_minor: 4000", "claimed_minor: 40.5"), "[0].claim[0].claimed_minor"),
        (("tariff_minor: 4000", "tarif: 4000"), "[0].claim[0].tarif"),
        (("tariff_minor: 4000", "quantity: 1.5"), "[0].claim[0].quantity"),
        (("tariff_minor: 4000", 'quantity: "-1"'), "[0].claim[0].quantity"),
        (("care_on: 2026-03-10", "care_on: mardi"), "[0].care_on"),
        (("COPAYMENT: 1001", "copayment: 1001"), "[0].expect[0].reductions.copayment"),
    ],
)
def test_a_badly_written_case_is_refused_with_its_place(
    tmp_path: Path, change: tuple[str, str], place: str
) -> None:
    assert change[0] in WRONG
    with pytest.raises(RefusedRows) as refused:
        read_cases(_written(tmp_path, WRONG.replace(*change)))
    assert [finding.place for finding in refused.value.findings] == [place]

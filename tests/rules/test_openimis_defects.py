"""The fifteen defects found in openIMIS: each is one of our cases, or one of our tests."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from entraide.apps.claims.selectors import ceilings_of
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.models import Membership
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.selectors import product_on
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months
from entraide.rulebook.cases import case_paths, read_cases
from entraide.rulebook.due_cases import due_case_paths, read_due_cases
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.products import read_product
from tests.builders import a_household, a_key, an_approved_product
from tests.people import People

ROOT = RULES_FOLDER.parent
PAGE = ROOT / "docs/peers/openimis-defects.md"
ROW = re.compile(r"^\| (\d+) \|(.+)\|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)\)")
NAMED = re.compile(r"^openIMIS (\d+) : ")
TEST = re.compile(r"^def test_openimis_(\d+)_", re.MULTILINE)


def _answered() -> dict[int, set[Path]]:
    """Number of a defect → the files in which a case or a test bears it."""
    found: dict[int, set[Path]] = {}
    for paths, read in ((case_paths(), read_cases), (due_case_paths(), read_due_cases)):
        for path in paths:
            for case in read(path):  # type: ignore[operator]
                named = NAMED.match(case.name)
                if named:
                    found.setdefault(int(named[1]), set()).add(path)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for number in TEST.findall(path.read_text(encoding="utf-8")):
            found.setdefault(int(number), set()).add(path)
    return found


def test_each_of_the_fifteen_has_a_case_or_a_test() -> None:
    assert _answered().keys() == set(range(1, 16))


def test_the_page_links_each_to_where_it_is() -> None:
    answered = _answered()
    rows = dict(ROW.findall(PAGE.read_text(encoding="utf-8")))
    assert {int(number) for number in rows} == set(range(1, 16))
    for number, row in rows.items():
        linked = {(PAGE.parent / link).resolve() for link in LINK.findall(row)}
        assert linked & answered[int(number)], number
        assert all(path.exists() for path in linked), number


def test_openimis_9_what_is_left_is_the_ceiling_of_its_own_line() -> None:
    """A product without a ceiling of the policy still shows those of the person, not zero."""
    product = read_product(RULES_FOLDER / "benches/openimis/product.yaml").on(date(2025, 3, 10))
    used = UsedAmounts(person_minor={"surgery": 40_000}, person_total_minor=40_000)
    left = {
        (row.category, row.whose): row.remaining_minor
        for row in ceilings_of(product, used)
        if row.ceiling_minor is not None
    }
    assert left["surgery", "person"] == 60_000
    assert left["antenatal", "person"] == 12_000
    assert left["", "person"] == 110_000
    assert ("", "household") not in left, "no ceiling of the policy: none is shown"


def test_openimis_10_a_renewal_is_refused_outside_the_validity_only(
    product: Product, scoped: Mutual
) -> None:
    begins_on = product_on(product, date(2025, 1, 1))[0].effective_from
    assert product_on(product, begins_on)[1].code == "essentielle"
    with pytest.raises(Refusal, match="PRODUCT_NOT_IN_FORCE"):
        product_on(product, date(begins_on.year - 1, 12, 31))


def test_openimis_10_a_renewal_may_convert_to_another_product(
    product: Product, scoped: Mutual, people: People
) -> None:
    other = an_approved_product(
        scoped, entered_by=people.moussa, approved_by=people.director, template="cycles-famille"
    ).product
    family = a_household(scoped, people.awa, product)
    asked_on = family.memberships.get().effective_until
    renewed = renew_membership(
        mutual=scoped, actor=people.awa, on=asked_on, idempotency_key=a_key(),
        membership=family.memberships.get(), renewed_on=asked_on, product=other,
    )  # fmt: skip
    assert renewed.product == other
    assert Membership.objects.count() == 2


@pytest.mark.parametrize("month", range(1, 13))
def test_openimis_12_four_months_back_are_four_months_in_every_month(month: int) -> None:
    """Their batch of four months fails in April and takes five months in August."""
    until = date(2025, month, 1)
    period = Period(add_months(until, -4), until)
    assert period.in_months() == 4
    assert len(list(period.months())) == 4


PROCEDURE = re.compile(r"\bcallproc\(|\bDECLARE @|\bEXEC(?:UTE)?\s+\[?dbo\b")


def test_openimis_14_no_figure_needs_a_procedure_of_one_database() -> None:
    """Their capitation calls T-SQL on PostgreSQL. We have no capitation; nor any procedure."""
    assert PROCEDURE.search("EXEC [dbo].[uspCreateCapitationPayment]")
    for path in (ROOT / "entraide").rglob("*.py"):
        assert not PROCEDURE.search(path.read_text(encoding="utf-8")), path

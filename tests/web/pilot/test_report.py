"""The report: its period, every figure with parts and rows, the same figures on paper."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from entraide.apps.access.models import AuditEvent
from entraide.apps.schemes.models import Mutual
from tests.indicators.three_households import three_households
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address


@pytest.fixture
def counted(mutual: Mutual, people: People) -> Mutual:
    """The three families whose figures are counted by hand."""
    three_households(mutual, people)
    return mutual


@pytest.mark.requirement("R141", begun=True)
def test_the_report_answers_four_questions_with_definitions(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.director).get(address("report"))
    page = answer.content.decode()
    assert "juin 2024 – mai 2025" in re.sub(r"[\u00a0\u202f]", " ", page)
    for question in (
        "Les cotisations paient-elles les soins et la mutuelle",
        "Que coûtent les soins, et pourquoi",
        "Combien sommes-nous, et payons-nous ce qui est dû",
    ):
        assert question in page
    lines = answer.context["care"].rows
    assert len(lines) > 10
    assert all(line.definition.meaning and line.definition.rows_url for line in lines)
    assert len(answer.context["head"]) == 5
    *_rates, fund, reserve = answer.context["head"]
    for each in (fund, reserve):  # of a day, where the others are of the months
        assert re.sub(r"[\u00a0\u202f]", " ", each.note).startswith("au 31 mai 2025")


@pytest.mark.requirement("R143", begun=True)
def test_a_figure_leads_to_the_rows_that_make_it(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    asked = {"from": "2025-01", "to": "2025-05"}
    report = browser.get(address("report"), asked)
    incurred = report.context["report"].now("claims_incurred").value
    line = next(
        each
        for each in report.context["care"].rows
        if each.definition.rows_url.startswith(address("report-rows", code="claims_incurred"))
    )
    rows = browser.get(line.definition.rows_url)
    heads = [name for name, _is_number in rows.context["table"].heads]
    place = heads.index("Pris en charge")
    amounts = [int(re.sub(r"\D", "", row[place].text)) for row in rows.context["table"].rows]
    assert sum(amounts) == incurred
    assert all(row[0].url for row in rows.context["table"].rows)
    adviser = signed_in(people.adviser).get(line.definition.rows_url)
    assert not any(row[0].url for row in adviser.context["table"].rows)  # no right to registers


@pytest.mark.parametrize(
    "code", ["contribution_collected", "households_covered", "fund_balance", "new_households",
             "contribution_earned", "contribution_due", "claims_refused"]
)  # fmt: skip
def test_rows_of_every_kind_are_shown(
    counted: Mutual, people: People, signed_in: Browser, address: Address, code: str
) -> None:
    answer = signed_in(people.director).get(
        address("report-rows", code=code), {"from": "2024-01", "to": "2025-05"}
    )
    assert answer.status_code == 200
    table = answer.context["table"]
    assert all(len(row) == len(table.heads) for row in table.rows)


def test_a_paper_of_the_books_is_a_way_for_who_reads_them_only(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    asked = {"from": "2024-01", "to": "2025-05"}
    page = address("report-rows", code="fund_balance")
    for user, may in ((people.director, True), (people.medical_adviser, False)):
        rows = signed_in(user).get(page, asked).context["table"].rows
        assert rows
        assert any(row[0].url for row in rows) is may


def test_figures_without_rows_have_no_page(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    for code in ("claims_ratio", "cases", "nothing"):
        assert browser.get(address("report-rows", code=code)).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2025-05", "2025-01", "finirait avant de commencer"),
        ("mai", "", "n’est pas un mois"),
        ("2026-01", "2026-02", "pas encore"),
    ],
)
def test_a_period_that_cannot_be_told_says_why_and_keeps_what_was_typed(
    mutual: Mutual,
    people: People,
    signed_in: Browser,
    address: Address,
    first: str,
    last: str,
    told: str,
) -> None:
    answer = signed_in(people.director).get(address("report"), {"from": first, "to": last})
    assert answer.status_code == 422
    assert answer.context["refusal"]
    page = answer.content.decode()
    assert f'value="{first}"' in page
    assert told in page or answer.context["refusal"] in page


def test_the_spreadsheet_and_the_paper_carry_the_same_figures(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    asked = {"from": "2025-01", "to": "2025-05"}
    incurred = browser.get(address("report"), asked).context["report"].now("claims_incurred").value
    sheet = browser.get(address("report-xlsx"), asked)
    assert "essentielle-lome-2025-01-2025-05.xlsx" in sheet["Content-Disposition"]
    book = load_workbook(io.BytesIO(sheet.content), data_only=True)
    values = {cell for tab in book for row in tab.iter_rows(values_only=True) for cell in row}
    assert incurred in values
    paper = browser.get(address("report-pdf"), asked)
    assert paper.content.startswith(b"%PDF")
    assert browser.get(address("report-pdf"), {"from": "x"}).status_code == 409


def test_only_who_reads_reports_reads_it(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    clerk = signed_in(people.awa)
    for page in ("report", "report-xlsx", "report-pdf"):
        assert clerk.get(address(page)).status_code == 403
        assert signed_in(people.fanta).get(address(page)).status_code == 404
    assert AuditEvent.objects.filter(code="FORBIDDEN", actor=people.awa).count() == 3


def test_an_empty_mutual_has_a_report_of_absent_figures(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.director).get(address("report"))
    assert answer.status_code == 200
    rsp = answer.context["head"][1]
    assert (rsp.value, rsp.note) == ("–", "rien à diviser")
    assert "Trop peu de mois pour une courbe" in answer.content.decode()

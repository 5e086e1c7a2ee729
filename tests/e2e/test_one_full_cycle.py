"""One full cycle by hand, each step by its own person: enrol, pay, deposit, care, settle."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import cycle
from tests.e2e.office import AUDITOR, CASHIER, CLERK, DIRECTOR, FINANCE, Desks, Hands, Office


@pytest.fixture(scope="module")
def family(desks: Desks, office: Office) -> cycle.Document:
    return cycle.enrol(desks.sit(CLERK), office)


@pytest.fixture(scope="module")
def receipt(desks: Desks, family: cycle.Document) -> cycle.Document:
    return cycle.receive(desks.sit(CLERK), family)


@pytest.fixture(scope="module")
def slip(desks: Desks, office: Office, receipt: cycle.Document) -> cycle.Document:
    prepared = cycle.prepare_slip(desks.sit(CLERK), office, "Miora Razafindrabe")
    cycle.deposit(desks.sit(FINANCE), prepared)
    return prepared


@pytest.fixture(scope="module")
def claim(
    desks: Desks, office: Office, receipt: cycle.Document, family: cycle.Document
) -> cycle.Document:
    entered, hands = cycle.enter_claim(desks.sit(CLERK), office, f"{family.number}-1", "AT-0002")
    assert hands.gestures <= 20, "an attestation takes more gestures than journey J6 allows"
    assert hands.clicks == 0
    return entered


@pytest.fixture(scope="module")
def batch(desks: Desks, office: Office, claim: cycle.Document) -> cycle.Document:
    cycle.approve_all(desks.sit(FINANCE), office)
    prepared = cycle.prepare_batch(desks.sit(FINANCE), office)
    cycle.authorise(desks.sit(DIRECTOR), prepared)
    cycle.pay(desks.sit(CASHIER), prepared)
    return prepared


@pytest.fixture(scope="module")
def statement(
    desks: Desks, office: Office, slip: cycle.Document, batch: cycle.Document
) -> list[str]:
    """The numbers on the lines of the bank's next statement: the deposit and the payment."""
    page = desks.sit(FINANCE)
    page.goto(slip.url)
    brought_minor = cycle.figure(page.locator("tfoot td").last)
    page.goto(batch.url)
    row = page.get_by_role("row", name=re.compile(rf"{batch.number}-1"))
    paid_minor = cycle.figure(row.get_by_role("cell").nth(2))
    lines = [(slip.number, brought_minor), (f"{batch.number}-1", -paid_minor)]
    cycle.import_statement(page, office, lines)
    return [number for number, _minor in lines]


def test_family_is_covered_from_the_day_it_joins(desks: Desks, family: cycle.Document) -> None:
    page = desks.sit(CLERK)
    page.goto(family.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("RAKOTOARIMANANA Jean")
    expect(page.get_by_role("main")).to_contain_text("3 personnes couvertes sur 3")
    for rank in (1, 2, 3):
        expect(page.get_by_role("main")).to_contain_text(f"Numéro {family.number}-{rank}")


def test_receipt_says_what_it_paid_and_where_it_stands(
    desks: Desks, receipt: cycle.Document, family: cycle.Document
) -> None:
    page = desks.sit(CLERK)
    page.goto(receipt.url)
    paper = page.get_by_role("main")
    expect(paper).to_contain_text("Droit d’adhésion")
    expect(paper).to_contain_text(
        re.compile(r"Dont 3\s900\sAr au fonds mutuel et 6\s100\sAr au fonctionnement")
    )
    expect(paper).to_contain_text(family.number)


def test_slip_is_deposited_under_its_own_number(
    desks: Desks, slip: cycle.Document, receipt: cycle.Document
) -> None:
    page = desks.sit(FINANCE)
    page.goto(slip.url)
    expect(page.get_by_role("main")).to_contain_text("Versé le")
    page.get_by_role("main").get_by_role("link", name=receipt.number).first.click()
    expect(page.get_by_role("main")).to_contain_text(slip.number)


def test_claim_is_decided_line_by_line_with_reasons(desks: Desks, claim: cycle.Document) -> None:
    page = desks.sit(CLERK)
    page.goto(claim.url)
    lines = page.get_by_role("region", name="Ligne par ligne")
    expect(lines.get_by_role("row", name=re.compile("^Consultation"))).to_contain_text(
        "Part de la famille, 20 %"
    )
    asked, paid, reduced = (
        cycle.figure(part) for part in page.locator("dl.sum div:not([aria-hidden]) dd").all()
    )
    assert asked == paid + reduced
    assert reduced * 5 == pytest.approx(asked, abs=5)


def test_claim_tells_its_whole_way_to_the_payment(
    desks: Desks, batch: cycle.Document, claim: cycle.Document
) -> None:
    page = desks.sit(FINANCE)
    page.goto(claim.url)
    expect(page.get_by_role("main")).to_contain_text("Payé")
    page.get_by_role("region", name="Histoire").get_by_role(
        "link", name=re.compile(batch.number)
    ).first.click()
    expect(page.get_by_role("main")).to_contain_text(batch.number)


def test_three_persons_made_the_payment(desks: Desks, batch: cycle.Document) -> None:
    page = desks.sit(FINANCE)
    page.goto(batch.url)
    people = page.get_by_role("region", name="Trois personnes")
    for name in ("Rivo Andriamanana", "Hanta Rakotomalala", "Faly Randriambola"):
        expect(people).to_contain_text(name)


def test_bank_lines_find_their_documents_by_number(
    desks: Desks, office: Office, statement: list[str]
) -> None:
    page = desks.sit(FINANCE)
    page.goto(office.page("rapprochement/"))
    page.get_by_role("link", name=re.compile("Banque de l’Imerina")).click()
    page.get_by_role("link", name="Pointages par numéro").click()
    for number in statement:
        expect(page.get_by_role("main")).to_contain_text(number)


@pytest.mark.requirement("R139", begun=True)
def test_auditor_follows_one_franc_from_receipt_to_bank(
    desks: Desks, receipt: cycle.Document, slip: cycle.Document, statement: list[str]
) -> None:
    """Journey J15: each document opens the next one of the chain."""
    page = desks.sit(AUDITOR)
    page.goto(receipt.url)
    main = page.get_by_role("main")
    hands = Hands(page)
    hands.click(main.locator("a[href*='/fonds/ecritures/']").first)
    expect(main).to_contain_text("Caisse")
    expect(main.get_by_role("heading", level=1)).to_have_text(receipt.number)
    debit, credit = (page.locator("tfoot td.num").nth(rank).inner_text() for rank in (0, 1))
    assert debit == credit
    hands.click(main.get_by_role("link", name=receipt.number).first)
    hands.click(main.get_by_role("link", name=slip.number).first)
    expect(main).to_contain_text(receipt.number)
    hands.click(main.locator("a[href*='/rapprochement/lignes/']").first)
    expect(main).to_contain_text(slip.number)
    assert hands.gestures <= 6


def test_director_sees_three_figures(desks: Desks, office: Office, batch: cycle.Document) -> None:
    page = desks.sit(DIRECTOR)
    page.goto(office.page())
    figures = page.get_by_role("region", name="Où en sommes-nous")
    for name in ("Taux d’autonomie", "RSP", "Fonds mutuel rapproché"):
        expect(figures).to_contain_text(name)
    assert len(re.findall(r"\d+,\d\s%", figures.inner_text())) >= 2


def test_report_answers_four_questions(desks: Desks, office: Office) -> None:
    page = desks.sit(DIRECTOR)
    page.goto(office.page("rapport/"))
    assert page.get_by_role("main").get_by_role("heading", level=2).count() >= 4
    expect(page.get_by_role("main")).to_contain_text("Que coûtent les soins")


def test_plan_reaches_half_of_the_running_costs(desks: Desks, office: Office) -> None:
    page = desks.sit(DIRECTOR)
    page.goto(office.page("plan/"))
    row = page.get_by_role("row", name=re.compile(r"^cible 50|^cible\s50"))
    rates = [float(told.replace(",", ".")) for told in re.findall(r"(\d+,\d)\s%", row.inner_text())]
    assert rates[0] < 25
    assert max(rates) >= 50

"""Journey J6: a clinic's invoice received, its attestations entered, exceptions in their worklist."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import cycle
from tests.e2e.office import CLERK, FINANCE, MEDICAL, Desks, Hands, Office

PERSONS = 3
# Its own: another journey enrols the family of the cycle, and whoever resembles is asked about.
FAMILY = (
    cycle.Typed("Andriantsitohaina", "Voahirana", "17/09/1979", "F", "Adhérent"),
    cycle.Typed("Razanamparany", "Solofoniaina", "1976", "H", "Conjoint"),
    cycle.Typed("Andriantsitohaina", "Mbolatiana", "21/11/2014", "F", "Enfant"),
)


@pytest.fixture(scope="module")
def family(desks: Desks, office: Office) -> cycle.Document:
    enrolled = cycle.enrol(desks.sit(CLERK), office, FAMILY)
    cycle.receive(desks.sit(CLERK), enrolled)
    return enrolled


def test_an_invoice_is_entered_by_the_keyboard_and_adds_up(
    desks: Desks, office: Office, family: cycle.Document
) -> None:
    page = desks.sit(CLERK)
    page.goto(office.page("soins/factures/reception/"))
    page.get_by_label("Prestataire", exact=True).select_option(label=cycle.PROVIDER)
    page.get_by_label("Numéro écrit par le prestataire").fill("J6-1")
    today = page.get_by_label("Reçu le").input_value()
    page.locator("[name=period_from]").fill(today)
    page.locator("[name=period_until]").fill(today)
    page.locator("[name=stated_count]").fill(str(PERSONS))
    page.locator("[name=stated_total]").fill("1")  # told below, once the price is known
    page.get_by_role("button", name="Écrire au registre").click()
    page.get_by_role("link", name="Saisir ses attestations").click()
    for rank in range(1, PERSONS + 1):
        hands = Hands(page)
        expect(page.get_by_label("Numéro de carte")).to_be_focused()
        with hands.waiting_for("/soins/saisie/apercu/"):
            hands.write(f"{family.number}-{rank}")
        hands.write(today)
        for _prefilled in ("received", "provider", "circuit"):
            hands.write()
        hands.write(f"AT-{rank + 10:04d}")  # of the booklet given to the centre
        for _prefilled in ("invoice", "diagnosis"):
            hands.write()
        with hands.waiting_for("/soins/saisie/apercu/"):
            hands.write("Consultation")
        expect(page.get_by_label("Prix unitaire de la ligne 1")).not_to_have_value("")
        hands.press("Control+Enter")
        assert hands.gestures <= 20
        assert hands.clicks == 0
        expect(page.get_by_text(re.compile(r"Sinistre S-\d{4}-\d{5} enregistré"))).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("FR-")
    expect(page.get_by_role("table", name="Ses attestations").get_by_role("row")).to_have_count(
        PERSONS + 2
    )
    expect(page.get_by_text(re.compile("Écart"))).to_be_visible()  # the paper said 1
    expect(page.get_by_role("button", name="Clore la facture")).to_have_count(0)


def test_an_odd_attestation_is_told_while_it_is_typed_and_waits_under_its_reason(
    desks: Desks, office: Office, family: cycle.Document
) -> None:
    page = desks.sit(CLERK)
    page.goto(office.page("soins/saisie/?empty=1"))
    page.get_by_label("Numéro de carte").fill(f"{family.number}-1")
    page.locator("[name=care_on]").fill(page.get_by_label("Reçu le").input_value())
    page.get_by_label("Prestataire", exact=True).select_option(label=cycle.PROVIDER)
    page.locator("[name=lines-0-item]").fill("massage du dos")
    page.locator("[name=lines-0-unit_price]").fill("500")
    page.locator("[name=lines-0-unit_price]").press("Tab")
    expect(page.locator("#warnings")).to_contain_text("Regardez")
    expect(page.locator("[name=seen]")).to_have_value("ITEM_UNKNOWN")
    page.wait_for_load_state("networkidle")  # a preview cut short by the act is no fault
    page.get_by_role("button", name=re.compile("^Enregistrer et liquider")).click()
    expect(page.get_by_role("main")).to_contain_text("À l’examen")
    doctor = desks.sit(MEDICAL)
    doctor.goto(office.page("soins/a-decider/?reason=ITEM_UNKNOWN"))
    expect(doctor.get_by_role("heading", name="Acte inconnu")).to_be_visible()
    expect(doctor.get_by_role("main")).to_contain_text("Acte inconnu")


def test_the_finance_officer_reads_the_register_and_enters_nothing(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(FINANCE)
    page.goto(office.page("soins/factures/?state=all"))
    expect(page.get_by_role("link", name="Recevoir une facture")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("FR-")  # the demonstration has received some

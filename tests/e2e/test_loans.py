"""Journey J5: a lender's officer, a disbursement file of 300 loans, five minutes."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.office import CLERK, MUTUAL, Desks, Hands, Office
from tests.files.workbooks import csv_of, xlsx_of

KNOWN, STRANGERS, MISSPELT = 290, 6, 4
MOST_GESTURES, MOST_SECONDS = 16, 300
PATIENCE_SECONDS = 30
# Keystroke-level model (Card, Moran, Newell 1980): a click, and the thought before it.
CLICK_SECONDS, THOUGHT_SECONDS = 1.3, 1.35
LETTERS = "bcdfghjklmnprstvz"


def _name(number: int) -> str:
    """A name that no other resembles: three syllables out of the digits."""
    a, rest = divmod(number, len(LETTERS) ** 2)
    b, c = divmod(rest, len(LETTERS))
    return f"Ra{LETTERS[a]}o{LETTERS[b]}a{LETTERS[c]}y Solo{LETTERS[c]}{LETTERS[b]}e"


def _phone(number: int) -> str:
    """The telephone by which a lender's client is known; of the misspelt, none is said."""
    return f"034 77 {number // 100:03} {number % 100:02}" if number < KNOWN else ""


def _clients(folder: Path, today: date) -> Path:
    """Families of the lender whose cover has just ended, as another program exports them."""
    header = ("N° adhésion", "N° bénéficiaire", "Nom", "Date naissance", "Sexe", "Lien parenté",
              "Date adhésion", "Début couverture", "Fin couverture", "Téléphone")  # fmt: skip
    start, last = today - timedelta(days=370), today - timedelta(days=5)
    rows = [
        (f"E2E-{number}", f"E2E-{number}/1", _name(number), "12/06/1987", "F", "Adhérent",
         f"{start:%d/%m/%Y}", f"{start:%d/%m/%Y}", f"{last:%d/%m/%Y}", _phone(number))
        for number in range(KNOWN + MISSPELT)
    ]  # fmt: skip
    path = folder / "clients.csv"
    path.write_bytes(csv_of(header, *rows))
    return path


def _loans(folder: Path, today: date) -> Path:
    header = ("N° client", "Nom et prénoms", "N° prêt", "Montant du prêt", "Date de décaissement",
              "Téléphone")  # fmt: skip
    day = today - timedelta(days=1)
    names = [_name(number) for number in range(KNOWN)]
    names += [_name(number).replace("Ra", "Raa", 1) for number in range(KNOWN, KNOWN + MISSPELT)]
    names += [f"Inconnu Numero{letter}" for letter in LETTERS[:STRANGERS]]
    rows = [(f"C-{rank:04}", name, f"P-{rank:04}", 900_000, day, _phone(rank))
            for rank, name in enumerate(names)]  # fmt: skip
    path = folder / "decaissements.xlsx"
    path.write_bytes(
        xlsx_of(("Décaissements du mois",), (), header, *rows, ("TOTAL", None, None,
                900_000 * len(rows)))
    )  # fmt: skip
    return path


@pytest.mark.requirement("R031", begun=True)
@pytest.mark.requirement("R210", begun=True)
def test_three_hundred_loans_in_five_minutes(desks: Desks, office: Office, tmp_path: Path) -> None:
    today = date.today()  # noqa: DTZ011 - the day of the served office
    taken_over = subprocess.run(
        [
            sys.executable, "-m", "entraide.cli.main", "import", "members",
            str(_clients(tmp_path, today)), "--mutual", MUTUAL, "--product", "atia-prets",
            "--group", "prets-1",
        ],
        env=office.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert taken_over.returncode == 0, taken_over.stderr
    page = desks.sit(CLERK)
    page.set_default_timeout(PATIENCE_SECONDS * 1000)  # a label that changed fails at once
    started = time.monotonic()
    page.goto(office.page("imports/"))
    hands = Hands(page)
    page.get_by_label("Tableau en Excel").set_input_files(_loans(tmp_path, today))
    hands.gestures += 2  # the file's button, and the file
    hands.click(page.get_by_role("button", name="Voir ce qu’il changerait"))
    page.get_by_label("IMF ou employeur").select_option(value="prets-1")
    hands.gestures += 1
    hands.click(page.get_by_role("button", name="Relire ainsi"))
    expect(page.get_by_role("main")).to_contain_text("10 clients sont à retrouver")
    hands.click(page.get_by_role("link", name="Dire de quelles familles il s’agit"))
    for _ in range(MISSPELT):
        hands.click(page.locator("button[name=household]").first)
    hands.click(page.get_by_role("link", name="Retour à l’import").first)
    expect(page.get_by_role("main")).to_contain_text("6 clients sont à retrouver")
    hands.click(page.get_by_role("button", name="Importer tout"))
    expect(page.locator("#import-state")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Importé le", timeout=MOST_SECONDS * 1000)
    expect(page.get_by_role("main")).to_contain_text("Contrats renouvelés")
    expect(page.get_by_role("main")).to_contain_text(f"{KNOWN + MISSPELT}")
    waited = time.monotonic() - started
    assert hands.gestures <= MOST_GESTURES
    assert waited + hands.gestures * (CLICK_SECONDS + THOUGHT_SECONDS) <= MOST_SECONDS

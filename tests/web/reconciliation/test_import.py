"""A statement file at the desk: tried, imported once, refused with every fault."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from entraide.apps.banking.models import BankAccount, Match, Statement, StatementLine
from entraide.apps.banking.statement_files import profile_of
from entraide.files.profile_example import example_columns
from tests.apps.banking.statements import OPENED, camt
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.reconciliation.conftest import Address


def upload(content: bytes, **more: str) -> dict[str, object]:
    """The form as the browser sends it."""
    file = SimpleUploadedFile("mai.xml", content, content_type="application/xml")
    return {"idempotency_key": a_key(), "file": file, "format": "auto", **more}


@pytest.mark.requirement("R140", begun=True)
def test_a_file_comes_in_and_says_what_is_left_to_do(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, content: bytes
) -> None:
    client = signed_in(people.moussa)
    url = address("statement-import", uid=bank.uid)
    assert "Ce sera son premier relevé" in client.get(url).content.decode()
    answer = client.post(url, upload(content), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == address("bank-account", uid=bank.uid)
    assert "Relevé importé\u00a0: 4 lignes nouvelles." in page
    assert (
        "De ce relevé, lignes pointées d’office\u00a0: 1. Avec une proposition à examiner\u00a0: 1. "
        "Sans aucune écriture\u00a0: 2." in page
    )
    assert "autres relevés" not in page
    again = client.post(url, upload(content), follow=True).content.decode()
    assert "mai.xml n’ajoute rien" in again
    assert StatementLine.objects.filter(bank_account=bank).count() == 4


def test_what_is_left_of_the_statements_before_is_said_apart(
    signed_in: Browser, people: People, address: Address, imported: BankAccount
) -> None:
    """Three lines of May wait; of June one comes without entry, then nothing that waits."""
    client, url = signed_in(people.moussa), address("statement-import", uid=imported.uid)
    closing = OPENED + 89_000
    days = {"opening_on": date(2025, 6, 1), "closing_on": date(2025, 6, 15)}
    june = camt(closing, [(date(2025, 6, 3), 12_345, "VERST")], **days)
    page = client.post(url, upload(june), follow=True).content.decode()
    assert "Relevé importé\u00a0: 1 ligne nouvelle." in page
    assert "pointées d’office\u00a0: 0." in page
    assert "Sans aucune écriture\u00a0: 1. 3 lignes des autres relevés attendent" in page
    quiet = camt(closing + 12_345, [], opening_on=date(2025, 6, 15), closing_on=date(2025, 6, 16))
    page = client.post(url, upload(quiet), follow=True).content.decode()
    assert "Relevé importé\u00a0: aucune ligne nouvelle." in page
    assert "4 lignes des autres relevés attendent encore une réponse." in page
    assert "De ce relevé" not in page


def test_a_double_click_imports_once(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, content: bytes
) -> None:
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    key = a_key()
    for _time in range(2):
        client.post(url, upload(content) | {"idempotency_key": key})
    assert Statement.objects.filter(bank_account=bank).count() == 1


def test_a_trial_writes_nothing(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, content: bytes
) -> None:
    url = address("statement-import", uid=bank.uid)
    answer = signed_in(people.moussa).post(url, upload(content, **{"try": "1"}))
    assert "Il ajouterait 4 lignes." in answer.content.decode()
    assert not Statement.objects.exists()
    assert not Match.objects.exists()


def test_a_refused_file_shows_its_faults_and_changes_nothing(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    unbalanced = camt(OPENED, [(date(2025, 5, 6), 500, "A")], closing_minor=3)
    answer = client.post(url, upload(unbalanced))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "mai.xml est refusé" in page
    assert "Rien n’a été importé" in page
    other = camt(OPENED, [], account="TG53TG0000000000000000000099")
    assert "TG53TG0000000000000000000099" in client.post(url, upload(other)).content.decode()
    paper = client.post(url, upload(b"not a statement"))
    assert paper.status_code == 422
    assert "n’est celui d’aucune banque connue" in paper.content.decode()
    assert "«\u00a0Argent mobile, Togo\u00a0»" in paper.content.decode()
    assert "tg_mobile_money" not in paper.context["faults"][0].told
    assert '<th scope="row">Format</th>' in paper.content.decode()
    nothing = client.post(url, {"idempotency_key": a_key()})
    assert nothing.status_code == 422
    assert 'id="id_file-e"' in nothing.content.decode()
    assert not Statement.objects.exists()


def test_faults_are_placed_and_counted_in_french(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    content = (
        "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n"
        "1;02-05-2025;Réception;AFI;;3 600;103 600\n"
        "2;03-05-2025;Envoi;USP;1 500 000;;−1 355 641\n"
    ).encode()
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    page = client.post(url, upload(content)).content.decode()
    assert '<th scope="row">Ligne 3, colonne «\u00a0Solde\u00a0»</th>' in page
    assert "−1\u202f355\u202f641\u00a0F CFA" in page
    assert "-1\u202f3" not in page
    unbalanced = camt(OPENED, [(date(2025, 5, 6), 500, "A")], closing_minor=3)
    [fault] = client.post(url, upload(unbalanced)).context["faults"]
    assert fault.place == "Relevé 1"
    assert "−1\u202f000\u202f497\u00a0F CFA" in fault.told


def test_a_gap_between_two_statements_is_told(
    signed_in: Browser, people: People, address: Address, imported: BankAccount
) -> None:
    july = camt(
        5, [(date(2025, 6, 10), 10, "A")],
        opening_on=date(2025, 6, 1), closing_on=date(2025, 6, 15),
    )  # fmt: skip
    url = address("statement-import", uid=imported.uid)
    page = signed_in(people.moussa).post(url, upload(july)).content.decode()
    assert "Il manque un relevé entre les deux" in page
    assert '<th scope="row">Tout le relevé</th>' in page


def test_only_who_may_imports(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, content: bytes
) -> None:
    url = address("statement-import", uid=bank.uid)
    assert signed_in(people.director).post(url, upload(content)).status_code == 403
    assert signed_in(people.fanta).post(url, upload(content)).status_code == 404
    assert not Statement.objects.exists()


def test_the_columns_of_a_csv_are_shown_before_any_fault(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    page = client.get(url).content.decode()
    assert "À quoi doit ressembler un fichier CSV" in page
    assert ">CSV · Argent mobile, Togo</option>" in page
    for column in example_columns(profile_of(bank.mutual, "tg_mobile_money")):
        assert f'<th scope="row">{escape(column.header)}</th>' in page
        assert escape(column.example) in page
    assert "15000" in page
    BankAccount.objects.filter(pk=bank.pk).update(csv_profile="tg_mobile_money")
    assert '<details class="more" open>' in client.get(url).content.decode()


def test_another_format_shows_its_columns_at_once(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    """With htmx the part below the form; without script an address that says the format."""
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    page = client.get(url).content.decode()
    assert f'hx-get="{url}"' in page
    assert 'hx-target="#expected"' in page
    for headers in ({"HX-Request": "true"}, {}):
        chosen = client.get(url, {"format": "tg_mobile_money"}, headers=headers).content.decode()
        assert '<details class="more" open>' in chosen
        assert ("<html" in chosen) == (not headers)
        xml = client.get(url, {"format": "camt053"}, headers=headers).content.decode()
        assert "<details" not in xml
    assert '<option value="camt053" selected>' in xml
    assert client.get(url, {"format": "nonsense"}).status_code == 200


def test_a_csv_is_recognised_at_the_desk(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    content = (
        b"ID;Jour;Op\xc3\xa9ration;Nom;Sortie;Entr\xc3\xa9e;Solde\n1;02-05-2025;R;AFI;;36;36\n"
    )
    client, url = signed_in(people.moussa), address("statement-import", uid=bank.uid)
    page = client.post(url, upload(content, **{"try": "1"})).content.decode()
    assert "Il ajouterait 1 ligne." in page
    assert "Lu comme\u00a0: CSV · Argent mobile, Togo." in page

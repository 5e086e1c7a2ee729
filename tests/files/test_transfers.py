"""Files that ask others to pay: a list for an operator, ISO 20022 for a bank."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from entraide.core.errors import RefusedRows
from entraide.files.transfers import (
    NAMESPACE,
    BankAccount,
    Order,
    Transfer,
    iban_of,
    mobile_money_list,
    pain_001,
    plain_text,
)

# A valid IBAN of Sénégal, from the registry of ISO 13616.
IBAN = "SN08 SN01 0015 2000 0485 0000 3035"
CENTRE = BankAccount("Centre de santé Sainte-Émilie & fils", "Ecobank", IBAN, "ECOCSNDA")
FAMILY = BankAccount("RAKOTO Soa", "CECAM", "00012 3456")


def an_order(*transfers: Transfer, code: str = "XOF") -> Order:
    return Order(
        "BR-2025-00001",
        BankAccount("Mutuelle d’entraide", "Banque", "123-45"),
        datetime(2025, 3, 10, 8, 30, tzinfo=UTC),
        date(2025, 3, 11),
        code,
        transfers,
    )


def texts(content: bytes, path: str) -> list[str | None]:
    root = ElementTree.fromstring(content)
    steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))
    return [each.text for each in root.iterfind(f".//{steps}")]


def test_the_order_says_whom_how_much_and_under_which_number() -> None:
    content = pain_001(
        an_order(
            Transfer("BR-2025-00001-1", "Centre", 6000, CENTRE),
            Transfer("BR-2025-00001-2", "Famille 12", 2500, FAMILY),
        )
    )
    assert texts(content, "GrpHdr/CtrlSum") == ["8500"]
    assert texts(content, "PmtInf/NbOfTxs") == ["2"]
    assert texts(content, "PmtId/EndToEndId") == ["BR-2025-00001-1", "BR-2025-00001-2"]
    assert texts(content, "Amt/InstdAmt") == ["6000", "2500"]
    assert texts(content, "Cdtr/Nm") == ["Centre de sante Sainte-Emilie fils", "RAKOTO Soa"]
    assert texts(content, "CdtrAcct/Id/IBAN") == [IBAN.replace(" ", "")]
    assert texts(content, "CdtrAcct/Id/Othr/Id") == ["00012 3456"]
    assert texts(content, "CdtrAgt/FinInstnId/BIC") == ["ECOCSNDA"]
    assert texts(content, "CdtrAgt/FinInstnId/Nm") == ["CECAM"]


def test_a_currency_with_decimals_keeps_them() -> None:
    content = pain_001(an_order(Transfer("BR-1-1", "Centre", 1205, CENTRE), code="EUR"))
    assert texts(content, "Amt/InstdAmt") == ["12.05"]


def test_every_payment_without_account_is_named_at_once() -> None:
    with pytest.raises(RefusedRows) as error:
        pain_001(an_order(Transfer("BR-1-1", "Centre", 1), Transfer("BR-1-2", "Famille 12", 2)))
    assert [(each.code, each.place) for each in error.value.findings] == [
        ("TRANSFER_ACCOUNT_MISSING", "BR-1-1"),
        ("TRANSFER_ACCOUNT_MISSING", "BR-1-2"),
    ]


def test_an_operators_list_has_telephones_of_digits_only() -> None:
    heads = ("Téléphone", "Montant", "Titulaire", "Paiement")
    wallet = BankAccount("RAKOTO Soa", "Mvola", "+261 34 12 345 67")
    content = mobile_money_list(
        heads,
        [
            Transfer("BR-1-1", "Famille 12", 2500, wallet),
            Transfer("BR-1-2", "Famille 13", 900, telephone="90 12 34 56 / 91 00 00 00"),
        ],
        "XOF",
    )
    assert content.decode("utf-8-sig").splitlines() == [
        "Téléphone;Montant;Titulaire;Paiement",
        "261341234567;2500;RAKOTO Soa;BR-1-1",
        "90123456;900;Famille 13;BR-1-2",
    ]
    with pytest.raises(RefusedRows) as error:
        mobile_money_list(heads, [Transfer("BR-1-3", "Famille 14", 1)], "XOF")
    assert [each.code for each in error.value.findings] == ["TRANSFER_TELEPHONE_MISSING"]


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        (IBAN, "SN08SN0100152000048500003035"),
        ("SN08 SN01 0015 2000 0485 0000 3036", ""),
        ("034 12 345 67", ""),
        ("", ""),
    ],
)
def test_an_iban_is_known_by_its_check_digits(text: str, iban: str) -> None:
    assert iban_of(text) == iban


def test_letters_that_a_bank_refuses_are_written_plainly() -> None:
    assert plain_text("Hôpital « Saint-Jean » № 2;", 20) == "Hopital Saint-Jean N"

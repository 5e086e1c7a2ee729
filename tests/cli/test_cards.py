"""``entraide cards``: public keys out, and a code proved without network or database."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from entraide.apps.cards.services import CardLayout, print_cards
from entraide.apps.cards.signing import Signer, public_key_of
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.cards import CardPayload, PublicKey, keys_document, signed_text
from entraide.core.receipt_codes import ReceiptPayload, signed_receipt_text
from tests.builders import a_household, a_key
from tests.cli.running import CommandLine, as_a_person
from tests.people import People

PRIVATE = bytes(range(32))
PAYLOAD = CardPayload("atia", "CARTE-2025-00001", "F-1-1", "RAKOTO Soa", date(2025, 6, 16), "k1")
CODE = signed_text(PAYLOAD, Signer(PRIVATE).sign(PAYLOAD.text.encode()))


@pytest.fixture
def keys(tmp_path: Path) -> str:
    file = tmp_path / "cles.json"
    document = keys_document([PublicKey("atia", "k1", public_key_of(PRIVATE))])
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def test_a_code_is_proved_by_a_file_of_keys(cli: CommandLine, keys: str) -> None:
    assert cli.run("cards", "check", keys, CODE) == 0
    assert cli.out.splitlines() == [
        "Signature vraie", "RAKOTO Soa · F-1-1 · CARTE-2025-00001",
    ]  # fmt: skip
    assert cli.run("cards", "check", keys, "--json", given=CODE.encode()) == 0
    assert (cli.document["proof"], cli.document["name"]) == ("genuine", "RAKOTO Soa")
    assert cli.run("cards", "check", keys, CODE.replace("Soa", "Léa")) == 1
    assert "Signature fausse" in cli.out


@pytest.mark.requirement("R034", begun=True)
def test_the_code_of_a_receipt_is_proved_by_the_same_keys(cli: CommandLine, keys: str) -> None:
    payload = ReceiptPayload(
        "atia", "REC-2026-00007", 12_500, "MGA", date(2026, 3, 1), "A1B2C-3D4E5", "k1"
    )
    code = signed_receipt_text(payload, Signer(PRIVATE).sign(payload.text.encode()))
    assert cli.run("cards", "check", keys, code) == 0
    assert cli.out.splitlines() == [
        "Signature vraie", "REC-2026-00007 · 12500 MGA · 2026-03-01",
    ]  # fmt: skip
    assert cli.run("cards", "check", keys, code, "--json") == 0
    assert (cli.document["receipt"], cli.document["amount_minor"]) == ("REC-2026-00007", 12_500)
    assert cli.run("cards", "check", keys, code.replace("12500", "92500")) == 1
    assert cli.run("cards", "check", keys, code[:-8]) == 1


def test_the_proof_needs_no_database(keys: str, tmp_path: Path) -> None:
    environment = os.environ | {"ENTRAIDE_DATA": "/dev/null/nowhere", "ENTRAIDE_LANGUAGE": "fr"}
    done = as_a_person("cards", "check", keys, CODE, environment=environment)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Signature vraie")


@pytest.mark.parametrize(
    ("content", "code", "refusal"),
    [
        ("{}", CODE, "CARD_KEYS_UNREADABLE"),
        ("not json", CODE, "CARD_KEYS_UNREADABLE"),
        ('{"format": "ENTRAIDE1-keys", "keys": [{}]}', CODE, "CARD_KEYS_UNREADABLE"),
        (None, "https://example.org", "CARD_CODE_UNREADABLE"),
    ],
)
def test_what_cannot_be_read_is_refused(
    cli: CommandLine, keys: str, content: str | None, code: str, refusal: str
) -> None:
    if content is not None:
        Path(keys).write_text(content, encoding="utf-8")
    assert cli.run("cards", "check", keys, code, "--json") == 1
    assert cli.error["code"] == refusal
    assert cli.run("cards", "check", keys + "x", code, "--json") == 1
    assert cli.error["code"] == "FILE_NOT_FOUND"


def test_the_public_keys_come_from_the_register(
    cli: CommandLine, scoped: Mutual, people: People, product: Product,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
    household = a_household(scoped, people.awa, product)
    print_cards(
        mutual=scoped,
        actor=people.awa,
        on=date(2025, 6, 16),
        idempotency_key=a_key(),
        persons=[household.persons.get(is_member=True)],
        layout=CardLayout.SHEET,
    )
    for words in (("cards", "keys", scoped.code), ("cards", "keys")):
        assert cli.run(*words) == 0
        assert [each["key_id"] for each in cli.document["keys"]] == ["k1"]
    assert cli.run("cards", "keys", "nowhere", "--json") == 1


def test_a_code_with_half_a_character_is_no_fault_of_the_program(
    cli: CommandLine, keys: str
) -> None:
    assert cli.run("cards", "check", keys, CODE.replace("Soa", "S\udcffa")) == 1
    assert cli.out.splitlines()[0] == "Signature fausse"

"""Operations recorded at the desk, and taken back."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for, fund_balance
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole, EntryKind, FundCode
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.ledger.conftest import Address

LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def cost(scoped: Mutual, opening: Entry) -> dict[str, Any]:
    """A cost as it is typed."""
    return {
        "idempotency_key": a_key(),
        "role": "other_running_costs",
        "label": "Fournitures",
        "amount": "12 500",
        "day": "10/06/2025",
        "account": str(account_for(scoped, AccountRole.BANK).uid),
    }


def test_a_cost_becomes_an_entry_and_says_its_number(
    signed_in: Browser, people: People, address: Address, cost: dict[str, Any], scoped: Mutual
) -> None:
    client = signed_in(people.moussa)
    answer = client.post(address("operation-new", kind="depense"), cost, follow=True)
    page = answer.content.decode()
    entry = Entry.objects.get(kind=EntryKind.EXPENSE_PAID)
    assert answer.redirect_chain[-1][0] == address("entry", uid=entry.uid)
    assert f"{entry.document_number} est enregistrée\u00a0: 12\u202f500" in page
    assert "Fournitures" in page
    assert "Contre-passer cette écriture" in page


@pytest.mark.parametrize("kind", ["depense", "don", "frais", "interets", "virement"])
def test_accounts_are_chosen_by_number_and_name(
    signed_in: Browser, people: People, address: Address, scoped: Mutual, opening: Entry, kind: str
) -> None:
    page = signed_in(people.moussa).get(address("operation-new", kind=kind)).content.decode()
    bank = account_for(scoped, AccountRole.BANK)
    assert f"{bank.number} · {bank.label_fr}" in html.unescape(page)


def test_a_double_click_records_once(
    signed_in: Browser, people: People, address: Address, cost: dict[str, Any], scoped: Mutual
) -> None:
    client = signed_in(people.moussa)
    for _time in range(2):
        client.post(address("operation-new", kind="depense"), cost)
    assert Entry.objects.filter(kind=EntryKind.EXPENSE_PAID).count() == 1


def test_every_fault_is_shown_and_nothing_typed_is_lost(
    signed_in: Browser, people: People, address: Address, cost: dict[str, Any], scoped: Mutual
) -> None:
    wrong = cost | {"amount": "douze", "day": "31/02/2025", "label": "", "account": "elsewhere"}
    answer = signed_in(people.moussa).post(address("operation-new", kind="depense"), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "4 points à corriger" in page
    assert 'value="douze"' in page
    assert 'value="31/02/2025"' in page
    assert cost["idempotency_key"] in page
    assert not Entry.objects.filter(kind=EntryKind.EXPENSE_PAID).exists()


def test_a_day_that_has_not_come_is_refused_beside_its_field(
    signed_in: Browser, people: People, address: Address, cost: dict[str, Any]
) -> None:
    tomorrow = cost | {"day": "17/06/2025"}
    answer = signed_in(people.moussa).post(address("operation-new", kind="depense"), tomorrow)
    assert answer.status_code == 422
    assert 'id="id_day-e"' in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "fund", "change_minor"),
    [("don", "mutual", 12_500), ("frais", "running", -12_500), ("interets", "mutual", 12_500)],
)
def test_each_operation_moves_its_own_fund(
    signed_in: Browser,
    people: People,
    address: Address,
    cost: dict[str, Any],
    scoped: Mutual,
    kind: str,
    fund: str,
    change_minor: int,
) -> None:
    before = fund_balance(scoped, fund, LAST_DAY)
    typed = cost | {"fund": fund}
    client = signed_in(people.moussa)
    assert client.get(address("operation-new", kind=kind)).status_code == 200
    assert client.post(address("operation-new", kind=kind), typed).status_code == 302
    assert fund_balance(scoped, fund, LAST_DAY) - before == change_minor


def test_money_moved_keeps_its_fund(
    signed_in: Browser, people: People, address: Address, scoped: Mutual, opening: Entry
) -> None:
    bank, cash = (account_for(scoped, role) for role in (AccountRole.BANK, AccountRole.CASH))
    typed = {
        "idempotency_key": a_key(), "source": str(bank.uid), "destination": str(cash.uid),
        "mutual_amount": "", "running_amount": "30000", "day": "10/06/2025", "label": "Caisse",
    }  # fmt: skip
    client = signed_in(people.moussa)
    nothing = client.post(address("operation-new", kind="virement"), typed | {"running_amount": ""})
    assert nothing.status_code == 422
    assert "d’un fonds ou des deux" in nothing.content.decode()
    nowhere = typed | {"destination": str(bank.uid)}
    assert client.post(address("operation-new", kind="virement"), nowhere).status_code == 422
    answer = client.post(address("operation-new", kind="virement"), typed, follow=True)
    assert "VIR-2025-00001 est enregistrée" in answer.content.decode()
    assert fund_balance(scoped, FundCode.RUNNING, LAST_DAY) == 500_000


def test_who_may_not_record_is_refused(
    signed_in: Browser, people: People, address: Address, cost: dict[str, Any]
) -> None:
    url = address("operation-new", kind="depense")
    assert signed_in(people.director).post(url, cost).status_code == 403
    assert signed_in(people.fanta).post(url, cost).status_code == 404
    assert signed_in(people.moussa).get(address("operation-new", kind="autre")).status_code == 404
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=people.director).exists()


@pytest.mark.requirement("R131", begun=True)
def test_an_entry_is_taken_back_with_its_reason_and_both_stay(
    signed_in: Browser, people: People, address: Address, rent: Entry, scoped: Mutual
) -> None:
    client, url = signed_in(people.moussa), address("entry-reverse", uid=rent.uid)
    silent = client.post(url, {"idempotency_key": a_key(), "reason": " "})
    assert silent.status_code == 422
    assert not Entry.objects.filter(reverses=rent).exists()
    reason = {"idempotency_key": a_key(), "reason": "Payé deux fois"}
    page = client.post(url, reason, follow=True).content.decode()
    reversal = Entry.objects.get(reverses=rent)
    assert f"{rent.document_number} est contre-passée par {reversal.document_number}" in page
    first = client.get(address("entry", uid=rent.uid)).content.decode()
    assert reversal.document_number in first
    assert "Payé deux fois" in first
    assert "Contre-passer cette écriture" not in first
    assert fund_balance(scoped, FundCode.RUNNING, LAST_DAY) == 500_000


def test_only_who_may_takes_back(
    signed_in: Browser, people: People, address: Address, rent: Entry
) -> None:
    url = address("entry-reverse", uid=rent.uid)
    typed = {"idempotency_key": a_key(), "reason": "Erreur"}
    assert signed_in(people.auditor).post(url, typed).status_code == 403
    page = signed_in(people.auditor).get(address("entry", uid=rent.uid)).content.decode()
    assert "Contre-passer" not in page

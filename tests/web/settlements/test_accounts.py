"""Accounts of payees, the way of a family, and the files of a batch, at the office's door."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import BatchState, PaymentAccount, Payout, SettlementBatch
from entraide.apps.settlement.payees import preference_of
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import record_payout
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address
from tests.web.settlements.test_payouts import settled

ON = date(2025, 6, 16)


def account(**more: str) -> dict[str, str]:
    return {
        "idempotency_key": a_key(), "channel": "bank", "institution": "Ecobank", "bic": "",
        "number": "TG53 0001", "holder_name": "Centre de santé", **more,
    }  # fmt: skip


def test_a_batch_goes_out_as_table_list_and_order(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    scoped: Mutual,
) -> None:
    officer, bank = signed_in(people.moussa), account_for(scoped, AccountRole.BANK)
    wrong = officer.post(address("provider-account", uid=provider.uid), account(bic="1"))
    assert wrong.status_code == 422
    officer.post(address("provider-account", uid=provider.uid), account())
    batch = settled(person, provider, people, scoped, 1, 2)
    refused = officer.get(address("batch-pain001", uid=batch.uid))
    assert (
        refused.status_code,
        "Comptes des bénéficiaires".lower() in refused.content.decode(),
    ) == (
        409,
        True,
    )
    officer.post(address("own-account", uid=bank.uid), account(institution="Orabank"))
    listed = officer.get(address("payment-accounts")).content.decode()
    assert "Ecobank" in listed
    assert "Orabank" in listed
    page = signed_in(people.director).get(address("batch", uid=batch.uid)).content.decode()
    assert "Ecobank TG53 0001, Centre de santé" in page  # who signs sees where money goes
    message = officer.get(address("batch-pain001", uid=batch.uid))
    assert message["Content-Type"] == "application/xml"
    assert b">6000</InstdAmt>" in message.content
    book = load_workbook(
        io.BytesIO(officer.get(address("batch-transfers-xlsx", uid=batch.uid)).content)
    )
    assert [cell.value for cell in list(book.active.rows)[1]][3:8] == [
        "TG53 0001", "Centre de santé", None, 6000, "XOF",
    ]  # fmt: skip
    of_a_bank = officer.get(address("batch-mobile-money", uid=batch.uid))
    assert of_a_bank.status_code == 409  # a bank account's number is no telephone
    assert "la liste d’un opérateur est pour un portefeuille" in of_a_bank.content.decode()
    wallet = account_for(scoped, AccountRole.MOBILE_MONEY)
    SettlementBatch.objects.filter(pk=batch.pk).update(treasury_account=wallet)
    operators = officer.get(address("batch-mobile-money", uid=batch.uid)).content.decode()
    assert f"530001;6000;Centre de santé;{batch.document_number}-1" in operators
    assert officer.get(address("batch-pain001", uid=batch.uid)).status_code == 409


FILES = ("batch-transfers", "batch-transfers-xlsx", "batch-mobile-money", "batch-pain001")


def test_no_file_of_transfers_leaves_a_batch_that_nobody_authorised(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    scoped: Mutual,
) -> None:
    officer, bank = signed_in(people.moussa), account_for(scoped, AccountRole.BANK)
    officer.post(address("provider-account", uid=provider.uid), account())
    officer.post(address("own-account", uid=bank.uid), account(institution="Orabank"))
    batch = settled(person, provider, people, scoped, 1, 2)
    for state in (BatchState.PREPARED, BatchState.CANCELLED, BatchState.PAID):
        SettlementBatch.objects.filter(pk=batch.pk).update(state=state)
        for name in FILES:
            refused = officer.get(address(name, uid=batch.uid))
            assert refused.status_code == 409
            assert "seul un bordereau autorisé" in refused.content.decode()
        page = officer.get(address("batch", uid=batch.uid)).content.decode()
        assert address("batch-transfers", uid=batch.uid) not in page
    logged = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="TRANSFERS_NOT_OPEN")
    assert logged.count() == 3 * len(FILES)
    assert {each.actor for each in logged} == {people.moussa}


def test_a_payment_made_is_asked_of_nobody_again(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    scoped: Mutual,
) -> None:
    officer, bank = signed_in(people.moussa), account_for(scoped, AccountRole.BANK)
    officer.post(address("provider-account", uid=provider.uid), account())
    officer.post(address("own-account", uid=bank.uid), account(institution="Orabank"))
    a_claim(
        person, provider, people.awa, care_on=date(2025, 3, 9), channel="bank",
        circuit=Circuit.REIMBURSEMENT,
    )  # fmt: skip
    batch = settled(person, provider, people, scoped, 1, 2)
    made, left = payouts_of(batch)
    record_payout(
        mutual=scoped, actor=people.cashier, on=ON, idempotency_key=a_key(), payout=made,
        paid_on=ON,
    )  # fmt: skip
    table = officer.get(address("batch-transfers", uid=batch.uid)).content.decode()
    assert left.document_number in table
    assert made.document_number not in table
    Payout.objects.filter(pk=left.pk).update(channel="home")  # given into a hand
    for name in FILES:
        refused = officer.get(address(name, uid=batch.uid))
        assert refused.status_code == 409
        assert "n’a rien à virer" in refused.content.decode().replace("&#x27;", "’")


def test_a_payee_without_account_is_named_with_the_way_to_note_it(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    scoped: Mutual,
) -> None:
    officer, bank = signed_in(people.moussa), account_for(scoped, AccountRole.BANK)
    noting = address("provider-account", uid=provider.uid)
    Agreement.objects.filter(provider=provider).update(effective_until=date(2099, 1, 1))
    assert noting in officer.get(address("payment-accounts")).content.decode()
    assert noting in officer.get(address("provider", uid=provider.uid)).content.decode()
    officer.post(address("own-account", uid=bank.uid), account(institution="Orabank"))
    batch = settled(person, provider, people, scoped, 1, 2)
    payout = batch.payouts.get()
    refused = officer.get(address("batch-pain001", uid=batch.uid))
    assert refused.status_code == 409
    told = refused.content.decode()
    assert f"{provider.name} n’a pas de compte" in told
    assert noting in told
    for name, record in (("batch", batch), ("payout", payout)):
        page = officer.get(address(name, uid=record.uid)).content.decode()
        assert "pas de compte" in page
        assert noting in page
    Agreement.objects.filter(provider=provider).update(effective_until=date(2024, 6, 1))
    assert noting in officer.get(address("payment-accounts")).content.decode()  # still owed


def test_a_family_is_paid_as_it_asked(
    signed_in: Browser, people: People, address: Address, person: Person, scoped: Mutual
) -> None:
    scoped.settings["refunds_to_savings"] = True
    scoped.save(update_fields=["settings"])
    here = address("payout-preference", uid=person.household.uid)
    clerk = signed_in(people.awa)
    assert here in clerk.get(address("household", uid=person.household.uid)).content.decode()
    answer = clerk.post(here, {"idempotency_key": a_key(), "channel": "savings"}, follow=True)
    assert "Aucun compte n’est noté" in answer.content.decode()
    asked = preference_of(person.household)
    assert asked is not None
    assert asked.channel == "savings"


def test_strangers_note_nothing(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    scoped: Mutual,
) -> None:
    pages = (
        (address("provider-account", uid=provider.uid), account()),
        (address("payout-preference", uid=person.household.uid), {"channel": "bank"}),
    )
    for url, form in pages:
        assert signed_in(people.fanta).post(url, form).status_code == 404
        assert signed_in(people.auditor).post(url, form).status_code == 403
    assert signed_in(people.awa).post(pages[0][0], account()).status_code == 403
    assert not PaymentAccount.objects.exists()

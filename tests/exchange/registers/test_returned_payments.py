"""What the bank answers: every fault at once, nothing half-written, the same file changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import Payout, PayoutAnswer, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import csv_of
from tests.people import People

ON = date(2025, 6, 16)
HEADER = ("Paiement", "Statut", "Date", "Montant", "Code", "Référence banque", "Motif")


@pytest.fixture
def batch(scoped: Mutual, people: People, product: Product) -> SettlementBatch:
    """Two transfers of 3 000, to a provider and to a family, let go by the director."""
    provider = a_provider(scoped, people.moussa)
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.cashier, 13_000)
    person = household.persons.get(is_member=True)
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 1))
    a_claim(
        person, provider, people.awa, care_on=date(2025, 3, 2), circuit=Circuit.REIMBURSEMENT,
        channel="bank",
    )  # fmt: skip
    act = {"mutual": scoped, "on": ON}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
    bank = account_for(scoped, AccountRole.BANK)
    made = prepare_batch(actor=people.moussa, idempotency_key=a_key(), treasury_account=bank, **act)
    return authorise_batch(actor=people.director, idempotency_key=a_key(), batch=made, **act)


def answer(
    payout: Payout, status: str, *more: str, on: str = "16/06/2025", told: str = "3 000"
) -> tuple[str, ...]:
    return (payout.document_number, status, on, told, *(*more, "", "", "")[:3])


@pytest.mark.requirement("R053")
def test_what_was_paid_and_what_came_back_is_recorded_once(
    batch: SettlementBatch, importing: Import, scoped: Mutual, people: People
) -> None:
    first, second = payouts_of(batch)
    file = csv_of(
        HEADER,
        answer(first, "Exécuté", "", "TRX-77"),
        answer(second, "Rejeté", "AC04", "TRX-78", "Compte clos"),
    )
    run = importing(file, actor=people.cashier)
    assert run.counts == {"rows": 2, "payouts_paid": 1, "payouts_returned": 1}
    first.refresh_from_db()
    second.refresh_from_db()
    batch.refresh_from_db()
    assert (first.paid_on, first.place, first.entry is not None) == (ON, "transfer", True)
    assert (second.return_code, second.return_reason) == ("account_closed", "AC04 Compte clos")
    assert batch.state == "paid"
    assert set(Claim.objects.values_list("state", flat=True)) == {
        ClaimState.PAID, ClaimState.APPROVED,
    }  # fmt: skip
    told = PayoutAnswer.objects.get(payout=first)
    assert (told.bank_reference, told.source) == ("TRX-77", "liste.csv")
    entries = Entry.objects.count()
    again = importing(file, actor=people.cashier)
    assert again.counts == {"rows": 2, "known": 2}
    assert (Entry.objects.count(), PayoutAnswer.objects.count()) == (entries, 2)
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R053")
@pytest.mark.parametrize(
    ("paid", "failed"),
    [
        ("payé", "rejeté"), ("PAYE", "REJETE"), ("Payée", "Échoué"), ("EXÉCUTÉE", "echoue"),
        ("Accepté", "en échec"), ("acceptée", "Refusée"), ("Réussi", "Non exécuté"),
    ],
)  # fmt: skip
def test_a_word_is_understood_with_or_without_accents_in_any_case(
    batch: SettlementBatch, importing: Import, people: People, paid: str, failed: str
) -> None:
    first, second = payouts_of(batch)
    file = csv_of(HEADER, answer(first, paid), answer(second, failed, "COMPTE CLÔTURÉ"))
    run = importing(file, actor=people.cashier)
    assert run.counts == {"rows": 2, "payouts_paid": 1, "payouts_returned": 1}
    second.refresh_from_db()
    assert second.return_code == "account_closed"


def test_the_words_that_are_known_are_told_as_people_write_them(
    batch: SettlementBatch, planned: Planned, people: People
) -> None:
    first, _second = payouts_of(batch)
    [finding] = planned(csv_of(HEADER, answer(first, "peut-être")), actor=people.cashier).faults
    assert "rejeté" in finding.data["known"]
    assert "échoué" in finding.data["known"]


def test_a_payment_that_comes_back_days_later_is_reversed(
    batch: SettlementBatch, importing: Import, scoped: Mutual, people: People
) -> None:
    first, second = payouts_of(batch)
    importing(csv_of(HEADER, answer(first, "OK"), answer(second, "OK")), actor=people.cashier)
    later = csv_of(HEADER, answer(first, "RJCT", "XX99", on="16/06/2025"))
    run = importing(later, actor=people.cashier)
    assert run.counts == {"rows": 1, "payouts_returned": 1}
    first.refresh_from_db()
    assert (first.return_code, first.stands_paid) == ("refused", False)
    assert Entry.objects.filter(reverses=first.entry).count() == 1
    assert verify(scoped).findings == ()
    with pytest.raises(RefusedRows) as error:
        importing(csv_of(HEADER, answer(first, "OK")), actor=people.cashier)
    assert [each.code for each in error.value.findings] == ["PAYOUT_RETURNED"]


def test_every_fault_is_told_with_its_row_and_column_and_nothing_is_written(
    batch: SettlementBatch, importing: Import, planned: Planned, people: People
) -> None:
    first, second = payouts_of(batch)
    wrong = csv_of(
        HEADER,
        answer(first, "OK"),
        answer(second, "peut-être"),
        ("BR-2025-09999-1", "OK", "16/06/2025", "3 000", "", "", ""),
        answer(second, "Rejeté", "AC04", on="17/06/2025", told="2 999"),
    )
    plan = planned(wrong, actor=people.cashier)
    assert {(each.code, each.data.get("row")) for each in plan.faults} >= {
        ("WORD_UNKNOWN", 3),
        ("RETURN_UNKNOWN", 4),
    }
    with pytest.raises(RefusedRows):
        importing(wrong, actor=people.cashier)
    assert not Payout.objects.filter(paid_on__isnull=False).exists()
    one = csv_of(HEADER, answer(second, "Rejeté", "AC04", on="17/06/2025", told="2 999"))
    codes = [(each.code, each.data["column"]) for each in planned(one, actor=people.cashier).faults]
    assert codes == [("RETURN_AMOUNT", "Montant"), ("DATE_IN_FUTURE", "Date")]


def test_nothing_stays_of_a_file_whose_last_row_fails(
    batch: SettlementBatch,
    importing: Import,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The writing of the second answer breaks: the first payment is not recorded either."""
    first, second = payouts_of(batch)
    written = PayoutAnswer.objects.create
    rows: list[object] = []

    def breaks(**said: object) -> object:
        rows.append(said)
        if len(rows) == 2:
            raise RuntimeError("no more room")
        return written(**said)

    with monkeypatch.context() as broken:
        broken.setattr(PayoutAnswer.objects, "create", breaks)
        file = csv_of(HEADER, answer(first, "OK"), answer(second, "OK"))
        with pytest.raises(RuntimeError):
            importing(file, actor=people.cashier)
    assert len(rows) == 2
    assert not Payout.objects.filter(paid_on__isnull=False).exists()
    assert not Entry.objects.filter(kind="payout_made").exists()


def test_who_let_the_money_go_does_not_record_that_it_went(
    batch: SettlementBatch, importing: Import, people: People
) -> None:
    [first, _second] = payouts_of(batch)
    for stranger in (people.awa, people.moussa, people.director, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            importing(csv_of(HEADER, answer(first, "OK")), actor=stranger)


@pytest.mark.requirement("R053")
@pytest.mark.parametrize("day", ["Jour", "Jour de la réponse", "Date de paiement"])
@pytest.mark.parametrize("number", ["Référence", "reference", "N° de règlement"])
def test_the_words_of_other_banks_head_the_same_columns(
    batch: SettlementBatch, importing: Import, people: People, number: str, day: str
) -> None:
    first, second = payouts_of(batch)
    file = csv_of(
        (number, day, "Statut"),
        (first.document_number, "16/06/2025", "payé"),
        (second.document_number, "16/06/2025", "rejeté"),
    )
    importing(file, actor=people.cashier)
    first.refresh_from_db()
    assert first.paid_on == ON


def test_a_reference_beside_the_number_of_the_payment_is_the_bank_s(
    batch: SettlementBatch, importing: Import, people: People
) -> None:
    first, second = payouts_of(batch)
    importing(
        csv_of(
            ("Référence", "Paiement", "Statut", "Jour"),
            ("TRX-1", first.document_number, "payé", "16/06/2025"),
            ("TRX-2", second.document_number, "payé", "16/06/2025"),
        ),
        actor=people.cashier,
    )
    assert PayoutAnswer.objects.get(payout=first).bank_reference == "TRX-1"

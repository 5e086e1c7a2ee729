"""What is asked back is kept back of the next payments, to the last unit, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope

from entraide.apps.care_control.recoveries import open_recoveries, owed_on, waive_recovery
from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    Overpayment,
    Payout,
    PayoutClaim,
    RecoveryDeduction,
    ReturnCode,
    SettlementBatch,
)
from entraide.apps.settlement.recoveries import (
    ask_overpayment_back,
    deductions_by_payout,
    recovered_minor,
)
from entraide.apps.settlement.returns import return_payout, reverse_payout
from entraide.apps.settlement.selectors import payouts_of, waiting_for_batch
from entraide.apps.settlement.services import cancel_batch, prepare_batch, record_payout
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_key, money_brought
from tests.people import People

EARLY, LATE = ON.replace(day=1), ON.replace(day=30)
Authorised = Callable[..., SettlementBatch]
Paid = Callable[..., list[Payout]]


def postings(payout: Payout) -> list[tuple[str, str, int]]:
    rows = Posting.objects.filter(entry=payout.entry).order_by("position")
    return list(rows.values_list("account__role", "side", "amount_minor"))


@pytest.fixture
def overpaid(
    approved: Any, authorised: Authorised, paid: Paid, people: People, act: Act
) -> list[Claim]:
    """Two claims of the provider, paid 3 000 each, of which 3 000 and 2 000 are asked back."""
    claims: list[Claim] = approved(1, 2)
    paid(authorised())
    for claim, amount_minor in zip(claims, (3000, 2000), strict=True):
        act(
            ask_overpayment_back, people.moussa, claim=claim, amount_minor=amount_minor,
            reason="Consultation saisie deux fois",
        )  # fmt: skip
    return claims


def test_what_exceeds_a_payment_waits_for_the_next_one(
    overpaid: list[Claim],
    approved: Any,
    authorised: Authorised,
    paid: Paid,
    scoped: Mutual,
) -> None:
    """5 000 owed: 3 000 kept back of a payment of 3 000, which comes to 0; 2 000 of one of 6 000."""
    assert [each.left_minor for each in owed_on(scoped, ON)] == [3000, 2000]
    approved(3)
    batch = authorised()
    [nothing] = payouts_of(batch)
    assert (batch.total_minor, nothing.amount_minor, recovered_minor(nothing)) == (0, 0, 3000)
    [settled] = paid(batch)
    assert postings(settled) == [
        ("providers_payable", "debit", 3000),
        ("claims_expense", "credit", 3000),
    ]
    assert settled.entry.journal == "claims"
    assert [each.left_minor for each in owed_on(scoped, ON)] == [2000]
    approved(4, 5)
    [second] = paid(authorised())
    assert second.amount_minor == 4000
    assert postings(second) == [
        ("providers_payable", "debit", 6000),
        ("bank", "credit", 4000),
        ("claims_expense", "credit", 2000),
    ]
    assert [
        (row.recovery.claim, row.amount_minor) for row in deductions_by_payout([second])[second.pk]
    ] == [(overpaid[1], 2000)]
    assert not open_recoveries(scoped).exists()
    assert verify(scoped).findings == ()


def test_a_payment_that_is_taken_back_owes_again_what_it_kept_back(
    overpaid: list[Claim],
    approved: Any,
    authorised: Authorised,
    paid: Paid,
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    approved(3, 4)
    [payout] = paid(authorised())
    assert (payout.amount_minor, recovered_minor(payout)) == (1000, 5000)
    act(reverse_payout, people.moussa, payout=payout, reason="Viré deux fois")
    assert [each.left_minor for each in owed_on(scoped, ON)] == [3000, 2000]
    assert (waiting_for_batch(scoped).count, waiting_for_batch(scoped).payable_minor) == (2, 6000)
    assert verify(scoped).findings == ()
    with pytest.raises(Refusal, match="PAYOUT_RETURNED"):
        act(reverse_payout, people.moussa, payout=payout, reason="Encore")
    with pytest.raises(Refusal, match="PAYOUT_RETURNED"):
        act(record_payout, people.cashier, payout=payout, paid_on=ON)
    again = authorised()
    assert again.total_minor == 1000
    paid(again)
    assert verify(scoped).findings == ()


def test_a_cancelled_batch_leaves_what_is_owed(
    overpaid: list[Claim], approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    approved(3)
    bank = account_for(scoped, AccountRole.BANK)
    batch = act(prepare_batch, people.moussa, treasury_account=bank)
    with pytest.raises(Refusal, match="RECOVERY_IN_BATCH"):
        act(
            waive_recovery, people.coordinator, reason="Accord",
            recovery=RecoveryDeduction.objects.get().recovery,
        )  # fmt: skip
    act(cancel_batch, people.moussa, batch=batch)
    assert [each.left_minor for each in owed_on(scoped, ON)] == [3000, 2000]
    assert verify(scoped).findings == ()


def test_what_payments_took_stays_taken_when_the_rest_is_given_up(
    overpaid: list[Claim],
    approved: Any,
    authorised: Authorised,
    paid: Paid,
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    """2 000 of the second claim are given up after nothing was taken of it: it may be asked anew,
    up to what it paid; the first is taken whole and nothing more can be asked of it."""
    approved(3)
    paid(authorised())
    [rest] = open_recoveries(scoped)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(waive_recovery, people.moussa, recovery=rest, reason="Accord")
    act(waive_recovery, people.coordinator, recovery=rest, reason="Accord")
    ask = {"reason": "Erreur"}
    with pytest.raises(Refusal, match="OVERPAYMENT_AMOUNT"):
        act(ask_overpayment_back, people.moussa, claim=overpaid[0], amount_minor=1, **ask)
    with pytest.raises(Refusal, match="OVERPAYMENT_AMOUNT"):
        act(ask_overpayment_back, people.moussa, claim=overpaid[1], amount_minor=3001, **ask)
    act(ask_overpayment_back, people.moussa, claim=overpaid[1], amount_minor=3000, **ask)
    assert verify(scoped).findings == ()


def test_a_family_owes_only_of_its_own_payments(
    approved: Any, authorised: Authorised, paid: Paid, scoped: Mutual, people: People, act: Act
) -> None:
    [refund] = approved(home=(1,), channel="mobile_money")
    money_brought(scoped, people.moussa, AccountRole.MOBILE_MONEY, 3000, ON)
    paid(authorised(role=AccountRole.MOBILE_MONEY))
    recovery = act(
        ask_overpayment_back, people.moussa, claim=refund, amount_minor=500, reason="Trop payé"
    )
    assert (recovery.debtor, recovery.provider) == ("household", None)
    approved(2, home=(3,), channel="cash")
    batch = authorised()
    amounts = {each.payee_kind: each.amount_minor for each in payouts_of(batch)}
    assert amounts == {"provider": 3000, "household": 2500}


def test_asking_back_is_refused_with_its_reason(approved: Any, people: People, act: Act) -> None:
    [waiting] = approved(1)
    with pytest.raises(Refusal, match="OVERPAYMENT_NOT_PAID"):
        act(ask_overpayment_back, people.moussa, claim=waiting, amount_minor=1, reason="Erreur")
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(ask_overpayment_back, people.moussa, claim=waiting, amount_minor=1, reason=" ")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(ask_overpayment_back, people.awa, claim=waiting, amount_minor=1, reason="Erreur")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(ask_overpayment_back, people.fanta, claim=waiting, amount_minor=1, reason="Erreur")


def test_a_return_says_why_and_when(
    approved: Any, authorised: Authorised, people: People, act: Act, scoped: Mutual
) -> None:
    """A transfer that was not recorded as made has nothing to reverse: its claims wait again."""
    [claim] = approved(1)
    batch = authorised()
    [payout] = payouts_of(batch)
    with pytest.raises(Refusal, match="RETURN_CODE_UNKNOWN"):
        act(return_payout, people.cashier, payout=payout, returned_on=ON, code="lost")
    with pytest.raises(Refusal, match="RETURNED_BEFORE"):
        act(return_payout, people.cashier, payout=payout, returned_on=EARLY, code="refused")
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        act(return_payout, people.cashier, payout=payout, returned_on=LATE, code="refused")
    with pytest.raises(Refusal, match="PAYOUT_NOT_MADE"):
        act(reverse_payout, people.moussa, payout=payout, reason="Erreur")
    returned = act(
        return_payout, people.cashier, payout=payout, returned_on=ON,
        code=ReturnCode.ACCOUNT_CLOSED, reason="AC04",
    )  # fmt: skip
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (returned.return_code, returned.entry, batch.state) == ("account_closed", None, "paid")
    assert claim.state == ClaimState.APPROVED
    assert verify(scoped).findings == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: RecoveryDeduction.objects.update(amount_minor=2999), "PAYOUT_CLAIMS_DIFFER"),
        (lambda: RecoveryDeduction.objects.update(is_cancelled=True), "PAYOUT_ITEMS_STAND"),
        (lambda: PayoutClaim.objects.update(is_cancelled=True), "PAYOUT_ITEMS_STAND"),
        (lambda: Payout.objects.update(returned_on=ON), "REVERSED_IN_REGISTER_ONLY"),
    ],
)
def test_verify_sees_what_was_altered(
    change: Callable[[], object],
    code: str,
    overpaid: list[Claim],
    approved: Any,
    authorised: Authorised,
    paid: Paid,
    scoped: Mutual,
) -> None:
    approved(3)
    paid(authorised())
    change()
    assert code in {finding.code for finding in verify(scoped).findings}


def test_why_a_claim_was_paid_too_much_stays_as_written(overpaid: list[Claim]) -> None:
    with pytest.raises(Exception, match="never changed"):
        Overpayment.objects.update(why="Rien")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_keep_a_recovery_back_once(
    overpaid: list[Claim], approved: Any, scoped: Mutual, people: People
) -> None:
    """Two officers prepare at one moment, each one claim of the provider who owes 5 000."""
    claims = approved(3, 4)
    bank = account_for(scoped, AccountRole.BANK)

    def prepare(claim: Claim) -> None:
        with scope(mutual=scoped):
            prepare_batch(
                mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(),
                treasury_account=bank, claims=[claim],
            )  # fmt: skip
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(prepare, claims))
    assert sorted(row.amount_minor for row in RecoveryDeduction.objects.all()) == [2000, 3000]
    kept = {each.amount_minor for each in Payout.objects.filter(paid_on__isnull=True)}
    assert kept == {0, 1000}
    assert verify(scoped).findings == ()


def test_a_claim_is_not_reversed_while_a_payment_keeps_back_what_was_asked_of_it(
    overpaid: list[Claim], approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    approved(3, 4)
    bank = account_for(scoped, AccountRole.BANK)
    batch = act(prepare_batch, people.moussa, treasury_account=bank)
    claim = overpaid[0]
    first = PayoutClaim.objects.get(claim=claim).payout
    act(return_payout, people.cashier, payout=first, returned_on=ON, code=ReturnCode.REFUSED)
    with pytest.raises(Refusal, match="CLAIM_KEPT_BACK"):
        act(reverse_claim, people.moussa, claim=claim, reason="Erreur")
    act(cancel_batch, people.moussa, batch=batch)
    act(reverse_claim, people.moussa, claim=claim, reason="Erreur")
    assert verify(scoped).findings == ()
    RecoveryDeduction.objects.filter(recovery__claim=claim).update(is_cancelled=False)
    assert "RECOVERY_OF_REVERSED" in {each.code for each in verify(scoped).findings}

"""Incentive terms at settlement: 2 % off what is paid within 20 days, 1 % of a good year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.incentives import decide_incentive, enter_incentive
from entraide.apps.providers.models import Agreement, IncentiveTerm, Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement import awards
from entraide.apps.settlement.awards import decide_bonus, prepare_bonus
from entraide.apps.settlement.models import (
    AwardState,
    IncentiveAward,
    PayoutAddition,
    PayoutDiscount,
    SettlementBatch,
)
from entraide.apps.settlement.recoveries import ask_overpayment_back
from entraide.apps.settlement.returns import reverse_payout
from entraide.apps.settlement.selectors import payouts_of, waiting_for_batch
from entraide.apps.settlement.services import (
    authorise_batch,
    cancel_batch,
    prepare_batch,
    record_payout,
)
from entraide.core.errors import Refusal
from entraide.core.incentives import Incentive
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.people import People

LATE = date(2025, 4, 20)


def _term(provider: Provider, people: People, act: Act, **content: Any) -> IncentiveTerm:
    term = act(
        enter_incentive, people.coordinator, agreement=Agreement.objects.get(provider=provider),
        effective_from=date(2024, 1, 1), source="Avenant", **content,
    )  # fmt: skip
    return act(decide_incentive, people.director, term=term, is_approved=True)  # type: ignore[no-any-return]


@pytest.fixture
def prompt(provider: Provider, people: People, act: Act) -> IncentiveTerm:
    return _term(
        provider, people, act, kind=Incentive.PROMPT_DISCOUNT.value, rate=Decimal("0.02"),
        within_days=20,
    )  # fmt: skip


@pytest.fixture
def bonus(
    provider: Provider, people: People, act: Act, monkeypatch: pytest.MonkeyPatch
) -> IncentiveTerm:
    """Families found the welcome good in 2024: 500 were earned."""
    monkeypatch.setattr(awards, "bonus_of", lambda _term, year: 500 if year == 2024 else None)
    return _term(
        provider, people, act, kind=Incentive.QUALITY_BONUS.value, rate=Decimal("0.01"),
        measure="welcome", threshold=Decimal("0.8"),
    )  # fmt: skip


@pytest.fixture
def batch(scoped: Mutual, people: People, act: Act) -> Callable[[], SettlementBatch]:
    def of() -> SettlementBatch:
        bank = account_for(scoped, AccountRole.BANK)
        prepared = act(prepare_batch, people.moussa, treasury_account=bank)
        return act(authorise_batch, people.director, batch=prepared)  # type: ignore[no-any-return]

    return of


def balance(mutual: Mutual, role: AccountRole) -> int:
    rows = Posting.objects.filter(mutual=mutual, account__role=role.value)
    return sum(row.amount_minor if row.side == "debit" else -row.amount_minor for row in rows)


@pytest.mark.requirement("R073")
def test_the_discount_comes_off_the_payment_and_goes_to_its_own_account(
    prompt: IncentiveTerm, approved: Any, batch: Any, scoped: Mutual, people: People, act: Act
) -> None:
    """Two claims of 3 000 received in time: 120 off; the family's 3 000 stay whole."""
    approved(1, 2, home=(3,))
    made = batch()
    amounts = {each.provider_id is not None: each.amount_minor for each in payouts_of(made)}
    assert amounts == {True: 5880, False: 3000}
    discount = PayoutDiscount.objects.get()
    assert (discount.base_minor, discount.amount_minor) == (6000, 120)
    for payout in payouts_of(made):
        act(record_payout, people.cashier, payout=payout, paid_on=ON)
    assert balance(scoped, AccountRole.PROVIDER_DISCOUNTS) == -120
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == 0
    assert balance(scoped, AccountRole.BANK) == -8880
    assert not IncentiveAward.objects.exists()
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R073")
def test_a_discount_that_the_day_of_payment_did_not_earn_is_owed_again_and_paid_once(
    prompt: IncentiveTerm, approved: Any, batch: Any, scoped: Mutual, people: People, act: Act
) -> None:
    approved(1)
    [payout] = payouts_of(batch())
    assert payout.amount_minor == 2940
    act(record_payout, people.cashier, payout=payout, paid_on=LATE, on=LATE)
    award = IncentiveAward.objects.get()
    assert (award.kind, award.amount_minor, award.payout) == ("lapsed", 60, payout)
    assert balance(scoped, AccountRole.PROVIDER_DISCOUNTS) == 0
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == -60
    assert verify(scoped).findings == ()
    approved(2)
    [following] = payouts_of(batch())
    assert following.amount_minor == 3000 - 60 + 60
    payout.refresh_from_db()
    with pytest.raises(Refusal, match="LAPSE_IN_BATCH"):
        act(reverse_payout, people.moussa, payout=payout, reason="erreur", on=LATE)
    act(record_payout, people.cashier, payout=following, paid_on=ON, on=LATE)
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == 0
    assert verify(scoped).findings == ()
    approved(3)
    [third] = payouts_of(batch())
    assert third.amount_minor == 2940  # the award is never paid twice


def test_a_payment_that_comes_back_gives_its_discount_and_its_lapse_up(
    prompt: IncentiveTerm, approved: Any, batch: Any, scoped: Mutual, people: People, act: Act
) -> None:
    [claim] = approved(1)
    [payout] = payouts_of(batch())
    act(record_payout, people.cashier, payout=payout, paid_on=LATE, on=LATE)
    payout.refresh_from_db()
    act(reverse_payout, people.moussa, payout=payout, reason="erreur", on=LATE)
    claim.refresh_from_db()
    assert claim.state == ClaimState.APPROVED
    assert PayoutDiscount.objects.get().is_cancelled
    assert IncentiveAward.objects.get().state == AwardState.CANCELLED
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == -3000
    assert verify(scoped).findings == ()


def test_a_recovery_never_takes_the_place_of_a_discount(
    prompt: IncentiveTerm, approved: Any, batch: Any, paid: Any, scoped: Mutual, people: People,
    act: Act,
) -> None:  # fmt: skip
    """What is asked back exceeds the payment: the discount is kept, the rest stays owed."""
    [first] = approved(1)
    paid(batch())
    first = Claim.objects.get(pk=first.pk)
    act(ask_overpayment_back, people.moussa, claim=first, amount_minor=3000, reason="double")
    approved(2)
    [payout] = payouts_of(batch())
    assert payout.amount_minor == 0
    assert [each.amount_minor for each in payout.deductions.all()] == [2940]
    paid(payout.batch)
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R073")
def test_a_bonus_is_approved_by_another_person_and_paid_once_with_the_next_batch(
    bonus: IncentiveTerm, approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    for year, code in ((2025, "BONUS_YEAR"), (2023, "BONUS_UNKNOWN")):
        with pytest.raises(Refusal, match=code):
            act(prepare_bonus, people.moussa, term=bonus, year=year)
    award = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    assert (award.document_number, award.amount_minor) == ("PRI-2025-00001", 500)
    with pytest.raises(Refusal, match="BONUS_ALREADY"):
        act(prepare_bonus, people.moussa, term=bonus, year=2024)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(decide_bonus, people.moussa, award=award, is_approved=True)
    bank = account_for(scoped, AccountRole.BANK)
    approved(1)
    early = act(prepare_batch, people.moussa, treasury_account=bank)
    assert early.total_minor == 3000  # not owed before it is approved
    act(cancel_batch, people.moussa, batch=early)
    act(decide_bonus, people.director, award=award, is_approved=True)
    with pytest.raises(Refusal, match="BONUS_DECIDED"):
        act(decide_bonus, people.director, award=award, is_approved=False)
    assert balance(scoped, AccountRole.PROVIDER_BONUSES) == 500
    given_up = act(prepare_batch, people.moussa, treasury_account=bank)
    assert given_up.total_minor == 3500
    act(cancel_batch, people.moussa, batch=given_up)
    made = act(prepare_batch, people.moussa, treasury_account=bank)
    act(authorise_batch, people.director, batch=made)
    [payout] = payouts_of(made)
    act(record_payout, people.cashier, payout=payout, paid_on=ON)
    assert PayoutAddition.objects.filter(is_cancelled=False).get().payout == payout
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == 0
    assert verify(scoped).findings == ()
    approved(2)
    assert act(prepare_batch, people.moussa, treasury_account=bank).total_minor == 3000


def test_a_refused_bonus_may_be_prepared_again(
    bonus: IncentiveTerm, scoped: Mutual, people: People, act: Act
) -> None:
    award = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    act(decide_bonus, people.director, award=award, is_approved=False)
    assert balance(scoped, AccountRole.PROVIDER_BONUSES) == 0
    again = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    assert again.document_number == "PRI-2025-00002"


def test_verify_sees_a_discount_that_was_altered(
    prompt: IncentiveTerm, approved: Any, batch: Any, paid: Any, scoped: Mutual
) -> None:
    approved(1)
    paid(batch())
    PayoutDiscount.objects.update(amount_minor=61)
    assert "PAYOUT_CLAIMS_DIFFER" in {each.code for each in verify(scoped).findings}


@pytest.mark.requirement("R073")
def test_a_bonus_is_paid_by_a_batch_of_its_own_where_no_claim_comes(
    bonus: IncentiveTerm, scoped: Mutual, people: People, act: Act
) -> None:
    bank = account_for(scoped, AccountRole.BANK)
    pay = {"treasury_account": bank}
    with pytest.raises(Refusal, match="NOTHING_TO_PAY"):
        act(prepare_batch, people.moussa, **pay)
    award = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    with pytest.raises(Refusal, match="AWARD_NOT_WAITING"):
        act(prepare_batch, people.moussa, claims=[], awards=[award], **pay)
    award = act(decide_bonus, people.director, award=award, is_approved=True)
    assert waiting_for_batch(scoped).award_minor == 500
    with pytest.raises(Refusal, match="NOTHING_TO_PAY"):
        act(prepare_batch, people.moussa, claims=[], **pay)
    box = account_for(scoped, AccountRole.CASH)
    with pytest.raises(Refusal, match="CHANNEL_NOT_OF_ACCOUNT"):
        act(prepare_batch, people.moussa, claims=[], awards=[award], treasury_account=box)
    all_that_waits = act(prepare_batch, people.moussa, **pay)
    assert all_that_waits.total_minor == 500
    with pytest.raises(Refusal, match="AWARD_NOT_WAITING"):
        act(prepare_batch, people.moussa, claims=[], awards=[award], **pay)
    act(cancel_batch, people.moussa, batch=all_that_waits)
    made = act(prepare_batch, people.moussa, claims=[], awards=[award], **pay)
    act(authorise_batch, people.director, batch=made)
    [payout] = payouts_of(made)
    act(record_payout, people.cashier, payout=payout, paid_on=ON)
    made.refresh_from_db()
    assert (made.state, payout.amount_minor) == ("paid", 500)
    assert balance(scoped, AccountRole.PROVIDERS_PAYABLE) == 0
    assert not waiting_for_batch(scoped).is_any
    assert verify(scoped).findings == ()


def test_who_approved_a_bonus_never_pays_it(
    bonus: IncentiveTerm, scoped: Mutual, people: People, act: Act
) -> None:
    award = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    act(decide_bonus, people.director, award=award, is_approved=True)
    bank = account_for(scoped, AccountRole.BANK)
    made = act(prepare_batch, people.moussa, treasury_account=bank)
    act(authorise_batch, people.director, batch=made)
    [payout] = payouts_of(made)
    IncentiveAward.objects.update(approved_by=people.cashier)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        act(record_payout, people.cashier, payout=payout, paid_on=ON)


def test_what_a_provider_owes_back_is_kept_of_a_bonus_alone(
    bonus: IncentiveTerm, approved: Any, batch: Any, paid: Any, scoped: Mutual, people: People,
    act: Act,
) -> None:  # fmt: skip
    [claim] = approved(1)
    paid(batch())
    claim = Claim.objects.get(pk=claim.pk)
    act(ask_overpayment_back, people.moussa, claim=claim, amount_minor=300, reason="double")
    award = act(prepare_bonus, people.moussa, term=bonus, year=2024)
    act(decide_bonus, people.director, award=award, is_approved=True)
    made = batch()
    assert made.total_minor == 200
    paid(made)
    assert verify(scoped).findings == ()

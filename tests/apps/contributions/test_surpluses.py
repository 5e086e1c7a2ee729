"""Cash found too much leaves suspense; a settlement of missing cash by mistake is taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.access.models import User
from entraide.apps.contributions.custody import cash_without_slip, holdings
from entraide.apps.contributions.models import (
    CashSurplus,
    ClearanceState,
    CollectionSlip,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.shortage_reversals import reverse_settlement
from entraide.apps.contributions.shortage_settlements import deduct_shortage
from entraide.apps.contributions.shortages import record_surplus
from entraide.apps.contributions.slips import prepare_slip
from entraide.apps.contributions.surpluses import (
    approve_surplus_income,
    give_surplus_back,
    propose_surplus_income,
    refuse_surplus_income,
    reverse_clearance,
    surpluses_list,
    surpluses_waiting,
)
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import reverse_document
from entraide.apps.ledger.selectors import account_balance, account_for, treasury_balance
from entraide.apps.reporting.papers import paper_of
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from tests.apps.contributions.test_shortages import (  # noqa: F401
    ON,
    assert_verified,
    common,
    deposit,
    household,
    owed,
    repay,
    short,
    slip,
    write_off,
)
from tests.people import People


@pytest.fixture
def surplus(scoped: Mutual, people: People) -> CashSurplus:
    """The cashier found 700 too much."""
    return record_surplus(
        **common(people.cashier, scoped), amount_minor=700, found_on=ON,
        cash_account=account_for(scoped, AccountRole.CASH), reason="Trouvé au comptage du soir",
    )  # fmt: skip


def findings_of(mutual: Mutual) -> list[str]:
    return [each.code for each in verify(mutual).findings]


def give_back(
    surplus: CashSurplus, actor: User, amount_minor: int, **changed: Any
) -> SurplusClearance:
    content = {"given_to": "Bodo Yao", "paid_on": ON, "reason": "Billet laissé au guichet"}
    return give_surplus_back(
        **common(actor, surplus.mutual), surplus=surplus, amount_minor=amount_minor,
        **(content | changed),
    )  # fmt: skip


def propose(surplus: CashSurplus, actor: User, amount_minor: int) -> SurplusClearance:
    return propose_surplus_income(
        **common(actor, surplus.mutual), surplus=surplus, amount_minor=amount_minor,
        reason="Personne ne réclame depuis un mois",
    )  # fmt: skip


def test_a_surplus_goes_back_to_its_payer_and_the_rest_is_income_once_two_decide(
    surplus: CashSurplus, scoped: Mutual, people: People
) -> None:
    back = give_back(surplus, people.moussa, 200)
    assert back.document_number.startswith("LEV-")
    assert account_balance(scoped, AccountRole.SUSPENSE) == -500
    assert treasury_balance(scoped, ON) == 500
    proposal = propose(surplus, people.moussa, 500)
    assert account_balance(scoped, AccountRole.SUSPENSE) == -500
    with pytest.raises(Refusal, match="SURPLUS_BEING_DECIDED"):
        give_back(surplus, people.moussa, 100)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_surplus_income(**common(people.moussa, scoped), clearance=proposal)
    done = approve_surplus_income(**common(people.director, scoped), clearance=proposal)
    assert account_balance(scoped, AccountRole.SUSPENSE) == 0
    assert account_balance(scoped, AccountRole.CASH_GAINS) == -500
    assert treasury_balance(scoped, ON, fund=FundCode.RUNNING) == 500
    assert treasury_balance(scoped, ON, fund=FundCode.OTHER) == 0
    assert done.entry is not None
    paper = paper_of(done.entry)
    assert paper is not None
    assert (paper.register, paper.uid) == ("surplus", surplus.uid)
    assert list(surpluses_waiting(scoped)) == []
    assert list(surpluses_list(scoped)) == [surplus]
    with pytest.raises(Refusal, match="CLEARANCE_DECIDED"):
        approve_surplus_income(**common(people.director, scoped), clearance=proposal)
    with pytest.raises(Refusal, match="REVERSE_IN_ITS_OWN_STEP"):
        reverse_document(
            **common(people.moussa, scoped), document_number=done.document_number, reason="non"
        )
    assert_verified(scoped)


def test_who_found_it_neither_gives_it_back_nor_decides(
    scoped: Mutual, people: People, surplus: CashSurplus
) -> None:
    own = record_surplus(
        **common(people.moussa, scoped), amount_minor=300, found_on=ON,
        cash_account=surplus.cash_account, reason="Comptage du matin",
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        give_back(own, people.moussa, 300)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        give_back(surplus, people.cashier, 300)
    done = approve_surplus_income(
        **common(people.director, scoped), clearance=propose(own, people.moussa, 300)
    )
    with pytest.raises(Refusal, match="REASON_MISSING"):
        reverse_clearance(**common(people.moussa, scoped), clearance=done, reason=" ")
    reverse_clearance(**common(people.moussa, scoped), clearance=done, reason="Payeur trouvé")
    own.refresh_from_db()
    assert (own.remaining_minor, account_balance(scoped, AccountRole.SUSPENSE)) == (300, -1000)
    with pytest.raises(Refusal, match="CLEARANCE_NOT_POSTED"):
        reverse_clearance(**common(people.moussa, scoped), clearance=done, reason="encore")
    assert_verified(scoped)
    SurplusClearance.objects.update(decided_by=people.moussa)
    assert "DUTIES_NOT_SEPARATED" in findings_of(scoped)


def test_a_proposal_is_refused_with_a_reason_and_the_cash_stays_in_suspense(
    surplus: CashSurplus, scoped: Mutual, people: People
) -> None:
    proposal = propose(surplus, people.moussa, 700)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        refuse_surplus_income(**common(people.director, scoped), clearance=proposal, reason="")
    refused = refuse_surplus_income(
        **common(people.director, scoped), clearance=proposal, reason="Attendre la fin du mois"
    )
    assert (refused.state, refused.entry) == (ClearanceState.REFUSED, None)
    assert account_balance(scoped, AccountRole.SUSPENSE) == -700
    assert propose(surplus, people.moussa, 700).state == ClearanceState.PROPOSED
    assert_verified(scoped)


def test_every_fault_of_giving_back_is_told_at_once(surplus: CashSurplus, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        give_back(surplus, people.moussa, 800, given_to=" ", reason="", paid_on=date(2025, 1, 1))
    assert [each.code for each in refused.value.findings] == [
        "REASON_MISSING", "SURPLUS_CLEARED_BEYOND", "CLEARED_BEFORE_FOUND",
        "REFUND_RECEIVER_MISSING", "REFUND_MORE_THAN_HELD",
    ]  # fmt: skip
    assert not SurplusClearance.objects.exists()


def test_verify_finds_a_surplus_that_left_without_an_entry(
    surplus: CashSurplus, scoped: Mutual
) -> None:
    CashSurplus.objects.update(cleared_minor=100)
    assert findings_of(scoped) == ["SHORTAGE_DIFFERS"]


def take_back(
    settlement: ShortageSettlement, actor: User, why: str = "Erreur de personne"
) -> ShortageSettlement:
    return reverse_settlement(
        **common(actor, settlement.mutual), settlement=settlement, reason=why,
    )  # fmt: skip


@pytest.mark.requirement("R035", begun=True)
def test_a_repayment_by_mistake_is_taken_back_by_another_and_owed_again(
    slip: CollectionSlip, people: People  # noqa: F811
) -> None:  # fmt: skip
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    paid = repay(shortage, people.cashier, 1500)
    loose_before = cash_without_slip(mutual).amount_minor
    with pytest.raises(Refusal, match="FORBIDDEN"):
        take_back(paid, people.cashier)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        take_back(paid, people.moussa, " ")
    done = take_back(paid, people.moussa)
    assert (done.reversed_on, done.reversed_by) == (ON, people.moussa)
    shortage.refresh_from_db()
    assert (shortage.remaining_minor, owed(mutual, people.awa)) == (2000, 2000)
    assert cash_without_slip(mutual).amount_minor == loose_before - 1500
    assert all(each.total_minor for each in holdings(mutual))
    assert Entry.objects.get(reverses=paid.entry).label == "Erreur de personne"
    with pytest.raises(Refusal, match="SETTLEMENT_REVERSED"):
        take_back(paid, people.moussa)
    repay(shortage, people.cashier, 2000)
    assert_verified(mutual)


def test_a_repayment_leaves_a_slip_not_deposited_and_stays_on_one_that_is(
    slip: CollectionSlip, people: People  # noqa: F811
) -> None:  # fmt: skip
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    first, second = (repay(shortage, people.cashier, amount) for amount in (600, 900))
    carried = prepare_slip(**common(people.cashier, mutual), repayments=(first, second))
    take_back(first, people.moussa)
    carried.refresh_from_db()
    assert carried.total_minor == 900
    deposit(carried, people.moussa)
    with pytest.raises(Refusal, match="SETTLEMENT_DEPOSITED"):
        take_back(second, people.moussa)
    assert_verified(mutual)


def test_what_was_kept_back_or_written_off_is_taken_back(
    slip: CollectionSlip, people: People  # noqa: F811
) -> None:  # fmt: skip
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    kept = deduct_shortage(
        **common(people.moussa, mutual), shortage=shortage, amount_minor=500, paid_on=ON,
        treasury_account=account_for(mutual, AccountRole.BANK), reason="Paie de janvier",
    )  # fmt: skip
    lost = write_off(shortage, people.director, 1500)
    take_back(kept, people.moussa)
    take_back(lost, people.moussa)
    shortage.refresh_from_db()
    assert (shortage.remaining_minor, owed(mutual, people.awa)) == (2000, 2000)
    assert account_balance(mutual, AccountRole.CASH_LOSSES) == 0
    assert_verified(mutual)
    ShortageSettlement.objects.filter(pk=lost.pk).update(reversed_by=people.director)
    assert findings_of(mutual) == ["DUTIES_NOT_SEPARATED"]

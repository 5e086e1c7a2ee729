"""Missing cash is somebody's until it is settled; what is deposited and what is missing are whole."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraide.apps.access.models import User
from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.custody import (
    Cash,
    cash_flow,
    cash_without_slip,
    holdings,
    shortages_owed,
)
from entraide.apps.contributions.daily_check import CheckKind, daily_check, to_explain_count
from entraide.apps.contributions.handovers import answer_handover, hand_over_cash
from entraide.apps.contributions.models import (
    CashShortage,
    CollectionSlip,
    ContributionPayment,
    ShortageSettlement,
)
from entraide.apps.contributions.shortage_settlements import (
    deduct_shortage,
    receive_repayment,
    write_off_shortage,
)
from entraide.apps.contributions.shortages import (
    acknowledge_shortage,
    establish_shortage,
    party_of_holder,
    record_surplus,
)
from entraide.apps.contributions.slips import prepare_slip, record_deposit, split_slip
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_balance, account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_household, a_key, a_payment
from tests.people import People

ON = date(2025, 1, 20)
WHY = "Un billet de 2 000 manque au comptage"


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def slip_of(actor: User, *receipts: ContributionPayment) -> CollectionSlip:
    return prepare_slip(
        mutual=receipts[0].mutual, actor=actor, on=ON, idempotency_key=a_key(), receipts=receipts
    )


@pytest.fixture
def slip(household: Household, people: People) -> CollectionSlip:
    return slip_of(people.awa, a_payment(household, people.awa, 5000))


def common(actor: User, mutual: Mutual) -> dict:
    return {"mutual": mutual, "actor": actor, "on": ON, "idempotency_key": a_key()}


def short(
    slip: CollectionSlip,
    actor: User,
    amount_minor: int = 2000,
    reason: str = WHY,
    found_on: date = ON,
) -> CashShortage:
    act = acknowledge_shortage if slip.holder_id == actor.pk else establish_shortage
    return act(
        **common(actor, slip.mutual), slip=slip, amount_minor=amount_minor, found_on=found_on,
        reason=reason,
    )  # fmt: skip


def deposit(slip: CollectionSlip, actor: User, amount_minor: int | None = None) -> CollectionSlip:
    return record_deposit(
        **common(actor, slip.mutual), slip=slip, deposited_on=ON, amount_minor=amount_minor,
        bank_account=account_for(slip.mutual, AccountRole.BANK),
    )  # fmt: skip


def repay(shortage: CashShortage, actor: User, amount_minor: int) -> ShortageSettlement:
    return receive_repayment(
        **common(actor, shortage.mutual), shortage=shortage, amount_minor=amount_minor,
        treasury_account=account_for(shortage.mutual, AccountRole.CASH), paid_on=ON,
    )  # fmt: skip


def write_off(shortage: CashShortage, actor: User, amount_minor: int) -> ShortageSettlement:
    return write_off_shortage(
        **common(actor, shortage.mutual), shortage=shortage, amount_minor=amount_minor,
        reason="Vol déclaré à la police, procès-verbal 12",
    )  # fmt: skip


def owed(mutual: Mutual, holder: User) -> int:
    return account_balance(mutual, AccountRole.CASH_SHORTAGES, party=party_of_holder(holder))


def held(mutual: Mutual) -> dict[str, int]:
    return {str(each.holder): each.total_minor for each in holdings(mutual)}


def assert_verified(mutual: Mutual) -> None:
    assert verify(mutual).findings == ()


@pytest.mark.requirement("R035")
def test_missing_cash_is_owed_by_its_holder_and_the_rest_is_deposited(
    slip: CollectionSlip, people: People
) -> None:
    mutual = slip.mutual
    with pytest.raises(Refusal, match="DEPOSIT_AMOUNT_DIFFERS"):
        deposit(slip, people.moussa, 3000)
    shortage = short(slip, people.moussa)
    assert (shortage.holder, shortage.established_by) == (people.awa, people.moussa)
    assert not shortage.is_acknowledged
    assert owed(mutual, people.awa) == 2000
    assert held(mutual) == {"Awa Kodjo": 3000}
    flow = cash_flow(mutual, date(2025, 1, 1), date(2025, 2, 1))
    assert (flow.received_minor, flow.deposited_minor, flow.missing_minor) == (5000, 0, 5000)
    assert (flow.owed_minor, flow.held_minor) == (2000, 3000)
    assert_verified(mutual)
    deposit(slip, people.moussa, 3000)
    assert held(mutual) == {}
    assert treasury_balance(mutual, ON, account=account_for(mutual, AccountRole.CASH)) == 0
    flow = cash_flow(mutual, date(2025, 1, 1), date(2025, 2, 1))
    assert (flow.deposited_minor, flow.missing_minor, flow.held_minor) == (3000, 2000, 0)
    assert list(shortages_owed(mutual)) == [shortage]
    assert_verified(mutual)


def test_the_holder_acknowledges_and_nobody_establishes_their_own(
    slip: CollectionSlip, people: People
) -> None:
    with pytest.raises(Refusal, match="SHORTAGE_NOT_HOLDER"):
        acknowledge_shortage(
            **common(people.cashier, slip.mutual),
            slip=slip,
            amount_minor=1,
            found_on=ON,
            reason=WHY,
        )
    own = slip_of(people.cashier, a_payment(Household.objects.get(), people.cashier, 1000))
    handover = hand_over_cash(
        **common(people.cashier, slip.mutual), slips=(own,), receiver=people.moussa, given_on=ON
    )
    answer_handover(**common(people.moussa, slip.mutual), handover=handover, counted_minor=1000)
    own.refresh_from_db()
    with pytest.raises(Refusal, match="SHORTAGE_OWN"):
        establish_shortage(
            **common(people.moussa, slip.mutual), slip=own, amount_minor=1, found_on=ON, reason=WHY
        )
    for actor in (people.awa, people.cashier, people.director):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            establish_shortage(
                **common(actor, slip.mutual), slip=own, amount_minor=1, found_on=ON, reason=WHY
            )
    assert short(slip, people.awa).is_acknowledged
    assert_verified(slip.mutual)


def test_every_fault_of_a_shortage_is_told_at_once(slip: CollectionSlip, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        short(slip, people.moussa, 6000, " ", date(2025, 1, 1))
    assert {(each.code, each.place) for each in refused.value.findings} == {
        ("SHORTAGE_MORE_THAN_HELD", "amount"),
        ("REASON_MISSING", "reason"),
        ("SHORTAGE_BEFORE_SLIP", "found_on"),
    }
    with pytest.raises(Refusal, match="AMOUNT_NOT_ABOVE_ZERO"):
        short(slip, people.moussa, 0)
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        short(slip, people.moussa, found_on=date(2025, 1, 21))
    assert not CashShortage.objects.exists()
    deposit(slip, people.moussa)
    with pytest.raises(Refusal, match="SLIP_ALREADY_DEPOSITED"):
        short(slip, people.moussa)


def test_a_disputed_handover_is_confirmed_once_the_rest_is_counted(
    slip: CollectionSlip, people: People
) -> None:
    mutual = slip.mutual
    handover = hand_over_cash(
        **common(people.awa, mutual), slips=(slip,), receiver=people.cashier, given_on=ON
    )
    with pytest.raises(Refusal, match="SLIP_HANDED_OVER"):
        short(slip, people.awa)
    answer_handover(
        **common(people.cashier, mutual), handover=handover, counted_minor=3000, explanation=WHY
    )
    shortage = short(slip, people.awa)
    assert shortage.handover == handover
    handover.refresh_from_db()
    assert (handover.expected_minor, handover.difference_minor) == (3000, 0)
    answer_handover(**common(people.cashier, mutual), handover=handover, counted_minor=3000)
    assert held(mutual) == {"Yao Amegan": 3000}
    assert owed(mutual, people.awa) == 2000
    assert_verified(mutual)


@pytest.mark.requirement("R035")
def test_money_paid_back_travels_to_the_bank_as_a_receipt_does(
    slip: CollectionSlip, people: People
) -> None:
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    deposit(slip, people.moussa)
    with pytest.raises(Refusal, match="SHORTAGE_OWN"):
        repay(shortage, people.awa, 500)
    with pytest.raises(Refusal, match="SHORTAGE_SETTLED_BEYOND"):
        repay(shortage, people.cashier, 2001)
    paid = repay(shortage, people.cashier, 1500)
    assert owed(mutual, people.awa) == 500
    assert held(mutual) == {"Yao Amegan": 1500}
    assert_verified(mutual)
    second = prepare_slip(**common(people.cashier, mutual), repayments=(paid,))
    with pytest.raises(RefusedRows, match="INPUT_REFUSED"):
        prepare_slip(**common(people.cashier, mutual), repayments=(paid,))
    assert held(mutual) == {"Yao Amegan": 1500}
    deposit(second, people.moussa, 1500)
    flow = cash_flow(mutual, date(2025, 1, 1), date(2025, 2, 1))
    assert (flow.deposited_minor, flow.owed_minor, flow.held_minor) == (4500, 500, 0)
    assert_verified(mutual)


def test_a_salary_gives_back_to_the_funds_what_they_lacked(
    slip: CollectionSlip, people: People
) -> None:
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    bank = account_for(mutual, AccountRole.BANK)
    content = {"shortage": shortage, "treasury_account": bank, "paid_on": ON, "amount_minor": 2000}
    with pytest.raises(Refusal, match="REASON_MISSING"):
        deduct_shortage(**common(people.moussa, mutual), **content, reason="")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        deduct_shortage(**common(people.cashier, mutual), **content, reason="Paie de janvier")
    deduct_shortage(**common(people.moussa, mutual), **content, reason="Paie de janvier")
    assert owed(mutual, people.awa) == 0
    assert treasury_balance(mutual, ON, account=bank) == 0
    assert account_balance(mutual, AccountRole.STAFF_COSTS) == 2000
    assert not shortages_owed(mutual).exists()
    assert cash_flow(mutual, date(2025, 1, 1), date(2025, 2, 1)).kept_back_minor == 2000
    assert_verified(mutual)


def test_only_somebody_else_writes_off_with_a_reason(slip: CollectionSlip, people: People) -> None:
    mutual = slip.mutual
    shortage = short(slip, people.moussa)
    for actor in (people.awa, people.moussa, people.cashier):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            write_off(shortage, actor, 2000)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        write_off_shortage(
            **common(people.director, mutual), shortage=shortage, amount_minor=2000, reason=""
        )
    CashShortage.objects.update(established_by=people.director)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        write_off(shortage, people.director, 2000)
    CashShortage.objects.update(established_by=people.moussa)
    write_off(shortage, people.director, 2000)
    assert account_balance(mutual, AccountRole.CASH_LOSSES) == 2000
    assert owed(mutual, people.awa) == 0
    assert_verified(mutual)


def test_a_slip_of_which_cash_is_missing_keeps_what_is_on_it(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    receipts = [a_payment(household, people.awa, amount) for amount in (2000, 1000)]
    slip = slip_of(people.awa, *receipts)
    shortage = short(slip, people.awa, 500)
    for act, content in (
        (split_slip, {"slip": slip, "receipts": (receipts[0],)}),
        (reverse_payment, {"payment": receipts[0], "reason": "erreur"}),
        (reassign_payment, {"payment": receipts[0], "reason": "e", "household": household}),
    ):
        with pytest.raises(Refusal, match="SLIP_SHORT"):
            act(**common(people.awa if act is split_slip else people.moussa, mutual), **content)
    assert shortage.by_fund()[FundCode.MUTUAL] + shortage.by_fund()[FundCode.RUNNING] == 500


def test_a_slip_missing_whole_has_nothing_to_deposit(slip: CollectionSlip, people: People) -> None:
    short(slip, people.moussa, 5000)
    assert held(slip.mutual) == {}
    with pytest.raises(Refusal, match="SLIP_EMPTY"):
        deposit(slip, people.moussa)
    assert_verified(slip.mutual)


def test_cash_found_too_much_waits_in_suspense(scoped: Mutual, people: People) -> None:
    cash, bank = (account_for(scoped, role) for role in (AccountRole.CASH, AccountRole.BANK))
    content = {"amount_minor": 700, "found_on": ON, "reason": "Trouvé au comptage du soir"}
    with pytest.raises(Refusal, match="SURPLUS_NOT_CASH"):
        record_surplus(**common(people.cashier, scoped), cash_account=bank, **content)
    found = record_surplus(**common(people.cashier, scoped), cash_account=cash, **content)
    assert found.document_number.startswith("EXC-")
    assert account_balance(scoped, AccountRole.SUSPENSE) == -700
    assert_verified(scoped)
    type(found).objects.update(amount_minor=800)
    assert [each.code for each in verify(scoped).findings] == ["SHORTAGE_DIFFERS"]


def test_verify_finds_a_shortage_that_the_books_do_not_know(
    slip: CollectionSlip, people: People
) -> None:
    shortage = short(slip, people.moussa)
    repay(shortage, people.cashier, 500)
    for changed in (
        {"holder": people.cashier},
        {"settled_minor": 0},
        {"mutual_minor": 0, "running_minor": 2000},
    ):
        before = CashShortage.objects.values(*changed).get()
        CashShortage.objects.update(**changed)
        assert "SHORTAGE_DIFFERS" in [each.code for each in verify(slip.mutual).findings]
        CashShortage.objects.update(**before)
    CashShortage.objects.update(established_by=people.director)
    assert [each.code for each in verify(slip.mutual).findings] == ["RECORD_PERSON_DIFFERS"]
    CashShortage.objects.update(established_by=people.moussa)
    assert_verified(slip.mutual)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    receipts=st.lists(st.integers(1, 700), min_size=1, max_size=3),
    data=st.data(),
)
def test_shortage_and_deposit_are_the_slip_whatever_the_amounts(
    scoped: Mutual, product: Product, people: People, receipts: list[int], data: st.DataObject
) -> None:
    household = a_household(scoped, people.awa, product)
    slip = slip_of(people.awa, *(a_payment(household, people.awa, each) for each in receipts))
    bank = account_for(scoped, AccountRole.BANK)
    bank_before, owed_before = treasury_balance(scoped, ON, account=bank), owed(scoped, people.awa)
    missing = data.draw(st.integers(1, slip.total_minor))
    shortage = short(slip, people.moussa, missing)
    slip.refresh_from_db()
    if slip.held_minor:
        deposit(slip, people.moussa)
    deposited = treasury_balance(scoped, ON, account=bank) - bank_before
    assert deposited + missing == slip.total_minor
    paid = data.draw(st.integers(0, missing))
    if paid:
        again = prepare_slip(
            **common(people.cashier, scoped), repayments=(repay(shortage, people.cashier, paid),)
        )
        deposit(again, people.moussa)
    lost = data.draw(st.integers(0, missing - paid))
    if lost:
        write_off(shortage, people.director, lost)
    assert owed(scoped, people.awa) - owed_before == missing - paid - lost
    assert treasury_balance(scoped, ON, account=bank) - bank_before == deposited + paid
    assert_verified(scoped)


@pytest.mark.requirement("R035", begun=True)
def test_cash_paid_back_is_cash_on_no_slip_until_it_is_on_one(
    slip: CollectionSlip, scoped: Mutual, household: Household, people: People
) -> None:
    a_payment(household, people.awa, 1500)
    paid_back = repay(short(slip, people.moussa), people.cashier, 250)
    assert cash_without_slip(scoped) == Cash(1750, 2)
    assert sum(each.loose_minor for each in holdings(scoped)) == 1750
    assert sum(each.loose_count for each in holdings(scoped)) == 2
    late = date(2025, 6, 1)
    without = [each for each in daily_check(scoped, late) if each.kind is CheckKind.NO_SLIP]
    assert paid_back.document_number in {each.subject for each in without}
    assert len(without) == 2
    told = [each for each in daily_check(scoped, late) if each.note is None]
    assert to_explain_count(scoped, late) == len(told)
    prepare_slip(**common(people.cashier, scoped), receipts=(), repayments=(paid_back,))
    assert cash_without_slip(scoped) == Cash(1500, 1)

"""Cash between people and to the bank: who holds it, who confirmed, what waits for too long."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.custody import cash_flow, holdings
from entraide.apps.contributions.daily_check import (
    CheckKind,
    daily_check,
    explain_check_line,
    to_explain_count,
)
from entraide.apps.contributions.handovers import (
    answer_handover,
    hand_over_cash,
    withdraw_handover,
)
from entraide.apps.contributions.models import CashHandover, CollectionSlip, ContributionPayment
from entraide.apps.contributions.ranges import give_booklet
from entraide.apps.contributions.slips import (
    deposit_slips,
    prepare_slip,
    record_deposit,
    split_slip,
)
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import add_treasury_account
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import a_household, a_key, a_payment
from tests.people import People

ON = date(2025, 1, 20)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.fixture
def agency_box(scoped: Mutual, people: People) -> Account:
    return add_treasury_account(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(),
        role=AccountRole.CASH, key="agence", label="Caisse de l’agence",
    )  # fmt: skip


def slip_of(actor: User, *receipts: ContributionPayment) -> CollectionSlip:
    return prepare_slip(
        mutual=receipts[0].mutual, actor=actor, on=ON, idempotency_key=a_key(), receipts=receipts
    )


def give(
    actor: User, receiver: User, *slips: CollectionSlip, to_account: Account | None = None
) -> CashHandover:
    return hand_over_cash(
        mutual=slips[0].mutual, actor=actor, on=ON, idempotency_key=a_key(), slips=slips,
        receiver=receiver, given_on=ON, to_account=to_account,
    )  # fmt: skip


def answer(
    handover: CashHandover, actor: User, counted_minor: int, explanation: str = ""
) -> CashHandover:
    return answer_handover(
        mutual=handover.mutual, actor=actor, on=ON, idempotency_key=a_key(), handover=handover,
        counted_minor=counted_minor, explanation=explanation,
    )  # fmt: skip


def held(mutual: Mutual) -> dict[str, int]:
    return {str(each.holder): each.total_minor for each in holdings(mutual)}


def assert_verified(mutual: Mutual) -> None:
    assert verify(mutual).findings == ()


@pytest.mark.requirement("R035", begun=True)
def test_cash_is_the_receivers_once_they_have_counted_it(
    household: Household, people: People, agency_box: Account
) -> None:
    mutual = household.mutual
    slip = slip_of(people.awa, a_payment(household, people.awa, 4000))
    a_payment(household, people.awa, 1000)
    handover = give(people.awa, people.cashier, slip, to_account=agency_box)
    assert held(mutual) == {"Awa Kodjo": 5000}
    assert holdings(mutual)[0].announced_minor == 4000
    with pytest.raises(Refusal, match="HANDOVER_OTHER_RECEIVER"):
        answer(handover, people.moussa, 4000)
    with pytest.raises(Refusal, match="SLIP_HANDED_OVER"):
        give(people.awa, people.moussa, slip)
    answer(handover, people.cashier, 4000)
    assert held(mutual) == {"Awa Kodjo": 1000, "Yao Amegan": 4000}
    assert treasury_balance(mutual, ON, account=agency_box) == 4000
    assert treasury_balance(mutual, ON, account=account_for(mutual, AccountRole.CASH)) == 1000
    slip.refresh_from_db()
    assert (slip.holder, slip.cash_account) == (people.cashier, agency_box)
    with pytest.raises(Refusal, match="HANDOVER_CLOSED"):
        answer(handover, people.cashier, 4000)
    assert_verified(mutual)
    # The next person of the chain, in the same box: nothing to post.
    onward = answer(give(people.cashier, people.moussa, slip), people.moussa, 4000)
    assert onward.entry is None
    assert held(mutual) == {"Awa Kodjo": 1000, "Moussa Adjavon": 4000}
    assert_verified(mutual)


def test_another_count_is_explained_and_leaves_the_cash_with_the_giver(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    slip = slip_of(people.awa, a_payment(household, people.awa, 4000))
    handover = give(people.awa, people.cashier, slip)
    with pytest.raises(Refusal, match="DIFFERENCE_UNEXPLAINED"):
        answer(handover, people.cashier, 3500)
    disputed = answer(handover, people.cashier, 3500, "un billet de 500 manque")
    assert (disputed.state, disputed.difference_minor) == ("disputed", -500)
    assert held(mutual) == {"Awa Kodjo": 4000}
    with pytest.raises(Refusal, match="SLIP_HANDED_OVER"):
        record_deposit(
            mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(), slip=slip,
            bank_account=account_for(mutual, AccountRole.BANK), deposited_on=ON,
        )  # fmt: skip
    withdraw_handover(
        mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), handover=handover
    )
    again = answer(give(people.awa, people.cashier, slip), people.cashier, 4000)
    assert again.state == "confirmed"
    assert held(mutual) == {"Yao Amegan": 4000}
    assert_verified(mutual)


def test_a_receipt_taken_back_comes_out_of_the_box_that_has_its_cash(
    household: Household, people: People, product: Product, agency_box: Account
) -> None:
    mutual = household.mutual
    neighbours = a_household(mutual, people.awa, product)
    payment, other = (a_payment(household, people.awa, amount) for amount in (4000, 500))
    slip = slip_of(people.awa, payment, other)
    answer(give(people.awa, people.cashier, slip, to_account=agency_box), people.cashier, 4500)
    reassign_payment(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=payment,
        household=neighbours, reason="au nom des voisins",
    )  # fmt: skip
    assert_verified(mutual)
    reverse_payment(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), payment=payment,
        reason="rendu",
    )  # fmt: skip
    assert treasury_balance(mutual, ON, account=agency_box) == 500
    assert treasury_balance(mutual, ON, account=account_for(mutual, AccountRole.CASH)) == 0
    assert held(mutual) == {"Yao Amegan": 500}
    assert_verified(mutual)


@pytest.mark.requirement("R035", begun=True)
def test_several_slips_make_one_deposit_and_a_part_of_one_makes_none(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    first = slip_of(people.awa, *(a_payment(household, people.awa, each) for each in (400, 600)))
    second = slip_of(people.cashier, a_payment(household, people.cashier, 2000))
    bank = account_for(mutual, AccountRole.BANK)

    def deposit(*slips: CollectionSlip, amount_minor: int) -> object:
        return deposit_slips(
            mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(), slips=slips,
            bank_account=bank, deposited_on=ON, amount_minor=amount_minor,
        )  # fmt: skip

    with pytest.raises(Refusal, match="DEPOSIT_OF_ONE_SLIP"):
        deposit(first, amount_minor=1000)
    with pytest.raises(Refusal, match="DEPOSIT_AMOUNT_DIFFERS"):
        deposit(first, second, amount_minor=2600)
    late = split_slip(
        mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), slip=first,
        receipts=(first.payments.get(amount_minor=400),),
    )  # fmt: skip
    made = deposit(first, second, amount_minor=2600)
    assert made.entry.document_number == made.document_number == "VB-2025-00001"
    assert treasury_balance(mutual, ON, account=bank) == 2600
    assert held(mutual) == {"Awa Kodjo": 400}
    assert late.total_minor == 400
    flow = cash_flow(mutual, date(2025, 1, 1), date(2025, 2, 1))
    assert (flow.received_minor, flow.deposited_minor, flow.missing_minor) == (3000, 2600, 400)
    assert_verified(mutual)


@pytest.mark.requirement("R036", begun=True)
def test_the_daily_check_names_what_waits_and_who_answers_for_it(
    household: Household, people: People
) -> None:
    mutual = household.mutual
    give_booklet(
        mutual=mutual, actor=people.cashier, on=ON, idempotency_key=a_key(), holder=people.awa,
        first_number="A-001", last_number="A-050", given_on=date(2025, 1, 10),
    )  # fmt: skip
    for number in ("A-001", "A-003"):
        a_payment(household, people.awa, 100, paper_number=number)
    slip_of(people.cashier, a_payment(household, people.cashier, 500))
    day = date(2025, 1, 30)
    lines = daily_check(mutual, day)
    assert [(line.kind, line.numbers, str(line.owner)) for line in lines] == [
        (CheckKind.HOLE, "A-002", "Awa Kodjo"),
        (CheckKind.NO_SLIP, "REC-2025-00001", "Awa Kodjo"),
        (CheckKind.NO_SLIP, "REC-2025-00002", "Awa Kodjo"),
        (CheckKind.SLIP_WAITING, "BC-2025-00001", "Yao Amegan"),
        (CheckKind.CASH_LONG, "Awa Kodjo", "Awa Kodjo"),
        (CheckKind.CASH_LONG, "Yao Amegan", "Yao Amegan"),
    ]
    assert to_explain_count(mutual, day) == len(lines)

    def explain(actor: User, subject: str = "A-002", text: str = "feuille déchirée") -> None:
        explain_check_line(
            mutual=mutual, actor=actor, on=day, idempotency_key=a_key(), kind="hole",
            subject=subject, explanation=text,
        )  # fmt: skip

    with pytest.raises(Refusal, match="FORBIDDEN"):
        explain(people.awa)
    with pytest.raises(Refusal, match="CHECK_LINE_UNKNOWN"):
        explain(people.moussa, "A-004")
    explain(people.moussa)
    assert to_explain_count(mutual, day) == len(lines) - 1
    explained = daily_check(mutual, day)[-1]
    assert (explained.kind, explained.note.noted_by) == (CheckKind.HOLE, people.moussa)
    with pytest.raises(Refusal, match="CHECK_LINE_EXPLAINED"):
        explain(people.cashier)

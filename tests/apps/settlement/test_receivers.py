"""What a dishonest cashier or agent would try at the desk, and is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Account, Entry
from entraide.apps.ledger.operations import transfer_between_accounts
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.desk import float_minor, hand_over_refund, move_float, till_minor
from entraide.apps.settlement.models import Payout, PayoutReceipt, RefundReceiver, SettlementBatch
from entraide.apps.settlement.receivers import Proof, Receiver, adults_of
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import record_payout
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from tests.apps.settlement.conftest import ON, Act
from tests.apps.settlement.test_desk import SIGNED, a_picture
from tests.builders import a_household, a_key, a_treasury_account
from tests.people import People

pytestmark = [pytest.mark.requirement("R055")]

MANDATED = Receiver(
    name="Koffi Ado", link="voisin", paper_kind="national_card", paper_number="0123-456"
)


@pytest.fixture
def box(scoped: Mutual, people: People) -> Account:
    return a_treasury_account(scoped, people.moussa, AccountRole.CASH, "agence", "Caisse agence")


@pytest.fixture
def due(approved: Any, authorised: Callable[..., SettlementBatch]) -> list[Payout]:
    """Two refunds of 3 000 in cash to one family, authorised."""
    return [
        payouts_of(authorised(approved(home=(day,), channel="cash"), role=AccountRole.CASH))[0]
        for day in (1, 2)
    ]


@pytest.fixture
def give(
    scoped: Mutual, people: People, act: Act, box: Account, person: Person
) -> Callable[..., Payout]:
    """The agent, who was given 6 000, hands a refund over to the member, unless said otherwise."""
    act(
        move_float, people.moussa, holder=people.field_agent, cash_account=box,
        other_account=account_for(scoped, AccountRole.BANK), amount_minor=6000,
    )  # fmt: skip

    def run(payout: Payout, **more: Any) -> Payout:
        said = {
            "payout": payout, "cash_account": box, "receiver": Receiver(person=person),
            "proof": SIGNED, **more,
        }  # fmt: skip
        return act(hand_over_refund, more.pop("actor", people.field_agent), **{
            key: value for key, value in said.items() if key != "actor"
        })  # fmt: skip

    return run


def codes(error: pytest.ExceptionInfo[RefusedRows]) -> list[str]:
    return [each.code for each in error.value.findings]


def test_nobody_is_paid_but_an_adult_of_the_family(
    due: list[Payout], give: Any, person: Person, scoped: Mutual, people: People, product: Any
) -> None:
    stranger = a_household(scoped, people.awa, product).persons.get(is_member=True)
    child = Person.objects.create(
        mutual=scoped, household=person.household, number="X-2", name="Ado", relation="child",
        sex="f", birth_on=date(2010, 1, 1), entered_on=date(2025, 1, 1),
    )  # fmt: skip
    gone = Person.objects.create(
        mutual=scoped, household=person.household, number="X-3", name="Afi", relation="spouse",
        sex="f", birth_on=date(1980, 1, 1), entered_on=date(2025, 1, 1), exited_on=ON,
    )  # fmt: skip
    assert adults_of(person.household, ON)[0] == person
    assert not {child, gone, stranger} & set(adults_of(person.household, ON))
    for other in (stranger, child, gone):
        with pytest.raises(RefusedRows) as error:
            give(due[0], receiver=Receiver(person=other))
        assert codes(error) == ["RECEIVER_NOT_OF_FAMILY"]
    Person.objects.filter(pk=child.pk).update(birth_on=date(2007, 3, 10))  # 18 that very day
    assert give(due[0], receiver=Receiver(person=child)).paid_on == ON


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"name": " "}, "RECEIVER_MISSING"),
        ({"link": ""}, "MANDATE_LINK_MISSING"),
        ({"paper_kind": "ticket"}, "MANDATE_PAPER_MISSING"),
        ({"paper_number": " "}, "MANDATE_PAPER_MISSING"),
    ],
)
def test_another_person_shows_a_mandate(
    due: list[Payout], give: Any, lacks: dict[str, str], code: str
) -> None:
    with pytest.raises(RefusedRows) as error:
        give(due[0], receiver=replace(MANDATED, **lacks))
    assert codes(error) == [code]
    paid = give(due[0], receiver=replace(MANDATED, mandate=a_picture(3)))
    kept = RefundReceiver.objects.get(receipt__payout=paid)
    assert (kept.person, kept.link, kept.paper_number) == (None, "voisin", "0123-456")
    assert bytes(kept.mandate or b"")[:2] == b"\xff\xd8"
    with pytest.raises(IntegrityError, match="never changed"):
        RefundReceiver.objects.update(paper_number="999")


def test_nobody_gives_to_themselves_nor_bears_witness_for_themselves(
    due: list[Payout], give: Any, people: People, person: Person
) -> None:
    agent = str(people.field_agent)
    with pytest.raises(RefusedRows) as error:
        give(due[0], receiver=replace(MANDATED, name=agent.upper()))
    assert codes(error) == ["RECEIVER_GIVES"]
    for witness in (agent, person.full_name):
        with pytest.raises(RefusedRows) as error:
            give(due[0], proof=Proof("thumbprint", a_picture(2), witness))
        assert codes(error) == ["WITNESS_NOT_OTHER"]


def test_a_drawing_or_a_slip_serves_once_and_an_empty_one_never(
    due: list[Payout], give: Any
) -> None:
    with pytest.raises(Refusal, match="PROOF_BLANK"):
        give(due[0], proof=Proof("signature", a_picture(0)))
    give(due[0], proof=replace(SIGNED, kind="scan", slip_number="carnet 7/12"))
    with pytest.raises(Refusal, match="PROOF_SERVED"):
        give(due[1])
    with pytest.raises(Refusal, match="SLIP_SERVED"):
        give(due[1], proof=Proof("scan", a_picture(2), slip_number="CARNET7/12"))
    assert (Entry.objects.filter(kind="payout_made").count(), PayoutReceipt.objects.count()) == (
        1, 1,
    )  # fmt: skip
    give(due[1], proof=Proof("scan", a_picture(2), slip_number="carnet 7/13"))


def test_cash_at_home_leaves_the_agents_own_cash_and_no_list(
    due: list[Payout], give: Any, box: Account, scoped: Mutual, people: People, act: Act
) -> None:
    for place in ("home", "agency"):
        with pytest.raises(Refusal, match="REFUND_AT_DESK"):
            act(record_payout, people.cashier, payout=due[0], paid_on=ON, place=place)
    with pytest.raises(Refusal, match="PAYOUT_PLACE_NOT_OF_CHANNEL"):
        act(record_payout, people.cashier, payout=due[0], paid_on=ON, place="transfer")
    with pytest.raises(Refusal, match="PAYOUT_PLACE_NOT_OF_CHANNEL"):
        give(due[0], place="transfer")
    paid = give(due[0], place="home")
    assert (paid.place, paid.from_account, paid.paid_by) == ("home", box, people.field_agent)
    assert float_minor(scoped, people.field_agent, box) == 3000
    act(
        move_float, people.moussa, holder=people.field_agent, cash_account=box, amount_minor=1,
        other_account=account_for(scoped, AccountRole.BANK), is_given_back=True,
    )  # fmt: skip
    with pytest.raises(Refusal, match="FLOAT_TOO_SMALL"):
        give(due[1], place="home", proof=Proof("signature", a_picture(2)))


def test_the_till_pays_at_the_office_by_a_cashier_only(
    due: list[Payout], give: Any, box: Account, scoped: Mutual, people: People,
    act: Act,
) -> None:  # fmt: skip
    till = account_for(scoped, AccountRole.CASH)
    from_till = {"cash_account": till, "is_from_till": True}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        give(due[0], **from_till)
    by_cashier = {"actor": people.cashier, **from_till}
    for wrong in ({"place": "home"}, {"place": "agency"}, {"cash_account": box}):
        with pytest.raises(Refusal, match="TILL_AT_OFFICE"):
            give(due[0], **{**by_cashier, **wrong})
    # What lies in the box but was given to an agent for refunds is not in the till.
    bank = account_for(scoped, AccountRole.BANK)

    def carry(source: Account, destination: Account, amount_minor: int) -> None:
        act(
            transfer_between_accounts, people.moussa, source=source, destination=destination,
            amounts_minor={FundCode.MUTUAL: amount_minor}, moved_on=ON, label="Versement",
        )  # fmt: skip

    carry(till, bank, till_minor(scoped, till, ON))
    act(
        move_float, people.moussa, holder=people.field_agent, cash_account=till,
        other_account=bank, amount_minor=9000,
    )  # fmt: skip
    assert till_minor(scoped, till, ON) == 0
    with pytest.raises(Refusal, match="FLOAT_TOO_SMALL"):
        give(due[0], **by_cashier)
    carry(bank, till, 3000)
    paid = give(due[0], **by_cashier)
    assert (paid.place, paid.from_account, paid.paid_by) == ("office", None, people.cashier)
    assert PayoutReceipt.objects.get().receiver.person is not None


def test_a_provider_or_a_transfer_is_not_given_at_the_desk(
    approved: Any, authorised: Any, give: Any, provider: Provider
) -> None:
    for payout in payouts_of(authorised(approved(5, home=(6,)))):
        with pytest.raises(Refusal, match="REFUND_NOT_IN_HAND"):
            give(payout)


def test_the_same_form_sent_twice_gives_once(
    due: list[Payout], give: Any, box: Account, person: Person, people: People, scoped: Mutual
) -> None:
    said = {
        "mutual": scoped, "actor": people.field_agent, "on": ON, "idempotency_key": a_key(),
        "payout": due[0], "cash_account": box, "receiver": Receiver(person=person),
        "proof": SIGNED,
    }  # fmt: skip
    assert hand_over_refund(**said) == hand_over_refund(**said)
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        hand_over_refund(**{**said, "receiver": MANDATED})
    assert PayoutReceipt.objects.count() == 1

"""Refunds given into a hand: from the agent's own cash, against a signature, once."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import scope
from PIL import Image, ImageDraw

from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.settlement.desk import (
    due_at_desk,
    float_minor,
    floats,
    hand_over_refund,
    move_float,
)
from entraide.apps.settlement.models import FloatMovement, Payout, PayoutReceipt, SettlementBatch
from entraide.apps.settlement.receivers import Proof, Receiver
from entraide.apps.settlement.returns import return_payout, reverse_payout
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.unclaimed import reissue_refund
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_key, a_treasury_account
from tests.people import People


def a_picture(strokes: int = 1) -> bytes:
    """A signature of so many strokes; of none, an empty sheet."""
    sheet = Image.new("RGB", (640, 220), "white")
    for stroke in range(strokes):
        ImageDraw.Draw(sheet).line((40, 40 + 20 * stroke, 600, 180), "black", width=8)
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()


SIGNED = Proof("signature", a_picture())


@pytest.fixture
def box(scoped: Mutual, people: People) -> Account:
    """The cash box of the agency, apart from that of contributions."""
    return a_treasury_account(scoped, people.moussa, AccountRole.CASH, "agence", "Caisse agence")


@pytest.fixture
def due(approved: Any, authorised: Callable[..., SettlementBatch]) -> Payout:
    approved(home=(1,), channel="agency")
    return payouts_of(authorised(role=AccountRole.CASH))[0]


@pytest.fixture
def member(person: Person) -> Receiver:
    """The member of the family, who comes for the money."""
    return Receiver(person=person)


@pytest.fixture
def given(scoped: Mutual, people: People, act: Act, box: Account) -> Callable[..., FloatMovement]:
    """Cash from the bank into an agent's hands."""

    def give(holder: Any, amount_minor: int, **more: Any) -> FloatMovement:
        bank = account_for(scoped, AccountRole.BANK)
        return act(
            move_float, people.moussa, holder=holder, cash_account=box, other_account=bank,
            amount_minor=amount_minor, **more,
        )  # fmt: skip

    return give


@pytest.mark.requirement("R055", begun=True)
def test_the_refund_leaves_the_agents_own_cash(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    given(people.field_agent, 5000)
    paid = act(
        hand_over_refund,
        people.field_agent,
        payout=due,
        cash_account=box,
        receiver=member,
        proof=SIGNED,
        minutes=20,
    )
    assert (paid.place, paid.minutes, paid.from_account, paid.paid_by) == (
        "agency", 20, box, people.field_agent,
    )  # fmt: skip
    left = Posting.objects.filter(entry=paid.entry, side="credit").get()
    assert (left.account, left.amount_minor) == (box, 3000)
    assert float_minor(scoped, people.field_agent, box) == 2000
    receipt = PayoutReceipt.objects.get(payout=paid)
    assert (receipt.received_by, bytes(receipt.proof)[:2]) == (member.told, b"\xff\xd8")
    given(people.field_agent, 2000, is_given_back=True)
    assert [each.amount_minor for each in floats(scoped)] == [0]
    assert verify(scoped).findings == ()
    act(reverse_payout, people.moussa, payout=paid, reason="Remis à une autre famille")
    assert float_minor(scoped, people.field_agent, box) == 3000
    assert verify(scoped).findings == ()
    with pytest.raises(IntegrityError, match="never changed"):
        PayoutReceipt.objects.update(received_by="Autre")


def test_every_reason_to_give_nothing(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    act: Act,
) -> None:
    ask = {"payout": due, "cash_account": box}
    with pytest.raises(Refusal, match="FLOAT_TOO_SMALL"):
        act(hand_over_refund, people.cashier, receiver=member, proof=SIGNED, **ask)
    given(people.cashier, 2999)
    with pytest.raises(Refusal, match="FLOAT_TOO_SMALL"):
        act(hand_over_refund, people.cashier, receiver=member, proof=SIGNED, **ask)
    with pytest.raises(RefusedRows) as error:
        act(
            hand_over_refund,
            people.cashier,
            receiver=Receiver(name=" "),
            proof=Proof("", b""),
            **ask,
        )
    assert [each.code for each in error.value.findings] == [
        "RECEIVER_MISSING", "MANDATE_LINK_MISSING", "MANDATE_PAPER_MISSING", "PROOF_UNKNOWN",
    ]  # fmt: skip
    thumb = Proof("thumbprint", a_picture())
    with pytest.raises(RefusedRows) as error:
        act(hand_over_refund, people.cashier, receiver=member, proof=thumb, **ask)
    assert [each.code for each in error.value.findings] == ["RECEIPT_WITNESS_MISSING"]
    with pytest.raises(Refusal, match="PHOTO_UNREADABLE"):
        act(
            hand_over_refund,
            people.cashier,
            receiver=member,
            proof=Proof("scan", b"no picture"),
            **ask,
        )
    for stranger in (people.awa, people.moussa, people.director, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(hand_over_refund, stranger, receiver=member, proof=SIGNED, **ask)
    assert not Entry.objects.filter(kind="payout_made").exists()


def test_cash_is_not_put_into_hands_that_may_give_nothing(
    box: Account, given: Callable[..., FloatMovement], people: People, act: Act, scoped: Mutual
) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        given(people.awa, 1000)
    with pytest.raises(RefusedRows) as error:
        act(
            move_float, people.moussa, holder=people.cashier, amount_minor=0,
            cash_account=account_for(scoped, AccountRole.BANK), other_account=box,
        )  # fmt: skip
    codes = [each.code for each in error.value.findings]
    assert codes == ["FLOAT_NOT_CASH", "AMOUNT_NOT_ABOVE_ZERO"]
    with pytest.raises(Refusal, match="FLOAT_TOO_SMALL"):
        given(people.cashier, 1, is_given_back=True)


def test_a_wallet_gives_no_cash_that_it_does_not_hold(
    box: Account, people: People, act: Act, scoped: Mutual
) -> None:
    wallet = account_for(scoped, AccountRole.MOBILE_MONEY)
    held_minor = treasury_balance(scoped, ON, account=wallet, fund=FundCode.MUTUAL)
    with pytest.raises(Refusal, match="REFUND_MORE_THAN_HELD"):
        act(
            move_float, people.moussa, holder=people.cashier, amount_minor=held_minor + 1,
            cash_account=box, other_account=wallet,
        )  # fmt: skip
    assert treasury_balance(scoped, ON, account=wallet, fund=FundCode.MUTUAL) == held_minor


def test_what_is_due_is_found_by_number_and_name(due: Payout, scoped: Mutual) -> None:
    household = due.household
    assert household is not None
    for words in ("", household.number, "adjovi eloise", due.document_number):
        assert list(due_at_desk(scoped, words)) == [due], words
    assert not due_at_desk(scoped, "Adjovi Inconnu").exists()


def test_nothing_stays_of_a_refund_that_breaks_midway(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    act: Act,
    scoped: Mutual,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The machine stops after the entry and before the receipt: neither is kept."""
    given(people.cashier, 5000)

    def stops(**_: object) -> None:
        raise RuntimeError("no more power")

    with monkeypatch.context() as broken:
        broken.setattr(PayoutReceipt.objects, "create", stops)
        with pytest.raises(RuntimeError):
            act(
                hand_over_refund,
                people.cashier,
                payout=due,
                cash_account=box,
                receiver=member,
                proof=SIGNED,
            )
    due.refresh_from_db()
    assert (due.paid_on, due.entry) == (None, None)
    assert float_minor(scoped, people.cashier, box) == 5000
    assert verify(scoped).findings == ()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_agents_who_give_one_refund_at_once_give_it_once(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    scoped: Mutual,
) -> None:
    agents = (people.cashier, people.field_agent)
    for agent in agents:
        given(agent, 5000)

    def give(agent: Any) -> str:
        try:
            with scope(mutual=scoped):
                hand_over_refund(
                    mutual=scoped, actor=agent, on=ON, idempotency_key=a_key(), payout=due,
                    cash_account=box, receiver=member, proof=SIGNED,
                )  # fmt: skip
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(give, agents))
    assert answers == ["PAYOUT_ALREADY_MADE", "given"]
    assert sum(float_minor(scoped, agent, box) for agent in agents) == 7000
    assert Entry.objects.filter(kind="payout_made").count() == 1
    assert verify(scoped).findings == ()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["reissued", "returned"])
def test_cash_that_is_signed_for_at_that_moment_is_not_opened_again(
    way: str,
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    scoped: Mutual,
) -> None:
    """The desk waits for the batch; who takes the payment back waits behind it, then sees it."""
    given(people.cashier, 5000)
    begun = threading.Event()

    def give() -> str:
        return _answer(
            lambda: hand_over_refund(
                mutual=scoped, actor=people.cashier, on=ON, idempotency_key=a_key(), payout=due,
                cash_account=box, receiver=member, proof=SIGNED,
            ), scoped,
        )  # fmt: skip

    def take_back() -> str:
        begun.wait(5)
        time.sleep(0.3)
        common = {"mutual": scoped, "on": ON, "idempotency_key": a_key(), "payout": due}
        if way == "reissued":
            act = partial(reissue_refund, actor=people.moussa, channel="mobile_money", **common)
        else:
            act = partial(
                return_payout, actor=people.cashier, returned_on=ON, code="not_fetched", **common
            )
        return _answer(act, scoped)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            SettlementBatch.objects.select_for_update().get(pk=due.batch_id)
            first, second = pool.submit(give), pool.submit(take_back)
            begun.set()
            time.sleep(1)
        answers = first.result(), second.result()
    refused = {"reissued": "REFUND_NOT_WAITING", "returned": "PAYOUT_SIGNED_FOR"}[way]
    assert answers == ("done", refused)
    assert float_minor(scoped, people.cashier, box) == 2000
    assert verify(scoped).findings == ()


def _answer(act: Callable[[], Any], mutual: Mutual) -> str:
    try:
        with scope(mutual=mutual):
            act()
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "done"


def test_cash_signed_for_that_stands_as_come_back_is_found(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    act: Act,
    scoped: Mutual,
) -> None:
    given(people.cashier, 5000)
    paid = act(
        hand_over_refund,
        people.cashier,
        payout=due,
        cash_account=box,
        receiver=member,
        proof=SIGNED,
    )
    act(reverse_payout, people.moussa, payout=paid, reason="Remis à une autre famille")
    assert verify(scoped).findings == ()
    Payout.objects.filter(pk=paid.pk).update(return_code="not_fetched")
    assert [each.code for each in verify(scoped).findings] == ["PAYOUT_SIGNED_CAME_BACK"]


def test_cash_signed_for_comes_back_from_no_bank_and_not_by_who_gave_it(
    due: Payout,
    member: Receiver,
    box: Account,
    given: Callable[..., FloatMovement],
    people: People,
    act: Act,
    scoped: Mutual,
) -> None:
    given(people.cashier, 5000)
    paid = act(
        hand_over_refund,
        people.cashier,
        payout=due,
        cash_account=box,
        receiver=member,
        proof=SIGNED,
    )
    for code in ("account_closed", "not_fetched", "mistake"):
        with pytest.raises(Refusal, match="PAYOUT_SIGNED_FOR"):
            act(return_payout, people.cashier, payout=paid, returned_on=ON, code=code)
    Appointment.objects.create(
        user=people.cashier, mutual=scoped, role=Role.FINANCE_OFFICER, effective_from=ON
    )
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        act(reverse_payout, people.cashier, payout=paid, reason="Erreur")
    act(reverse_payout, people.moussa, payout=paid, reason="Remis à une autre famille")
    assert float_minor(scoped, people.cashier, box) == 5000

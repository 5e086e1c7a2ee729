"""Refunds that nobody comes for: spoken of, paid another way, set aside by two, never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from entraide.apps.claims.models import Claim
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import ContributionDue, ContributionPayment
from entraide.apps.ledger.models import Posting
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import Payout, RefundContact, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import record_payout
from entraide.apps.settlement.unclaimed import (
    approve_set_aside,
    came_back,
    propose_set_aside,
    record_refund_contact,
    refuse_set_aside,
    reissue_refund,
    set_aside_minor,
    told,
    waiting_payouts,
)
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.builders import money_brought
from tests.people import People

LATER = ON + timedelta(days=365)


@pytest.fixture
def waiting(approved: Any, authorised: Callable[..., SettlementBatch]) -> Payout:
    """A refund of 3 000, to be fetched, let go on 10 March 2025."""
    approved(home=(1,), channel="cash")
    return payouts_of(authorised(role=AccountRole.CASH))[0]


def balance(mutual: Mutual, role: str) -> int:
    rows = Posting.objects.filter(mutual=mutual, account__role=role)
    return sum(row.amount_minor if row.side == "credit" else -row.amount_minor for row in rows)


def contacted(act: Act, people: People, payout: Payout, result: str = "fears_arrears") -> None:
    act(
        record_refund_contact, people.field_agent, payout=payout, contacted_on=ON, means="call",
        result=result,
    )  # fmt: skip


@pytest.mark.requirement("R052")
def test_a_refund_that_waits_is_told_with_its_age_and_reason(
    waiting: Payout, scoped: Mutual, people: People, act: Act
) -> None:
    contacted(act, people, waiting)
    [row] = told(scoped, waiting_payouts(scoped), date(2025, 4, 9))
    assert (row.payout, row.days, row.is_over_term) == (waiting, 30, False)
    assert row.contact is not None
    assert row.contact.result == "fears_arrears"
    with pytest.raises(IntegrityError, match="never changed"):
        RefundContact.objects.update(result="other")


def test_set_aside_by_two_persons_and_paid_when_the_family_comes(
    waiting: Payout, scoped: Mutual, people: People, act: Act
) -> None:
    ask = {"payout": waiting, "reason": "Un an sans nouvelles"}
    with pytest.raises(Refusal, match="UNCLAIMED_TOO_EARLY"):
        act(propose_set_aside, people.moussa, on=LATER - timedelta(days=1), **ask)
    with pytest.raises(Refusal, match="UNCLAIMED_NO_CONTACT"):
        act(propose_set_aside, people.moussa, on=LATER, **ask)
    contacted(act, people, waiting)
    proposed = act(propose_set_aside, people.moussa, on=LATER, **ask)
    with pytest.raises(Refusal, match="SET_ASIDE_STANDS"):
        act(propose_set_aside, people.moussa, on=LATER, **ask)
    for stranger in (people.moussa, people.awa, people.fanta, people.cashier):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(approve_set_aside, stranger, on=LATER, set_aside=proposed)
    held = act(approve_set_aside, people.director, on=LATER, set_aside=proposed)
    assert held.document_number == "NR-2026-00001"
    assert (balance(scoped, "members_payable"), balance(scoped, "unclaimed_refunds")) == (0, 3000)
    assert set_aside_minor(scoped) == 3000
    assert verify(scoped).findings == ()
    with pytest.raises(Refusal, match="SET_ASIDE_DECIDED"):
        act(refuse_set_aside, people.director, on=LATER, set_aside=held, reason="Non")
    comes = LATER + timedelta(days=200)
    payout = act(record_payout, people.cashier, on=comes, payout=waiting, paid_on=comes)
    assert payout.paid_on == comes
    held.refresh_from_db()
    assert (held.state, held.reinstated_by) == ("reinstated", people.cashier)
    assert (balance(scoped, "members_payable"), balance(scoped, "unclaimed_refunds")) == (0, 0)
    assert balance(scoped, "cash") == 3000 - 13000
    assert verify(scoped).findings == ()


def test_a_refused_proposal_leaves_it_waiting(
    waiting: Payout, scoped: Mutual, people: People, act: Act
) -> None:
    contacted(act, people, waiting)
    proposed = act(propose_set_aside, people.moussa, on=LATER, payout=waiting, reason="Introuvable")
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(refuse_set_aside, people.director, on=LATER, set_aside=proposed, reason=" ")
    act(refuse_set_aside, people.director, on=LATER, set_aside=proposed, reason="Passez la voir")
    [row] = told(scoped, waiting_payouts(scoped), LATER)
    assert (row.set_aside, row.is_over_term) == (None, True)
    assert balance(scoped, "unclaimed_refunds") == 0


def test_a_refund_goes_another_way_by_another_batch(
    waiting: Payout,
    authorised: Callable[..., SettlementBatch],
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    with pytest.raises(Refusal, match="CHANNEL_UNKNOWN"):
        act(reissue_refund, people.moussa, payout=waiting, channel="pigeon")
    act(reissue_refund, people.moussa, payout=waiting, channel="mobile_money")
    assert [each.return_code for each in came_back(scoped)] == ["not_fetched"]
    assert not waiting_payouts(scoped).exists()
    [again] = payouts_of(authorised(role=AccountRole.MOBILE_MONEY))
    assert (again.channel, again.amount_minor) == ("mobile_money", 3000)
    assert not came_back(scoped).exists()
    with pytest.raises(Refusal, match="REFUND_NOT_WAITING"):
        contacted(act, people, waiting)
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R052")
def test_a_loan_or_contributions_in_arrears_never_hold_a_refund_back(
    waiting: Payout, scoped: Mutual, people: People, act: Act
) -> None:
    """The family's contribution bounced after its care: it owes it when it comes, is paid whole,
    and owes as before."""
    receipt = ContributionPayment.objects.get()
    act(reverse_payment, people.moussa, payment=receipt, reason="Chèque sans provision")
    owed = ContributionDue.objects.filter(household=waiting.household)
    owed_before = sum(due.amount_minor - due.paid_minor for due in owed)
    assert owed_before == 13_000
    late = ON + timedelta(days=300)
    money_brought(scoped, people.moussa, AccountRole.CASH, 3000, late)
    payout = act(record_payout, people.cashier, on=late, payout=waiting, paid_on=late)
    assert payout.amount_minor == Claim.objects.get().payable_minor == 3000
    assert sum(due.amount_minor - due.paid_minor for due in owed.all()) == owed_before
    assert verify(scoped).findings == ()

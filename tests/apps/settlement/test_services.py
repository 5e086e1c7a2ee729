"""Batches: prepared by one, authorised by another, paid by a third; the number is the key."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import approve_claim, approve_decided_claims, reverse_claim
from entraide.apps.claims.committee import decide_in_committee, open_committee
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.claims.review import review_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.people_checks import check_separation
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.settlement.hands import not_handled_by
from entraide.apps.settlement.models import BatchState, PayoutClaim, SettlementBatch
from entraide.apps.settlement.selectors import payout_of_claim, payouts_of, payouts_to_make
from entraide.apps.settlement.services import (
    authorise_batch,
    cancel_batch,
    prepare_batch,
    record_payout,
)
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.people import person as person_of

ON = date(2025, 3, 10)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def approved(person: Person, provider: Provider, people: People, scoped: Mutual) -> list[Claim]:
    """Two claims of the provider and one reimbursement, approved as decided by the rules."""
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 1)),
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 2)),
        a_claim(
            person, provider, people.awa, care_on=date(2025, 3, 3), circuit=Circuit.REIMBURSEMENT
        ),
    ]
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    return claims


def _prepare(mutual: Mutual, people: People) -> SettlementBatch:
    return prepare_batch(
        mutual=mutual,
        actor=people.moussa,
        on=ON,
        idempotency_key=a_key(),
        treasury_account=account_for(mutual, AccountRole.BANK),
    )


@pytest.mark.requirement("R057")
def test_from_approved_claims_to_the_bank(
    approved: list[Claim], scoped: Mutual, people: People
) -> None:
    batch = _prepare(scoped, people)
    payouts = list(payouts_of(batch))
    assert batch.total_minor == 9000
    assert sorted(p.amount_minor for p in payouts) == [3000, 6000]
    assert {p.document_number for p in payouts} == {
        f"{batch.document_number}-1",
        f"{batch.document_number}-2",
    }
    authorise_batch(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), batch=batch
    )
    for payout in payouts_to_make(scoped):
        record_payout(
            mutual=scoped, actor=people.cashier, on=ON, idempotency_key=a_key(), payout=payout,
            paid_on=ON,
        )  # fmt: skip
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID
    assert {claim.state for claim in Claim.objects.all()} == {ClaimState.PAID}
    bank = Posting.objects.filter(account__role="bank", side="credit")
    assert {row.entry.document_number: row.amount_minor for row in bank} == {
        payout.document_number: payout.amount_minor for payout in payouts
    }
    assert payout_of_claim(approved[0]).entry is not None


def test_openimis_13_a_batch_that_fails_midway_leaves_nothing(
    approved: list[Claim], scoped: Mutual, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """openIMIS catches the error inside the transaction: half of the month is kept."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no more room")

    with monkeypatch.context() as broken:
        broken.setattr(PayoutClaim.objects, "bulk_create", fails)
        with pytest.raises(RuntimeError):
            _prepare(scoped, people)
    assert not SettlementBatch.objects.exists()
    assert {claim.state for claim in Claim.objects.all()} == {ClaimState.APPROVED}
    batch = _prepare(scoped, people)
    assert (batch.document_number[-5:], batch.total_minor) == ("00001", 9000)


def test_each_step_is_another_persons(
    approved: list[Claim], scoped: Mutual, people: People
) -> None:
    batch = _prepare(scoped, people)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        authorise_batch(
            mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), batch=batch
        )
    payout = payouts_of(batch)[0]
    with pytest.raises(Refusal, match="BATCH_NOT_AUTHORISED"):
        record_payout(
            mutual=scoped, actor=people.cashier, on=ON, idempotency_key=a_key(), payout=payout,
            paid_on=ON,
        )  # fmt: skip
    authorise_batch(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), batch=batch
    )
    with pytest.raises(Refusal, match="FORBIDDEN"):
        record_payout(
            mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), payout=payout,
            paid_on=ON,
        )  # fmt: skip


def test_one_person_with_two_roles_does_not_do_two_steps(
    other_mutual: Mutual, people: People
) -> None:
    """Issa is director and cashier of the other mutual: what he authorises he does not pay."""
    from django_scopes import scope

    with scope(mutual=other_mutual):
        provider = a_provider(other_mutual, people.fanta, code="csps-bobo")
        household = a_household(other_mutual, people.fanta, Product.objects.get(code="essentielle"))
        a_payment(household, people.fanta, 13000)
        member = household.persons.get(is_member=True)
        own = a_claim(member, provider, people.fanta)
        act = {"mutual": other_mutual, "actor": people.fanta, "on": ON}
        with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):  # she entered it herself
            approve_decided_claims(**act, idempotency_key=a_key())
        clerk = person_of("kadi", "Kadi Sawadogo", Role.DATA_ENTRY_CLERK, mutual=other_mutual)
        other = a_claim(member, provider, clerk, care_on=date(2025, 3, 4))
        approve_decided_claims(**act, idempotency_key=a_key())
        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.state, other.state) == (ClaimState.DECIDED, ClaimState.APPROVED)
        batch = prepare_batch(
            mutual=other_mutual, actor=people.fanta, on=ON, idempotency_key=a_key(),
            treasury_account=account_for(other_mutual, AccountRole.BANK),
        )  # fmt: skip
        authorise_batch(
            mutual=other_mutual, actor=people.issa, on=ON, idempotency_key=a_key(), batch=batch
        )
        with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
            record_payout(
                mutual=other_mutual, actor=people.issa, on=ON, idempotency_key=a_key(),
                payout=payouts_of(batch)[0], paid_on=ON,
            )  # fmt: skip


def test_who_posts_what_the_rules_decided_pays_none_of_it(
    person: Person, provider: Provider, scoped: Mutual, people: People
) -> None:
    """One key posts them all: that hand is one of the steps, though the rules approved."""
    act = {"mutual": scoped, "on": ON}
    both = person_of("yawa", "Yawa", Role.FINANCE_OFFICER, Role.CASHIER, mutual=scoped)
    a_claim(person, provider, people.awa)
    approve_decided_claims(**act, actor=both, idempotency_key=a_key())
    batch = prepare_batch(
        **act, actor=people.moussa, idempotency_key=a_key(),
        treasury_account=account_for(scoped, AccountRole.BANK),
    )  # fmt: skip
    authorise_batch(**act, actor=people.director, idempotency_key=a_key(), batch=batch)
    pay = {**act, "payout": payouts_of(batch)[0], "paid_on": ON}
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        record_payout(**pay, actor=both, idempotency_key=a_key())
    record_payout(**pay, actor=people.cashier, idempotency_key=a_key())


def test_a_claim_stands_in_one_batch_and_returns_when_it_is_cancelled(
    approved: list[Claim], scoped: Mutual, people: People
) -> None:
    batch = _prepare(scoped, people)
    with pytest.raises(Refusal, match="NOTHING_TO_PAY"):
        _prepare(scoped, people)
    with pytest.raises(Refusal, match="CLAIM_IN_SETTLEMENT"):
        reverse_claim(
            mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(),
            claim=approved[0], reason="Erreur",
        )  # fmt: skip
    cancel_batch(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), batch=batch)
    second = _prepare(scoped, people)
    assert second.total_minor == 9000
    assert second.document_number != batch.document_number


@pytest.mark.parametrize("is_committee", [False, True], ids=["review", "committee"])
def test_who_decided_does_not_approve_and_who_approved_does_not_authorise(
    person: Person, provider: Provider, people: People, scoped: Mutual, is_committee: bool
) -> None:
    act = {"mutual": scoped, "on": ON}
    claim = a_claim(person, provider, people.awa)
    decider = people.director if is_committee else people.medical_adviser
    if is_committee:
        session = open_committee(
            **act, actor=decider, idempotency_key=a_key(), held_on=ON, members=["Awa", "Issa"]
        )
        decide_in_committee(
            **act, actor=decider, idempotency_key=a_key(), session=session, claim=claim,
            reason="Vu en séance",
        )  # fmt: skip
    else:
        review_claim(**act, actor=decider, idempotency_key=a_key(), claim=claim)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        approve_claim(**act, actor=decider, idempotency_key=a_key(), claim=claim)
    approver = people.coordinator if is_committee else people.director
    approve_claim(**act, actor=approver, idempotency_key=a_key(), claim=claim)
    batch = prepare_batch(
        **act, actor=people.moussa, idempotency_key=a_key(),
        treasury_account=account_for(scoped, AccountRole.BANK),
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        authorise_batch(**act, actor=people.director, idempotency_key=a_key(), batch=batch)
    assert not not_handled_by(SettlementBatch.objects.all(), people.director).exists()
    assert not list(check_separation(scoped))
    SettlementBatch.objects.update(
        state=BatchState.AUTHORISED, authorised_by=people.director, authorised_on=ON
    )
    found = [each.code for each in check_separation(scoped)]
    assert found == ["DUTIES_NOT_SEPARATED", "SIGNATORY_MISSING"]  # no command signed it

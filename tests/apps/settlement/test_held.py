"""A death or a departure recorded after the decision: the claim is held, then decided again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_claim, approve_decided_claims
from entraide.apps.claims.deciding_again import decide_claim_again
from entraide.apps.claims.left_before import held_claims
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.selectors import decided_by_rules, decision_in_force
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.exits import end_person, withdraw_exit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import PayoutClaim
from entraide.apps.settlement.selectors import claims_to_settle, waiting_for_batch
from entraide.apps.settlement.services import authorise_batch, cancel_batch, prepare_batch
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import Act
from tests.builders import a_claim
from tests.people import People


def _died(act: Act, people: People, person: Person, day: int = 2) -> None:
    _gone(act, people, person, died_on=date(2025, 3, day))


def _gone(act: Act, people: People, person: Person, **on: date) -> None:
    successor = person.household.persons.filter(relation="spouse").first()
    act(end_person, people.awa, person=person, successor=successor, **on)


@pytest.mark.requirement("R057")
def test_what_was_decided_before_a_death_was_known_is_held_out_of_the_batch(
    person: Person, people: People, approved: Callable[..., Any], act: Act, scoped: Mutual
) -> None:
    """Cared for on the 1st, the 2nd (the day of the death) and the 3rd: only the last is held."""
    *_before, after = approved(1, 2, 3)
    _died(act, people, person)
    assert list(held_claims(scoped)) == [after]
    assert after not in claims_to_settle(scoped)
    assert waiting_for_batch(scoped).count == 2
    bank = account_for(scoped, AccountRole.BANK)
    with pytest.raises(Refusal) as refused:
        act(prepare_batch, people.moussa, treasury_account=bank, claims=[after])
    assert (refused.value.code, refused.value.place) == ("CLAIMS_OF_PERSON_GONE", "claims")
    assert refused.value.data["claims"] == after.document_number
    act(prepare_batch, people.moussa, treasury_account=bank)
    assert not PayoutClaim.objects.filter(claim=after).exists()


def test_decided_again_it_pays_nothing_and_the_books_and_ceilings_agree(
    person: Person, people: People, approved: Callable[..., Any], act: Act, scoped: Mutual
) -> None:
    [claim] = approved(3)
    _died(act, people, person)
    said = {"claim": claim, "reason": "décès noté le 10 mars"}
    with pytest.raises(Refusal, match="REVIEW_REASON_MISSING"):
        act(decide_claim_again, people.medical_adviser, claim=claim, reason=" ")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(decide_claim_again, people.cashier, **said)
    again = act(decide_claim_again, people.medical_adviser, **said)
    assert (again.state, again.payable_minor, again.decision_number) == (ClaimState.REFUSED, 0, 2)
    decision = CoreDecision.from_json(decision_in_force(again).outcome)
    assert [each.code for each in decision.claim_findings] == ["PERSON_DECEASED"]
    assert (again.entry, again.approved_by) == (None, None)
    assert Entry.objects.get(reverses=again.again.get().entry)
    assert list(check_counters(scoped)) == []
    assert verify(scoped).findings == ()
    assert not held_claims(scoped)
    with pytest.raises(Refusal, match="CLAIM_NOT_HELD"):
        act(decide_claim_again, people.medical_adviser, **said)


def test_a_departure_withdrawn_lets_the_claim_go(
    person: Person, people: People, approved: Callable[..., Any], act: Act, scoped: Mutual
) -> None:
    [claim] = approved(3)
    _gone(act, people, person, exited_on=date(2025, 3, 3))
    assert list(held_claims(scoped)) == [claim]
    act(withdraw_exit, people.coordinator, person=person, reason="erreur de personne")
    assert list(claims_to_settle(scoped)) == [claim]


def test_not_approved_either_and_a_batch_prepared_before_is_not_authorised(
    person: Person,
    provider: Provider,
    people: People,
    approved: Callable[..., Any],
    act: Act,
    scoped: Mutual,
) -> None:
    [claim] = approved(3)
    bank = account_for(scoped, AccountRole.BANK)
    batch = act(prepare_batch, people.moussa, treasury_account=bank)
    decided = a_claim(person, provider, people.awa, care_on=date(2025, 3, 4))
    _died(act, people, person)
    with pytest.raises(Refusal, match="CLAIMS_OF_PERSON_GONE"):
        act(authorise_batch, people.director, batch=batch)
    act(cancel_batch, people.moussa, batch=batch)
    assert list(held_claims(scoped)) == [claim, decided]
    with pytest.raises(Refusal, match="CLAIMS_OF_PERSON_GONE"):
        act(approve_claim, people.director, claim=decided)
    assert decided_by_rules(scoped).count == 0
    with pytest.raises(Refusal, match="NOTHING_TO_APPROVE"):
        act(approve_decided_claims, people.moussa)
    act(decide_claim_again, people.medical_adviser, claim=decided, reason="décès noté depuis")
    decided.refresh_from_db()
    assert (decided.state, decided.entry) == (ClaimState.REFUSED, None)
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.APPROVED

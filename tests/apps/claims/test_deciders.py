"""Whoever decided a claim approves, authorises and pays none of it, whoever confirmed it since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import F

from entraide.apps.access.models import User
from entraide.apps.claims.approvable import Bar, bars_of, to_approve_by
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.committee import close_committee, decide_in_committee, open_committee
from entraide.apps.claims.deciders import deciders_of, has_decided
from entraide.apps.claims.models import Claim, CommitteeSession
from entraide.apps.claims.reopening import reopen_in_committee
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.people_checks import check_separation
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.hands import hands_on, not_handled_by
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = pytest.mark.django_db
ON = date(2025, 3, 10)


@pytest.fixture
def claim(scoped: Mutual, people: People, product: Product) -> Claim:
    provider = a_provider(scoped, people.moussa, prices={"consultation-1": 4000})
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    person: Person = household.persons.get(is_member=True)
    return a_claim(person, provider, people.awa)


def _act(command: Any, actor: User, **content: Any) -> Any:
    mutual = content.pop("mutual")
    return command(mutual=mutual, actor=actor, on=ON, idempotency_key=a_key(), **content)


def _session(mutual: Mutual, actor: User) -> CommitteeSession:
    members = ["Kodjo", "Issa"]
    held: CommitteeSession = _act(open_committee, actor, mutual=mutual, held_on=ON, members=members)
    return held


def _decided_then_confirmed(claim: Claim, people: People) -> Claim:
    """The director takes one franc away for a committee; the medical adviser confirms."""
    mutual = claim.mutual
    _act(
        decide_in_committee, people.director, mutual=mutual, claim=claim,
        session=_session(mutual, people.director), reason="Surcoté",
        changes=[LineReview("1", "Surcoté", less_minor=1)],
    )  # fmt: skip
    confirmed: Claim = _act(
        review_claim, people.medical_adviser, mutual=mutual, claim=claim, reason="Vu"
    )
    return confirmed


@pytest.mark.requirement("R199", begun=True)
def test_who_decided_what_another_confirmed_neither_approves_nor_authorises(
    scoped: Mutual, people: People, claim: Claim
) -> None:
    claim = _decided_then_confirmed(claim, people)
    both = frozenset({people.director.pk, people.medical_adviser.pk})
    assert deciders_of([claim]) == {claim.pk: both}
    assert to_approve_by(scoped, people.director).mine.count == 0
    assert to_approve_by(scoped, people.coordinator).mine.count == 1
    assert bars_of(claim)[people.director.pk] == Bar.DECIDED
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        _act(approve_claim, people.director, mutual=scoped, claim=claim)
    claim = _act(approve_claim, people.coordinator, mutual=scoped, claim=claim)
    assert both <= hands_on([claim])[claim.pk]
    batch = _act(
        prepare_batch, people.moussa, mutual=scoped,
        treasury_account=account_for(scoped, AccountRole.BANK),
    )  # fmt: skip
    assert not not_handled_by(SettlementBatch.objects.all(), people.director).exists()
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        _act(authorise_batch, people.director, mutual=scoped, batch=batch)
    assert list(check_separation(scoped)) == []
    SettlementBatch.objects.update(
        state=BatchState.AUTHORISED, authorised_by=people.director, authorised_on=ON
    )
    assert "DUTIES_NOT_SEPARATED" in [each.code for each in check_separation(scoped)]


def test_the_control_names_a_decider_who_approved(
    scoped: Mutual, people: People, claim: Claim
) -> None:
    claim = _decided_then_confirmed(claim, people)
    claim = _act(approve_claim, people.coordinator, mutual=scoped, claim=claim)
    assert list(check_separation(scoped)) == []
    Claim.objects.filter(pk=claim.pk).update(approved_by=people.director)
    (found,) = check_separation(scoped)
    assert (found.code, found.place) == ("DUTIES_NOT_SEPARATED", claim.document_number)


def test_a_claim_taken_up_again_is_decided_anew(
    scoped: Mutual, people: People, claim: Claim
) -> None:
    """What the director decided before the later session is of another round."""
    first = _session(scoped, people.director)
    _act(
        decide_in_committee, people.director, mutual=scoped, claim=claim, session=first,
        reason="Surcoté", changes=[LineReview("1", "Surcoté", less_minor=1)],
    )  # fmt: skip
    _act(close_committee, people.director, mutual=scoped, session=first)
    later = _session(scoped, people.coordinator)
    again = {"mutual": scoped, "session": later, "claim": claim, "reason": "Pièce nouvelle"}
    _act(reopen_in_committee, people.coordinator, **again)
    claim = _act(decide_in_committee, people.coordinator, **again)
    assert has_decided(people.coordinator, claim)
    assert not has_decided(people.director, claim)
    claim = _act(approve_claim, people.director, mutual=scoped, claim=claim)
    assert list(check_separation(scoped)) == []
    assert Claim.objects.filter(pk=claim.pk, approved_by=F("entered_by")).count() == 0

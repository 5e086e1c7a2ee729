"""The committee's minutes signed by two persons, and a claim taken up again by a later session."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from entraide.apps.claims.approvable import Bar, approvers_of, bars_of, to_approve_by
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.committee import (
    close_committee,
    decide_in_committee,
    open_committee,
    sittings_of,
)
from entraide.apps.claims.committee_models import ClaimReopening, CommitteeSession
from entraide.apps.claims.committee_papers import (
    are_signed,
    keep_minutes_scan,
    scans_of,
    sign_minutes,
)
from entraide.apps.claims.committee_seats import approvers_beside
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.claims.reopening import reopen_in_committee, reopenable_in
from entraide.apps.claims.review import LineReview
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Entry
from entraide.apps.providers.conventions import PreparedScan
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.papers import paper_of
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.people import person as person_

ELDER = "M. Kossi, ancien du village"


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    return household.persons.get(is_member=True)


def done(act: Any, mutual: Mutual, actor: Any, on: date = date(2025, 6, 10), **said: Any) -> Any:
    return act(mutual=mutual, actor=actor, on=on, idempotency_key=a_key(), **said)


def sitting(mutual: Mutual, people: People, held_on: date = date(2025, 6, 10)) -> CommitteeSession:
    return done(
        open_committee, mutual, people.coordinator, held_on, held_on=held_on,
        people=(people.medical_adviser,), members=("Essi  GBEKU, suivi", ELDER),
    )  # fmt: skip


def cut_in(mutual: Mutual, people: People, claim: Claim) -> CommitteeSession:
    """A first session that leaves 1 000 of the claim to the family, closed."""
    held = sitting(mutual, people)
    less = LineReview("1", "tarif de nuit non justifié", less_minor=1_000)
    done(
        decide_in_committee, mutual, people.coordinator, session=held, claim=claim,
        reason="tarif de nuit non justifié", changes=(less,),
    )  # fmt: skip
    return done(close_committee, mutual, people.coordinator, session=held)


def test_only_who_sat_signs_the_minutes_once_under_their_own_name(
    scoped: Mutual, people: People
) -> None:
    held = sitting(scoped, people)
    assert held.members == [str(people.medical_adviser), "Essi GBEKU, suivi", ELDER]
    assert [each.user for each in held.seats.all()] == [
        people.medical_adviser, people.monitoring_officer,
    ]  # fmt: skip
    said = {"session": held, "capacity": "chair"}
    with pytest.raises(Refusal, match="COMMITTEE_NOT_CLOSED"):
        done(sign_minutes, scoped, people.medical_adviser, **said)
    done(close_committee, scoped, people.coordinator, session=held)
    for absent in (people.director, people.coordinator):  # one of them wrote it: that is not to sit
        with pytest.raises(Refusal, match="COMMITTEE_NOT_PRESENT"):
            done(sign_minutes, scoped, absent, **said)
    done(sign_minutes, scoped, people.medical_adviser, **said)
    assert not are_signed(list(held.signatures.all()))
    with pytest.raises(Refusal, match="COMMITTEE_SIGNED_ALREADY"):
        done(sign_minutes, scoped, people.medical_adviser, session=held, capacity="member")
    with pytest.raises(Refusal, match="COMMITTEE_CHAIR_TAKEN"):
        done(sign_minutes, scoped, people.monitoring_officer, **said)
    kept = done(sign_minutes, scoped, people.monitoring_officer, session=held, capacity="member")
    assert (kept.name, kept.signed_by) == ("Essi GBEKU, suivi", people.monitoring_officer)
    assert are_signed(list(held.signatures.all()))
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        held.seats.all().delete()


def test_a_session_held_before_ties_its_names_to_the_accounts_that_bear_them(
    scoped: Mutual, people: People
) -> None:
    other = person_("ama2", "Essi Gbeku", Role.CASHIER, mutual=scoped)
    names = [f"{people.medical_adviser}, médecin conseil", str(other), str(people.fanta), ELDER]
    held = CommitteeSession.objects.create(
        mutual=scoped, document_number="PV-0", held_on=date(2025, 5, 1), members=names,
        opened_by=people.coordinator,
    )  # fmt: skip
    migration = import_module("entraide.apps.claims.migrations.0021_committee_seats")
    migration.seat_members(apps, None)
    # Two bear the second name, the third is of another mutual: nobody is tied to them.
    seat = held.seats.get()
    assert (seat.user, seat.name) == (people.medical_adviser, names[0])


def test_a_member_is_of_this_mutual_and_one_account_sits_once(
    scoped: Mutual, people: People
) -> None:
    said = {"held_on": date(2025, 6, 10), "members": ("M. Kossi",)}
    with pytest.raises(Refusal, match="COMMITTEE_NOT_OF_MUTUAL"):
        done(open_committee, scoped, people.coordinator, **said, people=(people.fanta,))
    named = str(people.director)
    with pytest.raises(Refusal, match="COMMITTEE_TOO_FEW"):
        done(
            open_committee, scoped, people.coordinator, people=(people.director,),
            held_on=date(2025, 6, 10), members=(named, f"{named}, directrice"),
        )  # fmt: skip


def test_whoever_sat_approves_no_claim_that_the_session_decided(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 6, 2))
    held = cut_in(scoped, people, claim)
    assert approvers_beside(held, date(2025, 6, 10)) == [people.director]
    with pytest.raises(Refusal, match="COMMITTEE_MEMBER_APPROVES"):
        done(approve_claim, scoped, people.medical_adviser, claim=claim)
    assert to_approve_by(scoped, people.medical_adviser).mine.count == 0
    assert to_approve_by(scoped, people.director).mine.count == 1
    claim.refresh_from_db()
    barred = bars_of(claim)
    assert (barred[people.medical_adviser.pk], barred[people.coordinator.pk]) == (
        Bar.SAT, Bar.DECIDED,
    )  # fmt: skip
    assert approvers_of(claim, date(2025, 6, 10)) == [people.director]
    done(approve_claim, scoped, people.director, claim=claim)


def test_the_signed_paper_is_kept_and_stays(scoped: Mutual, people: People) -> None:
    held = sitting(scoped, people)
    scan = PreparedScan(b"%PDF-1.4 %%EOF", "application/pdf")
    with pytest.raises(Refusal, match="COMMITTEE_NOT_CLOSED"):
        done(keep_minutes_scan, scoped, people.coordinator, session=held, scan=scan)
    done(close_committee, scoped, people.coordinator, session=held)
    first = done(keep_minutes_scan, scoped, people.coordinator, session=held, scan=scan)
    second = done(keep_minutes_scan, scoped, people.director, session=held, scan=scan)
    assert list(scans_of(held)) == [second, first]
    with pytest.raises(IntegrityError), transaction.atomic():
        first.delete()


def test_a_claim_cut_by_one_session_is_decided_anew_by_a_later_one(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 6, 2))
    by_rules = claim.payable_minor
    first = cut_in(scoped, people, claim)
    claim.refresh_from_db()
    assert claim.payable_minor < by_rules
    later = sitting(scoped, people, date(2025, 7, 8))
    assert list(reopenable_in(later)) == [claim]
    said = {"session": later, "claim": claim, "reason": "le tarif de nuit est au contrat"}
    with pytest.raises(Refusal, match="REOPENING_REASON_MISSING"):
        done(reopen_in_committee, scoped, people.coordinator, **{**said, "reason": " "})
    again = done(reopen_in_committee, scoped, people.coordinator, date(2025, 7, 8), **said)
    assert (again.state, again.payable_minor) == (ClaimState.IN_REVIEW, by_rules)
    assert "COMMITTEE_REOPENED" in again.review_codes
    with pytest.raises(Refusal, match="CLAIM_WAITS_ALREADY"):
        done(reopen_in_committee, scoped, people.coordinator, **said)
    done(
        decide_in_committee, scoped, people.coordinator, date(2025, 7, 8), session=later,
        claim=again, reason="tarif de nuit reconnu",
    )  # fmt: skip
    decisions = list(Decision.objects.filter(claim=claim).order_by("number"))
    paid = [CoreDecision.from_json(each.outcome).payable_minor for each in decisions]
    assert paid == [by_rules, by_rules - 1_000, by_rules, by_rules]  # nothing was overwritten
    sittings = sittings_of(decisions)
    assert [sittings.get(each.pk) for each in decisions] == [None, first, None, later]
    assert verify(scoped).findings == ()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimReopening.objects.update(reason="autre")


def test_an_approved_claim_is_taken_out_of_the_books_and_posted_under_its_next_number(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 6, 2))
    cut_in(scoped, people, claim)
    done(approve_claim, scoped, people.director, claim=claim)
    claim.refresh_from_db()
    posted = claim.entry
    assert posted is not None
    later = sitting(scoped, people, date(2025, 7, 8))
    done(
        reopen_in_committee, scoped, people.coordinator, date(2025, 7, 8), session=later,
        claim=claim, reason="le tarif de nuit est au contrat",
    )  # fmt: skip
    claim.refresh_from_db()
    assert (claim.entry, claim.approved_by) == (None, None)
    kept = ClaimReopening.objects.get(claim=claim).decision.again
    assert (kept.entry, kept.approved_by) == (posted, people.director)
    assert Entry.objects.filter(reverses=posted).exists()
    assert verify(scoped).findings == ()
    done(
        decide_in_committee, scoped, people.coordinator, date(2025, 7, 8), session=later,
        claim=claim, reason="tarif de nuit reconnu",
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        done(approve_claim, scoped, people.coordinator, claim=claim)
    done(approve_claim, scoped, people.director, date(2025, 7, 9), claim=claim)
    claim.refresh_from_db()
    assert claim.entry is not None
    assert claim.entry.document_number == f"{claim.document_number}/2"
    for entry in (posted, claim.entry):
        paper = paper_of(entry)
        assert paper is not None
        assert (paper.register, paper.uid) == ("claim", claim.uid)
    assert verify(scoped).findings == ()


def test_only_a_later_session_takes_up_what_a_committee_decided_and_nobody_paid(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 6, 2))
    alone = a_claim(person, provider, people.awa, care_on=date(2025, 6, 3))
    first = cut_in(scoped, people, claim)
    earlier = sitting(scoped, people, date(2025, 6, 1))
    later = sitting(scoped, people, date(2025, 7, 8))
    for held, taken, code in (
        (first, claim, "COMMITTEE_CLOSED"),
        (earlier, claim, "CLAIM_NOT_OF_COMMITTEE"),
        (later, alone, "CLAIM_NOT_OF_COMMITTEE"),
    ):
        with pytest.raises(Refusal, match=code):
            done(
                reopen_in_committee, scoped, people.coordinator, session=held, claim=taken,
                reason="à revoir",
            )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.PAID)
    with pytest.raises(Refusal, match="CLAIM_IN_SETTLEMENT"):
        done(
            reopen_in_committee, scoped, people.coordinator, session=later, claim=claim,
            reason="à revoir",
        )  # fmt: skip

"""Claims from the paper to the books: entered, decided, reviewed, approved, reversed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind, CommandLog
from entraide.apps.claims.approval import approve_claim, approve_decided_claims, reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.desk import LineEntry, entry_findings
from entraide.apps.claims.medical import medical_detail
from entraide.apps.claims.models import Circuit, Claim, ClaimState, UseCounter
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.claims.selectors import (
    decision_explained,
    decision_in_force,
    eligibility,
    remaining_ceilings,
)
from entraide.apps.claims.services import replay_decision, submit_claim
from entraide.apps.claims.verification import check_counters
from entraide.apps.contributions.accounts import household_account
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Posting
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.providers.services import ensure_provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.care_package import Sector
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_care_item, a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa, prices={"consultation-1": 4000, "hospital-1": 30000})


@pytest.fixture
def covered(scoped: Mutual, people: People, product: Product) -> Person:
    """Éloïse Adjovi, covered from 10 January 2025, contribution and joining fee paid."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.mark.requirement("R044")
@pytest.mark.requirement("R046", begun=True)
def test_a_claim_is_decided_by_the_rules_at_once(
    covered: Person, provider: Provider, people: People
) -> None:
    """Asked 5 000 above a tariff of 4 000; the family bears a quarter of 4 000."""
    claim = a_claim(covered, provider, people.awa, ("consultation-1", "1", 5000))
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    assert claim.state == ClaimState.DECIDED
    assert (claim.claimed_minor, claim.payable_minor) == (5000, 3000)
    assert decision.reduced_minor_by_code() == {"ABOVE_TARIFF": 1000, "COPAYMENT": 1000}
    assert claim.lines.get().payable_minor == 3000
    remaining = {
        row.category: row.remaining_minor for row in remaining_ceilings(covered, date(2025, 3, 4))
    }
    assert remaining["consultation"] == 17000


def test_the_ceiling_of_the_year_is_consumed_once_over_several_claims(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    """3 000 a visit under a ceiling of 20 000: six visits pay 3 000, the seventh 2 000, then 0."""
    paid = [
        a_claim(covered, provider, people.awa, care_on=date(2025, 3, day)).payable_minor
        for day in range(1, 9)
    ]
    assert paid == [3000] * 6 + [2000, 0]
    assert list(check_counters(scoped)) == []


def test_a_new_cover_year_begins_at_zero(
    covered: Person, provider: Provider, people: People
) -> None:
    a_claim(covered, provider, people.awa, ("consultation-1", "6", 4000))
    counters = UseCounter.objects.filter(person=covered, category_code="consultation")
    assert [row.year_from for row in counters] == [date(2025, 1, 10)]


def test_a_claim_before_cover_is_recorded_and_pays_nothing(
    covered: Person, provider: Provider, people: People
) -> None:
    claim = a_claim(covered, provider, people.awa, care_on=date(2025, 1, 9))
    decision, lines = decision_explained(claim)
    assert claim.state == ClaimState.REFUSED
    assert claim.payable_minor == 0
    assert [finding.code for finding in decision.claim_findings] == ["PERSON_NOT_YET"]
    assert lines[0].line is not None


@pytest.mark.requirement("R006")
def test_unpaid_contributions_close_the_rights(
    scoped: Mutual, provider: Provider, people: People, product: Product
) -> None:
    household = a_household(scoped, people.awa, product)
    person = household.persons.get(is_member=True)
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 3, 3))
    assert claim.state == ClaimState.REFUSED
    assert decision_explained(claim)[0].claim_findings[0].code == "CONTRIBUTION_UNPAID"
    assert household_account(household, date(2025, 3, 3)).remaining_minor == 13000


@pytest.mark.requirement("R058", begun=True)
def test_the_same_act_twice_waits_for_a_person(
    covered: Person, provider: Provider, people: People
) -> None:
    a_claim(covered, provider, people.awa)
    second = a_claim(covered, provider, people.awa)
    assert second.state == ClaimState.IN_REVIEW
    assert second.payable_minor == 0


def test_every_fault_of_an_entry_is_named_and_nothing_recorded(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    with pytest.raises(RefusedRows) as refused:
        submit_claim(
            mutual=scoped,
            actor=people.awa,
            on=date(2025, 3, 3),
            idempotency_key=a_key(),
            person=covered,
            provider=provider,
            circuit=Circuit.REIMBURSEMENT,
            care_on=date(2025, 3, 4),
            received_on=date(2025, 3, 2),
            lines=(
                LineEntry(a_care_item("consultation-1"), Decimal(-1), 4000),
                LineEntry(a_care_item("consultation-1"), Decimal(1), -1),
            ),
        )
    assert [(f.code, f.place) for f in refused.value.findings] == [
        ("QUANTITY_INVALID", "lines[0].quantity"),
        ("PRICE_INVALID", "lines[1].unit_price"),
        ("CARE_IN_FUTURE", "care_on"),
    ]
    assert not Claim.objects.exists()


@pytest.mark.requirement("R058", begun=True)
def test_a_total_that_is_not_the_sum_of_its_lines_is_kept_and_a_person_looks(
    covered: Person, provider: Provider, people: People
) -> None:
    claim = a_claim(covered, provider, people.awa, stated_total_minor=4500)
    assert (claim.stated_minor, claim.paper_total_minor, claim.payable_minor) == (4000, 4500, 3000)
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["TOTAL_DIFFERS"])
    (warning,) = claim.warnings
    assert (warning["code"], warning["data"]["difference_minor"]) == ("TOTAL_DIFFERS", 500)


@pytest.mark.requirement("R056")
def test_approval_posts_under_the_claims_number_and_dates_stay_apart(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    claim = a_claim(
        covered, provider, people.awa, care_on=date(2025, 3, 3), received_on=date(2025, 3, 20)
    )
    approved = approve_claim(
        mutual=scoped,
        actor=people.coordinator,
        on=date(2025, 4, 2),
        idempotency_key=a_key(),
        claim=claim,
    )
    assert approved.entry.document_number == claim.document_number
    assert (claim.care_on, claim.received_on) == (date(2025, 3, 3), date(2025, 3, 20))
    assert approved.entry.posted_on == date(2025, 4, 2)
    postings = Posting.objects.filter(entry=approved.entry).values_list(
        "account__role", "fund", "side", "amount_minor"
    )
    assert list(postings) == [
        ("claims_expense", "mutual", "debit", 3000),
        ("providers_payable", "mutual", "credit", 3000),
    ]


def test_who_enters_does_not_approve(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    claim = a_claim(covered, provider, people.awa)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_claim(
            mutual=scoped,
            actor=people.awa,
            on=date(2025, 3, 4),
            idempotency_key=a_key(),
            claim=claim,
        )
    refused = AuditEvent.objects.get(kind=AuditKind.REFUSAL)
    assert (refused.code, refused.actor, refused.subject) == (
        "FORBIDDEN",
        people.awa,
        "approve_claim",
    )


def test_what_the_rules_decided_is_posted_together_as_the_systems_approval(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    claims = [a_claim(covered, provider, people.awa, care_on=date(2025, 3, day)) for day in (1, 2)]
    approve_decided_claims(
        mutual=scoped, actor=people.moussa, on=date(2025, 3, 5), idempotency_key=a_key()
    )
    for claim in claims:
        claim.refresh_from_db()
        assert claim.state == ClaimState.APPROVED
        assert claim.approved_by.is_system
    with pytest.raises(Refusal, match="NOTHING_TO_APPROVE"):
        approve_decided_claims(
            mutual=scoped, actor=people.moussa, on=date(2025, 3, 5), idempotency_key=a_key()
        )


def test_a_review_takes_away_and_the_counters_follow(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    claim = a_claim(covered, provider, people.awa)
    reviewed = review_claim(
        mutual=scoped,
        actor=people.medical_adviser,
        on=date(2025, 3, 5),
        idempotency_key=a_key(),
        claim=claim,
        changes=(LineReview("1", "Médicament sans ordonnance", less_minor=500),),
    )
    assert (reviewed.payable_minor, reviewed.decision_number) == (2500, 2)
    assert reviewed.decisions.count() == 2
    counter = UseCounter.objects.get(person=covered, category_code="consultation")
    assert (counter.amount_minor, counter.case_count) == (2500, 1)
    assert list(check_counters(scoped)) == []


def test_a_reversal_gives_the_ceiling_back_and_mirrors_the_entry(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    claim = a_claim(covered, provider, people.awa)
    approve_claim(
        mutual=scoped,
        actor=people.director,
        on=date(2025, 3, 4),
        idempotency_key=a_key(),
        claim=claim,
    )
    reversed_claim = reverse_claim(
        mutual=scoped, actor=people.moussa, on=date(2025, 3, 6), idempotency_key=a_key(),
        claim=claim, reason="Facture reprise par le centre",
    )  # fmt: skip
    assert reversed_claim.state == ClaimState.REVERSED
    assert reversed_claim.entry.reversed_by.postings.count() == 2
    assert UseCounter.objects.get(person=covered, category_code="consultation").amount_minor == 0


def test_a_decision_can_be_made_again_from_what_was_kept(
    covered: Person, provider: Provider, people: People
) -> None:
    a_claim(covered, provider, people.awa, ("consultation-1", "2", 4500))
    claim = a_claim(
        covered, provider, people.awa, ("hospital-1", "1", 28000), care_on=date(2025, 5, 6)
    )
    decision = decision_in_force(claim)
    assert replay_decision(decision) == CoreDecision.from_json(decision.outcome)


def test_the_same_command_twice_makes_one_claim(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    content = {
        "person": covered, "provider": provider, "circuit": Circuit.THIRD_PARTY_PAYMENT,
        "care_on": date(2025, 3, 3), "received_on": date(2025, 3, 3),
        "lines": (LineEntry(a_care_item("consultation-1"), Decimal(1), 4000),),
    }  # fmt: skip
    common = {"mutual": scoped, "actor": people.awa, "on": date(2025, 3, 3), "idempotency_key": "k"}
    first, second = submit_claim(**common, **content), submit_claim(**common, **content)
    assert first == second
    assert Claim.objects.count() == 1
    assert CommandLog.objects.filter(name="submit_claim").count() == 1
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        submit_claim(
            **common, **(content | {"received_on": date(2025, 3, 3), "invoice_number": "9"})
        )


def test_entry_costs_the_same_whatever_the_history(
    covered: Person, provider: Provider, people: People
) -> None:
    def queries(day: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            a_claim(covered, provider, people.awa, care_on=date(2025, 4, day))
        return len(captured)

    queries(1)  # the first opens the counters and the number book
    second = queries(2)
    for day in range(3, 20):
        a_claim(covered, provider, people.awa, care_on=date(2025, 4, day))
    assert queries(25) <= second


def test_the_other_mutual_cannot_claim_for_our_member(
    covered: Person, provider: Provider, people: People, other_mutual: Mutual
) -> None:
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        submit_claim(
            mutual=other_mutual,
            actor=people.fanta,
            on=date(2025, 3, 3),
            idempotency_key=a_key(),
            person=covered,
            provider=provider,
            circuit=Circuit.THIRD_PARTY_PAYMENT,
            care_on=date(2025, 3, 3),
            received_on=date(2025, 3, 3),
            lines=(LineEntry(a_care_item("consultation-1"), Decimal(1), 4000),),
        )


@pytest.mark.requirement("R236", begun=True)
def test_medical_detail_is_for_medical_roles_and_each_reading_is_journalled(
    covered: Person, provider: Provider, people: People
) -> None:
    paludisme = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    claim = a_claim(covered, provider, people.awa, diagnosis=paludisme)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        medical_detail(claim, people.director, date(2025, 3, 4))
    detail = medical_detail(claim, people.medical_adviser, date(2025, 3, 4))
    assert detail is not None
    assert detail.diagnosis == paludisme
    reading = AuditEvent.objects.get(kind=AuditKind.MEDICAL_READING)
    assert (reading.actor, reading.subject) == (
        people.medical_adviser,
        f"claim {claim.document_number}",
    )


def test_eligibility_by_card_number_in_few_queries(
    covered: Person, mutual: Mutual, django_assert_max_num_queries
) -> None:
    with scope(mutual=mutual), django_assert_max_num_queries(6):
        answer = eligibility(mutual, covered.number, date(2025, 3, 3))
    assert answer.is_covered
    with scope(mutual=mutual), pytest.raises(Refusal, match="NOT_FOUND"):
        eligibility(mutual, "inconnu", date(2025, 3, 3))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE claims_decision SET payable_minor = 1", "DELETE FROM claims_decision"],
)
def test_the_database_itself_keeps_decisions(
    covered: Person, provider: Provider, people: People, statement: str
) -> None:
    a_claim(covered, provider, people.awa)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("written", ["web-77", "WEB 77", "WEB77", "WEB-077", "WEB\u201177"])
def test_an_attestation_written_otherwise_is_the_same(
    covered: Person, provider: Provider, people: People, written: str
) -> None:
    first = a_claim(covered, provider, people.awa, attestation_number="WEB-77")
    again = a_claim(
        covered, provider, people.awa, care_on=date(2025, 3, 5), attestation_number=written
    )
    assert again.attestation_of == first
    assert again.state == ClaimState.IN_REVIEW
    assert "ATTESTATION_TWICE" in again.review_codes


def test_care_before_the_rules_begin_is_refused_and_replayed(
    covered: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    old = a_claim(
        covered, provider, people.awa, care_on=date(2015, 1, 1), received_on=date(2025, 3, 5)
    )
    assert old.state == ClaimState.REFUSED
    first = old.decisions.get(number=1)
    assert replay_decision(first).to_json() == first.outcome
    assert verify(scoped).findings == ()


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (Decimal("NaN"), "NUMBER_NOT_FINITE"),
        (Decimal("-Infinity"), "NUMBER_NOT_FINITE"),
        (0.5, "NUMBER_NOT_EXACT"),
        (Decimal("0.001"), "QUANTITY_INVALID"),
        (Decimal("1E+30"), "QUANTITY_INVALID"),
    ],
)
def test_a_quantity_that_no_column_holds_is_refused_with_its_place(
    covered: Person, provider: Provider, people: People, quantity: Any, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        a_claim(covered, provider, people.awa, ("consultation-1", quantity, 5000))
    told = [*getattr(refused.value, "findings", ()), refused.value][0]
    assert (told.code, told.place) == (code, "lines[0].quantity")
    assert not Claim.objects.exists()


def test_the_desk_itself_refuses_what_is_no_quantity(scoped: Mutual) -> None:
    """The preview of an entry asks the desk without any command."""
    line = LineEntry(a_care_item("consultation-1"), Decimal("NaN"), 5000)
    day = date(2025, 3, 4)
    found = entry_findings([line], care_on=day, received_on=day, on=day, currency="XOF")
    assert [(each.code, each.place) for each in found] == [
        ("QUANTITY_INVALID", "lines[0].quantity")
    ]


def test_what_no_list_has_is_refused_with_its_place_and_all_at_once(
    covered: Person, provider: Provider, people: People
) -> None:
    chosen = {"circuit": "gold", "channel": "silver"}
    with pytest.raises(RefusedRows) as refused:
        a_claim(covered, provider, people.awa, **chosen, circumstances=Circumstances(visit="taxi"))
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("FIELD_CHOICE_UNKNOWN", "circuit"),
        ("FIELD_CHOICE_UNKNOWN", "visit"),
        ("CHANNEL_UNKNOWN", "channel"),
    ]
    assert not Claim.objects.exists()


def test_a_reimbursement_where_no_price_is_agreed_is_shown_to_a_person(
    covered: Person, scoped: Mutual, people: People
) -> None:
    stranger = ensure_provider(system="test", code="hors", name="Cabinet", sector=Sector.PRIVATE)
    claim = a_claim(covered, stranger, people.awa, circuit=Circuit.REIMBURSEMENT)
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["NO_TARIFF"])
    first = claim.decisions.get(number=1)
    assert replay_decision(first).to_json() == first.outcome
    old = {**first.context, "claim": {**first.context["claim"]}}
    old["claim"].pop("shows_no_tariff")  # as it was kept before
    first.context = old
    assert replay_decision(first).review_codes == ()

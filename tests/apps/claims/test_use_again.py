"""What may be used once stays used once: in any order of entry, and when claims are decided again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, PreAuthorisation
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    cancel_pre_authorisation,
    decide_pre_authorisation,
)
from entraide.apps.claims.recoding import recode_line
from entraide.apps.claims.reopening import reopen_in_committee
from entraide.apps.claims.review import LineReview, readmit_claim, review_claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.claims.use_checks import check_agreements, check_attestations
from entraide.apps.claims.verification import check_claim_lines, check_counters, check_decisions
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal
from entraide.rulebook import product_path, read_product
from tests.apps.claims.test_committee import cut_in, done, sitting
from tests.apps.claims.test_referrals import a_voucher, hospital
from tests.builders import (
    OPENED_ON,
    a_care_item,
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
)
from tests.people import People

__all__ = ["hospital"]
pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
SCALING, EXTRACTION = ("dental-1", "1", 5000), ("dental-2", "1", 5000)
STAY = ("hospital-1", "1", 30000)


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    prices = {"consultation-1": 4000, "dental-1": 9000, "dental-2": 9000, "hospital-1": 30000}
    return a_provider(scoped, people.moussa, prices=prices)


@pytest.fixture
def family(scoped: Mutual, people: People) -> list[Person]:
    """Scaling (``dental-1``) once in 400 days, two extractions (``dental-2``) a year."""
    document = read_product(product_path("panier-complet")).document
    document["membership"]["cover_months"]["values"][0]["value"] = 24
    rules = document["items"]
    rules["detartrage"]["about"] = {"items": ["test:dental-1"]}
    rules["detartrage"]["minimum_days_between"]["values"][0]["value"] = 400
    rules["extraction"]["about"] = {"items": ["test:dental-2"]}
    version = enter_product_version(
        mutual=scoped, actor=people.moussa, on=OPENED_ON, idempotency_key=a_key(),
        document=document, effective_from=date(2024, 1, 1), source="AG constitutive",
        running_share_reason="Démarrage",
    )  # fmt: skip
    version = approve_product_version(
        mutual=scoped, actor=people.director, on=OPENED_ON, idempotency_key=a_key(), version=version
    )
    household = a_household(scoped, people.awa, version.product, enrolled_on=date(2024, 1, 10))
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return list(household.persons.order_by("number"))


def _codes(claim: Claim) -> dict[str, int]:
    return CoreDecision.from_json(decision_in_force(claim).outcome).reduced_minor_by_code()


def _again(claim: Claim, people: People, act: Any, **content: Any) -> Claim:
    act(
        mutual=claim.mutual, actor=content.pop("actor", people.medical_adviser),
        on=date(2025, 6, 9), idempotency_key=a_key(), claim=claim, **content,
    )  # fmt: skip
    claim.refresh_from_db()
    return claim


def _readmitted(claim: Claim, people: People) -> Claim:
    return _again(claim, people, readmit_claim, reason="Deux actes, deux papiers.")


def _recoded(claim: Claim, people: People, code: str, position: int = 1) -> Claim:
    return _again(
        claim, people, recode_line, position=position, reason_code="entry_error",
        reason="Le papier dit autre chose.", item=a_care_item(code),
    )  # fmt: skip


def _reversed(claim: Claim, people: People) -> Claim:
    return _again(claim, people, reverse_claim, actor=people.moussa, reason="Saisi par erreur.")


def _is_true(mutual: Mutual) -> None:
    for check in (
        check_counters, check_decisions, check_claim_lines, check_attestations, check_agreements,
    ):  # fmt: skip
        assert list(check(mutual)) == []
    for claim in Claim.objects.all():
        for decision in claim.decisions.all():
            remarks = [
                remark["code"] for line in decision.outcome["lines"] for remark in line["remarks"]
            ]
            if not {"NOT_REPEATED", "CEILING_EXCEPTION"} & set(remarks):
                assert replay_decision(decision).to_json() == decision.outcome


def test_an_attestation_kept_in_spite_of_a_claim_reversed_since_is_used(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    first = a_claim(family[0], provider, people.awa, care_on=ON, attestation_number="CLEAN-9")
    kept = a_claim(family[1], provider, people.awa, care_on=ON, attestation_number="CLEAN 9")
    assert (kept.attestation_of, kept.review_codes) == (first, ["ATTESTATION_TWICE"])
    _reversed(first, people)
    waiting = a_claim(family[2], provider, people.awa, care_on=ON, attestation_number="Clean/9")
    assert waiting.attestation_of == kept
    _readmitted(kept, people)
    assert (kept.state, kept.payable_minor, kept.attestation_of) == (ClaimState.DECIDED, 3000, None)
    third = a_claim(family[2], provider, people.awa, care_on=ON, attestation_number="CLEAN9")
    assert (third.state, third.payable_minor) == (ClaimState.IN_REVIEW, 0)
    assert third.attestation_of == kept
    _is_true(scoped)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it alone
        Claim.objects.filter(pk=third.pk).update(attestation_of=None)


def test_two_paid_claims_on_one_attestation_are_named_by_the_control(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    first = a_claim(family[0], provider, people.awa, care_on=ON, attestation_number="CLEAN-9")
    kept = a_claim(family[1], provider, people.awa, care_on=ON, attestation_number="CLEAN 9")
    _readmitted(kept, people)
    assert kept.payable_minor == 3000
    assert list(check_attestations(scoped)) == []  # a person was told, and said why
    other = a_claim(family[2], provider, people.awa, care_on=ON)
    Claim.objects.filter(pk=other.pk).update(
        attestation_number="CLEAN9", attestation_key=first.attestation_key, attestation_of=first
    )
    found = [(each.code, each.data["other"], each.place) for each in check_attestations(scoped)]
    numbers = [first.document_number, kept.document_number]
    assert found == [("ATTESTATION_PAID_TWICE", each, other.document_number) for each in numbers]


def test_a_readmission_is_told_of_who_was_paid_since_on_the_attestation(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    first = a_claim(family[0], provider, people.awa, care_on=ON, attestation_number="AT-7")
    second = a_claim(family[1], provider, people.awa, care_on=ON, attestation_number="AT-7")
    _reversed(first, people)
    third = a_claim(family[2], provider, people.awa, care_on=ON, attestation_number="AT-7")
    _readmitted(third, people)
    assert third.payable_minor == 3000
    _readmitted(second, people)
    assert (second.state, second.payable_minor) == (ClaimState.IN_REVIEW, 0)
    assert (second.attestation_of, _codes(second)) == (third, {"ATTESTATION_TWICE": 4000})
    _readmitted(second, people)  # told of it, a person says so all the same
    assert (second.state, second.payable_minor) == (ClaimState.DECIDED, 3000)
    with pytest.raises(Refusal, match="CLAIM_ALREADY_REVIEWED"):
        _readmitted(second, people)
    _is_true(scoped)


def test_units_of_the_year_count_in_any_order_of_entry(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    days = (date(2024, 10, 21), date(2024, 10, 10), date(2024, 10, 1), date(2025, 1, 10))
    claims = [a_claim(family[0], provider, people.awa, EXTRACTION, care_on=day) for day in days]
    assert [claim.payable_minor > 0 for claim in claims] == [True, True, False, True]
    assert _codes(claims[2]) == {"QUANTITY_OVER_LIMIT": 5000}  # the last is of another year
    _is_true(scoped)


def test_only_the_units_paid_for_use_up_the_quantity_of_the_year(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    """Two a year. Ten are asked for and two paid; the adviser finds one justified: one is left."""
    ten = (EXTRACTION[0], "10", EXTRACTION[2])

    def used(claim: Claim) -> Decimal:
        line = decision_in_force(claim).context["claim"]["lines"][0]
        return Decimal(line.get("used_quantity", {"decimal": "0"})["decimal"])

    first = a_claim(family[0], provider, people.awa, ten, care_on=date(2025, 6, 2))
    assert (first.lines.get().quantity, first.lines.get().paid_quantity) == (10, 2)
    second = a_claim(family[0], provider, people.awa, ten, care_on=date(2025, 6, 3))
    assert (used(second), second.payable_minor) == (2, 0)
    review_claim(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 4), idempotency_key=a_key(),
        claim=first, changes=[LineReview("1", "une dent", justified_quantity=Decimal(1))],
    )  # fmt: skip
    assert first.lines.get().paid_quantity == 1
    third = a_claim(family[0], provider, people.awa, ten, care_on=date(2025, 6, 5))
    assert (used(third), third.lines.get().paid_quantity) == (1, 1)
    assert third.payable_minor
    _is_true(scoped)


def test_days_between_count_in_both_directions_and_over_the_years(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    claims = [
        a_claim(family[0], provider, people.awa, SCALING, care_on=day)
        for day in (date(2024, 10, 21), date(2024, 10, 10), date(2025, 6, 2))
    ]
    assert [claim.payable_minor > 0 for claim in claims] == [True, False, False]
    assert [_codes(claim) for claim in claims[1:]] == [{"TOO_FREQUENT": 5000}] * 2
    assert decision_in_force(claims[1]).context["claim"]["lines"][0]["next_care_on"]
    _is_true(scoped)


def _agreement(person: Person, people: People, amount_minor: int) -> PreAuthorisation:
    asked = ask_pre_authorisation(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        category=ensure_category("hospital"), effective_from=ON, effective_until=date(2025, 7, 2),
        amount_minor=amount_minor,
    )  # fmt: skip
    return decide_pre_authorisation(
        mutual=person.mutual, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        authorisation=asked, is_given=True,
    )  # fmt: skip


def test_a_claim_readmitted_has_what_is_left_of_the_agreement(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    agreement = _agreement(family[0], people, 50_000)
    one = a_claim(family[0], provider, people.awa, STAY, care_on=ON)
    double = a_claim(family[0], provider, people.awa, STAY, care_on=ON)
    assert (one.payable_minor, double.review_codes) == (24_000, ["DUPLICATE"])
    two = a_claim(family[0], provider, people.awa, STAY, care_on=date(2025, 6, 9))
    _readmitted(double, people)
    paid = one.payable_minor + two.payable_minor + double.payable_minor
    assert 0 < double.payable_minor < 24_000
    assert paid <= 50_000
    _is_true(scoped)
    ClaimLine.objects.filter(claim=double).update(payable_minor=24_000)  # as it was done before
    found = list(check_agreements(scoped))
    assert [each.code for each in found] == ["PRE_AUTHORISATION_EXCEEDED"]
    assert found[0].place == agreement.document_number


def test_a_claim_taken_up_by_a_later_session_has_what_is_left_of_the_agreement(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    _agreement(family[0], people, 30_000)
    one = a_claim(family[0], provider, people.awa, STAY, care_on=ON)
    cut_in(scoped, people, one)
    two = a_claim(family[0], provider, people.awa, STAY, care_on=date(2025, 6, 9))
    one.refresh_from_db()
    assert (one.payable_minor, two.payable_minor) == (23_000, 7_000)
    later = sitting(scoped, people, date(2025, 7, 8))
    said = {"session": later, "claim": one, "reason": "le tarif de nuit est au contrat"}
    again = done(reopen_in_committee, scoped, people.coordinator, date(2025, 7, 8), **said)
    assert again.payable_minor == 23_000  # 24 000 by the rules, but 7 000 of 30 000 are used
    assert verify(scoped).findings == ()


def test_a_claim_readmitted_counts_the_units_used_since(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    a_claim(family[0], provider, people.awa, EXTRACTION, care_on=ON)
    double = a_claim(family[0], provider, people.awa, EXTRACTION, care_on=ON)
    a_claim(family[0], provider, people.awa, EXTRACTION, care_on=date(2025, 6, 5))
    _readmitted(double, people)
    assert (double.state, _codes(double)) == (ClaimState.REFUSED, {"QUANTITY_OVER_LIMIT": 5000})
    _is_true(scoped)


def test_an_act_counts_as_it_is_coded_now(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    recoded = a_claim(family[0], provider, people.awa, care_on=ON)
    _recoded(recoded, people, "dental-1")
    assert recoded.payable_minor > 0
    again = a_claim(family[0], provider, people.awa, SCALING, care_on=date(2025, 6, 5))
    assert _codes(again) == {"TOO_FREQUENT": 5000}
    same_day = a_claim(family[0], provider, people.awa, SCALING, care_on=ON)
    assert same_day.review_codes == ["DUPLICATE"]
    consultation = a_claim(family[0], provider, people.awa, care_on=ON)
    assert (consultation.state, consultation.payable_minor > 0) == (ClaimState.DECIDED, True)
    _is_true(scoped)


def test_a_claim_recoded_does_not_count_against_itself(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    agreement = _agreement(family[0], people, 24_000)
    stay = a_claim(family[0], provider, people.awa, STAY, ("consultation-1", "1", 4000), care_on=ON)
    paid_minor = stay.lines.get(position=1).payable_minor
    cancel_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        authorisation=agreement, reason="Sortie.",
    )  # fmt: skip
    _recoded(stay, people, "hospital-2")  # what was decided under it stays
    line = stay.lines.get(position=1)
    assert (line.payable_minor, line.pre_authorisation) == (paid_minor, agreement)
    scaling = a_claim(
        family[1], provider, people.awa, SCALING, ("consultation-1", "1", 4000), care_on=ON
    )
    _recoded(scaling, people, "consultation-2", position=2)
    assert scaling.lines.get(position=1).payable_minor > 0
    _recoded(scaling, people, "dental-3")
    _recoded(scaling, people, "dental-1")
    assert "TOO_FREQUENT" not in _codes(scaling)
    _is_true(scoped)


def test_a_voucher_used_since_by_another_claim_is_used(
    scoped: Mutual, people: People, hospital: Provider, family: list[Person]
) -> None:
    voucher = a_voucher(family[0], people)
    how = Circumstances(referral_number=voucher.document_number)
    refused = a_claim(
        family[0], hospital, people.awa, ("optics-1", "1", 4000), care_on=ON, circumstances=how
    )
    assert (refused.state, refused.referral) == (ClaimState.REFUSED, voucher)
    other = a_claim(family[0], hospital, people.awa, care_on=date(2025, 6, 5), circumstances=how)
    assert (other.payable_minor, other.referral) == (3_000, voucher)
    _recoded(refused, people, "consultation-1")
    assert (refused.payable_minor, refused.referral) == (2_000, None)  # out of the path
    assert (refused.state, refused.review_codes) == (ClaimState.IN_REVIEW, ["REFERRAL_USED"])
    standing = Claim.objects.filter(referral=voucher).exclude(state=ClaimState.REFUSED)
    assert list(standing) == [other]
    _is_true(scoped)


def test_an_act_of_a_refused_claim_that_was_paid_since_is_a_repetition(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    """Refused for the category, both lines; paid by another claim; recoded, it is set aside."""
    refused = a_claim(family[0], provider, people.awa, ("optics-1", "1", 4000), care_on=ON)
    assert refused.state == ClaimState.REFUSED
    a_claim(family[0], provider, people.awa, care_on=ON)
    _recoded(refused, people, "consultation-1")
    assert (refused.state, refused.review_codes) == (ClaimState.IN_REVIEW, ["DUPLICATE"])
    _readmitted(refused, people)
    assert (refused.state, refused.payable_minor) == (ClaimState.DECIDED, 3_000)
    _is_true(scoped)


def test_an_exception_grants_nothing_that_another_claim_has_used(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    """The ceiling of the case (100 000) takes what an exception would give back."""
    _agreement(family[0], people, 126_000)
    big = a_claim(
        family[0], provider, people.awa, ("hospital-1", "1", 30000), ("hospital-2", "1", 100_000),
        care_on=ON,
    )  # fmt: skip
    assert _codes(big) == {"COPAYMENT": 26_000, "CEILING_PER_CASE": 4_000}
    a_claim(family[0], provider, people.awa, STAY, care_on=date(2025, 6, 9))  # 24 000 of it
    change = LineReview("2", "cas grave", more_minor=4_000)
    with pytest.raises(Refusal, match="PRE_AUTHORISATION_SPENT"):
        _again(big, people, review_claim, changes=(change,))
    _again(big, people, review_claim, changes=(LineReview("2", "cas grave", more_minor=1),))
    assert big.payable_minor == 100_001
    _is_true(scoped)


def test_an_agreement_used_up_is_told_as_such_until_something_is_left_again(
    scoped: Mutual, people: People, provider: Provider, family: list[Person]
) -> None:
    agreement = _agreement(family[0], people, 24_000)
    first = a_claim(family[0], provider, people.awa, STAY, care_on=ON)
    assert first.payable_minor == 24_000
    second = a_claim(family[0], provider, people.awa, STAY, care_on=date(2025, 6, 9))
    assert (second.state, _codes(second)) == (
        ClaimState.REFUSED, {"PRE_AUTHORISATION_USED_UP": 30_000},
    )  # fmt: skip
    (line,) = decision_in_force(second).context["claim"]["lines"]
    assert line["used_up_authorisation"] == agreement.document_number
    assert second.lines.get().pre_authorisation is None
    stranger = a_claim(family[1], provider, people.awa, STAY, care_on=ON)
    assert _codes(stranger) == {"PRE_AUTHORISATION_MISSING": 30_000}
    _recoded(second, people, "hospital-2")
    assert _codes(second) == {"PRE_AUTHORISATION_USED_UP": 30_000}
    _reversed(first, people)
    _recoded(second, people, "hospital-1")
    assert (second.payable_minor, second.lines.get().pre_authorisation) == (24_000, agreement)
    _is_true(scoped)

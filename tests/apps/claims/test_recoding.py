"""Recodings: the first code is kept, the rules decide again, the report reads both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.care_control.statistics import Recoded, recoded_by_operator
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimState,
    DiagnosisRecoding,
    LineRecoding,
    MedicalDetail,
)
from entraide.apps.claims.recoding import diagnosis_recodings, recode_diagnosis, recode_line
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision, submit_claim
from entraide.apps.claims.verification import (
    check_claim_lines,
    check_counters,
    check_decisions,
    check_stated_facts,
)
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import (
    ensure_category,
    ensure_diagnosis,
    unknown_care_item,
)
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.apps.claims.test_referrals import centre, family
from tests.builders import a_care_item, a_claim, a_key, a_provider
from tests.people import People

__all__ = ["centre", "family"]
pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
PRICES = {"consultation-1": 4000, "consultation-2": 6000, "dental-1": 9000}


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa, code="csps-9", prices=PRICES)


def recoded(claim: Claim, people: People, **more: Any) -> LineRecoding:
    content = {"reason_code": "entry_error", "reason": "Le papier dit autre chose.", **more}
    content.setdefault("position", 1)
    return recode_line(
        mutual=claim.mutual, actor=content.pop("actor", people.medical_adviser), on=ON,
        idempotency_key=a_key(), claim=claim, **content,
    )  # fmt: skip


def _is_true(mutual: Mutual) -> None:
    for check in (check_counters, check_decisions, check_claim_lines, check_stated_facts):
        assert list(check(mutual)) == []
    for claim in Claim.objects.all():
        kept = decision_in_force(claim)
        assert replay_decision(kept).to_json() == kept.outcome


@pytest.mark.requirement("R060")
def test_an_act_coded_otherwise_is_decided_again_and_the_first_code_is_kept(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    claim = a_claim(family[0], provider, people.awa, ("consultation-1", "2", 4000), care_on=ON)
    assert claim.payable_minor == 6_000  # 8 000 less a quarter
    dental = a_care_item("dental-1")
    done = recoded(claim, people, item=dental)
    claim.refresh_from_db()
    line = claim.lines.get()
    assert (line.care_item.code, line.act, line.category.code) == (
        "consultation-1", dental, "dental",
    )  # fmt: skip
    assert (line.quantity, line.claimed_minor) == (Decimal(2), 8_000)  # the paper stays
    assert claim.payable_minor == 3_000  # 8 000 less a yearly 2 000, then half
    assert (claim.decision_number, claim.state) == (2, ClaimState.DECIDED)
    assert (done.from_item.code, done.from_category.code) == ("consultation-1", "consultation")
    assert done.decision == decision_in_force(claim)
    assert done.decision.made_by == people.medical_adviser
    _is_true(scoped)
    back = recoded(claim, people, item=a_care_item("consultation-2"), reason_code="guide_applied")
    claim.refresh_from_db()
    assert (back.from_item, claim.decision_number, claim.payable_minor) == (dental, 3, 6_000)
    _is_true(scoped)
    assert [each.to_item.code for each in claim.recodings.all()] == ["dental-1", "consultation-2"]


def test_a_category_alone_and_an_act_that_no_list_had(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    claim = submit_claim(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=family[0],
        provider=provider, circuit=Circuit.THIRD_PARTY_PAYMENT, care_on=ON, received_on=ON,
        lines=(LineEntry(unknown_care_item(), Decimal(1), 5_000, stated_as="Consultation soir"),),
    )  # fmt: skip
    assert (claim.state, claim.review_codes) == (ClaimState.IN_REVIEW, ["ITEM_UNKNOWN"])
    recoded(claim, people, item=a_care_item("consultation-1"), reason_code="unknown_act_found")
    claim.refresh_from_db()
    assert (claim.state, claim.review_codes) == (ClaimState.DECIDED, [])
    assert claim.payable_minor == 3_000  # the tariff of 4 000, less a quarter
    line = claim.lines.get()
    assert line.stated_as == "Consultation soir"
    recoded(claim, people, category=ensure_category("antenatal"))
    claim.refresh_from_db()
    line.refresh_from_db()
    assert (line.act.code, line.category.code) == ("consultation-1", "antenatal")
    assert claim.payable_minor == 4_000
    _is_true(scoped)


def test_what_is_refused(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    claim = a_claim(family[0], provider, people.awa, care_on=ON)
    dental = a_care_item("dental-1")
    for more, code in (
        ({"item": dental, "reason": " "}, "RECODING_REASON_MISSING"),
        ({"item": dental, "reason_code": "parce que"}, "RECODING_REASON_MISSING"),
        ({"item": a_care_item("consultation-1")}, "RECODING_SAME"),
        ({"item": dental, "position": 4}, "REVIEW_LINE_UNKNOWN"),
        ({"item": dental, "actor": people.awa}, "FORBIDDEN"),
        ({"item": dental, "actor": people.moussa}, "FORBIDDEN"),
    ):
        with pytest.raises(Refusal, match=code):
            recoded(claim, people, **more)
    review_claim(
        mutual=scoped, actor=people.medical_adviser, on=ON, idempotency_key=a_key(), claim=claim,
        reason="vu",
    )  # fmt: skip
    with pytest.raises(Refusal, match="CLAIM_ALREADY_REVIEWED"):
        recoded(claim, people, item=dental)
    other = a_claim(family[1], provider, people.awa, care_on=ON)
    approve_claim(mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), claim=other)
    with pytest.raises(Refusal, match="CLAIM_NOT_OPEN"):
        recoded(other, people, item=dental)
    assert not LineRecoding.objects.exists()


def test_an_illness_is_coded_otherwise_by_medical_roles_only_and_changes_no_amount(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    palu = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    grippe = ensure_diagnosis(system="test", code="J11", label="Grippe")
    claim = a_claim(family[0], provider, people.awa, care_on=ON, diagnosis=palu)
    approve_claim(mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), claim=claim)

    def other(actor: Any) -> DiagnosisRecoding:
        return recode_diagnosis(
            mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), claim=claim,
            diagnosis=grippe, reason_code="medical_reason", reason="Test négatif.",
        )  # fmt: skip

    with pytest.raises(Refusal, match="FORBIDDEN"):
        other(people.monitoring_officer)
    done = other(people.medical_adviser)
    assert (done.from_diagnosis, done.to_diagnosis) == (palu, grippe)
    assert MedicalDetail.objects.get(claim=claim).diagnosis == grippe
    with pytest.raises(Refusal, match="RECODING_SAME"):
        other(people.medical_adviser)
    assert diagnosis_recodings(claim, people.medical_adviser, ON) == [done]
    assert AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING).exists()
    claim.refresh_from_db()
    assert claim.decision_number == 1
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM claims_diagnosisrecoding")


@pytest.mark.requirement("R060")
def test_the_report_reads_the_first_code_against_the_last_by_operator(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    claim = a_claim(
        family[0], provider, people.awa, ("consultation-1", "1", 4000),
        ("consultation-2", "1", 6000), care_on=ON,
    )  # fmt: skip
    a_claim(family[1], provider, people.awa, care_on=ON)
    recoded(claim, people, item=a_care_item("dental-1"), actor=people.monitoring_officer)
    recoded(claim, people, item=a_care_item("examinations-1"))
    year = (date(2025, 1, 1), date(2026, 1, 1))
    assert recoded_by_operator(scoped, *year) == [
        Recoded("Awa Kodjo", 3, 1, "consultation", "examinations")
    ]
    assert recoded_by_operator(scoped, date(2024, 1, 1), date(2025, 1, 1)) == []

"""Claims by the API: recorded once, decided at once, read in one's own mutual only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope, scopes_disabled

from entraide.api import claims as door
from entraide.apps.access.models import AuditEvent, CommandLog
from entraide.apps.claims.models import Claim, Decision, MedicalDetail
from entraide.apps.claims.referrals import issue_referral
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.schemes.models import Mutual
from entraide.core.schema import require_valid
from tests.api.conftest import Caller
from tests.people import People


@pytest.mark.requirement("R044")
def test_a_claim_is_recorded_and_decided(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual, people: People
) -> None:
    """5 000 asked over a tariff of 4 000, of which the family bears a quarter."""
    response = awa.post("claims", claim_body)
    answer = response.json()
    assert response.status_code == 201, answer
    assert (answer["claimed_minor"], answer["payable_minor"]) == (5000, 3000)
    [line] = answer["decision"]["lines"]
    assert {item["code"]: item["amount_minor"] for item in line["reductions"]} == {
        "ABOVE_TARIFF": 1000,
        "COPAYMENT": 1000,
    }
    assert line["claimed_minor"] == line["payable_minor"] + 2000
    assert all(item["message"] for item in line["reductions"])
    with scope(mutual=mutual):
        claim = Claim.objects.get(uid=answer["uid"])
        assert claim.entered_by == people.awa
        assert Decision.objects.filter(claim=claim).count() == 1
    assert CommandLog.objects.filter(idempotency_key="desk-7-0001").count() == 1


def test_the_answers_follow_the_published_schema(awa: Caller, claim_body: dict[str, Any]) -> None:
    from entraide.api.schemas import CLAIM_ANSWER

    sent = awa.post("claims", claim_body).json()
    require_valid(sent, _checked(CLAIM_ANSWER))
    assert awa.get(f"claims/{sent['uid']}").json() == sent


def _checked(schema: Any) -> Any:
    """Without the formats that only describe: the schema checker knows ``date`` alone."""
    if isinstance(schema, dict):
        return {key: _checked(value) for key, value in schema.items() if value != "uuid"}
    return [_checked(item) for item in schema] if isinstance(schema, list) else schema


def test_a_claim_sent_twice_is_recorded_once(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual
) -> None:
    first, second = awa.post("claims", claim_body), awa.post("claims", claim_body)
    assert second.json() == first.json()
    with scope(mutual=mutual):
        assert Claim.objects.count() == 1


def test_one_and_one_point_nought_are_the_same_content(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    first = awa.post("claims", claim_body)
    claim_body["lines"][0]["quantity"] = 1.0
    assert awa.post("claims", claim_body).json() == first.json()


def test_the_same_key_with_another_content_is_refused(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    awa.post("claims", claim_body)
    claim_body["lines"][0]["unit_price_minor"] = 4999
    response = awa.post("claims", claim_body)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def test_the_key_may_stand_in_the_header(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual
) -> None:
    first = awa.post("claims", claim_body).json()
    key = claim_body.pop("idempotency_key")
    assert awa.post("claims", claim_body).json()["error"]["code"] == "IDEMPOTENCY_KEY_MISSING"
    assert awa.post("claims", claim_body, **{"Idempotency-Key": key}).json() == first
    claim_body["idempotency_key"] = "another"
    both = awa.post("claims", claim_body, **{"Idempotency-Key": key})
    assert both.json()["error"]["code"] == "IDEMPOTENCY_KEYS_DIFFER"


def test_every_fault_is_shown_at_once_with_its_path(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual
) -> None:
    claim_body |= {"care_on": "2025-02-30", "colour": "blue", "circuit": "gift"}
    claim_body["lines"][0]["quantity"] = -1
    del claim_body["provider"]["code"]
    response = awa.post("claims", claim_body)
    found = {item["path"]: item["code"] for item in response.json()["findings"]}
    assert response.status_code == 422
    assert found == {
        "care_on": "DOCUMENT_DATE",
        "colour": "DOCUMENT_KEY_UNKNOWN",
        "circuit": "DOCUMENT_CHOICE",
        "lines[0].quantity": "DOCUMENT_BELOW",
        "provider.code": "DOCUMENT_KEY_MISSING",
    }
    with scope(mutual=mutual):
        assert not Claim.objects.exists()


def test_unknown_acts_and_none_of_an_act_are_kept_for_a_person(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    claim_body["lines"] = [
        {"system": "test", "code": "nowhere-1", "quantity": 1, "unit_price_minor": 1},
        {"system": "test", "code": "consultation-1", "quantity": 1.005, "unit_price_minor": 1},
    ]
    found = {i["path"]: i["code"] for i in awa.post("claims", claim_body).json()["findings"]}
    assert found == {"lines[1].quantity": "QUANTITY_INVALID"}
    claim_body["lines"][1] |= {"quantity": 0}
    answer = awa.post("claims", claim_body)
    assert (answer.status_code, answer.json()["state"]) == (201, "in_review")
    lines = answer.json()["decision"]["lines"]
    assert [[item["code"] for item in line["reductions"]] for line in lines] == [
        ["ITEM_UNKNOWN"], ["QUANTITY_INVALID"],
    ]  # fmt: skip
    assert answer.json()["payable_minor"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "JSON_UNREADABLE"),
        ("{", 400, "JSON_UNREADABLE"),
        (b"\xff{}", 400, "JSON_NOT_UTF8"),
        ('{"a": NaN}', 400, "JSON_NUMBER"),
        ('{"a": 1e999999999}', 400, "JSON_NUMBER"),
        ('{"a": 1e9999999999999999999999}', 400, "JSON_NUMBER"),
        ('{"a": ' + "9" * 39 + "}", 400, "JSON_NUMBER"),
        ('{"a": ' + "9" * 50 + "}", 400, "JSON_NUMBER"),
        ('{"a": 1, "a": 2}', 400, "JSON_KEY_TWICE"),
        ("[" * 100_000, 400, "JSON_TOO_DEEP"),
        ("[]", 422, "INPUT_REFUSED"),
        (" " * 1_000_001, 413, "REQUEST_TOO_LARGE"),
    ],
)
def test_what_is_no_claim_is_refused(awa: Caller, body: Any, status: int, code: str) -> None:
    response = awa.post("claims", body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 61, "a\n"])
def test_texts_that_a_database_cannot_keep_are_refused(
    awa: Caller, claim_body: dict[str, Any], text: str
) -> None:
    claim_body["invoice_number"] = text
    response = awa.post("claims", claim_body)
    assert response.status_code == 422
    assert [item["path"] for item in response.json()["findings"]] == ["invoice_number"]


@pytest.mark.requirement("R057", begun=True)
def test_an_attestation_serves_once(awa: Caller, claim_body: dict[str, Any]) -> None:
    claim_body["attestation_number"] = "PC-0042"
    assert awa.post("claims", claim_body).status_code == 201
    response = awa.post("claims", claim_body | {"idempotency_key": "other"})
    assert (response.status_code, response.json()["state"]) == (201, "in_review")
    (line,) = response.json()["decision"]["lines"]
    assert [item["code"] for item in line["reductions"]] == ["ATTESTATION_TWICE"]


def test_a_number_of_two_alphabets_is_refused_by_its_place(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    response = awa.post("claims", claim_body | {"attestation_number": "P\u0421-0042"})
    assert response.status_code == 422
    [finding] = response.json()["findings"]
    assert (finding["code"], finding["path"]) == ("PAPER_NUMBER_MIXED", "attestation_number")


def test_a_total_that_differs_is_kept_with_its_warning(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    response = awa.post("claims", claim_body | {"stated_total_minor": 4000})
    [warning] = response.json()["warnings"]
    assert (response.status_code, warning["code"]) == (201, "TOTAL_DIFFERS")
    assert response.json()["state"] == "in_review"


def test_a_line_that_multiplies_wrongly_is_kept_as_the_paper_says(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    claim_body["lines"] = [dict(claim_body["lines"][0], quantity=2, amount_minor=9000)]
    answer = awa.post("claims", claim_body).json()
    assert answer["stated_minor"] == 9000
    codes = [each["code"] for each in answer["decision"]["lines"][0]["remarks"]]
    assert "STATEMENT_ARITHMETIC" in codes


def test_a_claim_stands_on_the_invoice_received_that_it_names(
    awa: Caller, claim_body: dict[str, Any]
) -> None:
    answer = awa.post("claims", claim_body | {"reception_number": "FR-2025-00009"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_medical_details_go_in_and_never_come_out(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual
) -> None:
    ensure_diagnosis(system="icd10", code="B50", label="Paludisme grave")
    claim_body |= {"diagnosis": {"system": "icd10", "code": "B50"}, "medical_notes": "Fièvre"}
    response = awa.post("claims", claim_body)
    again = awa.get(f"claims/{response.json()['uid']}")
    with scope(mutual=mutual):
        assert MedicalDetail.objects.get().diagnosis.code == "B50"
    for answer in (response, again):
        assert "B50" not in answer.content.decode()
        assert "medical" not in answer.content.decode()


def test_who_may_not_enter_claims_is_refused_and_it_is_journaled(
    caller: Callable[..., Caller], people: People, mutual: Mutual, claim_body: dict[str, Any]
) -> None:
    response = caller(people.auditor, mutual).post("claims", claim_body)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert AuditEvent.objects.filter(actor=people.auditor, code="FORBIDDEN").exists()


def test_a_stranger_finds_neither_the_claim_nor_the_card(
    awa: Caller,
    caller: Callable[..., Caller],
    people: People,
    other_mutual: Mutual,
    claim_body: dict[str, Any],
) -> None:
    uid = awa.post("claims", claim_body).json()["uid"]
    fanta = caller(people.fanta, other_mutual)
    assert fanta.get(f"claims/{uid}").status_code == 404
    assert fanta.post("claims", claim_body).status_code == 404


@pytest.mark.parametrize("uid", ["x", "00000000-0000-7000-8000-000000000000"])
def test_a_claim_that_is_not_there(awa: Caller, uid: str) -> None:
    response = awa.get(f"claims/{uid}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_someone_without_cover_gets_a_decision_that_says_so(
    awa: Caller, claim_body: dict[str, Any], covered: Person
) -> None:
    claim_body |= {"care_on": "2027-01-01", "received_on": "2027-01-01"}
    assert awa.post("claims", claim_body).status_code == 422  # care to come
    claim_body |= {"care_on": "2025-01-02", "received_on": "2025-01-03"}
    answer = awa.post("claims", claim_body).json()
    assert (answer["state"], answer["payable_minor"]) == ("refused", 0)


def test_a_fault_of_ours_records_nothing_and_is_no_page(
    awa: Caller, claim_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**content: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(door, "submit_claim", fail)
    response = awa.post("claims", claim_body)
    assert (response.status_code, response.json()["error"]["code"]) == (500, "SERVER_FAULT")
    with scopes_disabled():
        assert not Claim.objects.exists()


def test_a_busy_database_asks_to_come_back(
    awa: Caller, claim_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(**content: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(door, "submit_claim", wait)
    response = awa.post("claims", claim_body)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


WIDE = re.compile(
    r"^SCAN |\(mutual_id=\?\)$|\(state=\?\)$|\(care_item_id=\?\)$|\(system=\?\)$|Seq Scan on"
)


def steps_of(sql: str) -> list[str]:
    """How the database would go about a read."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
            return [row[3] for row in cursor.fetchall()]
        # Tables are small here: without this PostgreSQL would walk through them all, rightly.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql.replace('%', '%%')}")
        return [row[0] for row in cursor.fetchall()]


def test_no_read_of_a_claim_grows_with_the_mutual(awa: Caller, claim_body: dict[str, Any]) -> None:
    """Each read finds its rows by an index narrower than the mutual: none walks through a table."""
    awa.post("claims", claim_body)  # statements are compiled
    with CaptureQueriesContext(connection) as captured:
        assert awa.post("claims", claim_body | {"idempotency_key": "again"}).status_code == 201
    reads = [each["sql"] for each in captured if each["sql"].startswith("SELECT")]
    assert 10 < len(reads) < 25
    for sql in reads:
        assert not [step for step in steps_of(sql) if WIDE.search(step)], sql


def test_how_the_person_came_may_be_said(awa: Caller, claim_body: dict[str, Any]) -> None:
    first = awa.post("claims", claim_body).json()
    more = {
        "idempotency_key": "autre", "attestation_number": "PC-0099", "visit": "referral",
        "is_inpatient": False, "referral_number": "R-7", "follows": first["document_number"],
    }  # fmt: skip
    answer = awa.post("claims", {**claim_body, **more})
    assert answer.status_code == 201
    with scopes_disabled():
        claim = Claim.objects.get(document_number=answer.json()["document_number"])
    assert (claim.visit, claim.is_inpatient, claim.referral_number) == ("referral", False, "R-7")
    assert claim.episode is not None
    unknown = {**claim_body, "idempotency_key": "encore", "follows": "S-0"}
    assert awa.post("claims", unknown).status_code == 404


@pytest.mark.requirement("R063", begun=True)
def test_a_referral_voucher_is_named_by_its_number(
    awa: Caller, claim_body: dict[str, Any], mutual: Mutual, people: People
) -> None:
    with scope(mutual=mutual):
        person = Person.objects.get(number=claim_body["person_number"])
        care_on = date.fromisoformat(claim_body["care_on"])
        voucher = issue_referral(
            mutual=mutual, actor=people.medical_adviser, on=care_on, idempotency_key="bon-1",
            person=person, effective_until=care_on + timedelta(days=30),
        )  # fmt: skip
    answer = awa.post("claims", {**claim_body, "referral_number": voucher.document_number})
    assert answer.status_code == 201
    again = {**claim_body, "referral_number": voucher.document_number, "idempotency_key": "autre",
             "attestation_number": "PC-0100"}  # fmt: skip
    used = awa.post("claims", again).json()
    codes = [each["code"] for each in used["decision"]["findings"]]
    assert "REFERRAL_USED" in codes
    with scopes_disabled():
        first = Claim.objects.get(uid=answer.json()["uid"])
    assert first.referral_id == voucher.pk

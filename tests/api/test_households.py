"""Families by the API: a form of five persons and its first money in one act, whole or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from entraide.api.household_schemas import HOUSEHOLD_ANSWER
from entraide.apps.access.models import AuditEvent, CommandLog
from entraide.apps.contributions.models import ContributionDue, ContributionPayment
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole
from entraide.core.schema import require_valid
from tests.api.conftest import Caller
from tests.people import People


@pytest.fixture
def family(mutual: Mutual, product: Product) -> dict[str, Any]:
    with scope(mutual=mutual):
        cash = account_for(mutual, AccountRole.CASH)
    rows = [
        ("ADJOVI", "Éloïse", "1986-02-14", "F", "member"),
        ("MENSAH", "Koffi", "1984-07-01", "M", "spouse"),
        ("MENSAH", "Afi", "2012-05-20", "F", "child"),
        ("MENSAH", "Yao", "2015-09-09", "M", "child"),
        ("MENSAH", "Edem", "2019-12-24", "M", "child"),
    ]
    names = ("name", "given_name", "birth_on", "sex", "relation")
    return {
        "idempotency_key": "phone-3-0001",
        "product": product.code,
        "enrolled_on": (timezone.localdate() - timedelta(days=2)).isoformat(),
        "phone": "90 12 34 56",
        "persons": [dict(zip(names, row, strict=True)) for row in rows],
        "payment": {"amount_minor": 5000, "account": cash.number},
    }


def test_a_family_joins_and_pays_in_one_act(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    response = awa.post("households", family)
    answer = response.json()
    assert response.status_code == 201, answer
    require_valid(answer, _dates_alone(HOUSEHOLD_ANSWER))
    assert [person["number"] for person in answer["persons"]] == [
        f"{answer['number']}-{rank}" for rank in range(1, 6)
    ]
    [receipt] = answer["receipts"]
    assert receipt["amount_minor"] == 5000
    owed = sum(due["amount_minor"] for due in answer["dues"])
    assert answer["remaining_minor"] == owed - 5000
    assert awa.get(f"households/{answer['uid']}").json() == answer
    with scope(mutual=mutual):
        assert ContributionPayment.objects.get().document_number == receipt["document_number"]
        numbers = set(Entry.objects.values_list("document_number", flat=True))
    assert {due["document_number"] for due in answer["dues"]} < numbers
    assert receipt["document_number"] in numbers


def _dates_alone(schema: Any) -> Any:
    """Without the formats that only describe: the schema checker knows ``date`` alone."""
    if isinstance(schema, dict):
        return {key: _dates_alone(value) for key, value in schema.items() if value != "uuid"}
    return [_dates_alone(item) for item in schema] if isinstance(schema, list) else schema


def test_a_family_sent_twice_joins_once(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    first, second = awa.post("households", family), awa.post("households", family)
    assert second.json() == first.json()
    with scope(mutual=mutual):
        assert Household.objects.count() == 1
        assert ContributionPayment.objects.count() == 1


def test_the_same_key_for_another_family_is_refused(awa: Caller, family: dict[str, Any]) -> None:
    awa.post("households", family)
    family["persons"][0]["given_name"] = "Akouvi"
    response = awa.post("households", family)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "IDEMPOTENCY_CONFLICT"


def test_every_fault_of_the_form_is_told_at_once_and_nothing_is_kept(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    family["persons"][1]["relation"] = "member"
    family["persons"][2]["birth_on"] = "2099-01-01"
    response = awa.post("households", family)
    assert response.status_code == 422
    told = {(fault["code"], fault["path"]) for fault in response.json()["findings"]}
    assert ("BIRTH_IN_FUTURE", "persons[2].birth_on") in told
    assert any(code == "HEAD_TWICE" for code, _path in told)
    with scope(mutual=mutual):
        assert not Household.objects.exists()
        assert not ContributionDue.objects.exists()


def test_money_that_is_too_much_keeps_the_family_out_too(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    family["payment"]["amount_minor"] = 10**9
    response = awa.post("households", family)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "OVERPAYMENT"
    with scope(mutual=mutual):
        assert not Household.objects.exists()
    assert AuditEvent.objects.filter(code="OVERPAYMENT").exists()
    assert not CommandLog.objects.filter(name="enrol_household").exists()


@pytest.mark.parametrize(
    ("place", "value"), [("product", "other"), ("group", "none"), ("area", {"code": "x"})]
)
def test_what_does_not_exist_here_is_not_found(
    awa: Caller, family: dict[str, Any], place: str, value: Any
) -> None:
    family[place] = value
    assert awa.post("households", family).status_code == 404


def test_another_mutual_reads_no_family_of_ours(
    awa: Caller, family: dict[str, Any], caller: Any, people: People, other_mutual: Mutual
) -> None:
    uid = awa.post("households", family).json()["uid"]
    fanta = caller(people.fanta, other_mutual)
    assert fanta.get(f"households/{uid}").status_code == 404


def test_who_may_not_enrol_is_refused_and_journaled(
    family: dict[str, Any], caller: Any, people: People, mutual: Mutual
) -> None:
    moussa = caller(people.moussa, mutual)
    assert moussa.post("households", family).status_code == 403
    assert AuditEvent.objects.filter(code="FORBIDDEN", actor=people.moussa).exists()


def test_the_cost_of_joining_does_not_grow_with_the_register(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    def statements(key: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert awa.post("households", {**family, "idempotency_key": key}).status_code == 201
        return len(caught)

    statements("warm")
    first = statements("first")
    for number in range(10):
        statements(f"more-{number}")
    with scope(mutual=mutual):
        assert Person.objects.count() == 60
    assert statements("last") == first

"""Families by the API: a form of five persons and its first money in one act, whole or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from entraide.api import households
from entraide.api.household_schemas import HOUSEHOLD_ANSWER
from entraide.apps.access.models import AuditEvent, CommandLog, User
from entraide.apps.contributions.models import ContributionDue, ContributionPayment
from entraide.apps.enrolment.models import Household, Person, Resemblance, ResemblanceState
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.schemes.network import create_branch
from entraide.apps.schemes.services import appoint
from entraide.core.ledger import AccountRole
from entraide.core.schema import require_valid
from tests.api.conftest import Caller
from tests.builders import an_approved_product
from tests.people import People, person


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
    def statements(number: int) -> int:
        persons = [  # others than those before: nobody is asked about
            {**person, "birth_on": f"{person['birth_on'][:8]}{number + 1:02}"}
            for person in family["persons"]
        ]
        sent = {**family, "persons": persons, "idempotency_key": f"family-{number}"}
        with CaptureQueriesContext(connection) as caught:
            assert awa.post("households", sent).status_code == 201
        return len(caught)

    _warm, first = statements(0), statements(1)
    for number in range(2, 12):
        statements(number)
    with scope(mutual=mutual):
        assert Person.objects.count() == 60
    assert statements(12) == first


def test_a_family_sent_again_under_another_key_is_asked_about_person_by_person(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    here = awa.post("households", family).json()
    again = {**family, "idempotency_key": "phone-3-0002"}
    response = awa.post("households", again)
    assert response.status_code == 422
    findings = response.json()["findings"]
    assert [(each["code"], each["path"]) for each in findings] == [
        ("PERSON_MAY_BE_HERE", f"persons[{index}]") for index in range(5)
    ]
    assert [each["details"]["number"] for each in findings] == [
        person["number"] for person in here["persons"]
    ]
    assert findings[0]["details"]["household"] == here["number"]
    assert f"carte {here['persons'][0]['number']}" in findings[0]["message"]
    with scope(mutual=mutual):
        assert Household.objects.count() == 1
        assert ContributionPayment.objects.count() == 1
    assert awa.post("households", family).json() == here  # the key that recorded it still answers


def test_a_name_spelt_otherwise_is_asked_about_too_and_another_birth_is_not(
    awa: Caller, family: dict[str, Any]
) -> None:
    here = awa.post("households", family).json()
    member = {**family["persons"][0], "name": "Adjovy", "given_name": "Eloise"}
    alone = {**family, "idempotency_key": "phone-3-0002", "persons": [member]}
    [finding] = awa.post("households", alone).json()["findings"]
    assert finding["details"]["number"] == here["persons"][0]["number"]
    member["birth_on"] = "1979-03-03"
    assert awa.post("households", alone).status_code == 201


def test_who_says_that_they_are_others_enrols_them_and_the_answer_is_kept(
    awa: Caller, family: dict[str, Any], mutual: Mutual
) -> None:
    here = awa.post("households", family).json()
    numbers = [person["number"] for person in here["persons"]]
    again = {**family, "idempotency_key": "k" * 100, "distinct_from": numbers[:4]}
    [left] = awa.post("households", again).json()["findings"]
    assert left["details"]["number"] == numbers[4]
    again["distinct_from"] = numbers
    made = awa.post("households", again)
    assert made.status_code == 201
    with scope(mutual=mutual):
        kept = Resemblance.objects.filter(state=ResemblanceState.OTHER)
        pairs = {(pair.first.number, pair.second.number) for pair in kept}
        assert Household.objects.count() == 2
    assert pairs == {
        (first, second["number"])
        for first, second in zip(numbers, made.json()["persons"], strict=True)
    }
    assert awa.post("households", again).json() == made.json()


def test_who_came_in_while_the_sender_was_asked_is_found_in_the_act_itself(
    awa: Caller, family: dict[str, Any], mutual: Mutual, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests looked before either had written."""
    here = awa.post("households", family).json()
    monkeypatch.setattr(households, "told_apart", lambda *_given: [[] for _ in family["persons"]])
    late = awa.post("households", {**family, "idempotency_key": "phone-3-0002"})
    assert late.status_code == 422
    assert [each["details"]["number"] for each in late.json()["findings"]] == [
        person["number"] for person in here["persons"]
    ]
    with scope(mutual=mutual):
        assert Household.objects.count() == 1


@pytest.fixture
def in_section(
    caller: Callable[[User, Mutual], Caller], mutual: Mutual, people: People
) -> tuple[Caller, Caller]:
    """Two clerks of sections of their own."""
    made = []
    for code in ("nord", "sud"):
        act = {"mutual": mutual, "actor": people.system, "on": date(2025, 6, 16)}
        with scope(mutual=mutual):
            branch = create_branch(
                **{**act, "actor": people.network_admin}, idempotency_key=code, code=code, name=code
            )
            user = person(f"clerk-{code}", code, mutual=mutual)
            appoint(
                **act, idempotency_key=f"post-{code}", user=user, role=Role.DATA_ENTRY_CLERK,
                effective_from=date(2024, 1, 1), branch=branch,
            )  # fmt: skip
        made.append(caller(user, mutual))
    return made[0], made[1]


def test_who_resembles_somebody_of_another_section_is_told_without_name_or_number(
    in_section: tuple[Caller, Caller], family: dict[str, Any]
) -> None:
    north, south = in_section
    sent = {key: value for key, value in family.items() if key != "payment"}
    sent["persons"] = sent["persons"][:1]
    here = north.post("households", sent).json()
    again = {**sent, "idempotency_key": "south-1"}
    told = south.post("households", again)
    [finding] = told.json()["findings"]
    assert finding["code"] == "PERSON_MAY_BE_ELSEWHERE"
    for hidden in (here["number"], here["uid"], "joïse"):
        assert hidden not in told.content.decode()
    assert south.post("households", {**again, "distinct_from": [
        here["persons"][0]["number"]]}).status_code == 422  # fmt: skip
    again["distinct_from"] = [finding["details"]["mark"]]
    assert south.post("households", again).status_code == 201


def test_a_key_of_another_section_answers_nothing_of_its_family(
    in_section: tuple[Caller, Caller], family: dict[str, Any]
) -> None:
    north, south = in_section
    sent = {key: value for key, value in family.items() if key != "payment"}
    here = north.post("households", sent).json()
    told = south.post("households", sent)
    assert told.status_code == 409
    assert here["number"] not in told.content.decode()
    assert north.post("households", sent).json() == here


def test_who_resembles_somebody_of_another_mutual_is_not_told(
    awa: Caller, family: dict[str, Any], caller: Any, people: People, other_mutual: Mutual
) -> None:
    assert awa.post("households", family).status_code == 201
    with scope(mutual=other_mutual):
        theirs = an_approved_product(other_mutual, people.fanta, people.issa).product
    sent = {key: value for key, value in family.items() if key != "payment"}
    told = caller(people.fanta, other_mutual).post("households", {**sent, "product": theirs.code})
    assert told.status_code == 201

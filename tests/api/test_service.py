"""The frame of the API: tokens, rights at the counter, languages, the published document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from entraide.api.bodies import _once
from entraide.apps.access.models import ApiToken, AuditEvent
from entraide.apps.access.services import withdraw_tokens
from entraide.apps.cards.models import Card
from entraide.apps.cards.services import CardLayout, declare_card_lost, print_cards
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.schema import require_valid
from tests.api.conftest import Caller
from tests.builders import a_household, a_key
from tests.people import People


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "TOKEN_MISSING"),
        ("Basic YTpi", "TOKEN_MISSING"),
        ("Bearer ", "TOKEN_MISSING"),
        ("Bearer ent_false", "TOKEN_INVALID"),
    ],
)
def test_without_a_valid_token_nothing_is_told(db: None, header: str, code: str) -> None:
    response = Caller("").get("eligibility?number=F-1", Authorization=header)
    assert (response.status_code, response.json()["error"]["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("fate", ["expired", "withdrawn", "inactive"])
def test_a_token_that_no_longer_holds(
    awa: Caller, covered: Person, people: People, mutual: Mutual, fate: str
) -> None:
    address = f"eligibility?number={covered.number}"
    assert awa.get(address).status_code == 200
    if fate == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif fate == "withdrawn":
        assert withdraw_tokens(user=people.awa, mutual=mutual, label="test") == 1
    else:
        people.awa.is_active = False
        people.awa.save()
    assert awa.get(address).json()["error"]["code"] == "TOKEN_INVALID"


def test_a_lost_card_is_no_proof_by_the_api_either(
    awa: Caller, covered: Person, people: People, mutual: Mutual
) -> None:
    on = date(2025, 6, 16)
    with scope(mutual=mutual):
        act = {"mutual": mutual, "actor": people.awa, "on": on}
        print_cards(**act, idempotency_key=a_key(), persons=[covered], layout=CardLayout.SHEET)
        card = Card.objects.get()
        declare_card_lost(**act, idempotency_key=a_key(), card=card, reason="volée", lost_on=on)
    address = f"eligibility?number={covered.number}&on=2025-03-03"
    refused = awa.get(address)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "CARD_LOST")
    assert AuditEvent.objects.filter(code="CARD_LOST", actor=people.awa).count() == 1
    assert awa.get(f"{address}&identity=seen").json()["is_covered"]


@pytest.mark.requirement("R020", begun=True)
def test_rights_at_the_counter(awa: Caller, covered: Person) -> None:
    from entraide.api.schemas import ELIGIBILITY_ANSWER

    response = awa.get(f"eligibility?number={covered.number.lower()}&on=2025-03-03")
    answer = response.json()
    assert response.status_code == 200
    require_valid(answer, ELIGIBILITY_ANSWER)
    assert (answer["is_covered"], answer["status"], answer["reasons"]) == (True, "active", [])
    assert answer["covered_from"] == "2025-01-10"
    yearly = [
        row
        for row in answer["ceilings"]
        if (row["category"], row["whose"]) == ("consultation", "person")
    ]
    assert [(row["unit"], row["ceiling"], row["remaining"]) for row in yearly] == [
        ("minor", 20000, 20000)
    ]


def test_the_ceiling_shown_falls_with_each_claim(
    awa: Caller, claim_body: dict[str, Any], covered: Person
) -> None:
    awa.post("claims", claim_body)
    answer = awa.get(f"eligibility?number={covered.number}&on=2025-03-05").json()
    remaining = {(row["category"], row["whose"]): row["remaining"] for row in answer["ceilings"]}
    assert remaining[("consultation", "person")] == 17000


def test_closed_rights_say_why_in_the_language_asked(
    awa: Caller, mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        unpaid = a_household(mutual, people.awa, product).persons.first()
    address = f"eligibility?number={unpaid.number}&on=2025-06-01"
    french = awa.get(address).json()
    english = awa.get(address, **{"Accept-Language": "en-GB,fr;q=0.5"}).json()
    assert not french["is_covered"]
    assert french["reasons"][0]["code"] == english["reasons"][0]["code"]
    assert french["reasons"][0]["message"] != english["reasons"][0]["message"]


def test_today_is_the_day_unless_told(awa: Caller, covered: Person) -> None:
    answer = awa.get(f"eligibility?number={covered.number}").json()
    assert abs(date.fromisoformat(answer["on"]) - timezone.localdate()) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("", ["number"]),
        ("number=F-1&on=tomorrow", ["on"]),
        ("number=F-1&sector=magic&colour=blue", ["sector", "colour"]),
    ],
)
def test_a_question_with_faults(awa: Caller, query: str, paths: list[str]) -> None:
    response = awa.get(f"eligibility?{query}")
    assert response.status_code == 422
    assert [item["path"] for item in response.json()["findings"]] == paths


def test_a_parameter_twice_is_refused(awa: Caller) -> None:
    response = awa.get("eligibility?number=F-1&number=F-2")
    assert response.json()["error"]["code"] == "JSON_KEY_TWICE"


def test_a_stranger_and_an_unknown_card_get_the_same_answer(
    caller: Callable[..., Caller], people: People, other_mutual: Mutual, covered: Person
) -> None:
    fanta = caller(people.fanta, other_mutual)
    theirs = fanta.get(f"eligibility?number={covered.number}")
    nobody = fanta.get("eligibility?number=F-2020-00009-1")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.json()["error"]["message"] == nobody.json()["error"]["message"]


def test_without_a_role_any_more_the_token_opens_nothing(
    caller: Callable[..., Caller], people: People, mutual: Mutual, covered: Person
) -> None:
    response = caller(people.fanta, mutual).get(f"eligibility?number={covered.number}")
    assert response.status_code == 403
    assert AuditEvent.objects.filter(actor=people.fanta, code="FORBIDDEN").exists()


def test_eligibility_costs_the_same_whatever_the_history(
    awa: Caller, claim_body: dict[str, Any], covered: Person, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 5):
        body = claim_body | {"idempotency_key": f"k{day}", "care_on": f"2025-03-0{day}"}
        assert awa.post("claims", body).status_code == 201
    with django_assert_max_num_queries(9):  # the cards of the family are one
        awa.get(f"eligibility?number={covered.number}&on=2025-03-05")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_unknown_addresses_and_methods_answer_in_json(awa: Caller, language: str) -> None:
    spoken = {"Accept-Language": language}
    nowhere = awa.get("nowhere/else", **spoken)
    wrong = awa.client.delete("/api/v1/claims", headers={**awa.headers, **spoken})
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "ADDRESS_UNKNOWN")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["Allow"] == "POST"
    assert nowhere.headers["Content-Language"] == language


def test_the_published_document_describes_what_is_held(db: None) -> None:
    from entraide.api.schemas import CLAIM

    document = Caller("").get("openapi.json").json()
    assert set(document["paths"]) == {
        "/api/v1/eligibility",
        "/api/v1/claims",
        "/api/v1/claims/{uid}",
        "/api/v1/households",
        "/api/v1/households/{uid}",
    }
    sent = document["paths"]["/api/v1/claims"]["post"]
    schema = sent["requestBody"]["content"]["application/json"]["schema"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(CLAIM["required"])
    assert "200" not in sent["responses"]
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    names = [each["name"] for each in document["paths"]["/api/v1/eligibility"]["get"]["parameters"]]
    assert names == ["number", "on", "sector", "identity"]
    assert "http://" not in str(document["paths"])


def test_an_address_with_too_many_parameters(awa: Caller) -> None:
    response = awa.get("eligibility?" + "&".join(f"a{rank}=1" for rank in range(1500)))
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "REQUEST_TOO_MANY_PARAMETERS"


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("9" * 5000, "REQUEST_TOO_LARGE"),
        ("٣", "REQUEST_LENGTH_UNREADABLE"),
        ("abc", "REQUEST_LENGTH_UNREADABLE"),
    ],
)
def test_a_length_that_is_no_length(awa: Caller, stated: str, code: str) -> None:
    answer = awa.client.generic(
        "POST", "/api/v1/claims", b"{}", headers=awa.headers, CONTENT_LENGTH=stated
    )
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code


def test_the_second_of_many_keys_is_named() -> None:
    pairs = [(str(rank), 1) for rank in range(60_000)]
    with pytest.raises(Refusal) as caught:
        _once([*pairs, ("59999", 2)])
    assert caught.value.data["key"] == "59999"


def test_a_nul_in_a_parameter_is_refused_as_the_api_refuses(awa: Caller) -> None:
    answer = awa.get("eligibility?number=%00")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.status_code == 422

"""An opinion of the médecin conseil has a coded reason, counted with the register's others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.care_control.answers import answers, decisions_by_reason
from entraide.apps.care_control.models import RegisterEntry
from entraide.apps.care_control.register import record_entry
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import RefusedRows
from tests.builders import a_care_item, a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]
YEAR = (date(2025, 1, 1), date(2026, 1, 1))


@pytest.fixture
def unsure(scoped: Mutual, people: People, product: Product) -> Claim:
    """A claim with an act that no price list holds: the rules leave it to a person."""
    provider = a_provider(scoped, people.moussa)
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    a_care_item("consultation-9")
    claim = a_claim(
        household.persons.get(is_member=True), provider, people.awa, ("consultation-9", "1", 4000)
    )
    assert claim.state == ClaimState.IN_REVIEW
    return claim


@pytest.mark.requirement("R081")
@pytest.mark.requirement("R087")
def test_an_opinion_is_a_line_of_the_register_with_its_code(
    unsure: Claim, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.medical_adviser), address("claim-review", uid=unsure.uid)
    data = {
        "idempotency_key": a_key(), "opinion": "reduce", "line": "1", "amount": "500",
        "borne_by": "provider", "reason": "Prix au-dessus de l’usage", "stay": "1",
    }  # fmt: skip
    refused = browser.post(url, data)
    assert refused.status_code == 422
    assert "Choisissez le motif codé" in refused.content.decode()
    assert not RegisterEntry.objects.exists()
    data["reason_code"] = "dearer_than_needed"
    for _time in range(2):  # sent twice, written once
        browser.post(url, data)
    entry = RegisterEntry.objects.get()
    assert (entry.claim, entry.person, entry.kind, entry.result, entry.mode) == (
        unsure, unsure.person, "claim", "cut", "on_paper",
    )  # fmt: skip
    counted = dict(decisions_by_reason(answers(scoped, *YEAR)))
    assert "dearer_than_needed" in counted


def test_a_smaller_quantity_admitted_as_justified_is_a_cut(
    unsure: Claim, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.medical_adviser), address("claim-review", uid=unsure.uid)
    before = unsure.payable_minor
    browser.post(
        url,
        {
            "idempotency_key": a_key(), "opinion": "justify", "line": "1", "amount": "1000",
            "reason": "Trop, ou trop longtemps", "reason_code": "too_long", "stay": "1",
        },
    )  # fmt: skip
    unsure.refresh_from_db()
    assert 0 < unsure.payable_minor < before
    assert RegisterEntry.objects.get().result == "cut"
    [told] = answers(scoped, *YEAR)
    assert (told.kind, told.result, told.source) == ("claim", "cut", "register")


def test_a_confirmation_without_a_code_makes_up_no_reason(
    unsure: Claim, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.medical_adviser), address("claim-review", uid=unsure.uid)
    browser.post(url, {"idempotency_key": a_key(), "opinion": "confirm"})
    entry = RegisterEntry.objects.get()
    assert (entry.reason_code, entry.result) == ("", "agreed")
    counted = dict(decisions_by_reason(answers(scoped, *YEAR)))
    assert set(counted) == {""}
    shown = browser.get(address("medical-register"), {"first": "01/01/2025", "last": "31/12/2025"})
    assert unsure.person.full_name in shown.content.decode()
    assert "Justifié par la maladie" not in shown.content.decode()
    corrected = browser.get(address("medical-register-new"), {"corrects": str(entry.uid)})
    field = corrected.context["form"]["reason_code"]
    assert (field.value(), field.field.choices[0][0]) == ("", "")  # nothing chosen beforehand


def test_claims_confirmed_together_are_a_line_each(
    unsure: Claim, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.medical_adviser), address("claim-worklist-confirm")
    data = {"claim": [str(unsure.uid)], "reason": "Vu au comité", "idempotency_key": a_key()}
    for _time in range(2):
        browser.post(url, data)
    entry = RegisterEntry.objects.get()
    assert (entry.claim, entry.result, entry.reason_code) == (unsure, "agreed", "")
    assert entry.entered_by == people.medical_adviser


@pytest.mark.requirement("R081")
def test_the_worklist_counts_agreements_and_breaches_too(
    unsure: Claim, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.medical_adviser).get(address("care-control"))
    named = [str(each.name) for each in answer.context["waits"]]
    assert len(named) == 7
    assert answer.context["waits"][0].count == 1


def test_confirmations_without_a_code_are_counted_as_such_and_only_they_go_without(
    unsure: Claim, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    day = date(2025, 6, 16)
    line: dict[str, Any] = {
        "mutual": scoped, "actor": people.medical_adviser, "on": day, "person": unsure.person,
        "handled_on": day, "mode": "on_paper", "kind": "claim", "reason_code": "",
    }  # fmt: skip
    for _time in range(6):
        record_entry(**line, claim=unsure, result="agreed", idempotency_key=a_key())
    for more in ({"claim": None, "result": "agreed"}, {"claim": unsure, "result": "cut"}):
        with pytest.raises(RefusedRows) as refused:
            record_entry(**{**line, **more}, idempotency_key=a_key())
        assert [each.code for each in refused.value.findings] == ["REASON_CODE"]
    asked = {"first": "01/06/2025", "last": "30/06/2025"}
    page = signed_in(people.medical_adviser).get(address("control-statistics"), asked)
    assert [(str(why), count) for why, count in page.context["reasons"]] == [("Sans motif codé", 6)]

"""``calc claim`` takes every fact and rule that a decision looks at, and names what is wrong."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from entraide.core.adjudication.document import SCHEMA, claim_from_document, run
from entraide.core.adjudication.facts import (
    ClaimFacts,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
)
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.care_package import (
    Benefit,
    Condition,
    Deductible,
    ItemRule,
    Limit,
    Target,
    Variant,
)
from entraide.core.care_path import CarePath
from entraide.core.errors import RefusedRows
from entraide.core.schema import faults_of

RULES = SCHEMA["properties"]["rules"]
CLAIM = SCHEMA["properties"]["claim"]


def _keys(schema: dict[str, Any]) -> set[str]:
    return set(schema.get("items", schema)["properties"])


def _rule(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RULES["properties"][name]
    return found


@pytest.mark.parametrize(
    ("kind", "keys", "said_elsewhere"),
    [
        (LineFacts, _keys(CLAIM["properties"]["lines"]), {"tariff_unit_minor"}),
        (
            ClaimFacts,
            _keys(CLAIM),
            {
                "sector", "level", "provider_has_agreement", "provider_is_paid_directly",
                "needs_guarantee_letter", "discount_rate",
            },
        ),
        (PatientFacts, _keys(SCHEMA["properties"]["person"]), set()),
        (CoverFacts, _keys(SCHEMA["properties"]["cover"]), set()),
        (UsedAmounts, _keys(SCHEMA["properties"]["used"]), set()),
        (Benefit, _keys(_rule("benefits")), set()),
        (Variant, _keys(_rule("variants")), set()),
        (ItemRule, _keys(_rule("item_rules")), set()),
        (Limit, _keys(_rule("limits")), {"titles"}),
        (Deductible, _keys(_rule("deductibles")), {"titles"}),
        (CarePath, _keys(_rule("care_path")), set()),
        (Condition, _keys(_rule("variants")["items"]["properties"]["when"]), set()),
        (Target, _keys(_rule("limits")["items"]["properties"]["target"]), set()),
    ],
)  # fmt: skip
def test_the_document_has_a_key_for_each_value(
    kind: type, keys: set[str], said_elsewhere: set[str]
) -> None:
    assert {item.name for item in fields(kind)} - keys == said_elsewhere


BASE: dict[str, Any] = {
    "currency": "XOF",
    "rules": {"benefits": [{"category": "hospital", "copayment_rate": Decimal("0.2")}]},
    "tariff": {"BED": 10000},
    "claim": {
        "care_on": "2025-05-02",
        "lines": [
            {"key": "1", "category": "hospital", "item_code": "BED", "claimed_minor": 10000}
        ],
    },
}  # fmt: skip


def changed(**changes: Any) -> dict[str, Any]:
    """``line__free_care_payer="PEV"``: the document with this key of that part."""
    document = deepcopy(BASE)
    for name, value in changes.items():
        part, key = name.split("__")
        place = {
            "line": document["claim"]["lines"][0], "benefit": document["rules"]["benefits"][0],
        }.get(part)  # fmt: skip
        (document.setdefault(part, {}) if place is None else place)[key] = value
    return document


NEEDS = {"benefit__requires_pre_authorisation": True}
LATE = {"benefit__waits_by_expected_delivery": True, "cover__waiting_until": {"hospital": "2025-06-01"}}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"line__free_care_payer": "PEV"}, {"FREE_CARE": 10_000}),
        ({"line__incompatible_with": "Suture"}, {"INCOMPATIBLE_ACTS": 10_000}),
        (NEEDS, {"PRE_AUTHORISATION_MISSING": 10_000}),
        ({**NEEDS, "line__used_up_authorisation": "AP-1"}, {"PRE_AUTHORISATION_USED_UP": 10_000}),
        (
            {**NEEDS, "line__pre_authorisation": "AP-1", "line__pre_authorised_minor": 5000},
            {"COPAYMENT": 2_000, "ABOVE_PRE_AUTHORISATION": 3_000},
        ),
        (
            {**NEEDS, "line__pre_authorisation": "AP-1", "line__pre_authorised_minor": 5000,
             "claim__bounds_payment": False},
            {"ABOVE_PRE_AUTHORISATION": 5_000, "COPAYMENT": 1_000},
        ),
        ({"line__other_payer_minor": 4000}, {"PAID_BY_OTHER": 4_000, "COPAYMENT": 1_200}),
        (
            {"line__justified_minor": 4000, "line__justified_reason": "suffit"},
            {"NOT_JUSTIFIED": 6_000, "COPAYMENT": 800},
        ),
        (
            {"line__quantity": 2, "line__justified_quantity": 1, "line__justified_reason": "suffit"},
            {"NOT_JUSTIFIED": 5_000, "COPAYMENT": 1_000},
        ),
        (LATE, {"WAITING_PERIOD": 10_000}),
        ({**LATE, "person__expected_delivery_on": "2025-06-01"}, {"COPAYMENT": 2_000}),
        ({"claim__attestation_of": "S-1"}, {"ATTESTATION_TWICE": 10_000}),
        ({"line__duplicate_of": "S-1"}, {"DUPLICATE": 10_000}),
        (
            {"rules__item_rules": [{"code": "lit", "target": {"items": ["BED"]}, "price_minor": 6000}]},
            {"ABOVE_PRODUCT_PRICE": 4_000, "COPAYMENT": 1_200},
        ),
        (
            {"rules__limits": [{"code": "an", "amount_minor": 5000}],
             "used__scopes": {"amount:person:year:an": 4000}},
            {"COPAYMENT": 2_000, "LIMIT_AMOUNT": 7_000},
        ),
        (
            {"rules__deductibles": [{"code": "an", "amount_minor": 3000, "whose": "household"}],
             "used__scopes": {"deductible:household:year:an": 1000}},
            {"DEDUCTIBLE_OVERALL": 2_000, "COPAYMENT": 1_600},
        ),
        (
            {"person__lists": ["indigent"],
             "rules__variants": [{"code": "indigents", "when": {"lists": ["indigent"]},
                                  "benefit": {"category": "hospital"}}]},
            {},
        ),
    ],
)  # fmt: skip
def test_each_fact_tells_in_the_decision(changes: dict[str, Any], codes: dict[str, int]) -> None:
    document = changed(**changes)
    assert list(faults_of(document, SCHEMA)) == []
    answer = run(document)
    assert answer["reduced_minor_by_code"] == codes
    assert answer["claimed_minor"] == answer["payable_minor"] + answer["reduced_minor"]
    claim, context = claim_from_document(document)
    assert facts_from_json(facts_to_json(claim, context), context.product) == (claim, context)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        (
            {"line__pre_authorised_minor": 5000},
            [("claim.lines[0].pre_authorisation", "DOCUMENT_KEY_MISSING")],
        ),
        (
            {"line__justified_minor": 5000},
            [("claim.lines[0].justified_reason", "DOCUMENT_KEY_MISSING")],
        ),
        (
            {"line__last_care_on": "2025-05-03", "line__next_care_on": "2025-05-01"},
            [
                ("claim.lines[0].last_care_on", "DOCUMENT_CONTRADICTS"),
                ("claim.lines[0].next_care_on", "DOCUMENT_CONTRADICTS"),
            ],
        ),
        (
            {"line__min_age": 50, "line__max_age": 20, "person__birth_on": "2025-05-03"},
            [
                ("claim.lines[0].min_age", "DOCUMENT_CONTRADICTS"),
                ("person.birth_on", "DOCUMENT_CONTRADICTS"),
            ],
        ),
        (
            {"claim__has_voucher": True, "claim__referral_fault": "REFERRAL_USED",
             "cover__refusal_code": "NOT_PAID"},
            [
                ("claim.referral_fault", "DOCUMENT_CONTRADICTS"),
                ("cover.refusal_code", "DOCUMENT_CONTRADICTS"),
            ],
        ),
        (
            {"used__scopes": {"amount:person:year:an": 1, "case:person:episode:paid:hospital": 1}},
            [("used.scopes.amount:person:year:an", "DOCUMENT_KEY_UNKNOWN")],
        ),
        (
            {"claim__lines": BASE["claim"]["lines"] * 2,
             "rules__benefits": BASE["rules"]["benefits"] * 2},
            [
                ("rules.benefits[1].category", "BENEFIT_TWICE"),
                ("claim.lines[1].key", "LINE_KEY_TWICE"),
            ],
        ),
        (
            {"rules__limits": [{"code": "an", "count": 3,
                                "when": {"min_age_years": 9, "max_age_years": 5}}]},
            [("rules.limits[0].when.min_age_years", "DOCUMENT_CONTRADICTS")],
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named_with_its_place(
    changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    document = changed(**changes)
    assert list(faults_of(document, SCHEMA)) == []
    with pytest.raises(RefusedRows) as refused:
        run(document)
    assert [(each.place, each.code) for each in refused.value.findings] == faults


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"line__justified_quantity": -1}, "claim.lines[0].justified_quantity", "DOCUMENT_BELOW"),
        ({"line__other_payer_minor": -1}, "claim.lines[0].other_payer_minor", "DOCUMENT_BELOW"),
        ({"line__free_care": "PEV"}, "claim.lines[0].free_care", "DOCUMENT_KEY_UNKNOWN"),
        ({"person__expected_delivery_on": "mai"}, "person.expected_delivery_on", "DOCUMENT_DATE"),
        ({"claim__referral_fault": "PERDU"}, "claim.referral_fault", "DOCUMENT_CHOICE"),
        (
            {"rules__limits": [{"code": "an", "count": 3, "quantity": 2}]},
            "rules.limits[0]",
            "DOCUMENT_ONE_OF",
        ),
        (
            {"rules__item_rules": [{"code": "lit", "target": {"kinds": ["acte"]}}]},
            "rules.item_rules[0].target.kinds[0]",
            "DOCUMENT_CHOICE",
        ),
    ],
)
def test_a_bad_fact_is_named_with_its_place(changes: dict[str, Any], place: str, code: str) -> None:
    found = [(fault.place, fault.code) for fault in faults_of(changed(**changes), SCHEMA)]
    assert found == [(place, code)]

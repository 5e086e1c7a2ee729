"""The documents of the API as JSON Schema: what is published is what is held (``core.schema``)."""

from __future__ import annotations

from typing import Any

from entraide.core.product import Sector
from entraide.core.schema import Schema

LARGEST_UNIT_PRICE_MINOR = 10**12

# Neither control characters nor halves of a character: no database keeps them all.
_LINE = r"^(?![\s\S]*[\u0000-\u001f\ud800-\udfff])"
_TEXT = r"^(?![\s\S]*[\u0000-\u0008\u000b-\u001f\ud800-\udfff])"


def _line(longest: int, meaning: str, shortest: int = 1) -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": shortest,
        "maxLength": longest,
        "pattern": _LINE,
        "description": meaning,
    }


def _day(meaning: str) -> dict[str, Any]:
    return {"type": "string", "format": "date", "description": meaning}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
    }


def _answer(**properties: Any) -> dict[str, Any]:
    """An answer: every key is always there, null where there is nothing; keys may be added."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _minor(meaning: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "description": meaning}


_NOMENCLATURE = "which list the code stands in"
_REFERENCE = _object(
    ("code",),
    system=_line(40, f"{_NOMENCLATURE}; “entraide” unless told"),
    code=_line(40, "its code in the list"),
)

CLAIM_LINE: Schema = _object(
    ("code", "quantity", "unit_price_minor"),
    system=_line(40, f"{_NOMENCLATURE}; “entraide” unless told"),
    kind={"type": "string", "enum": ["service", "drug"], "description": "service unless told"},
    code=_line(40, "code of the act or drug"),
    quantity={
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 100_000,
        "description": "how many; two decimals at most",
    },
    unit_price_minor={
        "type": "integer",
        "minimum": 0,
        "maximum": LARGEST_UNIT_PRICE_MINOR,
        "description": "price of one as invoiced, in minor units of the mutual's currency",
    },
)

CLAIM: Schema = _object(
    ("person_number", "provider", "circuit", "care_on", "received_on", "lines"),
    idempotency_key=_line(100, "a key of the sender's own, unless in the header Idempotency-Key"),
    person_number=_line(40, "number on the card of the person cared for"),
    provider=_REFERENCE,
    circuit={
        "type": "string",
        "enum": ["third_party_payment", "reimbursement"],
        "description": "who is to be paid: the provider, or the member who has paid",
    },
    care_on=_day("day of care; rules, rights and prices are those of this day"),
    received_on=_day("day on which the mutual received the claim"),
    attestation_number=_line(60, "number of the attestation of care; used once", 0),
    invoice_number=_line(60, "the provider's own number", 0),
    channel={
        "type": "string",
        "enum": ["cash", "mobile_money", "bank"],
        "description": "how a reimbursement is paid",
    },
    stated_total_minor=_minor("total written on the paper; refused when the lines differ"),
    diagnosis=_REFERENCE,
    medical_notes={
        "type": "string",
        "maxLength": 2000,
        "pattern": _TEXT,
        "description": "for the medical adviser; never read back here",
    },
    lines={"type": "array", "minItems": 1, "maxItems": 200, "items": CLAIM_LINE},
)

ELIGIBILITY: Schema = _object(
    ("number",),
    number=_line(40, "number on the card"),
    on=_day("day asked; today unless told"),
    sector={
        "type": "string",
        "enum": [sector.value for sector in Sector],
        "description": "sector of the provider, for the ceilings; public unless told",
    },
)

_NULLABLE_DAY = {"type": ["string", "null"], "format": "date"}
_TEXT_ANSWER = {"type": "string"}
_SAID = _answer(code=_TEXT_ANSWER, message=_TEXT_ANSWER)

ELIGIBILITY_ANSWER: Schema = _answer(
    number=_TEXT_ANSWER,
    on={"type": "string", "format": "date"},
    is_covered={"type": "boolean"},
    status={
        "type": "string",
        "enum": ["active", "not_yet", "suspended", "expired", "ended", "none"],
    },
    reasons={"type": "array", "items": _SAID, "description": "why rights are closed, first first"},
    waiting={
        "type": "array",
        "items": _answer(category=_TEXT_ANSWER, until={"type": "string", "format": "date"}),
    },
    person=_answer(
        name=_TEXT_ANSWER,
        sex=_TEXT_ANSWER,
        birth_on={"type": "string", "format": "date"},
        is_member={"type": "boolean"},
        has_photo={"type": "boolean"},
    ),
    product={"type": ["string", "null"]},
    currency=_TEXT_ANSWER,
    covered_from=_NULLABLE_DAY,
    covered_until=_NULLABLE_DAY,
    ceilings={
        "type": "array",
        "items": _answer(
            category={"type": "string", "description": "empty for all care together"},
            whose={"type": "string", "enum": ["case", "person", "household", "count"]},
            unit={"type": "string", "enum": ["minor", "cases"]},
            ceiling={"type": "integer"},
            remaining={"type": "integer"},
        ),
    },
)

_REDUCTION = _answer(
    code=_TEXT_ANSWER,
    message=_TEXT_ANSWER,
    amount_minor=_minor("what this reason takes away"),
    borne_by={"type": "string", "enum": ["member", "provider", "other"]},
)

CLAIM_ANSWER: Schema = _answer(
    uid={"type": "string", "format": "uuid"},
    document_number=_TEXT_ANSWER,
    state={
        "type": "string",
        "enum": ["in_review", "decided", "approved", "in_batch", "paid", "refused", "reversed"],
    },
    circuit=_TEXT_ANSWER,
    person_number=_TEXT_ANSWER,
    provider=_answer(system=_TEXT_ANSWER, code=_TEXT_ANSWER, name=_TEXT_ANSWER),
    care_on={"type": "string", "format": "date"},
    received_on={"type": "string", "format": "date"},
    posted_on=_NULLABLE_DAY,
    paid_on=_NULLABLE_DAY,
    currency=_TEXT_ANSWER,
    stated_minor=_minor("the lines as invoiced"),
    claimed_minor=_minor("what the decision starts from: payable + reductions"),
    payable_minor=_minor("what the mutual pays"),
    decision=_answer(
        number={"type": "integer", "description": "1 is the rules', later ones a person's"},
        product_version=_TEXT_ANSWER,
        findings={"type": "array", "items": _SAID},
        lines={
            "type": "array",
            "items": _answer(
                key={"type": "string", "description": "rank on the claim, or an episode"},
                category=_TEXT_ANSWER,
                claimed_minor=_minor("payable + Σ reductions"),
                payable_minor=_minor("what the mutual pays for it"),
                reductions={"type": "array", "items": _REDUCTION},
                remarks={"type": "array", "items": _SAID},
            ),
        },
    ),
)

REFUSED: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": _TEXT_ANSWER,
                "message": {"type": "string", "description": "in French, or as Accept-Language"},
                "path": {"type": "string", "description": "the key at fault"},
                "details": {"type": "object"},
            },
        },
        "findings": {"type": "array", "description": "every fault", "items": {"type": "object"}},
    },
}

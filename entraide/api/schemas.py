"""The documents of the API as JSON Schema: what is published is what is held (``core.schema``)."""

from __future__ import annotations

from entraide.api.shapes import (
    NOMENCLATURE,
    NULLABLE_DAY,
    REFERENCE,
    TEXT,
    TEXT_ANSWER,
    an_answer,
    an_object,
    day,
    line,
    minor,
)
from entraide.core.product import Sector
from entraide.core.schema import Schema

LARGEST_UNIT_PRICE_MINOR = 10**12

CLAIM_LINE: Schema = an_object(
    ("code", "quantity", "unit_price_minor"),
    system=line(40, f"{NOMENCLATURE}; “entraide” unless told"),
    kind={"type": "string", "enum": ["service", "drug"], "description": "service unless told"},
    code=line(40, "code of the act or drug; an unknown one is kept for a person to look at"),
    quantity={
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 100_000,
        "description": "how many; two decimals at most. None is kept for a person to look at",
    },
    unit_price_minor={
        "type": "integer",
        "minimum": 0,
        "maximum": LARGEST_UNIT_PRICE_MINOR,
        "description": "price of one as invoiced, in minor units of the mutual's currency",
    },
    amount_minor=minor("what the paper asks for the line, where it is not quantity × price"),
)

CLAIM: Schema = an_object(
    ("person_number", "provider", "circuit", "care_on", "received_on", "lines"),
    idempotency_key=line(100, "a key of the sender's own, unless in the header Idempotency-Key"),
    person_number=line(40, "number on the card of the person cared for"),
    provider=REFERENCE,
    circuit={
        "type": "string",
        "enum": ["third_party_payment", "reimbursement"],
        "description": "who is to be paid: the provider, or the member who has paid",
    },
    care_on=day("day of care; rules, rights and prices are those of this day"),
    received_on=day("day on which the mutual received the claim"),
    attestation_number=line(
        60, "number of the attestation; one used before is kept for a person", 0
    ),
    invoice_number=line(60, "the provider's own number", 0),
    reception_number=line(60, "number of the invoice received that the claim stands on", 0),
    channel={
        "type": "string",
        "enum": ["cash", "agency", "home", "mobile_money", "savings", "bank"],
        "description": "how a reimbursement is paid; as the family asked unless told",
    },
    visit={
        "type": "string",
        "enum": ["planned", "emergency", "referral", "follow_up"],
        "description": "how the person came; planned unless told",
    },
    is_inpatient={
        "type": "boolean",
        "description": "a stay at the hospital; a line of hospital care is one, told or not",
    },
    expected_delivery_on=day("day on which the delivery was expected; medical, never read back"),
    referral_number=line(60, "number of the referral voucher (REF-…) or slip", 0),
    follows=line(60, "number of the claim that began the same episode of care", 0),
    stated_total_minor=minor("total written on the paper; a difference is kept"),
    diagnosis=REFERENCE,
    medical_notes={
        "type": "string",
        "maxLength": 2000,
        "pattern": TEXT,
        "description": "for the medical adviser; never read back here",
    },
    lines={"type": "array", "minItems": 1, "maxItems": 200, "items": CLAIM_LINE},
)

ELIGIBILITY: Schema = an_object(
    ("number",),
    number=line(40, "number on the card"),
    on=day("day asked; today unless told"),
    sector={
        "type": "string",
        "enum": [sector.value for sector in Sector],
        "description": "sector of the provider, for the ceilings; public unless told",
    },
    identity={
        "type": "string",
        "enum": ["seen"],
        "description": "an identity document was seen: a card declared lost proves nothing",
    },
)

_SAID = an_answer(code=TEXT_ANSWER, message=TEXT_ANSWER)

ELIGIBILITY_ANSWER: Schema = an_answer(
    number=TEXT_ANSWER,
    on={"type": "string", "format": "date"},
    is_covered={"type": "boolean"},
    status={
        "type": "string",
        "enum": ["active", "not_yet", "suspended", "expired", "ended", "none"],
    },
    reasons={"type": "array", "items": _SAID, "description": "why rights are closed, first first"},
    waiting={
        "type": "array",
        "items": an_answer(category=TEXT_ANSWER, until={"type": "string", "format": "date"}),
    },
    person=an_answer(
        name=TEXT_ANSWER,
        sex=TEXT_ANSWER,
        birth_on={"type": "string", "format": "date"},
        is_member={"type": "boolean"},
        has_photo={"type": "boolean"},
    ),
    product={"type": ["string", "null"]},
    currency=TEXT_ANSWER,
    covered_from=NULLABLE_DAY,
    covered_until=NULLABLE_DAY,
    ceilings={
        "type": "array",
        "items": an_answer(
            category={"type": "string", "description": "empty for all care together"},
            whose={"type": "string", "enum": ["case", "person", "household", "count"]},
            unit={"type": "string", "enum": ["minor", "cases"]},
            ceiling={"type": "integer"},
            remaining={"type": "integer"},
        ),
    },
)

_REDUCTION = an_answer(
    code=TEXT_ANSWER,
    message=TEXT_ANSWER,
    amount_minor=minor("what this reason takes away"),
    borne_by={"type": "string", "enum": ["member", "provider", "other"]},
)

CLAIM_ANSWER: Schema = an_answer(
    uid={"type": "string", "format": "uuid"},
    document_number=TEXT_ANSWER,
    state={
        "type": "string",
        "enum": ["in_review", "decided", "approved", "in_batch", "paid", "refused", "reversed"],
    },
    circuit=TEXT_ANSWER,
    person_number=TEXT_ANSWER,
    provider=an_answer(system=TEXT_ANSWER, code=TEXT_ANSWER, name=TEXT_ANSWER),
    care_on={"type": "string", "format": "date"},
    received_on={"type": "string", "format": "date"},
    posted_on=NULLABLE_DAY,
    paid_on=NULLABLE_DAY,
    currency=TEXT_ANSWER,
    stated_minor=minor("the lines as invoiced"),
    claimed_minor=minor("what the decision starts from: payable + reductions"),
    payable_minor=minor("what the mutual pays"),
    warnings={"type": "array", "items": _SAID, "description": "what is odd; a person looks"},
    decision=an_answer(
        number={"type": "integer", "description": "1 is the rules', later ones a person's"},
        product_version=TEXT_ANSWER,
        findings={"type": "array", "items": _SAID},
        lines={
            "type": "array",
            "items": an_answer(
                key={"type": "string", "description": "rank on the claim, or an episode"},
                category=TEXT_ANSWER,
                claimed_minor=minor("payable + Σ reductions"),
                payable_minor=minor("what the mutual pays for it"),
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
                "code": TEXT_ANSWER,
                "message": {"type": "string", "description": "in French, or as Accept-Language"},
                "path": {"type": "string", "description": "the key at fault"},
                "details": {"type": "object"},
            },
        },
        "findings": {"type": "array", "description": "every fault", "items": {"type": "object"}},
    },
}

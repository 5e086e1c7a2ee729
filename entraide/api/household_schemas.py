"""The documents by which a family joins: what is sent, what is answered."""

from __future__ import annotations

from entraide.api.shapes import (
    NULLABLE_DAY,
    REFERENCE,
    TEXT_ANSWER,
    an_answer,
    an_object,
    day,
    line,
    minor,
)
from entraide.apps.contributions.models import DueKind, Payer
from entraide.apps.enrolment.checks import RELATIONS, SEXES
from entraide.apps.enrolment.models import BirthPrecision, DocumentKind, PhoneOwner
from entraide.apps.enrolment.resemblances import MOST_PROPOSED
from entraide.core.schema import Schema

MOST_PERSONS = 40
LARGEST_MINOR = 10**12

PERSON: Schema = an_object(
    ("name", "birth_on", "sex", "relation"),
    name=line(160, "family name, or the whole name where names are not split"),
    given_name=line(120, "given names", 0),
    birth_on=day("day of birth; a guess when birth_precision is year or around"),
    birth_precision={
        "type": "string",
        "enum": list(BirthPrecision.values),
        "description": "exact unless told",
    },
    sex={"type": "string", "enum": list(SEXES), "description": "F or M"},
    relation={
        "type": "string",
        "enum": list(RELATIONS),
        "description": "to the member; exactly one person is the member",
    },
    phone=line(40, "the telephone on which they are called", 0),
    phone_owner={
        "type": "string",
        "enum": ["", *PhoneOwner.values],
        "description": "whose telephone it is",
    },
    occupation=line(80, "what they do for a living", 0),
    document_kind={
        "type": "string",
        "enum": ["", *DocumentKind.values],
        "description": "which identity document was shown",
    },
    document_number=line(60, "its number", 0),
    mother_rank={
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PERSONS,
        "description": "the mother's place in the list of persons: 2 is the second",
    },
    has_photo={"type": "boolean", "description": "whether the photo was brought; no unless told"},
)

PAYMENT: Schema = an_object(
    ("amount_minor", "account"),
    amount_minor={
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_MINOR,
        "description": "what was received, in minor units of the mutual's currency",
    },
    account=line(20, "number of the cash, bank or mobile-money account that received it"),
    external_reference=line(80, "the operator's transaction number; needed for mobile money", 0),
)

HOUSEHOLD: Schema = an_object(
    ("product", "enrolled_on", "persons"),
    idempotency_key=line(100, "a key of the sender's own, unless in the header Idempotency-Key"),
    product=line(40, "code of the product"),
    enrolled_on=day("day on which the form was signed"),
    group=line(40, "code of the partner group; none: the family joins alone", 0),
    area=REFERENCE,
    phone=line(40, "telephone of the family", 0),
    address=line(200, "where they live", 0),
    declared_size={
        "type": "integer",
        "minimum": 1,
        "maximum": 99,
        "description": "persons of the family, enrolled or not",
    },
    declared_group_size={
        "type": "integer",
        "minimum": 1,
        "maximum": 1_000_000,
        "description": "persons of the collective contract as the group declares them",
    },
    loan_minor={
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_MINOR,
        "description": "the loan, where the contribution is worked out on one",
    },
    loan_reference=line(60, "number of the loan", 0),
    income_minor={
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_MINOR,
        "description": "declared income by the month, where the contribution depends on it",
    },
    pays_at_once={
        "type": "boolean",
        "description": "the whole contribution in one part; without it, as the group usually "
        "pays: clients of a lender at once, others in the parts of the product",
    },
    late_reason=line(300, "why a form signed long ago comes only now", 0),
    source={
        "type": "string",
        "enum": ["direct", "paper"],
        "description": "typed before the family, or from a paper form; direct unless told",
    },
    persons={"type": "array", "minItems": 1, "maxItems": MOST_PERSONS, "items": PERSON},
    distinct_from={
        "type": "array",
        "maxItems": MOST_PERSONS * MOST_PROPOSED,
        "items": line(40, "a card number"),
        "description": "card numbers of registered persons who resemble these and are others; "
        "asked for by PERSON_MAY_BE_HERE; of one of another section, the mark that "
        "PERSON_MAY_BE_ELSEWHERE gives",
    },
    payment=PAYMENT,
)

HOUSEHOLD_ANSWER: Schema = an_answer(
    uid={"type": "string", "format": "uuid"},
    number=TEXT_ANSWER,
    product=TEXT_ANSWER,
    covered_from=NULLABLE_DAY,
    covered_until=NULLABLE_DAY,
    currency=TEXT_ANSWER,
    persons={
        "type": "array",
        "items": an_answer(
            number=TEXT_ANSWER,
            name=TEXT_ANSWER,
            relation=TEXT_ANSWER,
            has_photo={"type": "boolean"},
        ),
    },
    dues={
        "type": "array",
        "items": an_answer(
            document_number=TEXT_ANSWER,
            kind={"type": "string", "enum": list(DueKind.values)},
            payer={"type": "string", "enum": list(Payer.values)},
            due_on={"type": "string", "format": "date"},
            amount_minor=minor("what is asked"),
            paid_minor=minor("what of it is paid"),
        ),
    },
    receipts={
        "type": "array",
        "items": an_answer(
            document_number=TEXT_ANSWER,
            paid_on={"type": "string", "format": "date"},
            amount_minor=minor("what was received"),
        ),
    },
    remaining_minor=minor("what the household still owes, fallen due or not"),
)

"""What each kind of table may hold: its fields, how each is read, and which must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reader(StrEnum):
    """How a cell of a field is read (:mod:`entraide.files.cell_values`)."""

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"  # that names something
    COUNT = "count"
    DAY = "day"
    BIRTH = "birth"
    SEX = "sex"
    RELATION = "relation"
    PHONE = "phone"
    MONEY = "money"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row may say. ``is_key``: rows with the same keys are the same fact.

    ``most``: of an amount that is never below zero, the largest that is believed, in units of the
    currency; None for one that may be below zero, or is judged elsewhere.
    """

    name: str
    reader: Reader = Reader.TEXT
    is_required: bool = False
    is_key: bool = False
    most: int | None = None


_R = Reader
# More than any family owes or pays, in any currency here; a lender lends more.
_OF_A_FAMILY = 100_000_000
_OF_A_LENDER = 10_000_000_000
MEMBERS = (
    Field("household_number", _R.NUMBER),
    Field("card_number", _R.NUMBER, is_key=True),
    Field("name", _R.NAME, is_required=True),
    Field("given_name", _R.NAME),
    Field("birth", _R.BIRTH, is_required=True),
    Field("sex", _R.SEX, is_required=True),
    Field("relation", _R.RELATION),
    Field("phone", _R.PHONE),
    Field("occupation"),
    Field("address"),
    Field("area"),
    Field("group"),
    Field("enrolled_on", _R.DAY),
    Field("cover_from", _R.DAY),
    Field("cover_last_on", _R.DAY),
    Field("owed_minor", _R.MONEY, most=_OF_A_FAMILY),
    Field("advance_minor", _R.MONEY, most=_OF_A_FAMILY),
    Field("has_photo", _R.YES),
    Field("left_on", _R.DAY),
)
CONTRIBUTIONS = (
    Field("receipt_number", _R.NUMBER, is_key=True),
    Field("household_number", _R.NUMBER, is_required=True),
    Field("name", _R.NAME),
    Field("paid_on", _R.DAY, is_required=True),
    Field("amount_minor", _R.MONEY, is_required=True),
    Field("channel"),
    Field("nature"),
)
VISITS = (
    Field("household_number", _R.NUMBER, is_required=True),
    Field("visited_on", _R.DAY, is_required=True),
    Field("agent"),
    Field("subject"),
    Field("outcome"),
)
CLAIMS = (
    Field("claim_number", _R.NUMBER),
    Field("card_number", _R.NUMBER, is_required=True),
    Field("name", _R.NAME),
    Field("care_on", _R.DAY, is_required=True),
    Field("category"),
    Field("provider"),
    Field("asked_minor", _R.MONEY, most=_OF_A_LENDER),
    Field("paid_minor", _R.MONEY, is_required=True),
    Field("paid_on", _R.DAY),
)
LOANS = (
    Field("client_number", _R.NUMBER, is_required=True),
    Field("name", _R.NAME, is_required=True),
    Field("given_name", _R.NAME),
    Field("loan_number", _R.NUMBER, is_required=True, is_key=True),
    Field("loan_minor", _R.MONEY, is_required=True, most=_OF_A_LENDER),
    Field("disbursed_on", _R.DAY, is_required=True),
    Field("term_months", _R.COUNT),
    Field("contribution_minor", _R.MONEY, most=_OF_A_FAMILY),
    Field("savings_account", _R.NUMBER),
    Field("phone", _R.PHONE),
)
MOVEMENTS = (
    Field("client_number", _R.NUMBER, is_required=True),
    Field("movement", is_required=True),
    Field("moved_on", _R.DAY, is_required=True),
    Field("name", _R.NAME, is_required=True),
    Field("given_name", _R.NAME),
    Field("birth", _R.BIRTH),
    Field("sex", _R.SEX),
    Field("phone", _R.PHONE),
)
PHOTOS = (
    Field("file", is_required=True),
    Field("card_number", _R.NUMBER, is_required=True),
)
PROVIDERS = (
    Field("provider_code", _R.NUMBER, is_key=True),
    Field("provider_name", is_required=True),
    Field("sector", is_required=True),
    Field("level"),
    Field("area"),
    Field("phone", _R.PHONE),
    Field("services"),
    Field("opening_hours"),
    Field("contact_name"),
    Field("latitude"),
    Field("longitude"),
)
TARIFFS = (
    Field("care_item", is_required=True),
    Field("care_label"),
    Field("unit_price_minor", _R.MONEY, is_required=True),
    Field("price_list"),
    Field("effective_from", _R.DAY),
)
RETURNS = (
    Field("payout_number", _R.NUMBER, is_required=True, is_key=True),
    Field("payout_outcome", is_required=True),
    Field("answered_on", _R.DAY),
    Field("amount_minor", _R.MONEY),
    Field("return_code"),
    Field("bank_reference"),
    Field("return_words"),
)
COVERS = (
    Field("scheme_number", _R.NUMBER),
    Field("name", _R.NAME, is_required=True),
    Field("given_name", _R.NAME),
    Field("birth", _R.BIRTH, is_required=True),
    Field("sex", _R.SEX),
    Field("card_number", _R.NUMBER),
    Field("cover_from", _R.DAY),
    Field("cover_last_on", _R.DAY),
    Field("payer"),
)

KINDS: Mapping[str, tuple[Field, ...]] = {
    "members": MEMBERS,
    "contributions": CONTRIBUTIONS,
    "visits": VISITS,
    "claims": CLAIMS,
    "loans": LOANS,
    "movements": MOVEMENTS,
    "photos": PHOTOS,
    "providers": PROVIDERS,
    "tariffs": TARIFFS,
    "returns": RETURNS,
    "covers": COVERS,
}
"""Kind of table → its fields, in the order of the model spreadsheet."""

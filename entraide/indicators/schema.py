"""The star that figures are read from: one table a fact, typed; the warehouse writes exactly this.

Amounts are whole minor units of the mutual's one currency. Days are dates, months their first
day. ``household``, ``person`` and the ``uid`` of each fact are the keys of the records, without
name, number or diagnosis: enough to find the rows again inside the mutual, nothing outside it.
``group_kind``, ``area`` … are empty where the register says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import ibis
import ibis.expr.types as ir

VERSION = 8  # of the files: another number makes every mutual export again


class Move(StrEnum):
    """Why a family is covered at the end of a month and was not on its eve, or the reverse."""

    NEW = "new"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    EXITED = "exited"


_AT_RISK = {"product": "string", "group_kind": "string", "area": "string"}
_WHO = {"product": "string", "group": "string", "group_kind": "string", "area": "string"}
_PERSON = {"sex": "string", "age_band": "string"}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    # One person under one paid-up cover in one month: ``days`` of ``days_of_month``.
    "cover_month": {
        "month": "date",
        "person": "string",
        "household": "string",
        **_WHO,
        **_PERSON,
        "days": "int64",
        "days_of_month": "int64",
        "is_on_last_day": "boolean",
    },
    # Days of persons at risk of one category of care in one month: waiting periods are over.
    "risk_month": {
        "month": "date",
        "category": "string",
        **_AT_RISK,
        **_PERSON,
        "person_days": "int64",
        "days_of_month": "int64",
    },
    # One cover of one household; ``ends_on`` is the first day without it. ``is_early``: it ended
    # before its term. ``days_to_next``: until the next cover begins, −1 when none follows.
    # ``cohort``: the year in which the first cover of the household began.
    "membership": {
        "uid": "string",
        "household": "string",
        **_WHO,
        "starts_on": "date",
        "ends_on": "date",
        "is_first": "boolean",
        "is_followed": "boolean",
        "is_early": "boolean",
        "days_to_next": "int64",
        "cohort": "string",
    },
    # One family that is covered at the end of a month and was not on its eve, or the reverse, and
    # why: a ``Move``.
    "household_move": {
        "month": "date",
        "household": "string",
        **_WHO,
        "move": "string",
    },
    # One amount due that was not cancelled.
    "due": {
        "uid": "string",
        "document_number": "string",
        "household": "string",
        **_WHO,
        "kind": "string",
        "payer": "string",
        "due_on": "date",
        "cover_from": "date",
        "cover_until": "date",
        "amount_minor": "int64",
        "fund_share_minor": "int64",
        "running_share_minor": "int64",
    },
    # What one month earns of one contribution, by the days of its cover.
    "earned_month": {
        "due": "string",
        "document_number": "string",
        "month": "date",
        **_WHO,
        "payer": "string",
        "earned_minor": "int64",
        "fund_share_minor": "int64",
        "running_share_minor": "int64",
    },
    # The part of one receipt that pays one due; negative on the day a receipt is taken back.
    "payment": {
        "uid": "string",
        "document_number": "string",
        "due": "string",
        "household": "string",
        **_WHO,
        "kind": "string",
        "payer": "string",
        "channel": "string",
        "paid_on": "date",
        "due_on": "date",
        "amount_minor": "int64",
        "fund_share_minor": "int64",
        "running_share_minor": "int64",
    },
    # One claim that was not reversed, as its decision in force leaves it.
    "claim": {
        "uid": "string",
        "document_number": "string",
        "household": "string",
        "person": "string",
        **_WHO,
        **_PERSON,
        "provider": "string",
        "sector": "string",
        "circuit": "string",
        "state": "string",
        "care_on": "date",
        "received_on": "date",
        "decided_on": "date",
        "paid_on": "date",
        "days_to_pay": "int64",
        "promised_days": "int64",  # by the mutual's word on the day of reception
        "decision_number": "int64",  # 1: the rules alone
        "claimed_minor": "int64",
        "payable_minor": "int64",
    },
    # One line of such a claim, with what places it. ``risk``: a ``core.care_package.Risk``, of the
    # act as the network's list says it today; empty where nobody did.
    "claim_line": {
        "claim": "string",
        "document_number": "string",
        "position": "int64",
        "category": "string",
        "risk": "string",
        "item": "string",
        **_WHO,
        **_PERSON,
        "provider": "string",
        "sector": "string",
        "state": "string",
        "care_on": "date",
        "claimed_minor": "int64",
        "payable_minor": "int64",
    },
    # One posting of the books; ``signed_minor`` is positive in debit, negative in credit.
    "posting": {
        "sequence": "int64",
        "document_number": "string",
        "kind": "string",
        "role": "string",
        "fund": "string",
        "occurred_on": "date",
        "posted_on": "date",
        "signed_minor": "int64",
    },
    "dim_category": {"code": "string", "label_fr": "string", "label_en": "string"},
    "dim_provider": {"uid": "string", "name": "string", "sector": "string"},
    "dim_product": {"code": "string", "name": "string"},
    "dim_group": {"uid": "string", "code": "string", "name": "string", "kind": "string"},
}

DIMENSIONS = (
    "category",
    "risk",
    "sector",
    "provider",
    "product",
    "group",
    "group_kind",
    "cohort",
    "area",
    "sex",
    "age_band",
    "payer",
    "channel",
)  # what figures can be cut by, where their table knows it

AGE_BANDS = ((5, "0-4"), (15, "5-14"), (25, "15-24"), (50, "25-49"), (65, "50-64"), (200, "65+"))


RENEWAL_DAYS = 30  # a family that renews so late counts as kept, unless the mutual says otherwise


@lru_cache(maxsize=1)
def tables() -> Mapping[str, ir.Table]:
    """Each table of the star, without its rows: what definitions are written against."""
    return {name: ibis.table(dict(columns), name=name) for name, columns in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables of the star, as they are known on the day of reading.

    ``renewal_days``: how long after its term a family may renew and count as kept.
    """

    on: date
    renewal_days: int = RENEWAL_DAYS

    def __getattr__(self, name: str) -> ir.Table:
        try:
            return tables()[name]
        except KeyError:
            raise AttributeError(name) from None

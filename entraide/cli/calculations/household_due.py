"""``household-due``: a family tariff applied to one family, with the dates of its cover.

Fees are either a lump sum or an amount per member; where a tariff gives both, the lump sum wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.cli.calculations import forms
from entraide.cli.calculations.amounts import digits_of, from_minor, to_minor
from entraide.core.errors import Finding, RefusedRows
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product
from entraide.core.rating import HouseholdComposition, contribution_due, cover_period

_LEAP_YEAR = 2024

SCHEMA = forms.document(
    "household-due",
    ("adults", "children", "enrol_date", "insurance_period_months"),
    {
        "premium_adult": forms.amount("contribution of an adult; 0 when absent"),
        "premium_child": forms.amount("contribution of a child; 0 when absent"),
        "lump_sum": forms.amount("price of the first members together; 0 when absent"),
        "threshold_members": forms.count("members that the lump sum covers", at_most=1000),
        "registration_lump_sum": forms.amount("joining fee of the family"),
        "registration_fee_per_member": forms.amount("joining fee of each priced member"),
        "general_assembly_lump_sum": forms.amount("yearly fee of the family"),
        "assembly_fee_per_member": forms.amount("yearly fee of each priced member"),
        "is_renewal": forms.flag("true: no joining fee"),
        "cycles_dd_mm": forms.many(
            {"type": "string", "pattern": r"^\d{2}-\d{2}$", "description": "day and month"},
            at_least=0,
            at_most=366,
        ),
        "grace_period_enrolment_months": forms.count(
            "enrolment so long after a cycle start still joins it", at_most=24
        ),
        "administration_period_months": forms.count(
            "between enrolment and the start of cover", at_most=24
        ),
        "max_members": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 1000,
            "description": "members above are neither covered nor priced",
        },
        "insurance_period_months": forms.count("length of cover", at_least=1, at_most=120),
        "adults": forms.count("adults of the family", at_most=1000),
        "children": forms.count("children of the family", at_most=1000),
        "enrol_date": forms.day("day of enrolment"),
        "currency": forms.currency(),
    },
)

EXAMPLE: dict[str, Any] = {
    "premium_adult": 300,
    "premium_child": 200,
    "lump_sum": 0,
    "registration_lump_sum": 250,
    "general_assembly_lump_sum": 130,
    "max_members": 5,
    "insurance_period_months": 12,
    "adults": 2,
    "children": 1,
    "enrol_date": "2020-11-01",
}


def _cycles(document: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """(day, month) of each cycle start; a day that no year of twelve months has is refused."""
    cycles, faults = [], []
    for index, text in enumerate(document.get("cycles_dd_mm", ())):
        day, month = (int(part) for part in text.split("-"))
        try:
            date(_LEAP_YEAR, month, day)
        except ValueError:
            place = f"cycles_dd_mm[{index}]"
            faults.append(Finding("CYCLE_START_INVALID", place=place, data={"value": text}))
        else:
            # 29 February is held on the 28th, which every year has.
            cycles.append((28, 2) if (day, month) == (29, 2) else (day, month))
    if faults:
        raise RefusedRows(tuple(faults))
    return tuple(cycles)


def _product(document: Mapping[str, Any], digits: int) -> Product:
    def minor(key: str) -> int:
        return to_minor(document.get(key, 0), digits, key)

    joining, assembly = minor("registration_lump_sum"), minor("general_assembly_lump_sum")
    return Product(
        code="document",
        version="document",
        currency=document.get("currency", "XOF"),
        contribution=ContributionRule(
            kind=ContributionKind.BY_AGE,
            adult_minor=minor("premium_adult"),
            child_minor=minor("premium_child"),
            lump_sum_minor=minor("lump_sum"),
            threshold_members=document.get("threshold_members", 0),
            joining_fee_minor=joining,
            joining_fee_minor_per_person=0 if joining else minor("registration_fee_per_member"),
            assembly_fee_minor=assembly,
            assembly_fee_minor_per_person=0 if assembly else minor("assembly_fee_per_member"),
        ),
        membership=MembershipRule(
            cover_months=document["insurance_period_months"],
            max_members=document.get("max_members"),
            cycle_starts=_cycles(document),
            enrolment_grace_months=document.get("grace_period_enrolment_months", 0),
            administration_months=document.get("administration_period_months", 0),
        ),
        benefits=(),
        fund_share_rate=Decimal(1),
    )


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """The amount due, the first and the last day of cover, and the parts of the amount."""
    digits = digits_of(document.get("currency"))
    product = _product(document, digits)
    family = HouseholdComposition(
        adults=document["adults"],
        children=document["children"],
        is_first_enrolment=not document.get("is_renewal", False),
    )
    due = contribution_due(product, family)
    cover = cover_period(product.membership, date.fromisoformat(document["enrol_date"]))
    return {
        "value": from_minor(due.household_minor, digits),
        "start": cover.start,
        "expiry": cover.last,
        "contribution": from_minor(due.contribution_minor, digits),
        "joining_fee": from_minor(due.joining_fee_minor, digits),
        "assembly_fee": from_minor(due.assembly_fee_minor, digits),
        "priced_members": due.priced_persons,
    }

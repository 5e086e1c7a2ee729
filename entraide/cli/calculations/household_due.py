"""``household-due``: a family tariff applied to one family, with the dates of its cover.

Fees are either a lump sum or an amount per member; where a tariff gives both, the lump sum wins.

Besides the family tariff, ``formula`` asks for another: ``per_household``, ``per_person``,
``by_size``, ``of_loan`` or ``of_income``; its keys are those of the product files without
``_minor``. The order of the steps is in ``docs/algorithms/contributions.md``. Discounts bear on the
whole price, fees included, as in the system that the published cases come from;
``discount_base: contribution`` leaves the fees out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from entraide.cli.calculations import forms
from entraide.cli.calculations.amounts import digits_of, from_minor, to_minor
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import Period
from entraide.core.product import (
    BracketMode,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
)
from entraide.core.rating import (
    HouseholdComposition,
    Payer,
    contribution_due,
    cover_period,
    instalments,
    months_ahead,
    renewal_period,
)

_LEAP_YEAR = 2024


def _step(name: str, value: forms.Schema) -> forms.Schema:
    """A row of a table: up to so much, this price or rate."""
    return forms.form(("up_to", name), {"up_to": forms.amount("largest"), name: value})


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
        "enrol_date": forms.day("day of enrolment, or of the request to renew"),
        "formula": {
            "type": "string",
            "enum": sorted(kind.value for kind in ContributionKind),
            "description": "by_age (the family tariff) when absent",
        },
        "amount": forms.amount("per_household, per_person: the price"),
        "by_size": forms.many(_step("amount", forms.amount("price")), at_least=0, at_most=100),
        "by_loan": forms.many(_step("amount", forms.amount("price")), at_least=0, at_most=100),
        "loan": forms.amount("amount of the loan"),
        "income_per_month": forms.amount("declared income of a month"),
        "rate": forms.rate("of_loan, of_income: one rate"),
        "brackets": forms.many(_step("rate", forms.rate("rate")), at_least=0, at_most=100),
        "brackets_read": {
            "type": "string",
            "enum": [mode.value for mode in BracketMode],
            "description": "marginal (when absent): each rate on its tranche; whole: the rate of "
            "the tranche reached, on everything",
        },
        "floor": forms.amount("least contribution of a loan or an income"),
        "cap": forms.amount("highest contribution of a loan or an income"),
        "enrolment_discount_pct": forms.percent("for joining early"),
        "enrolment_discount_period_months": forms.count("months before the cycle", at_most=24),
        "renewal_discount_pct": forms.percent("for renewing early"),
        "renewal_discount_period_months": forms.count("months before the term", at_most=24),
        "whole_payment_discount_pct": forms.percent("for paying the whole at once"),
        "discount_base": {
            "type": "string",
            "enum": ["contribution", "all"],
            "description": "what discounts bear on; all, fees included, when absent",
        },
        "pays_at_once": forms.flag("true: in one part, with its discount"),
        "previous_expiry": forms.day("last day of the cover before, for a renewal"),
        "instalments": forms.count("parts of what the family owes", at_least=1, at_most=120),
        "employer_share": forms.rate("part of the contribution that the employer pays"),
        "employer_per_member": forms.amount("and its amount per priced member"),
        "state_share": forms.rate("part of the contribution that the State pays"),
        "state_per_member": forms.amount("and its amount per priced member"),
        "sponsor_share": forms.rate("part of the contribution that a sponsor pays"),
        "sponsor_per_member": forms.amount("and its amount per priced member"),
        "subsidy_per_member": forms.amount("on top of the contribution, from the State"),
        "fund_share": forms.rate("part of contribution and subsidy for the mutual fund; 1"),
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


def _table(document: Mapping[str, Any], key: str, digits: int) -> tuple[tuple[int, int], ...]:
    """(largest, price) pairs; sizes are persons, loans and prices are amounts."""
    return tuple(
        (
            int(row["up_to"]) if key == "by_size" else to_minor(row["up_to"], digits, key),
            to_minor(row["amount"], digits, key),
        )
        for row in document.get(key, ())
    )


def _percent(document: Mapping[str, Any], key: str) -> Decimal:
    rate = Decimal(document.get(key, 0)) / 100
    if rate > 1:
        raise Refusal("RATE_OUT_OF_RANGE", place=key, value=rate)
    return rate


def _rule(document: Mapping[str, Any], digits: int) -> ContributionRule:
    def minor(key: str) -> int:
        return to_minor(document.get(key, 0), digits, key)

    def rate(key: str, default: int = 0) -> Decimal:
        return Decimal(document.get(key, default))

    kind = ContributionKind(document.get("formula", ContributionKind.BY_AGE))
    joining, assembly = minor("registration_lump_sum"), minor("general_assembly_lump_sum")
    cap = minor("cap") if "cap" in document else None
    brackets = tuple(
        (to_minor(row["up_to"], digits, "brackets"), Decimal(row["rate"]))
        for row in document.get("brackets", ())
    )
    return ContributionRule(
        kind=kind,
        amount_minor=minor("amount"),
        by_size_minor=_table(document, "by_size", digits),
        by_loan_minor=_table(document, "by_loan", digits),
        adult_minor=minor("premium_adult"),
        child_minor=minor("premium_child"),
        lump_sum_minor=minor("lump_sum"),
        threshold_members=document.get("threshold_members", 0),
        loan_rate=rate("rate"),
        loan_floor_minor=minor("floor"),
        loan_cap_minor=cap,
        loan_brackets=brackets,
        income_rate=rate("rate"),
        income_floor_minor=minor("floor"),
        income_cap_minor=cap,
        income_brackets=brackets,
        brackets=BracketMode(document.get("brackets_read", BracketMode.MARGINAL)),
        joining_fee_minor=joining,
        joining_fee_minor_per_person=0 if joining else minor("registration_fee_per_member"),
        assembly_fee_minor=assembly,
        assembly_fee_minor_per_person=0 if assembly else minor("assembly_fee_per_member"),
        subsidy_minor_per_person=minor("subsidy_per_member"),
        employer_share_rate=rate("employer_share"),
        employer_minor_per_person=minor("employer_per_member"),
        state_share_rate=rate("state_share"),
        state_minor_per_person=minor("state_per_member"),
        sponsor_share_rate=rate("sponsor_share"),
        sponsor_minor_per_person=minor("sponsor_per_member"),
        early_enrolment_discount_rate=_percent(document, "enrolment_discount_pct"),
        early_enrolment_months=document.get("enrolment_discount_period_months", 0),
        renewal_discount_rate=_percent(document, "renewal_discount_pct"),
        renewal_discount_months=document.get("renewal_discount_period_months", 0),
        whole_payment_discount_rate=_percent(document, "whole_payment_discount_pct"),
        discounts_cover_fees=document.get("discount_base", "all") == "all",
    )


def _product(document: Mapping[str, Any], digits: int) -> Product:
    return Product(
        code="document",
        version="document",
        currency=document.get("currency", "XOF"),
        contribution=_rule(document, digits),
        membership=MembershipRule(
            cover_months=document["insurance_period_months"],
            max_members=document.get("max_members"),
            cycle_starts=_cycles(document),
            enrolment_grace_months=document.get("grace_period_enrolment_months", 0),
            administration_months=document.get("administration_period_months", 0),
        ),
        benefits=(),
        fund_share_rate=Decimal(document.get("fund_share", 1)),
    )


def _require_tables(rule: ContributionRule) -> None:
    """A table that the formula reads must have a row; its steps must rise."""
    needed = {
        ContributionKind.BY_SIZE: ("by_size", rule.by_size_minor),
        ContributionKind.BY_LOAN: ("by_loan", rule.by_loan_minor),
    }
    for place, table in (
        *((name, table) for kind, (name, table) in needed.items() if kind is rule.kind),
        ("brackets", rule.loan_brackets),
    ):
        if not table and place != "brackets":
            raise Refusal("RULE_LIST_EMPTY", place=place)
        if any(later[0] <= earlier[0] for earlier, later in pairwise(table)):
            raise Refusal("STEPS_UNSORTED", place=place)


def _cover(document: Mapping[str, Any], rule: MembershipRule) -> Period:
    """The cover asked for: right after the one before when a renewal names its last day."""
    asked_on = date.fromisoformat(document["enrol_date"])
    if document.get("is_renewal") and "previous_expiry" in document:
        last = date.fromisoformat(document["previous_expiry"])
        return renewal_period(rule, Period.inclusive(last, last), asked_on)
    return cover_period(rule, asked_on)


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """The amount due, the first and the last day of cover, and the parts of the amount."""
    digits = digits_of(document.get("currency"))
    product = _product(document, digits)
    _require_tables(product.contribution)
    cover = _cover(document, product.membership)

    def read(key: str) -> int | None:
        return to_minor(document[key], digits, key) if key in document else None

    family = HouseholdComposition(
        adults=document["adults"],
        children=document["children"],
        is_first_enrolment=not document.get("is_renewal", False),
        loan_minor=read("loan"),
        income_minor=read("income_per_month"),
        months_ahead=months_ahead(date.fromisoformat(document["enrol_date"]), cover.start),
        pays_at_once=document.get("pays_at_once", False),
    )
    due = contribution_due(product, family)
    count = 1 if family.pays_at_once else document.get("instalments", 1)
    parts = instalments(due, count, cover, Payer.HOUSEHOLD)
    amounts = {
        "contribution": due.contribution_minor,
        "joining_fee": due.joining_fee_minor,
        "assembly_fee": due.assembly_fee_minor,
        "discount": due.discount_minor,
        "employer": due.employer_minor,
        "state": due.state_minor + due.subsidy_minor,
        "sponsor": due.sponsor_minor,
        "total": due.total_minor,
        "fund_share": due.fund_share_minor,
        "running_share": due.running_share_minor + due.fees_minor,
    }
    return {
        "value": from_minor(due.household_minor, digits),
        "start": cover.start,
        "expiry": cover.last,
        **{name: from_minor(minor, digits) for name, minor in amounts.items()},
        "priced_members": due.priced_persons,
        "steps": [
            {"code": line.code, "amount": from_minor(line.amount_minor, digits)}
            for line in due.lines
        ],
        "instalments": [
            {"due_on": part.due_on, "amount": from_minor(part.amount_minor, digits)}
            for part in parts
        ],
    }

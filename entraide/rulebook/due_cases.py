"""Worked cases of contributions: what a household must owe, checked against what it owes.

A case file is a list, in ``rules/templates/<product>/cases/contribution.yaml``::

    - name: A marginal rate counts each tranche at its own rate
      product: pret-par-tranches
      enrolled_on: 2025-03-10
      household: {adults: 2, children: 3, loan_minor: 800000}
      expect_due:
        contribution_minor: 36000      # 300 000 × 6 % + 400 000 × 4 % + 100 000 × 2 %
        household_minor: 38000

Only the keys written under ``expect_due`` are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel, StringConstraints

from entraide.core.errors import Finding, Refusal
from entraide.core.periods import Period
from entraide.core.rating import (
    DueBreakdown,
    HouseholdComposition,
    Instalment,
    Payer,
    contribution_due,
    cover_period,
    instalments,
    months_ahead,
    renewal_period,
)
from entraide.rulebook.document import read_document
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.products import ProductRules
from entraide.rulebook.schema import Amount, Category, Code, Day, Text
from entraide.rulebook.validation import Strict, validated

Number = Annotated[int, Field(ge=0, le=1000)]
LineCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]


class CaseHousehold(Strict):
    """Who is priced, and what the formula reads besides. Income is declared by the month."""

    adults: Number
    children: Number = 0
    loan_minor: Amount | None = None
    income_minor: Amount | None = None
    category: Category | None = None
    pays_at_once: bool = False


class ExpectedDue(Strict):
    """What the household and the others must owe; only what is written is compared."""

    contribution_minor: Amount | None = None
    joining_fee_minor: Amount | None = None
    assembly_fee_minor: Amount | None = None
    discount_minor: Amount | None = None
    household_minor: Amount | None = None
    employer_minor: Amount | None = None
    state_minor: Amount | None = None
    sponsor_minor: Amount | None = None
    subsidy_minor: Amount | None = None
    total_minor: Amount | None = None
    fund_share_minor: Amount | None = None
    running_share_minor: Amount | None = None
    priced_persons: Number | None = None
    starts_on: Day | None = None
    last_on: Day | None = None
    lines: list[LineCode] | None = None
    household_parts_minor: list[Amount] | None = None
    due_on: list[Day] | None = None
    refusal: LineCode | None = None


class DueCase(Strict):
    """One household under one product, with the price that the mutual expects.

    ``covered_until`` is the first day that the cover before does not cover: with it, the case is a
    renewal asked for on ``enrolled_on``.
    """

    name: Text
    product: Code
    source: Text | None = None
    enrolled_on: Day
    covered_from: Day | None = None
    covered_until: Day | None = None
    household: CaseHousehold
    expect_due: ExpectedDue


class DueCaseFile(RootModel[Annotated[list[DueCase], Field(min_length=1)]]):
    """The list that a case file holds."""


@dataclass(frozen=True)
class DueCaseResult:
    """Where what a case gave differs from what was expected."""

    case: DueCase
    differences: tuple[Finding, ...]


def due_case_paths(folder: Path = RULES_FOLDER) -> tuple[Path, ...]:
    """Every case file of contributions under a folder, in alphabetical order."""
    return tuple(sorted(folder.glob("**/cases/contribution*.yaml")))


def read_due_cases(path: Path) -> tuple[DueCase, ...]:
    """The cases of one file; every fault of writing at once, as :class:`RefusedRows`."""
    return tuple(validated(DueCaseFile, read_document(path)).root)


def run_due_case(case: DueCase, rules: ProductRules) -> DueCaseResult:
    """Price the household of a case and compare. ``CASE_PRODUCT`` when it is of another product."""
    if case.product != rules.code:
        raise Refusal("CASE_PRODUCT", place=case.name, expected=case.product, product=rules.code)
    try:
        period, due, parts = _priced(case, rules)
    except Refusal as refusal:
        return DueCaseResult(case, tuple(_compared(case.expect_due, {"refusal": refusal.code})))
    found = {
        **{name: getattr(due, name) for name in _OF_BREAKDOWN},
        "starts_on": period.start,
        "last_on": period.last,
        "lines": [line.code for line in due.lines],
        "household_parts_minor": [part.amount_minor for part in parts],
        "due_on": [part.due_on for part in parts],
        "refusal": None,
    }
    return DueCaseResult(case, tuple(_compared(case.expect_due, found)))


_OF_BREAKDOWN = (
    "contribution_minor",
    "joining_fee_minor",
    "assembly_fee_minor",
    "discount_minor",
    "household_minor",
    "employer_minor",
    "state_minor",
    "sponsor_minor",
    "subsidy_minor",
    "total_minor",
    "fund_share_minor",
    "running_share_minor",
    "priced_persons",
)


def _priced(
    case: DueCase, rules: ProductRules
) -> tuple[Period, DueBreakdown, tuple[Instalment, ...]]:
    asked_on, membership = case.enrolled_on, rules.on(case.enrolled_on).membership
    if case.covered_until is not None:
        began_on = case.covered_from or date(case.covered_until.year - 1, 1, 1)
        period = renewal_period(membership, Period(began_on, case.covered_until), asked_on)
    else:
        period = cover_period(membership, asked_on)
    product = rules.on(period.start)
    household = case.household
    composition = HouseholdComposition(
        household.adults,
        household.children,
        is_first_enrolment=case.covered_until is None,
        loan_minor=household.loan_minor,
        income_minor=household.income_minor,
        category=household.category or "",
        months_ahead=months_ahead(asked_on, period.start),
        pays_at_once=household.pays_at_once,
    )
    due = contribution_due(product, composition)
    rule = product.contribution
    count = 1 if household.pays_at_once else rule.instalment_count
    without_fees = replace(due, joining_fee_minor=0, assembly_fee_minor=0)
    parts = instalments(without_fees, count, period, Payer.HOUSEHOLD, rule.instalment_months)
    return period, due, parts


def _compared(expected: ExpectedDue, found: dict[str, object]) -> Iterator[Finding]:
    for name in ExpectedDue.model_fields:
        wanted = getattr(expected, name)
        if name == "refusal" or wanted is not None:
            got = found.get(name)
            if wanted != got:
                data = {"expected": str(wanted), "found": str(got)}
                yield Finding("CASE_DIFFERS", place=f"expect_due.{name}", data=data)

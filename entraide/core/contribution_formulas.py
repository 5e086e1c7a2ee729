"""The formulas of a contribution: from who is priced, the loan or the income, to explained lines.

Each answers the price of one cover period before discounts, as lines that add up. Rounded half up
once where a rate meets an amount: rates by tranche are summed exactly, then rounded together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from entraide.core.errors import Refusal
from entraide.core.money import rate_of, round_half_up
from entraide.core.product import BracketMode, ContributionKind, ContributionRule


@dataclass(frozen=True, slots=True)
class DueLine:
    """One step of the computation: a code, what it adds (minor units, may be negative), why.

    The lines of a price sum to what the mutual is to receive: the sheet shown to the member can
    be added up by hand. ``data`` always names the currency, for the sentence.
    """

    code: str
    amount_minor: int
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Priced:
    """What a formula reads: persons priced, the loan, the declared monthly income, the months."""

    adults: int
    children: int
    loan_minor: int | None
    income_minor: int | None
    cover_months: int

    @property
    def persons(self) -> int:
        """Adults and children together."""
        return self.adults + self.children


def formula_lines(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    """The price by the product's formula, line by line.

    Refused with ``LOAN_MISSING``, ``LOAN_INVALID``, ``INCOME_MISSING`` or ``INCOME_INVALID``.
    """
    return _FORMULAS[rule.kind](rule, priced)


def _per_household(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    return (DueLine("DUE_PER_HOUSEHOLD", rule.amount_minor, {"persons": priced.persons}),)


def _per_person(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    shown = {"persons": priced.persons, "unit_minor": rule.amount_minor}
    return (DueLine("DUE_PER_PERSON", rule.amount_minor * priced.persons, shown),)


def _step(table: tuple[tuple[int, int], ...], quantity: int) -> int:
    """The amount of the first step that reaches the quantity; the last step has no end."""
    assert table, "a table of steps has at least one"
    return next((amount for largest, amount in table if quantity <= largest), table[-1][1])


def _by_size(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    amount = _step(rule.by_size_minor, priced.persons)
    return (DueLine("DUE_BY_SIZE", amount, {"persons": priced.persons}),)


def _by_age(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    inside_adults = min(priced.adults, rule.threshold_members)
    inside_children = min(priced.children, rule.threshold_members - inside_adults)
    lines = []
    if rule.lump_sum_minor:
        shown = {"persons": inside_adults + inside_children}
        lines.append(DueLine("DUE_LUMP_SUM", rule.lump_sum_minor, shown))
    for code, persons, unit in (
        ("DUE_ADULTS", priced.adults - inside_adults, rule.adult_minor),
        ("DUE_CHILDREN", priced.children - inside_children, rule.child_minor),
    ):
        if persons:
            lines.append(DueLine(code, unit * persons, {"persons": persons, "unit_minor": unit}))
    return tuple(lines)


def _loan(priced: Priced) -> int:
    if priced.loan_minor is None:
        raise Refusal("LOAN_MISSING")
    if priced.loan_minor <= 0:
        raise Refusal("LOAN_INVALID", amount=priced.loan_minor)
    return priced.loan_minor


def _income(priced: Priced) -> int:
    if priced.income_minor is None:
        raise Refusal("INCOME_MISSING")
    if priced.income_minor < 0:
        raise Refusal("INCOME_INVALID", amount=priced.income_minor)
    return priced.income_minor


def _of_loan(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    loan = _loan(priced)
    if rule.loan_brackets:
        exact, shown = _by_tranche(rule.loan_brackets, loan, rule.brackets)
        code = _BY_TRANCHE[rule.kind, rule.brackets]
        first = DueLine(code, round_half_up(exact), {"loan_minor": loan, **shown})
    else:
        amount = rate_of(loan, rule.loan_rate)
        first = DueLine("DUE_OF_LOAN", amount, {"loan_minor": loan, "loan_rate": rule.loan_rate})
    return _bounded(first, _LOAN_BOUNDS, rule.loan_floor_minor, rule.loan_cap_minor)


def _of_income(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    income, months = _income(priced), priced.cover_months
    shown: dict[str, Any] = {"income_minor": income, "months": months}
    if rule.income_brackets:
        exact, tranche = _by_tranche(rule.income_brackets, income, rule.brackets)
        code = _BY_TRANCHE[rule.kind, rule.brackets]
        first = DueLine(code, round_half_up(exact * months), {**shown, **tranche})
    else:
        amount = rate_of(income * months, rule.income_rate)
        first = DueLine("DUE_OF_INCOME", amount, {**shown, "income_rate": rule.income_rate})
    return _bounded(first, _INCOME_BOUNDS, rule.income_floor_minor, rule.income_cap_minor)


def _by_tranche(
    brackets: tuple[tuple[int, Decimal], ...], base: int, mode: BracketMode
) -> tuple[Decimal, dict[str, Any]]:
    """The exact amount, and for the sentence the number of the last tranche reached and its rate.

    Marginal: each rate on its own slice. Whole: the rate of the tranche reached, on everything.
    The last tranche has no end.
    """
    reached = next((i for i, (up_to, _) in enumerate(brackets) if base <= up_to), len(brackets) - 1)
    rate = brackets[reached][1]
    shown = {"tranche": reached + 1, "rate": rate}
    if mode is BracketMode.WHOLE:
        return Decimal(base) * rate, shown
    edges = (0, *(up_to for up_to, _ in brackets[:reached]), base)
    slices = (upper - lower for lower, upper in pairwise(edges))
    return sum((Decimal(part) * r for part, (_, r) in zip(slices, brackets, strict=False)),
               Decimal(0)), shown  # fmt: skip


_BY_TRANCHE = {
    (ContributionKind.OF_LOAN, BracketMode.MARGINAL): "DUE_OF_LOAN_MARGINAL",
    (ContributionKind.OF_LOAN, BracketMode.WHOLE): "DUE_OF_LOAN_WHOLE",
    (ContributionKind.OF_INCOME, BracketMode.MARGINAL): "DUE_OF_INCOME_MARGINAL",
    (ContributionKind.OF_INCOME, BracketMode.WHOLE): "DUE_OF_INCOME_WHOLE",
}
_LOAN_BOUNDS = ("DUE_LOAN_FLOOR", "DUE_LOAN_CAP")
_INCOME_BOUNDS = ("DUE_INCOME_FLOOR", "DUE_INCOME_CAP")


def _bounded(
    first: DueLine, codes: tuple[str, str], floor: int, cap: int | None
) -> tuple[DueLine, ...]:
    amount, (raised, lowered) = first.amount_minor, codes
    if amount < floor:
        return first, DueLine(raised, floor - amount, {"floor_minor": floor})
    if cap is not None and amount > cap:
        return first, DueLine(lowered, cap - amount, {"cap_minor": cap})
    return (first,)


def _by_loan(rule: ContributionRule, priced: Priced) -> tuple[DueLine, ...]:
    loan = _loan(priced)
    return (DueLine("DUE_BY_LOAN", _step(rule.by_loan_minor, loan), {"loan_minor": loan}),)


_FORMULAS: dict[ContributionKind, Callable[[ContributionRule, Priced], tuple[DueLine, ...]]] = {
    ContributionKind.PER_HOUSEHOLD: _per_household,
    ContributionKind.PER_PERSON: _per_person,
    ContributionKind.BY_SIZE: _by_size,
    ContributionKind.BY_AGE: _by_age,
    ContributionKind.OF_LOAN: _of_loan,
    ContributionKind.BY_LOAN: _by_loan,
    ContributionKind.OF_INCOME: _of_income,
}

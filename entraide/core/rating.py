"""What a household owes for one cover period, why, and when.

The price is the product's :class:`~entraide.core.product.ContributionRule`; the order of the
steps is that of *family tariffs* as operating community insurance systems print it: adults fill
``max_members`` and the lump sum's ``threshold_members`` first, then children; persons above the
maximum are neither covered nor priced; fees count priced persons only.

Who pays what. The household and, where the rule says so, its employer share the *contribution*.
A subsidy of the State or a commune comes **in addition**: with 2 000 a person asked of the
household and 1 000 a person of subsidy, the mutual receives 3 000 a person. Contribution and
subsidy together are split once between the mutual fund and running costs; fees go wholly to
running costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from entraide.core.errors import Refusal
from entraide.core.money import allocate, rate_of
from entraide.core.periods import Period, add_months
from entraide.core.product import ContributionKind, ContributionRule, MembershipRule, Product


class Payer(StrEnum):
    """Who owes a share of the price of one cover period."""

    HOUSEHOLD = "household"
    EMPLOYER = "employer"
    SUBSIDY = "subsidy"  # the State, a commune, a sponsor


@dataclass(frozen=True, slots=True)
class HouseholdComposition:
    """What the price depends on. ``loan_minor`` is asked only by formulas on the loan."""

    adults: int
    children: int = 0
    is_first_enrolment: bool = True
    loan_minor: int | None = None

    @property
    def persons(self) -> int:
        """Adults and children together."""
        return self.adults + self.children


@dataclass(frozen=True, slots=True)
class DueLine:
    """One step of the computation: a code, what it adds (minor units, may be negative), why.

    The lines of a :class:`DueBreakdown` sum to ``total_minor``: the sheet shown to the member
    can be added up by hand. ``data`` always names the currency, for the sentence.
    """

    code: str
    amount_minor: int
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayerShare:
    """What one payer owes, fees apart, and where it goes: ``amount = fund + running``."""

    payer: Payer
    amount_minor: int
    fund_share_minor: int
    running_share_minor: int


@dataclass(frozen=True, slots=True)
class DueBreakdown:
    """The price of one cover period, in minor units of the product's currency.

    ``contribution_minor`` is the product's price: the employer owes ``employer_minor`` of it.
    ``household_minor`` is what the household owes in all: its part of the contribution, and fees.
    ``fund_share_minor`` and ``running_share_minor`` split contribution *and* subsidy; fees
    (``fees_minor``) go to running costs besides. ``shares`` holds the same split payer by payer.
    """

    contribution_minor: int
    joining_fee_minor: int
    assembly_fee_minor: int
    subsidy_minor: int
    employer_minor: int
    fund_share_minor: int
    running_share_minor: int
    priced_adults: int
    priced_children: int
    shares: tuple[PayerShare, ...]
    lines: tuple[DueLine, ...]

    @property
    def fees_minor(self) -> int:
        """Joining and assembly fees, wholly for running costs."""
        return self.joining_fee_minor + self.assembly_fee_minor

    @property
    def household_minor(self) -> int:
        """What the household itself has to pay, fees included."""
        return self.contribution_minor - self.employer_minor + self.fees_minor

    @property
    def total_minor(self) -> int:
        """What the mutual is to receive from all payers."""
        return self.contribution_minor + self.subsidy_minor + self.fees_minor

    @property
    def priced_persons(self) -> int:
        """The persons whom the price covers."""
        return self.priced_adults + self.priced_children

    def share_of(self, payer: Payer) -> PayerShare:
        """The split of one payer; all zero when it owes nothing."""
        for share in self.shares:
            if share.payer == payer:
                return share
        return PayerShare(payer, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a due, to be paid on a day at the latest: ``amount = fund + running``."""

    due_on: date
    amount_minor: int
    fund_share_minor: int
    running_share_minor: int


def contribution_due(product: Product, composition: HouseholdComposition) -> DueBreakdown:
    """The price of one cover period for a household, explained line by line.

    Rounding happens where a rate meets an amount: the loan formula, the employer's share and the
    fund share are each rounded once, half up; what remains is the rest, so that nothing is lost.
    Refused with ``COMPOSITION_INVALID``, ``LOAN_MISSING`` or ``LOAN_INVALID``.
    """
    rule = product.contribution
    if composition.adults < 0 or composition.children < 0 or composition.persons == 0:
        raise Refusal(
            "COMPOSITION_INVALID", adults=composition.adults, children=composition.children
        )
    adults, children = _priced(composition, product.membership.max_members)
    persons = adults + children
    lines = list(_FORMULAS[rule.kind](rule, adults, children, composition))
    contribution = sum(line.amount_minor for line in lines)
    if persons < composition.persons:
        lines.append(DueLine("DUE_NOT_PRICED", 0, {"persons": composition.persons - persons}))
    joining, assembly = _fees(rule, persons, composition.is_first_enrolment)
    if joining:
        lines.append(DueLine("DUE_JOINING_FEE", joining, {"persons": persons}))
    if assembly:
        lines.append(DueLine("DUE_ASSEMBLY_FEE", assembly, {"persons": persons}))
    subsidy = rule.subsidy_minor_per_person * persons
    if subsidy:
        lines.append(
            DueLine(
                "DUE_SUBSIDY",
                subsidy,
                {"persons": persons, "unit_minor": rule.subsidy_minor_per_person},
            )
        )
    employer = rate_of(contribution, rule.employer_share_rate)
    fund = rate_of(contribution + subsidy, product.fund_share_rate)
    return DueBreakdown(
        contribution_minor=contribution,
        joining_fee_minor=joining,
        assembly_fee_minor=assembly,
        subsidy_minor=subsidy,
        employer_minor=employer,
        fund_share_minor=fund,
        running_share_minor=contribution + subsidy - fund,
        priced_adults=adults,
        priced_children=children,
        shares=_shares(contribution - employer, employer, subsidy, fund),
        lines=tuple(
            DueLine(line.code, line.amount_minor, {**line.data, "currency": product.currency})
            for line in lines
        ),
    )


def _priced(composition: HouseholdComposition, maximum: int | None) -> tuple[int, int]:
    """Adults fill the maximum first, then children."""
    if maximum is None:
        return composition.adults, composition.children
    adults = min(composition.adults, maximum)
    return adults, min(composition.children, maximum - adults)


def _fees(rule: ContributionRule, persons: int, is_first: bool) -> tuple[int, int]:
    joining = rule.joining_fee_minor + rule.joining_fee_minor_per_person * persons
    assembly = rule.assembly_fee_minor + rule.assembly_fee_minor_per_person * persons
    return (joining if is_first else 0), assembly


def _shares(household: int, employer: int, subsidy: int, fund: int) -> tuple[PayerShare, ...]:
    """The fund share dealt out to the payers in proportion: the parts sum to the whole."""
    owed = [
        (payer, amount)
        for payer, amount in (
            (Payer.HOUSEHOLD, household),
            (Payer.EMPLOYER, employer),
            (Payer.SUBSIDY, subsidy),
        )
        if amount
    ]
    if not owed:
        return ()
    parts = allocate(fund, [amount for _, amount in owed])
    return tuple(
        PayerShare(payer, amount, part, amount - part)
        for (payer, amount), part in zip(owed, parts, strict=True)
    )


def _per_household(
    rule: ContributionRule, adults: int, children: int, _: HouseholdComposition
) -> tuple[DueLine, ...]:
    return (DueLine("DUE_PER_HOUSEHOLD", rule.amount_minor, {"persons": adults + children}),)


def _per_person(
    rule: ContributionRule, adults: int, children: int, _: HouseholdComposition
) -> tuple[DueLine, ...]:
    persons = adults + children
    shown = {"persons": persons, "unit_minor": rule.amount_minor}
    return (DueLine("DUE_PER_PERSON", rule.amount_minor * persons, shown),)


def _step(table: tuple[tuple[int, int], ...], quantity: int) -> int:
    """The amount of the first step that reaches the quantity; the last step has no end."""
    assert table, "a table of steps has at least one"
    return next((amount for largest, amount in table if quantity <= largest), table[-1][1])


def _by_size(
    rule: ContributionRule, adults: int, children: int, _: HouseholdComposition
) -> tuple[DueLine, ...]:
    persons = adults + children
    return (DueLine("DUE_BY_SIZE", _step(rule.by_size_minor, persons), {"persons": persons}),)


def _by_age(
    rule: ContributionRule, adults: int, children: int, _: HouseholdComposition
) -> tuple[DueLine, ...]:
    inside_adults = min(adults, rule.threshold_members)
    inside_children = min(children, rule.threshold_members - inside_adults)
    steps = (
        ("DUE_LUMP_SUM", inside_adults + inside_children, None, rule.lump_sum_minor),
        ("DUE_ADULTS", adults - inside_adults, rule.adult_minor, 0),
        ("DUE_CHILDREN", children - inside_children, rule.child_minor, 0),
    )
    lines = []
    for code, persons, unit, flat in steps:
        if unit is None and flat:
            lines.append(DueLine(code, flat, {"persons": persons}))
        elif unit is not None and persons:
            lines.append(DueLine(code, unit * persons, {"persons": persons, "unit_minor": unit}))
    return tuple(lines)


def _loan(composition: HouseholdComposition) -> int:
    if composition.loan_minor is None:
        raise Refusal("LOAN_MISSING")
    if composition.loan_minor <= 0:
        raise Refusal("LOAN_INVALID", amount=composition.loan_minor)
    return composition.loan_minor


def _of_loan(
    rule: ContributionRule, adults: int, children: int, composition: HouseholdComposition
) -> tuple[DueLine, ...]:
    loan = _loan(composition)
    amount = rate_of(loan, rule.loan_rate)
    lines = [DueLine("DUE_OF_LOAN", amount, {"loan_minor": loan, "loan_rate": rule.loan_rate})]
    if amount < rule.loan_floor_minor:
        shown = {"floor_minor": rule.loan_floor_minor}
        lines.append(DueLine("DUE_LOAN_FLOOR", rule.loan_floor_minor - amount, shown))
    elif rule.loan_cap_minor is not None and amount > rule.loan_cap_minor:
        shown = {"cap_minor": rule.loan_cap_minor}
        lines.append(DueLine("DUE_LOAN_CAP", rule.loan_cap_minor - amount, shown))
    return tuple(lines)


def _by_loan(
    rule: ContributionRule, adults: int, children: int, composition: HouseholdComposition
) -> tuple[DueLine, ...]:
    loan = _loan(composition)
    return (DueLine("DUE_BY_LOAN", _step(rule.by_loan_minor, loan), {"loan_minor": loan}),)


_Formula = Callable[[ContributionRule, int, int, HouseholdComposition], tuple[DueLine, ...]]
_FORMULAS: dict[ContributionKind, _Formula] = {
    ContributionKind.PER_HOUSEHOLD: _per_household,
    ContributionKind.PER_PERSON: _per_person,
    ContributionKind.BY_SIZE: _by_size,
    ContributionKind.BY_AGE: _by_age,
    ContributionKind.OF_LOAN: _of_loan,
    ContributionKind.BY_LOAN: _by_loan,
}


def instalments(
    due: DueBreakdown, count: int, period: Period, payer: Payer = Payer.HOUSEHOLD
) -> tuple[Instalment, ...]:
    """What one payer owes in ``count`` parts spread evenly over the months of the cover period.

    The first part is due on the first day of cover and bears the household's fees; parts sum
    exactly to what the payer owes, and so do their fund and running shares; units that do not
    divide go to the first parts. Parts of nothing are left out. Refused with
    ``INSTALMENT_COUNT_INVALID`` under 1 or above the months of the period.
    """
    months = 1
    while add_months(period.start, months) < period.until:
        months += 1
    if not 1 <= count <= months:
        raise Refusal("INSTALMENT_COUNT_INVALID", count=count, months=months)
    share = due.share_of(payer)
    fees = due.fees_minor if payer is Payer.HOUSEHOLD else 0
    amounts = allocate(share.amount_minor, [1] * count)
    if share.amount_minor:
        funds = allocate(share.fund_share_minor, amounts)
    else:
        funds = [0] * count
    parts = []
    for index, (amount, fund) in enumerate(zip(amounts, funds, strict=True)):
        whole = amount + (fees if index == 0 else 0)
        if whole:
            due_on = add_months(period.start, index * months // count)
            parts.append(Instalment(due_on, whole, fund, whole - fund))
    return tuple(parts)


def cover_period(rule: MembershipRule, enrolled_on: date) -> Period:
    """When a first enrolment, or one after a lapse, is covered.

    Without cycles, cover begins ``administration_months`` after the enrolment. With cycles it
    begins on the first cycle start ``c`` for which enrolment + administration ≤ ``c`` + grace:
    who enrols within the grace after a cycle start joins that cycle, from its first day.
    """
    ready_on = add_months(enrolled_on, rule.administration_months)
    if not rule.cycle_starts:
        return Period.of_months(ready_on, rule.cover_months)
    first_year = ready_on.year - rule.enrolment_grace_months // 12 - 1
    candidates = sorted(
        date(year, month, day)
        for year in range(first_year, ready_on.year + 2)
        for day, month in rule.cycle_starts
    )
    start = next(c for c in candidates if ready_on <= add_months(c, rule.enrolment_grace_months))
    return Period.of_months(start, rule.cover_months)


def renewal_period(rule: MembershipRule, previous: Period, renewed_on: date) -> Period:
    """When a renewal is covered: right after ``previous`` if asked for in time, else as new.

    In time means on the day after the last covered day at the latest. A late renewal never
    covers the days gone by (care already received would choose its insurance), unless the
    mutual's cycles say so; whether it keeps seniority is ``enrolment.seniority_start``.
    """
    if renewed_on <= previous.until:
        return Period.of_months(previous.until, rule.cover_months)
    return cover_period(rule, renewed_on)

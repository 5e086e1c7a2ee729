"""What a household owes for one cover period, why, and when.

The price is the product's :class:`~entraide.core.product.ContributionRule`. The order of the
steps, each rounded half up where a rate meets an amount (``docs/algorithms/contributions.md``):

1. who is priced: adults fill ``max_members`` and the lump sum's ``threshold_members`` first, then
   children; persons above the maximum are neither covered nor priced, fees count priced persons;
2. the formula, with its floor or cap;
3. discounts, each on what is left: early enrolment or early renewal, then payment at once;
4. fees (lowered by the discounts only where the rule says so);
5. an exemption that the mutual itself gives up;
6. who pays: the State, the employer, a sponsor take their share, the household the rest; an
   exemption paid by another moves the household's part to them;
7. a subsidy of the State **on top**: with 2 000 a person asked of the household and 1 000 a
   person of subsidy, the mutual receives 3 000 a person;
8. contribution and subsidy together are split once between the mutual fund and running costs;
   fees go wholly to running costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entraide.core.contribution_formulas import DueLine, Priced, formula_lines
from entraide.core.errors import Refusal
from entraide.core.money import allocate, rate_of
from entraide.core.payers import SHARE_LINES, Payer, PayerShare, payer_parts, payer_shares
from entraide.core.periods import Period, add_months
from entraide.core.product import ContributionRule, MembershipRule, PayingCategory, Product

__all__ = [
    "DueBreakdown",
    "DueLine",
    "HouseholdComposition",
    "Instalment",
    "Payer",
    "PayerShare",
    "contribution_due",
    "cover_period",
    "discounts_of",
    "instalments",
    "months_ahead",
    "renewal_period",
]


@dataclass(frozen=True, slots=True)
class HouseholdComposition:
    """What the price depends on. The loan and the income are asked only by formulas on them.

    ``income_minor`` is declared by the month. ``months_ahead``: whole months between the day of
    enrolment (or renewal) and the first day of cover, for the discounts of who is early.
    ``category`` names a :class:`~entraide.core.product.PayingCategory` of the product.
    """

    adults: int
    children: int = 0
    is_first_enrolment: bool = True
    loan_minor: int | None = None
    income_minor: int | None = None
    category: str = ""
    months_ahead: int = 0
    pays_at_once: bool = False

    @property
    def persons(self) -> int:
        """Adults and children together."""
        return self.adults + self.children


@dataclass(frozen=True, slots=True)
class DueBreakdown:
    """The price of one cover period, in minor units of the product's currency.

    ``contribution_minor`` is the price after discounts: the State owes ``state_minor`` of it, the
    employer ``employer_minor``, a sponsor ``sponsor_minor``. ``household_minor`` is what the
    household owes in all: its part of the contribution, and fees. ``subsidy_minor`` comes on top.
    ``fund_share_minor`` and ``running_share_minor`` split contribution *and* subsidy; fees
    (``fees_minor``) go to running costs besides. ``shares`` holds the same split payer by payer.
    ``discount_minor`` is what all discounts took, fees included.
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
    state_minor: int = 0
    sponsor_minor: int = 0
    discount_minor: int = 0

    @property
    def fees_minor(self) -> int:
        """Joining and assembly fees, wholly for running costs."""
        return self.joining_fee_minor + self.assembly_fee_minor

    @property
    def household_minor(self) -> int:
        """What the household itself has to pay, fees included."""
        others = self.employer_minor + self.state_minor + self.sponsor_minor
        return self.contribution_minor - others + self.fees_minor

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


@dataclass(slots=True)
class _Sheet:
    """The price while the steps write on it."""

    contribution: int
    joining: int
    assembly: int
    lines: list[DueLine]

    def add(self, code: str, amount: int, **data: object) -> None:
        self.lines.append(DueLine(code, amount, data))


def contribution_due(product: Product, composition: HouseholdComposition) -> DueBreakdown:
    """The price of one cover period for a household, explained line by line.

    What remains after each rounding is the rest, so that nothing is lost: the lines sum to
    ``total_minor``, the payers' parts to it too. Refused with ``COMPOSITION_INVALID``,
    ``LOAN_MISSING``, ``LOAN_INVALID``, ``INCOME_MISSING`` or ``INCOME_INVALID``.
    """
    rule = product.contribution
    if composition.adults < 0 or composition.children < 0 or composition.persons == 0:
        raise Refusal(
            "COMPOSITION_INVALID", adults=composition.adults, children=composition.children
        )
    adults, children = _priced(composition, product.membership.max_members)
    persons = adults + children
    category = rule.category(composition.category)
    sheet = _price(product, composition, adults, children)
    discount = _discount(sheet, rule, composition)
    _exempt_by_mutual(sheet, category)
    parts = payer_parts(sheet.contribution, rule, category, persons)
    for payer, amount in parts.items():
        if amount and payer in SHARE_LINES:
            sheet.add(SHARE_LINES[payer], 0, amount_minor=amount)
    unit = rule.subsidy_minor_per_person
    unit += category.subsidy_minor_per_person if category is not None else 0
    subsidy = unit * persons
    if subsidy:
        sheet.add("DUE_SUBSIDY", subsidy, persons=persons, unit_minor=unit)
    fund = rate_of(sheet.contribution + subsidy, product.fund_share_rate)
    return DueBreakdown(
        contribution_minor=sheet.contribution,
        joining_fee_minor=sheet.joining,
        assembly_fee_minor=sheet.assembly,
        subsidy_minor=subsidy,
        employer_minor=parts[Payer.EMPLOYER],
        state_minor=parts[Payer.SUBSIDY],
        sponsor_minor=parts[Payer.SPONSOR],
        fund_share_minor=fund,
        running_share_minor=sheet.contribution + subsidy - fund,
        priced_adults=adults,
        priced_children=children,
        shares=payer_shares({**parts, Payer.SUBSIDY: parts[Payer.SUBSIDY] + subsidy}, fund),
        lines=tuple(
            DueLine(line.code, line.amount_minor, {**line.data, "currency": product.currency})
            for line in sheet.lines
        ),
        discount_minor=discount,
    )


def _priced(composition: HouseholdComposition, maximum: int | None) -> tuple[int, int]:
    """Adults fill the maximum first, then children."""
    if maximum is None:
        return composition.adults, composition.children
    adults = min(composition.adults, maximum)
    return adults, min(composition.children, maximum - adults)


def _price(
    product: Product, composition: HouseholdComposition, adults: int, children: int
) -> _Sheet:
    """The formula and the fees, before any discount."""
    rule, persons = product.contribution, adults + children
    lines = list(
        formula_lines(
            rule,
            Priced(
                adults,
                children,
                composition.loan_minor,
                composition.income_minor,
                product.membership.cover_months,
            ),
        )
    )
    contribution = sum(line.amount_minor for line in lines)
    joining = rule.joining_fee_minor + rule.joining_fee_minor_per_person * persons
    assembly = rule.assembly_fee_minor + rule.assembly_fee_minor_per_person * persons
    sheet = _Sheet(contribution, joining if composition.is_first_enrolment else 0, assembly, lines)
    if persons < composition.persons:
        sheet.add("DUE_NOT_PRICED", 0, persons=composition.persons - persons)
    if sheet.joining:
        sheet.add("DUE_JOINING_FEE", sheet.joining, persons=persons)
    if sheet.assembly:
        sheet.add("DUE_ASSEMBLY_FEE", sheet.assembly, persons=persons)
    return sheet


def discounts_of(
    rule: ContributionRule, composition: HouseholdComposition
) -> Iterator[tuple[str, Decimal]]:
    """The discounts that a household has a right to: code and rate, in the order of the steps.

    Early enrolment and early renewal never meet: the one is for a first enrolment only.
    """
    if composition.is_first_enrolment:
        months, rate = rule.early_enrolment_months, rule.early_enrolment_discount_rate
        code = "DUE_EARLY_ENROLMENT"
    else:
        months, rate = rule.renewal_discount_months, rule.renewal_discount_rate
        code = "DUE_EARLY_RENEWAL"
    if rate and composition.months_ahead >= months:
        yield code, rate
    if rule.whole_payment_discount_rate and composition.pays_at_once:
        yield "DUE_PAID_AT_ONCE", rule.whole_payment_discount_rate


def _discount(sheet: _Sheet, rule: ContributionRule, composition: HouseholdComposition) -> int:
    """Take the discounts off the sheet; what they took in all."""
    taken = 0
    for code, rate in discounts_of(rule, composition):
        amounts = [sheet.contribution]
        if rule.discounts_cover_fees:
            amounts += [sheet.joining, sheet.assembly]
        off = rate_of(sum(amounts), rate)
        if not off:
            continue
        offs = [*allocate(off, amounts), 0, 0]
        sheet.contribution -= offs[0]
        sheet.joining -= offs[1]
        sheet.assembly -= offs[2]
        sheet.add(code, -off, rate=rate)
        taken += off
    return taken


def _exempt_by_mutual(sheet: _Sheet, category: PayingCategory | None) -> None:
    """Fees that a category does not pay, and what the mutual itself gives up."""
    if category is None:
        return
    fees = sheet.joining + sheet.assembly
    if category.waives_fees and fees:
        sheet.add("DUE_FEES_WAIVED", -fees, category=category.code)
        sheet.joining = sheet.assembly = 0
    if category.paid_by == "mutual" and category.exempted_rate:
        given_up = rate_of(sheet.contribution, category.exempted_rate)
        sheet.add("DUE_EXEMPTED", -given_up, rate=category.exempted_rate)
        sheet.contribution -= given_up


def instalments(
    due: DueBreakdown,
    count: int,
    period: Period,
    payer: Payer = Payer.HOUSEHOLD,
    months_after: tuple[int, ...] = (),
) -> tuple[Instalment, ...]:
    """What one payer owes in ``count`` parts spread evenly over the months of the cover period,
    or falling due ``months_after`` months after its first day where the rule says so.

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
            after = months_after[index] if len(months_after) == count else index * months // count
            due_on = add_months(period.start, after)
            parts.append(Instalment(due_on, whole, fund, whole - fund))
    return tuple(parts)


def months_ahead(asked_on: date, starts_on: date) -> int:
    """Whole months between the day of asking and the first day of cover; 0 when it is not later."""
    months = 0
    while asked_on <= add_months(starts_on, -(months + 1)):
        months += 1
    return months


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
    mutual's cycles say so; whether it keeps seniority is ``renewals.seniority_start``.
    """
    if renewed_on <= previous.until:
        return Period.of_months(previous.until, rule.cover_months)
    return cover_period(rule, renewed_on)

"""Two tariffs on the same families: what each would pay, who wins, who loses, the effort.

Pure: families come counted by what their price depends on, and each distinct composition is priced
once under each tariff, so that a hundred thousand families cost what their compositions cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from entraide.core.errors import Refusal
from entraide.core.product import Product
from entraide.core.rating import DueBreakdown, HouseholdComposition, contribution_due


@dataclass(frozen=True, slots=True)
class Cohort:
    """Families alike: the same composition and the same segment, ``count`` of them."""

    composition: HouseholdComposition
    segment: str
    count: int


@dataclass(slots=True)
class Slice:
    """Families together, in minor units for one cover period.

    ``now_minor`` and ``then_minor``: contribution from all payers, subsidy included, without fees.
    ``family_now_minor``, ``family_then_minor``: what families themselves pay, fees included.
    ``fund_now_minor``, ``fund_then_minor``: the share of the mutual fund. Loans and incomes are
    those of the families that have one, and ``…_paid_minor`` what these families pay.
    """

    key: str
    families: int = 0
    persons: int = 0
    now_minor: int = 0
    then_minor: int = 0
    family_now_minor: int = 0
    family_then_minor: int = 0
    fund_now_minor: int = 0
    fund_then_minor: int = 0
    winners: int = 0
    losers: int = 0
    loan_minor: int = 0
    loan_paid_now_minor: int = 0
    loan_paid_then_minor: int = 0
    income_minor: int = 0
    income_paid_now_minor: int = 0
    income_paid_then_minor: int = 0

    @property
    def effort_of_loan_now(self) -> Decimal | None:
        """What families with a loan pay, as a share of it; None without loans."""
        return _share(self.loan_paid_now_minor, self.loan_minor)

    @property
    def effort_of_loan_then(self) -> Decimal | None:
        """The same under the other tariff."""
        return _share(self.loan_paid_then_minor, self.loan_minor)

    @property
    def effort_of_income_now(self) -> Decimal | None:
        """What families pay as a share of the income declared for the cover period."""
        return _share(self.income_paid_now_minor, self.income_minor)

    @property
    def effort_of_income_then(self) -> Decimal | None:
        """The same under the other tariff."""
        return _share(self.income_paid_then_minor, self.income_minor)

    @property
    def unchanged(self) -> int:
        """Families that would pay the same."""
        return self.families - self.winners - self.losers

    @property
    def change_minor(self) -> int:
        """What the mutual would receive more."""
        return self.then_minor - self.now_minor


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole, then the same families cut four ways; ``unpriced`` could not be priced."""

    total: Slice
    by_kind: tuple[Slice, ...]
    by_size: tuple[Slice, ...]
    by_loan: tuple[Slice, ...]
    by_segment: tuple[Slice, ...]
    unpriced: int = 0
    tiers: tuple[int, ...] = field(default=())


def household_kind(composition: HouseholdComposition) -> str:
    """``alone``, ``adults``, ``one_adult`` (with children) or ``adults_children``."""
    if composition.persons == 1:
        return "alone"
    if not composition.children:
        return "adults"
    return "one_adult" if composition.adults <= 1 else "adults_children"


def size_band(composition: HouseholdComposition) -> str:
    """``1``, ``2`` … ``9``, then ``10+``: bands sort as text."""
    return str(composition.persons) if composition.persons < 10 else "10+"


def loan_tiers(cohorts: Iterable[Cohort], count: int = 5) -> tuple[int, ...]:
    """The upper edges that cut families with a loan into tiers of about as many, rounded up to two
    figures so that people can say them; the last tier has no edge."""
    loans = sorted(
        (each.composition.loan_minor, each.count)
        for each in cohorts
        if each.composition.loan_minor is not None
    )
    total = sum(number for _, number in loans)
    edges: list[int] = []
    seen = 0
    for loan, number in loans:
        seen += number
        if len(edges) < count - 1 and seen * count >= total * (len(edges) + 1):
            edge = _rounded_up(loan)
            if not edges or edge > edges[-1]:
                edges.append(edge)
    return tuple(edges)


def _rounded_up(amount: int) -> int:
    unit = int(10 ** max(0, len(str(amount)) - 2))
    return -(-amount // unit) * unit


def tier_of(loan_minor: int, tiers: Sequence[int]) -> str:
    """The tier that a loan falls in, by number from 0; its upper edge belongs to it."""
    return str(next((i for i, edge in enumerate(tiers) if loan_minor <= edge), len(tiers)))


def slice_key(
    cut: str, composition: HouseholdComposition, segment: str, tiers: Sequence[int]
) -> str | None:
    """The slice of a cut (``kind``, ``size``, ``loan``, ``segment``) that a family falls in; None
    when it is in none, as a family without loan among loans."""
    if cut == "kind":
        return household_kind(composition)
    if cut == "size":
        return size_band(composition)
    if cut == "segment":
        return segment
    loan = composition.loan_minor
    return tier_of(loan, tiers) if cut == "loan" and loan is not None else None


def simulate(
    now: Product, then: Product, cohorts: Sequence[Cohort], tiers: tuple[int, ...]
) -> Simulation:
    """Price every composition under both tariffs and add up.

    A composition that one of them cannot price (no loan or no income known) counts in
    ``unpriced`` and nowhere else: both columns speak of the same families.
    """
    prices: dict[HouseholdComposition, _Prices | None] = {}
    total = Slice("")
    cuts: dict[str, dict[str, Slice]] = {"kind": {}, "size": {}, "loan": {}, "segment": {}}
    unpriced = 0
    for cohort in cohorts:
        composition = cohort.composition
        if composition not in prices:
            prices[composition] = _both(now, then, composition)
        priced = prices[composition]
        if priced is None:
            unpriced += cohort.count
            continue
        slices = [total]
        for cut, found in cuts.items():
            key = slice_key(cut, composition, cohort.segment, tiers)
            if key is not None:
                slices.append(found.setdefault(key, Slice(key)))
        for each in slices:
            _add(each, cohort, priced, months=now.membership.cover_months)
    kinds, sizes, loans, segments = (
        tuple(sorted(found.values(), key=lambda each: (len(each.key), each.key)))
        for found in cuts.values()
    )
    return Simulation(total, kinds, sizes, loans, segments, unpriced, tiers)


# What a composition gives under one tariff, then under the other: the contribution with subsidy,
# the household's own part with fees, the share of the fund. Plain numbers: they are added up often.
_Prices = tuple[int, int, int, int, int, int]


def _both(now: Product, then: Product, composition: HouseholdComposition) -> _Prices | None:
    try:
        today = _of(contribution_due(now, composition))
        tried = today if then is now else _of(contribution_due(then, composition))
    except Refusal:
        return None
    return (*today, *tried)


def _of(due: DueBreakdown) -> tuple[int, int, int]:
    whole = due.contribution_minor + due.subsidy_minor
    return whole, due.household_minor, due.fund_share_minor


def _add(each: Slice, cohort: Cohort, prices: _Prices, months: int) -> None:
    count, composition = cohort.count, cohort.composition
    now, family_now, fund_now, then, family_then, fund_then = prices
    each.families += count
    each.persons += count * composition.persons
    each.now_minor += count * now
    each.then_minor += count * then
    each.family_now_minor += count * family_now
    each.family_then_minor += count * family_then
    each.fund_now_minor += count * fund_now
    each.fund_then_minor += count * fund_then
    if family_then < family_now:
        each.winners += count
    elif family_then > family_now:
        each.losers += count
    if composition.loan_minor:
        each.loan_minor += count * composition.loan_minor
        each.loan_paid_now_minor += count * family_now
        each.loan_paid_then_minor += count * family_then
    if composition.income_minor:
        each.income_minor += count * composition.income_minor * months
        each.income_paid_now_minor += count * family_now
        each.income_paid_then_minor += count * family_then


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None

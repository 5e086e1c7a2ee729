"""What a product promises and costs on one day: frozen values, no dates inside.

A product version is dated data (``rules/**/product.yaml`` or the version that a mutual approved);
``entraide.rulebook`` reads it and builds the :class:`Product` in force on the day of the event.
Every amount is in minor units of ``Product.currency``, every rate a Decimal between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from entraide.core.care_package import (
    NEVER_REVIEWED,
    Circumstances,
    Deductible,
    ItemRule,
    Limit,
    Review,
    Variant,
)
from entraide.core.care_package import Benefit as Benefit
from entraide.core.care_package import Sector as Sector
from entraide.core.care_path import CarePath
from entraide.core.errors import Refusal


class ContributionKind(StrEnum):
    """How the contribution of a household for one cover period is worked out."""

    PER_HOUSEHOLD = "per_household"  # flat
    PER_PERSON = "per_person"  # flat × persons covered
    BY_SIZE = "by_size"  # a table of sizes
    BY_AGE = "by_age"  # adults and children, lump sum up to a threshold
    OF_LOAN = "of_loan"  # a rate of the loan, or rates by tranche, floor and cap
    BY_LOAN = "by_loan"  # a table of loan amounts
    OF_INCOME = "of_income"  # a rate of the declared income, or rates by tranche, floor and cap


ON_LOAN = frozenset({ContributionKind.OF_LOAN, ContributionKind.BY_LOAN})


class BracketMode(StrEnum):
    """How rates by tranche are read: each on its own slice, or the one reached on the whole."""

    MARGINAL = "marginal"
    WHOLE = "whole"


class MembershipUnit(StrEnum):
    """What joins: a family, one person, or the families of a collective contract."""

    FAMILY = "family"
    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"


@dataclass(frozen=True, slots=True)
class PayingCategory:
    """What the product gives a household of a category (indigents, pupils …), on one day.

    ``exempted_rate``: the part of what the household would owe of the contribution that it does
    not pay. ``paid_by`` pays it instead (``state``, ``sponsor``, ``employer``); with ``mutual``
    the mutual gives it up and the contribution is lowered. ``waives_fees``: nor does it pay fees.
    ``subsidy_minor_per_person`` comes on top, from the State.
    """

    code: str
    exempted_rate: Decimal = Decimal(0)
    paid_by: str = "state"
    waives_fees: bool = False
    subsidy_minor_per_person: int = 0
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ContributionRule:
    """The price of one cover period; only the fields of ``kind`` are read.

    ``amount_minor``: per household or per person. ``by_size_minor``: (largest size, amount)
    pairs in ascending order, the last one for every larger family; ``by_loan_minor`` likewise
    with the largest loan. ``threshold_members``: how many persons the lump sum covers.
    ``loan_brackets`` and ``income_brackets`` are (largest amount, rate) pairs read by
    ``brackets``, in place of the one rate. Income is declared by the month; the floor and the
    cap are those of the whole cover period.

    Within the contribution, the State, then the employer, then a sponsor pay their rate of it and
    their amount per person; the household pays the rest. ``subsidy_minor_per_person`` comes on
    top. Discounts are rates of what is left when their turn comes (``core.rating``).
    ``instalment_months``: the months after the first day of cover on which parts fall due; spread
    evenly when empty.
    Fees (``joining_fee_minor`` at the first enrolment only; ``assembly_fee_minor`` at each) go to
    running costs and are named apart from the contribution.
    """

    kind: ContributionKind
    amount_minor: int = 0
    by_size_minor: tuple[tuple[int, int], ...] = ()
    adult_minor: int = 0
    child_minor: int = 0
    lump_sum_minor: int = 0
    threshold_members: int = 0
    by_loan_minor: tuple[tuple[int, int], ...] = ()
    loan_rate: Decimal = Decimal(0)
    loan_floor_minor: int = 0
    loan_cap_minor: int | None = None
    loan_brackets: tuple[tuple[int, Decimal], ...] = ()
    income_rate: Decimal = Decimal(0)
    income_floor_minor: int = 0
    income_cap_minor: int | None = None
    income_brackets: tuple[tuple[int, Decimal], ...] = ()
    brackets: BracketMode = BracketMode.MARGINAL
    joining_fee_minor: int = 0
    joining_fee_minor_per_person: int = 0
    assembly_fee_minor: int = 0
    assembly_fee_minor_per_person: int = 0
    subsidy_minor_per_person: int = 0  # paid by the State or a commune, not by the household
    employer_share_rate: Decimal = Decimal(0)  # of the contribution, paid by the employer
    employer_minor_per_person: int = 0
    state_share_rate: Decimal = Decimal(0)
    state_minor_per_person: int = 0
    sponsor_share_rate: Decimal = Decimal(0)
    sponsor_minor_per_person: int = 0
    early_enrolment_discount_rate: Decimal = Decimal(0)
    early_enrolment_months: int = 0
    renewal_discount_rate: Decimal = Decimal(0)
    renewal_discount_months: int = 0
    whole_payment_discount_rate: Decimal = Decimal(0)
    discounts_cover_fees: bool = False
    instalment_count: int = 1
    instalment_months: tuple[int, ...] = ()
    categories: tuple[PayingCategory, ...] = ()

    @property
    def has_employer(self) -> bool:
        """Whether an employer pays a part: the families join through their company."""
        return self.employer_share_rate > 0 or self.employer_minor_per_person > 0

    @property
    def has_payment_plans(self) -> bool:
        """Whether paying in one part or in several makes a difference for a contract."""
        return self.instalment_count > 1 or self.whole_payment_discount_rate > 0

    def category(self, code: str) -> PayingCategory | None:
        """What the product gives a household of this category; None when it gives nothing."""
        return next((each for each in self.categories if each.code == code), None)


@dataclass(frozen=True, slots=True)
class MembershipRule:
    """Who may be covered, for how long, and what suspends rights."""

    cover_months: int = 12
    unit: MembershipUnit = MembershipUnit.FAMILY
    adult_age_years: int = 18
    minimum_entry_age_years: int | None = None
    maximum_entry_age_years: int | None = None
    max_members: int | None = None
    minimum_group_size: int = 1
    photo_required: bool = False
    payment_grace_days: int = 0  # days after a due date before unpaid dues suspend rights
    renewal_grace_days: int = 0  # a renewal within these days after the term keeps seniority
    newborn_cover_days: int = 0  # a newborn only declared is covered so long, then to be registered
    claim_time_limit_days: int | None = None  # between care and reception of the claim
    cycle_starts: tuple[tuple[int, int], ...] = ()  # (day, month) on which covers begin
    enrolment_grace_months: int = 0  # enrolment so long after a cycle start still joins it
    administration_months: int = 0  # between enrolment and the start of cover
    # ((day, month) first, (day, month) last), both inside, in which people may join; () always
    enrolment_windows: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """One product as it stands on one day. ``version`` names the rules that a decision used.

    ``pays_after_others``: a complementary product, which knows only what another payer leaves.
    """

    code: str
    version: str
    currency: str
    contribution: ContributionRule
    membership: MembershipRule
    benefits: tuple[Benefit, ...]
    fund_share_rate: Decimal  # of the contribution: to the mutual fund; the rest to running costs
    ceiling_minor_per_person_per_year: int | None = None
    ceiling_minor_per_household_per_year: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    item_rules: tuple[ItemRule, ...] = ()
    limits: tuple[Limit, ...] = ()
    deductibles: tuple[Deductible, ...] = ()
    review: Review = NEVER_REVIEWED
    pays_after_others: bool = False
    care_path: CarePath | None = None

    def __post_init__(self) -> None:
        if not Decimal(0) <= self.fund_share_rate <= Decimal(1):
            raise Refusal("RATE_OUT_OF_RANGE", place="fund_share_rate", value=self.fund_share_rate)
        seen: set[tuple[str, Sector | None]] = set()
        for benefit in self.benefits:
            key = (benefit.category, benefit.sector)
            if key in seen:
                raise Refusal(
                    "BENEFIT_TWICE", place=f"benefits.{benefit.category}", category=key[0]
                )
            seen.add(key)
            if not Decimal(0) <= benefit.copayment_rate <= Decimal(1):
                raise Refusal(
                    "RATE_OUT_OF_RANGE",
                    place=f"benefits.{benefit.category}.copayment_rate",
                    value=benefit.copayment_rate,
                )

    def benefit_for(self, category: str, sector: Sector) -> Benefit | None:
        """The ordinary promise for a category at a provider of this sector; the sector's own
        comes first."""
        general: Benefit | None = None
        for benefit in self.benefits:
            if benefit.category == category:
                if benefit.sector == sector:
                    return benefit
                if benefit.sector is None:
                    general = benefit
        return general

    def variant_for(self, category: str, now: Circumstances) -> Variant | None:
        """The first variant of a category whose condition holds; None: the ordinary promise."""
        for variant in self.variants:
            if variant.benefit.category == category and variant.when.holds(now):
                return variant
        return None

"""What a product promises of care: benefits, their variants, rules of single acts, limits.

Frozen values without dates: what is in force on one day. A *case* is what one claim asks of one
category; claims of one *episode* (a consultation here, the drugs elsewhere) share their cases.
Amounts are minor units, rates Decimals between 0 and 1, ages completed years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Sector(StrEnum):
    """Who runs a provider: rates and ceilings differ by it."""

    PUBLIC = "public"
    PRIVATE = "private"
    FAITH_BASED = "faith_based"


class Risk(StrEnum):
    """*Petit risque, gros risque, maternité, chronique*: what an act is to who carries the risk."""

    MINOR = "minor"  # frequent and cheap: each mutual carries it
    MAJOR = "major"  # rare and dear: what is pooled and reinsured first
    MATERNITY = "maternity"
    CHRONIC = "chronic"  # care for years: known, not chance


class ProviderLevel(StrEnum):
    """The place of a provider in the pyramid of care, from the village to the capital."""

    COMMUNITY = "community"  # case de santé, agent de santé communautaire
    PRIMARY = "primary"  # CSB, CSPS, USP, poste de santé, dispensaire
    DISTRICT = "district"  # CHD, CMA, centre de santé de référence
    REGIONAL = "regional"
    NATIONAL = "national"
    PHARMACY = "pharmacy"
    LABORATORY = "laboratory"


class Visit(StrEnum):
    """How the person came to the provider."""

    PLANNED = "planned"
    EMERGENCY = "emergency"
    REFERRAL = "referral"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one claim, all that a condition may look at; None where nobody knows.

    ``lists``: the lists on which the person stands (``chronic``, ``indigent`` …).
    """

    sector: Sector
    level: ProviderLevel | None = None
    visit: Visit = Visit.PLANNED
    is_inpatient: bool | None = None
    age_years: int | None = None
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: all that it names must hold; it says nothing of what it leaves empty.

    What is not known does not hold: a rule for hospitals does not apply to a provider of no level.
    ``lists``: the person stands on one of them. Both ages are inside.
    """

    sectors: tuple[Sector, ...] = ()
    levels: tuple[ProviderLevel, ...] = ()
    visits: tuple[Visit, ...] = ()
    is_inpatient: bool | None = None
    min_age_years: int | None = None
    max_age_years: int | None = None
    lists: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it always holds."""
        return self == ALWAYS

    def holds(self, now: Circumstances) -> bool:
        """Whether everything that is named is so."""
        if self.sectors and now.sector not in self.sectors:
            return False
        if self.levels and now.level not in self.levels:
            return False
        if self.visits and now.visit not in self.visits:
            return False
        if self.is_inpatient is not None and now.is_inpatient is not self.is_inpatient:
            return False
        if self.lists and now.lists.isdisjoint(self.lists):
            return False
        return self._holds_for_age(now.age_years)

    def _holds_for_age(self, age_years: int | None) -> bool:
        youngest, oldest = self.min_age_years, self.max_age_years
        if youngest is None and oldest is None:
            return True
        if age_years is None:
            return False
        return (youngest is None or youngest <= age_years) and (
            oldest is None or age_years <= oldest
        )


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Benefit:
    """What is promised for one care category, for one sector or (``sector=None``) for all.

    The order of deductions is stated once, in ``core.adjudication.pipeline``.
    ``flat_rate_minor`` is a *price* of the whole episode (forfait), not a ceiling.
    ``requires_pre_authorisation``: without a prior agreement nothing is paid, save in an emergency.
    ``requires_referral``: likewise without having been referred.
    ``state_share_rate``: what the State pays of the price, before the mutual.
    ``copayment_payer``: who pays the member's share instead (``state`` …); empty: the member.
    ``waits_by_expected_delivery``: the waiting period is judged on the expected day of delivery,
    where it is known, so that a birth before term is not refused.
    """

    category: str
    sector: Sector | None = None
    is_covered: bool = True
    waiting_period_months: int = 0
    deductible_minor_per_case: int = 0
    copayment_rate: Decimal = Decimal(0)
    copayment_minor_per_case: int = 0
    flat_rate_minor: int | None = None
    ceiling_minor_per_case: int | None = None
    ceiling_minor_per_person_per_year: int | None = None
    ceiling_minor_per_household_per_year: int | None = None
    ceiling_count_per_person_per_year: int | None = None
    requires_pre_authorisation: bool = False
    requires_referral: bool = False
    state_share_rate: Decimal = Decimal(0)
    copayment_payer: str = ""
    waits_by_expected_delivery: bool = False

    @property
    def counts_cases(self) -> bool:
        """Whether something is promised, taken or counted by case."""
        return bool(
            self.deductible_minor_per_case
            or self.copayment_minor_per_case
            or self.ceiling_minor_per_case is not None
            or self.ceiling_count_per_person_per_year is not None
        )


@dataclass(frozen=True, slots=True)
class Variant:
    """What is promised of a category when a condition holds, in place of the ordinary promise.

    ``benefit`` is the whole promise, with what the variant does not say taken from the ordinary
    one. ``has_own_waiting``: it says its own waiting period, counted for the person of the claim.
    """

    code: str
    when: Condition
    benefit: Benefit
    has_own_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Which lines a rule is about: all that it names must hold, empty says nothing.

    ``items``: ``system:code`` of acts and drugs, or the code alone where no other system has it.
    ``kinds``: ``service`` or ``drug``. ``risks``: what the act is to who carries the risk
    (:class:`Risk`); an act of which nobody said its risk is of none.
    """

    categories: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()

    def covers(self, category: str, system: str, item: str, kind: str, risk: str = "") -> bool:
        """Whether a line is among them."""
        if self.categories and category not in self.categories:
            return False
        if self.kinds and kind not in self.kinds:
            return False
        if self.risks and risk not in self.risks:
            return False
        return not self.items or f"{system}:{item}" in self.items or item in self.items


@dataclass(frozen=True, slots=True)
class ItemRule:
    """What a product says of single acts or drugs, over their category; None says nothing.

    ``price_minor``: the most that the mutual knows of one unit, whatever the tariff; the member
    bears the rest. ``copayment_minor_per_unit``: a fixed ticket for each unit.
    ``max_quantity`` and ``minimum_days_between`` take the place of those of the nomenclature.
    ``is_free_of_ceilings``: what is paid counts against no ceiling, and none stops it.
    The first rule that fits a line is the one.
    """

    code: str
    target: Target
    when: Condition = ALWAYS
    is_covered: bool | None = None
    copayment_rate: Decimal | None = None
    copayment_minor_per_unit: int | None = None
    price_minor: int | None = None
    waiting_period_months: int | None = None
    max_quantity: int | None = None
    minimum_days_between: int | None = None
    requires_pre_authorisation: bool | None = None
    is_free_of_ceilings: bool = False


class Whose(StrEnum):
    """Whose use a limit counts together."""

    PERSON = "person"
    HOUSEHOLD = "household"


class Per(StrEnum):
    """Over what a limit counts: one claim, the claims of one episode, the cover year."""

    CLAIM = "claim"
    EPISODE = "episode"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is paid for some lines: an amount, a number of cases, or of units.

    One of ``amount_minor``, ``count`` and ``quantity`` is said. An amount grows by
    ``amount_minor_per_extra_member`` for each member of the household beyond ``members_included``,
    up to ``amount_minor_cap``.
    """

    code: str
    target: Target = Target()
    when: Condition = ALWAYS
    whose: Whose = Whose.PERSON
    per: Per = Per.YEAR
    amount_minor: int | None = None
    count: int | None = None
    quantity: int | None = None
    amount_minor_per_extra_member: int = 0
    members_included: int = 0
    amount_minor_cap: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)

    def amount_for(self, household_size: int | None) -> int | None:
        """The amount for a household; without any member more where its size is not known."""
        if self.amount_minor is None or not self.amount_minor_per_extra_member:
            return self.amount_minor
        extra = max(0, (household_size or 0) - self.members_included)
        amount = self.amount_minor + extra * self.amount_minor_per_extra_member
        return amount if self.amount_minor_cap is None else min(amount, self.amount_minor_cap)


@dataclass(frozen=True, slots=True)
class Deductible:
    """A first amount that is not paid, over several categories, claims or a whole year."""

    code: str
    amount_minor: int
    target: Target = Target()
    when: Condition = ALWAYS
    whose: Whose = Whose.PERSON
    per: Per = Per.YEAR
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Review:
    """From how much on a person looks at a claim, whatever the rules decide; None: never."""

    claim_minor: int | None = None
    quantity: int | None = None


NEVER_REVIEWED = Review()

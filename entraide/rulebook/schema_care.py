"""What a product file may say of care: benefits, variants, single acts, limits, deductibles.

Names and values are those of ``core.care_package``. Every amount, rate and number is dated as in
``rulebook.schema``; what a rule is *about* (its condition, its acts, whose use it counts) bears no
date: about something else, it is another rule.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from entraide.core.care_package import (
    Condition,
    Per,
    ProviderLevel,
    Sector,
    Target,
    Visit,
    Whose,
)
from entraide.rulebook.schema import (
    AmountParameter,
    Category,
    CeilingParameter,
    CountOrNoneParameter,
    CountParameter,
    DaysOrNoneParameter,
    FlagParameter,
    MonthsParameter,
    Parameter,
    RateParameter,
    SectorName,
    Titles,
    Years,
)
from entraide.rulebook.validation import Strict

LevelName = Literal[
    "community", "primary", "district", "regional", "national", "pharmacy", "laboratory"
]
VisitName = Literal["planned", "emergency", "referral", "follow_up"]
ItemKindName = Literal["service", "drug"]
RiskName = Literal["minor", "major", "maternity", "chronic"]
WhoseName = Literal["person", "household"]
PerName = Literal["claim", "episode", "year"]
Item = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
_FIRST_LEVELS: tuple[LevelName, ...] = ("community", "primary")
PayerName = Literal["member", "state", "employer", "sponsor", "programme"]


class PayerParameter(Parameter[PayerName]):
    """Who pays the member's share; ``member`` from the day it is theirs again."""

    expected_unit = "1"


class ConditionDocument(Strict):
    """When a rule applies; see ``core.care_package.Condition``."""

    sectors: list[SectorName] = Field(default_factory=list)
    levels: list[LevelName] = Field(default_factory=list)
    visits: list[VisitName] = Field(default_factory=list)
    is_inpatient: bool | None = None
    min_age_years: Years | None = None
    max_age_years: Years | None = None
    lists: list[Category] = Field(default_factory=list)

    def condition(self) -> Condition:
        """The same as the core reads it."""
        return Condition(
            sectors=tuple(Sector(each) for each in self.sectors),
            levels=tuple(ProviderLevel(each) for each in self.levels),
            visits=tuple(Visit(each) for each in self.visits),
            is_inpatient=self.is_inpatient,
            min_age_years=self.min_age_years,
            max_age_years=self.max_age_years,
            lists=tuple(self.lists),
        )


class Ranked(Strict):
    """One of several rules of which the first that fits is the one: by ``rank``, then by code.

    The order of the keys of a document says nothing: neither a checksum nor a database keeps it.
    """

    rank: Annotated[int, Field(ge=1, le=1000)] = 1000


class TargetDocument(Strict):
    """Which lines a rule is about; see ``core.care_package.Target``."""

    categories: list[Category] = Field(default_factory=list)
    items: list[Item] = Field(default_factory=list)
    kinds: list[ItemKindName] = Field(default_factory=list)
    risks: list[RiskName] = Field(default_factory=list)

    def target(self) -> Target:
        """The same as the core reads it."""
        return Target(
            tuple(self.categories), tuple(self.items), tuple(self.kinds), tuple(self.risks)
        )


class SectorBenefit(Strict):
    """What a benefit promises in one sector, over what it promises in all."""

    is_covered: FlagParameter | None = None
    deductible_minor_per_case: AmountParameter | None = None
    copayment_rate: RateParameter | None = None
    copayment_minor_per_case: AmountParameter | None = None
    flat_rate_minor: CeilingParameter | None = None
    ceiling_minor_per_case: CeilingParameter | None = None
    ceiling_minor_per_person_per_year: CeilingParameter | None = None
    ceiling_minor_per_household_per_year: CeilingParameter | None = None
    ceiling_count_per_person_per_year: CountOrNoneParameter | None = None
    requires_pre_authorisation: FlagParameter | None = None
    requires_referral: FlagParameter | None = None
    state_share_rate: RateParameter | None = None
    copayment_payer: PayerParameter | None = None


class VariantDocument(SectorBenefit, Ranked):
    """What is promised when a condition holds, over the ordinary promise."""

    title: Titles
    when: ConditionDocument
    waiting_period_months: MonthsParameter | None = None


class BenefitDocument(SectorBenefit):
    """One care category; see ``core.product.Benefit``. The waiting period knows no sector."""

    waiting_period_months: MonthsParameter | None = None
    waits_by_expected_delivery: FlagParameter | None = None
    by_sector: dict[SectorName, SectorBenefit] = Field(default_factory=dict)
    variants: dict[Category, VariantDocument] = Field(default_factory=dict)


class ItemDocument(Ranked):
    """What is said of single acts or drugs; see ``core.care_package.ItemRule``."""

    title: Titles
    about: TargetDocument
    when: ConditionDocument = Field(default_factory=ConditionDocument)
    is_covered: FlagParameter | None = None
    copayment_rate: RateParameter | None = None
    copayment_minor_per_unit: AmountParameter | None = None
    price_minor: CeilingParameter | None = None
    waiting_period_months: MonthsParameter | None = None
    max_quantity: CountOrNoneParameter | None = None
    minimum_days_between: DaysOrNoneParameter | None = None
    requires_pre_authorisation: FlagParameter | None = None
    is_free_of_ceilings: FlagParameter | None = None


class _Counted(Strict):
    title: Titles
    about: TargetDocument = Field(default_factory=TargetDocument)
    when: ConditionDocument = Field(default_factory=ConditionDocument)
    whose: WhoseName = "person"
    per: PerName = "year"

    def place(self) -> dict[str, Any]:
        """What it is about, as the core reads it."""
        return {
            "target": self.about.target(),
            "when": self.when.condition(),
            "whose": Whose(self.whose),
            "per": Per(self.per),
            "titles": self.title.model_dump(),
        }


class LimitDocument(_Counted):
    """The most that is paid for some lines; see ``core.care_package.Limit``."""

    amount_minor: CeilingParameter | None = None
    count: CountOrNoneParameter | None = None
    quantity: CountOrNoneParameter | None = None
    amount_minor_per_extra_member: AmountParameter | None = None
    members_included: CountParameter | None = None
    amount_minor_cap: CeilingParameter | None = None


class DeductibleDocument(_Counted):
    """A first amount that is not paid; see ``core.care_package.Deductible``."""

    amount_minor: AmountParameter


class CarePathDocument(Strict):
    """Where a person goes first and what going elsewhere costs; see ``core.care_path.CarePath``.

    ``is_asked`` false from a day on ends it.
    """

    first_levels: list[LevelName] = Field(default_factory=lambda: list(_FIRST_LEVELS))
    referred_levels: list[LevelName]
    categories: list[Category] = Field(default_factory=list)
    is_asked: FlagParameter | None = None
    excepts_emergencies: FlagParameter | None = None
    excepts_follow_up: FlagParameter | None = None
    needs_voucher: FlagParameter | None = None
    out_of_path_copayment_rate: RateParameter | None = None
    is_reviewed: FlagParameter | None = None

    def place(self) -> dict[str, Any]:
        """What it is about, as the core reads it."""
        return {
            "first_levels": tuple(ProviderLevel(each) for each in self.first_levels),
            "referred_levels": tuple(ProviderLevel(each) for each in self.referred_levels),
            "categories": tuple(self.categories),
        }


class ReviewDocument(Strict):
    """From how much on a person looks at a claim; see ``core.care_package.Review``."""

    claim_minor: CeilingParameter | None = None
    quantity: CountOrNoneParameter | None = None

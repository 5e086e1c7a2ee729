"""A whole product file: sharing, contribution, membership, care."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from entraide.rulebook.schema import (
    Category,
    CeilingParameter,
    Code,
    ContributionDocument,
    CurrencyCode,
    FlagParameter,
    MembershipDocument,
    RateParameter,
    Titles,
)
from entraide.rulebook.schema_care import (
    BenefitDocument,
    CarePathDocument,
    DeductibleDocument,
    ItemDocument,
    LimitDocument,
    ReviewDocument,
)
from entraide.rulebook.validation import Strict


class ProductDocument(Strict):
    """A whole product file."""

    product: Code
    title: Titles
    currency: CurrencyCode
    fund_share_rate: RateParameter
    contribution: ContributionDocument
    membership: MembershipDocument = Field(default_factory=MembershipDocument)
    benefits: Annotated[dict[Category, BenefitDocument], Field(min_length=1)]
    ceiling_minor_per_person_per_year: CeilingParameter | None = None
    ceiling_minor_per_household_per_year: CeilingParameter | None = None
    items: dict[Category, ItemDocument] = Field(default_factory=dict)
    limits: dict[Category, LimitDocument] = Field(default_factory=dict)
    deductibles: dict[Category, DeductibleDocument] = Field(default_factory=dict)
    review: ReviewDocument = Field(default_factory=ReviewDocument)
    pays_after_others: FlagParameter | None = None
    care_path: CarePathDocument | None = None

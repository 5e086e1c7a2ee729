"""What a product file may say: dated parameters with their unit and their source.

Every parameter is written the same way::

    copayment_rate:
      unit: "1"
      values:
        - {from: 2024-01-01, value: "0.25", source: "Règlement intérieur, art. 15"}

Amounts are integers of minor units, rates quoted text between 0 and 1, days plain ISO days. The
names are those of ``core.product``; only the *kind* of contribution formula bears no date: another
kind is another product.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from entraide.core.money import CURRENCIES, MAXIMUM_MINOR
from entraide.core.parameters import Dated, DatedValue
from entraide.rulebook.validation import Strict

V = TypeVar("V")

_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,8})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CYCLE = re.compile(r"([0-9]{2})-([0-9]{2})")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:  # the 30th of February
        pass
    raise PydanticCustomError("RULE_DAY_INVALID", "day", {"value": str(value)[:60]})


def _rate(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise PydanticCustomError("RULE_RATE_UNQUOTED", "rate", {"value": str(value)[:60]})
    if not _RATE.fullmatch(value):
        raise PydanticCustomError("RULE_RATE_INVALID", "rate", {"value": value[:60]})
    rate = Decimal(value)
    if rate > 1:
        raise PydanticCustomError("RULE_RATE_RANGE", "rate", {"value": value})
    return rate


def _window(value: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """``"01-01/31-03"``, from the first of January to the 31st of March, both inside."""
    first, separator, last = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not separator:
        raise PydanticCustomError("RULE_WINDOW_INVALID", "window", {"value": str(value)[:60]})
    return _cycle(first), _cycle(last)


def _currency(value: Any) -> str:
    if not isinstance(value, str) or value not in CURRENCIES:
        raise PydanticCustomError("CURRENCY_UNKNOWN", "unit", {"currency": str(value)[:60]})
    return value


def _cycle(value: Any) -> tuple[int, int]:
    """``"01-06"``, the first of June, as (day, month). The 29th of February is no cycle."""
    found = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        day, month = int(found[1]), int(found[2])
        try:
            date(2023, month, day)
        except ValueError:
            pass
        else:
            return day, month
    raise PydanticCustomError("RULE_CYCLE_INVALID", "cycle", {"value": str(value)[:60]})


Day = Annotated[date, BeforeValidator(_day)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Amount = Annotated[int, Field(ge=0, le=MAXIMUM_MINOR)]
Months = Annotated[int, Field(ge=0, le=120)]
Days = Annotated[int, Field(ge=0, le=3660)]
Years = Annotated[int, Field(ge=0, le=130)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Cycle = Annotated[tuple[int, int], BeforeValidator(_cycle)]
Window = Annotated[tuple[tuple[int, int], tuple[int, int]], BeforeValidator(_window)]
CurrencyCode = Annotated[str, BeforeValidator(_currency)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
SectorName = Literal["public", "private", "faith_based"]
KindName = Literal[
    "per_household", "per_person", "by_size", "by_age", "of_loan", "by_loan", "of_income"
]
UnitName = Literal["family", "individual", "collective"]
PaidByName = Literal["state", "employer", "sponsor", "mutual"]


class Titles(Strict):
    """A name in each language of the screens."""

    fr: Text
    en: Text


class Entry(Strict, Generic[V]):
    """One dated value and who decided it."""

    effective_from: Day = Field(alias="from")
    value: V
    source: Text


class Parameter(Strict, Generic[V]):
    """A value over time. ``unit`` is said in the file and checked: no amount in another money."""

    expected_unit: ClassVar[str] = "1"  # "money": the currency of the product

    unit: str
    values: list[Entry[V]] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self, info: ValidationInfo) -> Self:
        expected = self.expected_unit
        if expected == "money":
            expected = str((info.context or {}).get("currency", self.unit))
        if self.unit != expected:
            raise PydanticCustomError(
                "RULE_UNIT_WRONG", "unit", {"unit": self.unit, "expected": expected}
            )
        for earlier, later in pairwise(entry.effective_from for entry in self.values):
            if later == earlier:
                raise PydanticCustomError("RULE_DAY_TWICE", "days", {"on": later})
            if later < earlier:
                raise PydanticCustomError("RULE_DAYS_UNSORTED", "days", {"on": later})
        return self

    def dated(self, name: str) -> Dated[V]:
        """The same values as the core reads them."""
        return Dated(
            name,
            (DatedValue(entry.effective_from, entry.value, entry.source) for entry in self.values),
        )


def parameters_of(part: BaseModel) -> dict[str, Parameter[Any]]:
    """The parameters that a part of the document gives, by name."""
    given = ((name, getattr(part, name)) for name in type(part).model_fields)
    return {name: value for name, value in given if isinstance(value, Parameter)}


class AmountParameter(Parameter[Amount]):
    """Minor units of the product's currency."""

    expected_unit = "money"


class CeilingParameter(Parameter[Amount | None]):
    """Minor units, or null: no ceiling from that day on."""

    expected_unit = "money"


class RateParameter(Parameter[Rate]):
    """A share between 0 and 1."""

    expected_unit = "1"


class FlagParameter(Parameter[bool]):
    """Yes or no."""

    expected_unit = "1"


class MonthsParameter(Parameter[Months]):
    """A number of calendar months."""

    expected_unit = "month"


class DaysParameter(Parameter[Days]):
    """A number of days."""

    expected_unit = "day"


class DaysOrNoneParameter(Parameter[Days | None]):
    """A number of days, or null: no limit from that day on."""

    expected_unit = "day"


class YearsParameter(Parameter[Years]):
    """Completed years of age."""

    expected_unit = "year"


class YearsOrNoneParameter(Parameter[Years | None]):
    """Completed years of age, or null: no limit from that day on."""

    expected_unit = "year"


class CountParameter(Parameter[Count]):
    """A number of persons, instalments or cases, 1 at least."""

    expected_unit = "1"


class CountOrNoneParameter(Parameter[Count | None]):
    """A number, or null: no limit from that day on."""

    expected_unit = "1"


class CyclesParameter(Parameter[list[Cycle]]):
    """The days of the year on which covers begin, as quoted ``"dd-mm"``; [] for none."""

    expected_unit = "1"


class MonthsListParameter(Parameter[list[Months]]):
    """The months after the first day of cover on which parts fall due; [] spreads them evenly."""

    expected_unit = "month"


class WindowsParameter(Parameter[list[Window]]):
    """The parts of the year in which people may join, as quoted ``"dd-mm/dd-mm"``; [] always."""

    expected_unit = "1"


class UnitParameter(Parameter[UnitName]):
    """What joins: a family, one person, the families of a collective contract."""

    expected_unit = "1"


class PaidByParameter(Parameter[PaidByName]):
    """Who pays instead of an exempted household."""

    expected_unit = "1"


class Bracket(Strict):
    """One tranche: up to so much of the loan or the monthly income, this rate."""

    up_to: Annotated[int, Field(ge=1, le=MAXIMUM_MINOR)]
    rate: Rate


class BracketsParameter(Parameter[Annotated[list[Bracket], Field(min_length=1)]]):
    """Rates by tranche in ascending order; the last one also serves everything above it."""

    expected_unit = "money"


class Step(Strict):
    """One row of a table of amounts: up to so much, this price."""

    up_to: Annotated[int, Field(ge=1, le=MAXIMUM_MINOR)]
    amount_minor: Amount


class StepsParameter(Parameter[Annotated[list[Step], Field(min_length=1)]]):
    """A table in ascending order; its last row also serves everything above it."""

    expected_unit = "money"


class PayingCategoryDocument(Strict):
    """What households of a category do not pay, and who does; ``core.product.PayingCategory``."""

    title: Titles
    exempted_rate: RateParameter | None = None
    paid_by: PaidByParameter | None = None
    waives_fees: FlagParameter | None = None
    subsidy_minor_per_person: AmountParameter | None = None


class ContributionDocument(Strict):
    """The formula and its parameters; see ``core.product.ContributionRule``.

    ``brackets`` says how rates by tranche are read, and bears no date, as ``kind``.
    """

    kind: KindName
    brackets: Literal["marginal", "whole"] | None = None
    amount_minor: AmountParameter | None = None
    by_size_minor: StepsParameter | None = None
    by_loan_minor: StepsParameter | None = None
    adult_minor: AmountParameter | None = None
    child_minor: AmountParameter | None = None
    lump_sum_minor: AmountParameter | None = None
    threshold_members: CountParameter | None = None
    loan_rate: RateParameter | None = None
    loan_floor_minor: AmountParameter | None = None
    loan_cap_minor: CeilingParameter | None = None
    loan_brackets: BracketsParameter | None = None
    income_rate: RateParameter | None = None
    income_floor_minor: AmountParameter | None = None
    income_cap_minor: CeilingParameter | None = None
    income_brackets: BracketsParameter | None = None
    joining_fee_minor: AmountParameter | None = None
    joining_fee_minor_per_person: AmountParameter | None = None
    assembly_fee_minor: AmountParameter | None = None
    assembly_fee_minor_per_person: AmountParameter | None = None
    subsidy_minor_per_person: AmountParameter | None = None
    employer_share_rate: RateParameter | None = None
    employer_minor_per_person: AmountParameter | None = None
    state_share_rate: RateParameter | None = None
    state_minor_per_person: AmountParameter | None = None
    sponsor_share_rate: RateParameter | None = None
    sponsor_minor_per_person: AmountParameter | None = None
    early_enrolment_discount_rate: RateParameter | None = None
    early_enrolment_months: MonthsParameter | None = None
    renewal_discount_rate: RateParameter | None = None
    renewal_discount_months: MonthsParameter | None = None
    whole_payment_discount_rate: RateParameter | None = None
    discounts_cover_fees: FlagParameter | None = None
    instalment_count: CountParameter | None = None
    instalment_months: MonthsListParameter | None = None
    categories: dict[Category, PayingCategoryDocument] = Field(default_factory=dict)


class MembershipDocument(Strict):
    """Who may be covered and for how long; see ``core.product.MembershipRule``."""

    cover_months: MonthsParameter | None = None
    unit: UnitParameter | None = None
    adult_age_years: YearsParameter | None = None
    minimum_entry_age_years: YearsOrNoneParameter | None = None
    maximum_entry_age_years: YearsOrNoneParameter | None = None
    max_members: CountOrNoneParameter | None = None
    minimum_group_size: CountParameter | None = None
    photo_required: FlagParameter | None = None
    payment_grace_days: DaysParameter | None = None
    renewal_grace_days: DaysParameter | None = None
    newborn_cover_days: DaysParameter | None = None
    claim_time_limit_days: DaysOrNoneParameter | None = None
    cycle_starts: CyclesParameter | None = None
    enrolment_grace_months: MonthsParameter | None = None
    administration_months: MonthsParameter | None = None
    enrolment_windows: WindowsParameter | None = None

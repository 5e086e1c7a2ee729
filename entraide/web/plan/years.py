"""The years of a scenario as tables: results with their definitions, and what they divide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from entraide.apps.planning.comparisons import TARGET_PLAN_YEAR
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.web.figures import Definition, Ratio
from entraide.web.plan.numbers import (
    AUTONOMY_TARGET,
    BAND,
    Result,
    Year,
    language,
    millions,
    millions_with_unit,
    percent_of,
    percent_points,
)
from entraide.web.plan.wording import POST_NAMES, named

WHOLE = 100  # per cent: an RSP above it eats the reserve
TEAM = ("field_agent", "data_entry_clerk")


@dataclass(frozen=True, slots=True)
class Cell:
    """One year of a row; ``under`` says what is wrong with it."""

    text: str
    is_target_year: bool = False
    under: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity over the years. A ratio opens to what it divides in the target year."""

    name: str
    under: str
    cells: tuple[Cell, ...]
    is_strong: bool = False
    definition: Definition | None = None


def year_rows(result: Result) -> list[Row]:
    """The table of results, base year first."""
    years, currency = result["years"], result["currency"]
    unit = CURRENCIES[currency].symbol
    target_year = years[TARGET_PLAN_YEAR]["year"]
    rows = [
        Row(
            _("Autonomy"),
            _("target {target} % in {year}").format(target=AUTONOMY_TARGET, year=target_year),
            tuple(_autonomy_cell(place, year) for place, year in enumerate(years)),
            is_strong=True,
            definition=_ratio_definition(result, "autonomy_rate"),
        ),
        Row(
            _("RSP"),
            _("band {low}–{high} %").format(low=BAND[0], high=BAND[1]),
            tuple(_claims_ratio_cell(place, year) for place, year in enumerate(years)),
            definition=_ratio_definition(result, "claims_ratio"),
        ),
        Row(
            _("Net autonomy"),
            _("once care is paid"),
            _cells(years, lambda year: percent_points(percent_of(year, "net_autonomy_rate"))),
            definition=_ratio_definition(result, "net_autonomy_rate"),
        ),
        Row(
            _("Mutual fund"),
            _("end of the year, M {unit}").format(unit=unit),
            _cells(years, lambda year: millions(year["fund_balance_minor"], currency)),
        ),
        Row(
            _("Reserve"),
            _("months of care"),
            _cells(years, _reserve),
            definition=_ratio_definition(result, "reserve_months"),
        ),
        Row(
            _("Left to finance"),
            _("in the year, M {unit}").format(unit=unit),
            _cells(years, lambda year: millions(year["funding_gap_minor"], currency)),
        ),
        Row(
            _("Families"),
            _("mean of the year"),
            _cells(years, lambda year: _whole(year["households_mean"])),
        ),
        Row(
            _("Contribution per family"),
            _("{unit} a year").format(unit=unit),
            _cells(years, lambda year: _major(year["contribution_per_household_minor"], currency)),
        ),
        Row(
            _("Running costs per family"),
            _("{unit} a year").format(unit=unit),
            _cells(years, lambda year: _major(year["running_costs_per_household_minor"], currency)),
        ),
    ]
    if all(role in years[0]["posts"] for role in TEAM):
        under = " / ".join(named(POST_NAMES, role).lower() for role in TEAM)
        rows.append(Row(_("Team"), under, _cells(years, _team)))
    return rows


def account_rows(result: Result) -> list[Row]:
    """What each ratio divides, in whole amounts of each year."""
    years, currency = result["years"], result["currency"]

    def row(name: str, key: str, is_strong: bool = False) -> Row:
        cells = _cells(years, lambda year: writing.amount(year[key], currency, language()))
        return Row(name, "", cells, is_strong=is_strong)

    return [
        row(_("Share for the mutual fund"), "fund_share_minor"),
        row(_("Share for running costs"), "running_share_minor"),
        row(_("Contributions earned"), "contribution_earned_minor", is_strong=True),
        row(_("Care of the year"), "claims_incurred_minor"),
        row(_("Care paid in the year"), "claims_paid_minor"),
        row(_("Salaries and charges"), "payroll_minor"),
        row(_("Other costs"), "other_costs_minor"),
        row(_("Running costs"), "running_costs_minor", is_strong=True),
        row(_("Other income"), "other_income_minor"),
        row(_("Left to finance"), "funding_gap_minor", is_strong=True),
    ]


def _cells(years: Sequence[Year], written: Any) -> tuple[Cell, ...]:
    return tuple(Cell(written(year), place == TARGET_PLAN_YEAR) for place, year in enumerate(years))


def _autonomy_cell(place: int, year: Year) -> Cell:
    """Untenable in a year whose care costs more than the fund's share: the fund pays the rest."""
    ratio = percent_of(year, "claims_ratio")
    under = _("untenable") if place and ratio is not None and ratio > WHOLE else ""
    written = percent_points(percent_of(year, "autonomy_rate"))
    return Cell(written, place == TARGET_PLAN_YEAR, under)


def _claims_ratio_cell(place: int, year: Year) -> Cell:
    percent = percent_of(year, "claims_ratio")
    under = ""
    if place and percent is not None:
        under = _("too high") if percent > BAND[1] else _("too low") if percent < BAND[0] else ""
    return Cell(percent_points(percent), place == TARGET_PLAN_YEAR, under)


def _reserve(year: Year) -> str:
    months = year["ratios"]["reserve_months"]["months"]
    return writing.ABSENT if months is None else writing.number(Decimal(str(months)), language(), 1)


def _whole(value: float) -> str:
    return writing.number(Decimal(str(value)), language())


def _major(minor: float | None, currency: str) -> str:
    if minor is None:
        return writing.ABSENT
    digits = CURRENCIES[currency].minor_digits
    return writing.number(Decimal(str(minor)).scaleb(-digits), language())


def _team(year: Year) -> str:
    return " / ".join(
        writing.number(Decimal(str(year["posts"][role])), language()) for role in TEAM
    )


def _ratio_definition(result: Result, ratio: str) -> Definition:
    """What a ratio divides, with its parts in the target year."""
    year, currency = result["years"][TARGET_PLAN_YEAR], result["currency"]
    term, meaning, numerator, denominator = _ratio_words()[ratio]
    parts = year["ratios"][ratio]
    value = _reserve(year) if ratio == "reserve_months" else percent_points(percent_of(year, ratio))
    return Definition(
        term=term,
        meaning=meaning,
        ratio=Ratio(
            (numerator, millions_with_unit(parts["numerator_minor"], currency)),
            (denominator, millions_with_unit(parts["denominator_minor"], currency)),
            (f"{term}, {year['year']}", value),
        ),
    )


def _ratio_words() -> dict[str, tuple[str, str, str, str]]:
    """Term, meaning, numerator, denominator of each ratio of a plan."""
    return {
        "autonomy_rate": (
            _("Autonomy"),
            _("what contributions bring for running costs, compared with what these cost."),
            _("Share for running costs"),
            _("Running costs"),
        ),
        "claims_ratio": (
            _("RSP"),
            _("the care of the year, compared with the share of contributions kept for care."),
            _("Care of the year"),
            _("Share for the mutual fund"),
        ),
        "net_autonomy_rate": (
            _("Net autonomy"),
            _("what is really left for running costs once all care is paid."),
            _("Contributions earned − care of the year"),
            _("Running costs"),
        ),
        "reserve_months": (
            _("Reserve"),
            _("how many months of care the mutual fund could pay at the end of the year."),
            _("Mutual fund, end of the year"),
            _("Care, mean of one month"),
        ),
    }

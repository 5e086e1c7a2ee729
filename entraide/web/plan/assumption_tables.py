"""The assumptions of a plan as tables, each line with where it comes from and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from entraide.actuarial.assumptions import Assumptions, Lever, Shift
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.web.plan.numbers import language
from entraide.web.plan.wording import (
    ACTIVITY_NAMES,
    BASIS_NAMES,
    CONFIDENCE_NAMES,
    DRIVER_NAMES,
    LEVER_NAMES,
    POST_NAMES,
    SECTOR_NAMES,
    named,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its cells, its sources and confidences."""

    name: str
    cells: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of one part of a plan."""

    title: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]


def assumption_tables(plan: Assumptions) -> list[Table]:
    """Every part of the plan, in the order in which it is computed."""
    unit = CURRENCIES[plan.currency].symbol
    tables = [
        _groups(plan, unit),
        _general(plan),
        _care_lines(plan, unit),
        _posts(plan, unit),
        _activities(plan),
        _costs(plan, unit),
        _levers(plan),
    ]
    return [table for table in tables if table.lines]


def _groups(plan: Assumptions, unit: str) -> Table:
    head = (
        _("Families"), _("Persons per family"), _("Contribution, {unit} a year").format(unit=unit),
        _("Trend per year"), _("Collected"), _("Renewed"), _("New per month"), _("Paid at once"),
    )  # fmt: skip
    lines = (
        _line(
            plan,
            f"groups[{place}]",
            group.name,
            _number(group.households),
            _number(group.household_size, 1),
            _amount(plan, group.contribution_minor_per_year),
            _percent(group.contribution_trend),
            _percent(group.collection_rate),
            _percent(group.renewal_rate),
            _number(group.new_households_per_month),
            _moved(group.paid_at_once, _percent),
        )
        for place, group in enumerate(plan.groups)
    )
    return Table(_("Groups"), head, tuple(lines))


def _general(plan: Assumptions) -> Table:
    """What holds for everyone: one value a line."""
    members, care, staff = plan.membership, plan.care, plan.staff
    opening = round(plan.reserve.opening_balance_minor)
    pattern = " · ".join(_percent(each) for each in care.payment_pattern)
    rows = (
        (
            "running_share",
            _("Share of contributions for running costs, today"),
            _percent(plan.running_share),
        ),
        (
            "membership.newcomers_lost_per_price",
            _("Newcomers lost when the contribution rises by 1 %"),
            _percent(members.newcomers_lost_per_price / 100, 2),
        ),
        (
            "membership.renewals_lost_per_price",
            _("Renewals lost when the contribution rises by 1 %"),
            _percent(members.renewals_lost_per_price / 100, 2),
        ),
        (
            "membership.households_per_partner_group",
            _("Families per group"),
            _number(members.households_per_partner_group),
        ),
        ("care.inflation", _("Dearer care, per year"), _percent(care.inflation)),
        ("care.use_growth", _("More frequent care, per year"), _percent(care.use_growth)),
        ("care.payment_pattern", _("Care paid 0, 1, 2… months later"), pattern),
        ("staff.wage_rise", _("Wage rise, per year"), _percent(staff.wage_rise)),
        ("staff.charges_rate", _("Charges on wages"), _percent(staff.charges_rate)),
        (
            "staff.salary_months_per_year",
            _("Months of salary per year"),
            _short(staff.salary_months_per_year),
        ),
        (
            "staff.productive_hours_per_year",
            _("Hours of work per person and year"),
            _number(staff.productive_hours_per_year),
        ),
        (
            "staff.meetings_share",
            _("of which meetings and reports"),
            _percent(staff.meetings_share),
        ),
        (
            "reserve.opening_balance_minor",
            _("Mutual fund at the start"),
            writing.money(opening, plan.currency, language()),
        ),
    )
    lines = tuple(_line(plan, place, name, value) for place, name, value in rows)
    return Table(_("What holds for everyone"), (_("Value"),), lines)


def _care_lines(plan: Assumptions, unit: str) -> Table:
    head = (
        _("Sector"), _("Cases per 1,000 persons and year"),
        _("Mean bill, {unit}").format(unit=unit), _("Spread"), _("Share paid"),
        _("Ceiling per case, {unit}").format(unit=unit),
    )  # fmt: skip
    lines = (
        _line(
            plan,
            f"care_lines[{place}]",
            line.category,
            named(SECTOR_NAMES, line.sector),
            _number(line.frequency * 1000, 1),
            _amount(plan, line.bill_minor),
            _number(line.bill_cv, 1),
            _moved(line.share_paid, _percent),
            _amount(plan, line.ceiling_minor_per_case),
        )
        for place, line in enumerate(plan.care_lines)
    )
    return Table(_("Care"), head, tuple(lines))


def _posts(plan: Assumptions, unit: str) -> Table:
    head = (
        _("Posts today"), _("Gross salary, {unit} a month").format(unit=unit), _("Number follows"),
    )  # fmt: skip
    lines = []
    for place, post in enumerate(plan.posts):
        follows = {
            "fixed": _("a decision: {number}").format(number=_moved(post.number, _number)),
            "work": _("the hours of work"),
            "ratio": _("one for {number} {role}").format(
                number=_moved(post.persons_per_post, _number),
                role=named(POST_NAMES, post.supervised_role).lower(),
            ),
        }[post.sizing]
        lines.append(
            _line(
                plan,
                f"posts[{place}]",
                named(POST_NAMES, post.role),
                _number(post.posts_in_base_year, 1 if post.posts_in_base_year % 1 else 0),
                _amount(plan, post.gross_minor_per_month),
                follows,
            )
        )
    return Table(_("Team"), head, tuple(lines))


def _activities(plan: Assumptions) -> Table:
    lines = []
    for place, activity in enumerate(plan.activities):
        work = "; ".join(
            f"{named(POST_NAMES, each.role)}, {_moved(each.minutes, _short)} min"
            for each in activity.work
        )
        lines.append(
            _line(
                plan,
                f"activities[{place}]",
                named(ACTIVITY_NAMES, activity.name),
                f"{_moved(activity.times, _short)} {named(DRIVER_NAMES, activity.driver)}",
                work,
            )
        )
    return Table(_("Activities"), (_("How often"), _("Minutes, travel included")), tuple(lines))


def _costs(plan: Assumptions, unit: str) -> Table:
    head = (
        _("Basis"), _("{unit} a year").format(unit=unit), _("Rise per year"), _("Level"),
    )  # fmt: skip
    lines = [
        _line(
            plan,
            f"cost_lines[{place}]",
            line.name,
            named(BASIS_NAMES, line.basis),
            _amount(plan, line.amount_minor),
            _percent(line.inflation),
            _moved(line.level, _percent),
        )
        for place, line in enumerate(plan.cost_lines)
    ]
    lines += [
        _line(
            plan,
            f"income_lines[{place}]",
            line.name,
            _("income"),
            _amount(plan, line.amount_minor_per_year),
            _percent(line.yearly_change),
            writing.ABSENT,
        )
        for place, line in enumerate(plan.income_lines)
    ]
    return Table(_("Other costs and income"), head, tuple(lines))


def _levers(plan: Assumptions) -> Table:
    def bound(lever: Lever) -> str:
        return _percent(lever.bound)

    lines = (
        _line(
            plan,
            f"levers[{place}]",
            named(LEVER_NAMES, lever.name),
            bound(lever),
            _("{count} months").format(count=lever.lead_months),
            _("{count} months").format(count=lever.ramp_months),
            _number(lever.effort_weight),
        )
        for place, lever in enumerate(plan.levers)
    )
    head = (_("Bound"), _("Delay"), _("Ramp"), _("Effort"))
    return Table(_("Levers"), head, tuple(lines))


def _line(plan: Assumptions, place: str, name: str, *cells: str) -> Line:
    """A line with the sources of all values that stand at or under its key path."""
    origins = [
        origin
        for key, origin in plan.provenance.items()
        if key == place or key.startswith((f"{place}.", f"{place}["))
    ]
    sources = _distinct(_source(origin.source) for origin in origins)
    confidences = _distinct(named(CONFIDENCE_NAMES, origin.confidence) for origin in origins)
    return Line(name, cells, "; ".join(sources), ", ".join(confidences))


def _source(text: str) -> str:
    """A source as written; the usual abbreviation in full."""
    head, colon, rest = text.partition(":")
    if head.strip() != "EJ":
        return text
    return _("expert judgement") + (f"{writing.NO_BREAK_SPACE}: {rest.strip()}" if colon else "")


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _number(value: float, digits: int = 0) -> str:
    return writing.number(Decimal(repr(value)), language(), digits)


def _short(value: float) -> str:
    """With the digits that it has, two at most."""
    exact = Decimal(repr(round(value, 2))).normalize()
    return writing.number(exact, language(), max(0, -int(exact.as_tuple().exponent)))


def _percent(value: float, digits: int | None = None) -> str:
    exact = Decimal(repr(value))
    shown = digits if digits is not None else (0 if exact * 100 % 1 == 0 else 1)
    return writing.percent(exact, language(), shown)


def _amount(plan: Assumptions, minor: float) -> str:
    return writing.amount(round(minor), plan.currency, language())


def _moved(shift: Shift, written: object) -> str:
    """A value, with what its lever makes of it: ``80 → 75``."""
    assert callable(written)
    if not shift.lever or shift.today == shift.target:
        return str(written(shift.today))
    return f"{written(shift.today)} → {written(shift.target)}"

"""What a business plan assumes: frozen values, each with its source and its confidence.

One dataclass per line of the plan. The kind of every field (a rate, an amount, a path that a lever
moves …) stands beside the field; `assumption_document` reads, writes and describes documents from
these kinds, so that nothing is said twice.

A projection is an estimate, not a posted amount: the values here are floats. Amounts are in minor
units of the plan's currency, of the base year. A rate lies between 0 and 1.
"""

# ruff: noqa: RUF009 - `_field` is dataclasses.field with the kind of the field beside it

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from entraide.core.money import CURRENCIES

MONTHS_PER_YEAR = 12
EVEN_SEASON = (1.0,) * MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold: its shape, its bounds, its options, or the lines of a table."""

    shape: Literal["number", "whole", "text", "choice", "flag", "numbers", "shift", "row", "rows"]
    low: float = float("-inf")
    high: float = float("inf")
    options: tuple[str, ...] = ()
    length: int | None = None
    row: type | None = None
    is_rate: bool = False


RATE = Kind("number", 0, 1, is_rate=True)
YEARLY_CHANGE = Kind("number", -0.5, 2)  # inflation, trend: half as much to three times as much
NOT_NEGATIVE = Kind("number", 0)
POSITIVE = Kind("number", 1e-9)
WHOLE = Kind("whole", 0)
TEXT = Kind("text")
FLAG = Kind("flag")
SEASON = Kind("numbers", 0, length=MONTHS_PER_YEAR)
RATE_SHIFT = Kind("shift", 0, 1, is_rate=True)
SHIFT = Kind("shift", 0)


def _field(kind: Kind, **keywords: Any) -> Any:
    return field(metadata={"kind": kind}, **keywords)


def _choice(*options: str) -> Kind:
    return Kind("choice", options=options)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from: ``confidence`` is H, M or L.

    ``estimated`` keeps the value that the mutual's own months gave when a person overwrote it,
    ``cases`` the number of cases that it rests on, ``note`` who overwrote it and why.
    """

    source: str
    confidence: str
    estimated: float | None = None
    cases: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A value that stays at ``today`` unless the lever named moves it, at most to ``target``."""

    today: float
    target: float
    lever: str = ""

    @classmethod
    def fixed(cls, value: float) -> Shift:
        """A value that no lever moves."""
        return cls(value, value)


@dataclass(frozen=True, slots=True)
class Group:
    """Households of one kind of partner group, at the opening of the base year.

    ``contribution_minor_per_year`` is the mean of the contracts under cover at the opening: per
    household, or per person when ``contribution_basis`` says so; for ``loan`` it is the mean loan,
    of which ``loan_rate`` is due between ``floor_minor`` and ``cap_minor``. ``renewal_rate`` is
    the share of contracts renewed at their end; ``signing_season`` spreads signings over the
    calendar year (12 weights). ``paid_at_once`` is the share paid at signing, the rest comes in
    monthly instalments.
    """

    name: str = _field(TEXT)
    households: float = _field(NOT_NEGATIVE)
    household_size: float = _field(POSITIVE)
    contribution_minor_per_year: float = _field(NOT_NEGATIVE)
    contribution_trend: float = _field(YEARLY_CHANGE)
    collection_rate: float = _field(RATE)
    renewal_rate: float = _field(RATE)
    new_households_per_month: float = _field(NOT_NEGATIVE)
    paid_at_once: Shift = _field(RATE_SHIFT)
    contract_months: int = _field(Kind("whole", 1, 24), default=12)
    signing_season: tuple[float, ...] = _field(SEASON, default=EVEN_SEASON)
    joining_fee_minor: float = _field(NOT_NEGATIVE, default=0.0)
    collection_delay_months: int = _field(Kind("whole", 0, 12), default=0)
    collects_monthly: bool = _field(FLAG, default=False)
    contribution_basis: str = _field(_choice("household", "person", "loan"), default="household")
    loan_rate: float = _field(RATE, default=0.0)
    loan_cv: float = _field(NOT_NEGATIVE, default=0.0)
    floor_minor: float = _field(NOT_NEGATIVE, default=0.0)
    cap_minor: float = _field(NOT_NEGATIVE, default=0.0)


@dataclass(frozen=True, slots=True)
class Membership:
    """How households answer a dearer contribution: share lost per unit of relative rise."""

    newcomers_lost_per_price: float = _field(NOT_NEGATIVE)
    renewals_lost_per_price: float = _field(NOT_NEGATIVE)
    households_per_partner_group: float = _field(POSITIVE)


@dataclass(frozen=True, slots=True)
class Care:
    """What holds for all care: yearly drift, use by year of membership, delay of payment.

    ``use_by_seniority`` multiplies frequencies in the first, second and later contracts.
    ``payment_pattern`` is the share of claims paid 0, 1, 2 … months after the care (sums to 1).
    """

    inflation: float = _field(YEARLY_CHANGE)
    use_growth: float = _field(YEARLY_CHANGE)
    payment_pattern: tuple[float, ...] = _field(Kind("numbers", 0, 1))
    ceiling_growth: float = _field(YEARLY_CHANGE, default=0.0)
    use_by_seniority: tuple[float, ...] = _field(Kind("numbers", 0, length=3), default=(1.0,) * 3)


@dataclass(frozen=True, slots=True)
class CareLine:
    """One category of care in one sector.

    ``frequency`` counts cases per person-year at risk; the bill has a mean and a coefficient of
    variation; the mutual pays ``share_paid`` of it, at most ``ceiling_minor_per_case``.
    Newcomers are not at risk for ``waiting_months``; ``waiting_share`` is for a mutual that knows
    only what part of all cover stands in a waiting period (it then stays the same as the mutual
    grows). ``moved_to_public`` is the share of cases that a lever sends to the public line of the
    same category.
    """

    category: str = _field(TEXT)
    sector: str = _field(_choice("public", "private", "faith_based", "all"))
    frequency: float = _field(NOT_NEGATIVE)
    bill_minor: float = _field(NOT_NEGATIVE)
    bill_cv: float = _field(NOT_NEGATIVE)
    share_paid: Shift = _field(RATE_SHIFT)
    ceiling_minor_per_case: float = _field(NOT_NEGATIVE)
    waiting_months: float = _field(Kind("number", 0, 12), default=0.0)
    waiting_share: float = _field(RATE, default=0.0)
    is_hospital_stay: bool = _field(FLAG, default=False)
    moved_to_public: Shift = _field(RATE_SHIFT, default=Shift(0.0, 0.0))
    season: tuple[float, ...] = _field(SEASON, default=EVEN_SEASON)

    @property
    def name(self) -> str:
        """Category and sector, the line's name in results."""
        return f"{self.category}/{self.sector}"


@dataclass(frozen=True, slots=True)
class Staff:
    """What a full-time person costs and works, in a year of the base."""

    salary_months_per_year: float = _field(POSITIVE)
    charges_rate: float = _field(RATE)
    wage_rise: float = _field(YEARLY_CHANGE)
    productive_hours_per_year: float = _field(POSITIVE)
    meetings_share: float = _field(Kind("number", 0, 0.9, is_rate=True))


@dataclass(frozen=True, slots=True)
class Post:
    """One role: how many people, and how that number follows the work.

    ``sizing``: ``fixed`` takes ``number``; ``work`` divides the hours of the role; ``ratio``
    takes one for each ``persons_per_post`` people of ``supervised_role``. The need is rounded to
    ``step`` (nearest or up), never below ``minimum``. The base year has its real team.
    """

    role: str = _field(TEXT)
    posts_in_base_year: float = _field(NOT_NEGATIVE)
    gross_minor_per_month: float = _field(NOT_NEGATIVE)
    sizing: str = _field(_choice("fixed", "work", "ratio"))
    number: Shift = _field(SHIFT, default=Shift(0.0, 0.0))
    supervised_role: str = _field(TEXT, default="")
    persons_per_post: Shift = _field(SHIFT, default=Shift(0.0, 0.0))
    step: float = _field(POSITIVE, default=1.0)
    rounding: str = _field(_choice("nearest", "up"), default="nearest")
    minimum: float = _field(NOT_NEGATIVE, default=0.0)


DRIVERS = (
    "new_household",
    "renewed_household",
    "household",
    "instalment_household",
    "partner_group",
    "hospital_stay",
    "claim",
    "mutual",
)
STOCK_DRIVERS = frozenset({"household", "instalment_household", "partner_group", "mutual"})


@dataclass(frozen=True, slots=True)
class Work:
    """Minutes that one occurrence of an activity takes from one role, travel included."""

    role: str = _field(TEXT)
    minutes: Shift = _field(SHIFT)


@dataclass(frozen=True, slots=True)
class Activity:
    """Work that members, care or the calendar bring.

    ``times`` per driver: a share for what flows (each new household, claim …), times a year for
    what stands (household, partner group, the mutual itself).
    """

    name: str = _field(TEXT)
    driver: str = _field(_choice(*DRIVERS))
    times: Shift = _field(SHIFT)
    work: tuple[Work, ...] = _field(Kind("rows", row=Work))


@dataclass(frozen=True, slots=True)
class CostLine:
    """A running cost other than salaries: a year's amount, per household or post when said.

    ``one_off`` falls once, in plan year ``year`` (0 is the base year). ``level`` is the factor
    that a lever may lower.
    """

    name: str = _field(TEXT)
    basis: str = _field(_choice("fixed", "household", "post", "one_off"))
    amount_minor: float = _field(NOT_NEGATIVE)
    inflation: float = _field(YEARLY_CHANGE)
    role: str = _field(TEXT, default="")
    year: int = _field(WHOLE, default=0)
    level: Shift = _field(SHIFT, default=Shift(1.0, 1.0))


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """Subsidies, donors, interest: money for running costs that is no contribution."""

    name: str = _field(TEXT)
    amount_minor_per_year: float = _field(NOT_NEGATIVE)
    yearly_change: float = _field(YEARLY_CHANGE, default=0.0)


@dataclass(frozen=True, slots=True)
class Reserve:
    """The mutual fund at the opening, and what its balance earns in a year."""

    opening_balance_minor: float = _field(Kind("number"))
    yearly_return: float = _field(YEARLY_CHANGE, default=0.0)


@dataclass(frozen=True, slots=True)
class Lever:
    """A decision within bounds; nothing moves before ``lead_months``, all after the ramp too.

    ``effect``: ``households`` (added share), ``contribution`` (relative rise), ``running_share``
    (the new rate), ``organisation`` (0 today … 1 target: moves the shifts that name it). With
    ``contract_steps`` the change is decided in that many steps and reaches each household at its
    next contract; the ramp ends when all contracts carry it. Otherwise it is linear.
    """

    name: str = _field(TEXT)
    effect: str = _field(_choice("households", "contribution", "running_share", "organisation"))
    bound: float = _field(NOT_NEGATIVE)
    lead_months: int = _field(WHOLE)
    ramp_months: int = _field(WHOLE)
    contract_steps: int = _field(Kind("whole", 0, 12), default=0)
    effort_weight: float = _field(POSITIVE, default=1.0)
    note: str = _field(TEXT, default="")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything a projection needs. ``provenance`` has one entry for each number, by key path.

    ``running_share`` is the part of contributions that pays running costs in the base year.
    """

    name: str = _field(TEXT)
    currency: str = _field(_choice(*CURRENCIES))
    base_year: int = _field(Kind("whole", 1990, 2200))
    running_share: float = _field(RATE)
    groups: tuple[Group, ...] = _field(Kind("rows", row=Group))
    membership: Membership = _field(Kind("row", row=Membership))
    care: Care = _field(Kind("row", row=Care))
    care_lines: tuple[CareLine, ...] = _field(Kind("rows", row=CareLine))
    staff: Staff = _field(Kind("row", row=Staff))
    posts: tuple[Post, ...] = _field(Kind("rows", row=Post))
    activities: tuple[Activity, ...] = _field(Kind("rows", row=Activity))
    cost_lines: tuple[CostLine, ...] = _field(Kind("rows", row=CostLine))
    reserve: Reserve = _field(Kind("row", row=Reserve))
    income_lines: tuple[IncomeLine, ...] = _field(Kind("rows", row=IncomeLine), default=())
    levers: tuple[Lever, ...] = _field(Kind("rows", row=Lever), default=())
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Assumptions:
        """Read a plan; all its faults at once as ``RefusedRows``, each with its key path."""
        from entraide.actuarial.assumption_document import read_assumptions

        return read_assumptions(document)

    def to_document(self) -> dict[str, Any]:
        """The plan as JSON values, each number with its source; reads back equal."""
        from entraide.actuarial.assumption_document import write_assumptions

        return write_assumptions(self)

    def lever(self, name: str) -> Lever | None:
        """The lever of this name, if the plan has it."""
        return next((lever for lever in self.levers if lever.name == name), None)

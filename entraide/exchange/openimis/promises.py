"""What one product of openIMIS pays of one item, by visit and by age, and how our rules say it.

openIMIS writes three limits (other, emergency and referral visit) for adults and for children; the
blank ones follow the ordinary visit, and a child without a word of its own follows the adult.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from entraide.core.money import currency, round_half_up
from entraide.exchange.openimis.reading import Row

Write = Callable[[str, Any], dict[str, Any]]
Value = TypeVar("Value")
Cell = tuple[str, str]  # how the person came, and whether an adult or a child

ADULT_AGE_YEARS = 18
_WHOLE = Decimal(100)
_VISITS = (("emergency", "E"), ("referral", "R"), ("planned", ""))
_AGES = (("child", "Child"), ("adult", "Adult"))
CELLS: tuple[Cell, ...] = tuple((visit, age) for visit, _ in _VISITS for age, _ in _AGES)
_STAYS = {"H": True, "N": False}
_IN_STAY = {"I": True, "O": False}
_TITLES = {
    "emergency": ("Urgence", "Emergency"),
    "referral": ("Référence", "Referral"),
    "child": ("Enfants", "Children"),
    "adult": ("Adultes", "Adults"),
    "all": ("Tous", "All"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """What is paid: all but a rate (limit C), or at most a price (limit F)."""

    copayment_rate: Decimal
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What one product pays of one item; ``shares`` are in the order of :data:`CELLS`.

    ``free_adult`` and ``free_child``: free of ceilings in a stay (H), out of it (N), in both (B).
    ``minimum_days_between`` and ``stay`` (I: in a stay only, O: out of it only) are the item's own.
    """

    shares: tuple[Share, ...]
    waiting_adult: int = 0
    waiting_child: int = 0
    free_adult: str = ""
    free_child: str = ""
    minimum_days_between: int = 0
    stay: str = ""

    @property
    def ordinary(self) -> Share:
        """An adult's ordinary visit."""
        return self.shares[-1]

    def text(self) -> str:
        """The same promise gives the same text; the plain ones keep that of earlier imports."""
        plain = f"{self.ordinary.copayment_rate.normalize()}:{self.waiting_adult}"
        if self == Promise((Share(self.ordinary.copayment_rate),) * 6, *(self.waiting_adult,) * 2):
            return plain
        shares = ",".join(f"{e.copayment_rate.normalize()}/{e.price_minor}" for e in self.shares)
        own = f"{self.minimum_days_between}{self.stay}"
        return f"{plain}:{self.waiting_child}:{self.free_adult}:{self.free_child}:{own}:{shares}"


@dataclass(frozen=True, slots=True)
class Told:
    """One value and the condition under which it holds; ``when`` is empty for the last one."""

    code: str
    title: tuple[str, str]
    when: dict[str, Any]


def promise_of(row: Row, item: Row, prefix: str, currency_code: str) -> Promise:
    """The promise of a row of ``tblProductItems`` or ``tblProductServices`` for its item.

    ``prefix`` begins the names of the item's own columns: ``Item`` or ``Serv``.
    """
    waiting = row["WaitingPeriodAdult"] or 0
    child = row["WaitingPeriodChild"]
    return Promise(
        tuple(_share(row, letter, who, currency_code) for _, letter in _VISITS for _, who in _AGES),
        waiting,
        waiting if child is None else child,
        _exclusion(row["CeilingExclusionAdult"]),
        _exclusion(row["CeilingExclusionChild"]),
        item[f"{prefix}Frequency"] or 0,
        item[f"{prefix}CareType"] if item[f"{prefix}CareType"] in _IN_STAY else "",
    )


def _exclusion(text: str) -> str:
    return text if text in ("H", "N", "B") else ""


def _share(row: Row, letter: str, who: str, currency_code: str) -> Share:
    limits = (
        (letter, who), (letter, "Adult"), ("", who), ("", "Adult")
    )  # fmt: skip
    limit, said = next(
        ((row[f"Limit{age}{visit}"], visit) for visit, age in limits
         if row[f"Limit{age}{visit}"] is not None),
        (None, ""),
    )  # fmt: skip
    kind = row[f"LimitationType{said}"] or row["LimitationType"]
    if kind == "F" and limit is not None:
        digits = currency(currency_code).minor_digits
        return Share(Decimal(0), round_half_up(limit.scaleb(digits)))
    if kind == "F" or limit is None:
        return Share(Decimal(0))
    return Share(1 - min(limit, _WHOLE) / _WHOLE)


def told_apart(values: Mapping[Cell, Value]) -> Iterator[tuple[Told, Value]]:
    """The fewest conditions that tell values apart, in the order in which the first one holds."""
    ordinary = values["planned", "adult"]
    by_age = any(values[visit, "child"] != values[visit, "adult"] for visit, _ in _VISITS)
    for visit, _ in _VISITS:
        is_visit = visit != "planned"
        if is_visit and all(values[visit, age] == values["planned", age] for age, _ in _AGES):
            continue
        for age, _ in _AGES if by_age else _AGES[1:]:
            when: dict[str, Any] = {}
            if is_visit:
                when["visits"] = [visit]
            if age == "child":
                when["max_age_years"] = ADULT_AGE_YEARS - 1
            names = ([visit] if is_visit else []) + ([age] if by_age else [])
            if when:
                code = "_".join(([visit] if is_visit else []) + ["child"] * (age == "child"))
                yield Told(code, _title(names), when), values[visit, age]
    yield Told("all", _title(["all"]), {}), ordinary


def _title(names: list[str]) -> tuple[str, str]:
    french, english = zip(*(_TITLES[name] for name in names), strict=True)
    return ", ".join(french), ", ".join(english)


def benefit_of(promise: Promise, write: Write) -> dict[str, Any]:
    """The benefit of a category of which every item has this promise, with its variants."""
    waiting = {"adult": promise.waiting_adult, "child": promise.waiting_child}
    values = {
        cell: (share.copayment_rate, waiting[cell[1]])
        for cell, share in zip(CELLS, promise.shares, strict=True)
    }
    *apart, (_, ordinary) = told_apart(values)
    benefit = _shared(ordinary, write)
    if apart:
        benefit["variants"] = {
            told.code: {
                "rank": rank,
                "title": {"fr": told.title[0], "en": told.title[1]},
                "when": told.when,
                **_shared(value, write, says_waiting=value[1] != ordinary[1]),
            }
            for rank, (told, value) in enumerate(apart, start=1)
        }
    return benefit


def _shared(value: tuple[Decimal, int], write: Write, says_waiting: bool = False) -> dict[str, Any]:
    rate = value[0].quantize(Decimal("0.0001")).normalize()
    said = {"copayment_rate": write("1", f"{rate:f}")}
    if value[1] or says_waiting:
        said["waiting_period_months"] = write("month", value[1])
    return said


def item_rules_of(category: str, promise: Promise, write: Write) -> dict[str, Any]:
    """The rules of the items of a category: fixed prices, what is free of ceilings, days between
    two, and care that is paid in a stay only, or out of it only."""
    free = {"adult": promise.free_adult, "child": promise.free_child}
    values = {
        cell: (share.price_minor, free[cell[1]])
        for cell, share in zip(CELLS, promise.shares, strict=True)
    }
    rules: dict[str, Any] = {}
    if promise.stay:
        elsewhere = {"is_inpatient": not _IN_STAY[promise.stay]}
        rule = _rule(category, _title(["all"]), elsewhere, 1)
        rules[f"{category}_elsewhere"] = rule | {"is_covered": write("1", False)}
    own: dict[str, Any] = {}
    if promise.minimum_days_between:
        own["minimum_days_between"] = write("day", promise.minimum_days_between)
    is_told = bool(own) or any(price is not None or text for price, text in values.values())
    for rank, (told, (price, exclusion)) in enumerate(told_apart(values) if is_told else (), 1):
        said = own | ({} if price is None else {"price_minor": write("money", price)})
        if exclusion in _STAYS:
            when = {**told.when, "is_inpatient": _STAYS[exclusion]}
            rule = _rule(category, told.title, when, 2 * rank)
            freed = {"is_free_of_ceilings": write("1", True)}
            rules[f"{category}_{told.code}_ip"] = rule | said | freed
        if told.when or said or exclusion == "B":
            rule = _rule(category, told.title, told.when, 2 * rank + 1)
            freed = {"is_free_of_ceilings": write("1", exclusion == "B")}
            rules[f"{category}_{told.code}"] = rule | said | freed
    return rules


def _rule(category: str, title: tuple[str, str], when: dict[str, Any], rank: int) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "rank": rank,
        "title": {"fr": title[0], "en": title[1]},
        "about": {"categories": [category]},
    }
    return rule | ({"when": when} if when else {})

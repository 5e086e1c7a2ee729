"""Bounds that lie within one another: what is promised for less is no more than for the whole.

A bound that is above one which contains it would never serve. One bound contains another when all
that the inner one counts, the outer one counts too: the same lines or more, of the same persons or
more, over the same time or longer, under the same conditions or none.

A version that a mutual approved before these checks is still read: they hold for what is written
and proposed, never for what is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from entraide.core.care_package import (
    ALWAYS,
    Benefit,
    Condition,
    Limit,
    Per,
    Target,
    Whose,
)
from entraide.core.product import Product
from entraide.rulebook.consistency_care import Fault

YEAR_MONTHS = 12
_EVERYTHING = Target()
_WHOSE = (Whose.PERSON, Whose.HOUSEHOLD)
_PER = (Per.CLAIM, Per.EPISODE, Per.YEAR)
_OF_BENEFIT: tuple[tuple[str, str, Whose, Per], ...] = (
    ("ceiling_minor_per_case", "amount", Whose.PERSON, Per.EPISODE),
    ("ceiling_minor_per_person_per_year", "amount", Whose.PERSON, Per.YEAR),
    ("ceiling_minor_per_household_per_year", "amount", Whose.HOUSEHOLD, Per.YEAR),
    ("ceiling_count_per_person_per_year", "count", Whose.PERSON, Per.YEAR),
)


@dataclass(frozen=True, slots=True)
class _Bound:
    """One ceiling or limit. ``rule``: where it stands; ``name``: the value; ``is_for_all``: whether
    the whole of its lines are under it, so that it may contain another."""

    rule: str
    name: str
    kind: str  # amount, count, quantity
    most: int
    whose: Whose
    per: Per
    target: Target = _EVERYTHING
    when: Condition = ALWAYS
    is_for_all: bool = True

    @property
    def place(self) -> str:
        return f"{self.rule}.{self.name}" if self.rule else self.name

    def contains(self, other: _Bound) -> bool:
        """Whether all that the other counts is counted here too."""
        return (
            self.is_for_all
            and self.kind == other.kind
            and _WHOSE.index(other.whose) <= _WHOSE.index(self.whose)
            and _PER.index(other.per) <= _PER.index(self.per)
            and self.when in (ALWAYS, other.when)
            and _covers(self.target, other.target)
        )

    @property
    def breadth(self) -> tuple[int, int, bool]:
        return _WHOSE.index(self.whose), _PER.index(self.per), self.target == _EVERYTHING


def _covers(outer: Target, inner: Target) -> bool:
    """Whether every line of the inner target is one of the outer."""
    pairs = (
        (outer.categories, inner.categories),
        (outer.items, inner.items),
        (outer.kinds, inner.kinds),
        (outer.risks, inner.risks),
    )
    return all(not whole or (part and set(part) <= set(whole)) for whole, part in pairs)


def nesting_contradictions(product: Product) -> Iterator[Fault]:
    """``CEILINGS_INVERTED`` (the person's year above the family's, all care), and of bounds of
    different rules ``CEILING_ABOVE_WIDER`` or ``COUNT_ABOVE_WIDER``, each told once, by the
    narrowest bound that stops it; ``ITEM_TICKET_ABOVE_PRICE``; ``WAITING_BEYOND_COVER``."""
    bounds = [*_overall(product), *_of_benefits(product), *_of_limits(product)]
    for inner in bounds:
        above = [
            outer
            for outer in bounds
            if outer.place != inner.place and outer.contains(inner) and inner.most > outer.most
            and not (outer.rule == inner.rule and outer.rule)  # of one promise: told elsewhere
        ]  # fmt: skip
        if above:
            yield _told(inner, min(above, key=lambda each: each.breadth), product.currency)
    yield from _item_contradictions(product)
    yield from _waiting_contradictions(product)


def _told(inner: _Bound, outer: _Bound, currency: str) -> Fault:
    if not inner.rule and not outer.rule:
        return "CEILINGS_INVERTED", inner.place, {"inner": inner.name, "outer": outer.name}
    data: dict[str, Any] = {"wider": outer.place}
    if inner.kind == "amount":
        data |= {"inner_minor": inner.most, "outer_minor": outer.most, "currency": currency}
        return "CEILING_ABOVE_WIDER", inner.place, data
    return "COUNT_ABOVE_WIDER", inner.place, data | {"inner": inner.most, "outer": outer.most}


def _overall(product: Product) -> Iterator[_Bound]:
    for name, whose in (
        ("ceiling_minor_per_person_per_year", Whose.PERSON),
        ("ceiling_minor_per_household_per_year", Whose.HOUSEHOLD),
    ):
        most = getattr(product, name)
        if most is not None:
            yield _Bound("", name, "amount", most, whose, Per.YEAR)


def _of_benefits(product: Product) -> Iterator[_Bound]:
    """The ceilings of each category; one with variants or sectors of its own contains nothing,
    since some of its lines are under another."""
    varied = {each.benefit.category for each in product.variants}
    varied |= {each.category for each in product.benefits if each.sector is not None}
    ordinary = {(each.category, each.sector): each for each in product.benefits}
    for benefit in product.benefits:
        place, when = f"benefits.{benefit.category}", ALWAYS
        if benefit.sector is not None:
            place += f".by_sector.{benefit.sector.value}"
            when = Condition(sectors=(benefit.sector,))
        general = ordinary.get((benefit.category, None)) if benefit.sector is not None else None
        is_for_all = benefit.category not in varied
        yield from _ceilings(place, benefit, general, when, is_for_all=is_for_all)
    for variant in product.variants:
        place = f"benefits.{variant.benefit.category}.variants.{variant.code}"
        key = (variant.benefit.category, variant.benefit.sector)
        general = ordinary.get(key) or ordinary.get((key[0], None))
        yield from _ceilings(place, variant.benefit, general, variant.when, is_for_all=False)


def _ceilings(
    place: str, benefit: Benefit, general: Benefit | None, when: Condition, *, is_for_all: bool
) -> Iterator[_Bound]:
    """Those that the promise says itself: what it takes from the general one is told there."""
    if not benefit.is_covered:
        return
    for name, kind, whose, per in _OF_BENEFIT:
        most = getattr(benefit, name)
        if most is None or (general is not None and getattr(general, name) == most):
            continue
        target = Target(categories=(benefit.category,))
        yield _Bound(place, name, kind, most, whose, per, target, when, is_for_all)


def _of_limits(product: Product) -> Iterator[_Bound]:
    for limit in product.limits:
        name, kind, most = _most(limit)
        yield _Bound(
            f"limits.{limit.code}", name, kind, most, limit.whose, limit.per, limit.target,
            limit.when, is_for_all=not limit.amount_minor_per_extra_member,
        )  # fmt: skip


def _most(limit: Limit) -> tuple[str, str, int]:
    if limit.amount_minor is not None:
        return "amount_minor", "amount", limit.amount_minor
    if limit.count is not None:
        return "count", "count", limit.count
    return "quantity", "quantity", limit.quantity or 0


def _item_contradictions(product: Product) -> Iterator[Fault]:
    for rule in product.item_rules:
        ticket, price = rule.copayment_minor_per_unit, rule.price_minor
        if ticket is not None and price is not None and ticket > price:
            data = {"ticket_minor": ticket, "price_minor": price, "currency": product.currency}
            place = f"items.{rule.code}.copayment_minor_per_unit"
            yield "ITEM_TICKET_ABOVE_PRICE", place, data


def _waiting_contradictions(product: Product) -> Iterator[Fault]:
    """A wait beyond the cover, or beyond a year where covers are shorter: these follow each other,
    and a family that renews keeps its seniority."""
    longest = max(product.membership.cover_months, YEAR_MONTHS)
    waits = [
        *((f"benefits.{b.category}", b.waiting_period_months) for b in product.benefits
          if b.is_covered),
        *((f"benefits.{v.benefit.category}.variants.{v.code}", v.benefit.waiting_period_months)
          for v in product.variants if v.has_own_waiting),
        *((f"items.{rule.code}", rule.waiting_period_months or 0) for rule in product.item_rules),
    ]  # fmt: skip
    for rule, months in dict(waits).items():
        if months > longest:
            data = {"months": months, "cover": longest}
            yield "WAITING_BEYOND_COVER", f"{rule}.waiting_period_months", data

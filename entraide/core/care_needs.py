"""Which facts the rules of a product look at, so that nothing else is read for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entraide.core.care_package import Condition, Target
from entraide.core.product import Product


@dataclass(frozen=True, slots=True)
class Needs:
    """What a product asks of the records besides what every product does.

    ``items``: its rules name single acts or kinds of them. ``counted``: the acts whose other units
    and days a rule of the product counts; ``longest_gap_days``: the most days that must pass
    between two of them.
    """

    lists: bool = False
    household_size: bool = False
    pre_authorisations: bool = False
    expected_delivery: bool = False
    items: bool = False
    counted: tuple[Target, ...] = ()
    longest_gap_days: int = 0


ORDINARY = Needs()


def needs_of(product: Product) -> Needs:
    """What the rules of a product look at."""
    promises = (*product.benefits, *(variant.benefit for variant in product.variants))
    return Needs(
        lists=any(condition.lists for condition in conditions_of(product)),
        household_size=any(limit.amount_minor_per_extra_member for limit in product.limits),
        pre_authorisations=any(promise.requires_pre_authorisation for promise in promises)
        or any(rule.requires_pre_authorisation for rule in product.item_rules),
        expected_delivery=any(promise.waits_by_expected_delivery for promise in promises),
        items=bool(product.item_rules or product.limits or product.deductibles),
        counted=tuple(
            rule.target
            for rule in product.item_rules
            if rule.max_quantity is not None or rule.minimum_days_between is not None
        ),
        longest_gap_days=max(
            (rule.minimum_days_between or 0 for rule in product.item_rules), default=0
        ),
    )


def conditions_of(product: Product) -> Iterator[Condition]:
    """Every condition that the rules of a product make."""
    yield from (variant.when for variant in product.variants)
    yield from (rule.when for rule in product.item_rules)
    yield from (limit.when for limit in product.limits)
    yield from (deductible.when for deductible in product.deductibles)

"""Rules of care that contradict each other, or that nobody could ever meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from entraide.core.care_package import Benefit, Condition, Sector
from entraide.core.errors import Finding
from entraide.core.product import Product
from entraide.rulebook.schema import parameters_of
from entraide.rulebook.schema_care import BenefitDocument, ConditionDocument, LimitDocument
from entraide.rulebook.schema_product import ProductDocument

Fault = tuple[str, str, dict[str, Any]]
_BOUNDS = ("amount_minor", "count", "quantity")


def care_faults(document: ProductDocument) -> Iterator[Finding]:
    """Faults of the rules of care that need no day."""
    for category, benefit in document.benefits.items():
        place = f"benefits.{category}"
        yield from _benefit_faults(place, benefit)
        yield from _variant_faults(place, benefit)
    for code, item in document.items.items():
        place = f"items.{code}"
        yield from _condition_faults(f"{place}.when", item.when)
        if item.about.target() == type(item.about)().target():
            yield Finding("RULE_WITHOUT_TARGET", place=f"{place}.about")
        if not parameters_of(item):
            yield Finding("RULE_SAYS_NOTHING", place=place)
        yield from _unknown_categories(f"{place}.about", item.about.categories, document)
    for code, limit in document.limits.items():
        yield from _limit_faults(f"limits.{code}", limit)
        yield from _unknown_categories(f"limits.{code}.about", limit.about.categories, document)
    for code, deductible in document.deductibles.items():
        place = f"deductibles.{code}"
        yield from _condition_faults(f"{place}.when", deductible.when)
        yield from _unknown_categories(f"{place}.about", deductible.about.categories, document)
    yield from _path_faults(document)


def _path_faults(document: ProductDocument) -> Iterator[Finding]:
    """A path without a level to be sent to, that costs nothing, or that sends a level to itself."""
    path = document.care_path
    if path is None:
        return
    if not path.referred_levels:
        yield Finding("CARE_PATH_WITHOUT_LEVELS", place="care_path.referred_levels")
    for level in path.referred_levels:
        if level in path.first_levels:
            yield Finding("CARE_PATH_LEVEL_TWICE", place="care_path.referred_levels")
            break
    if path.out_of_path_copayment_rate is None and path.is_reviewed is None:
        yield Finding("CARE_PATH_WITHOUT_EFFECT", place="care_path")
    yield from _unknown_categories("care_path", path.categories, document)


def _benefit_faults(place: str, benefit: BenefitDocument) -> Iterator[Finding]:
    """A promise must be said for every sector: what is said for one only and not in general
    would be, in the others, full cover by silence."""
    general = parameters_of(benefit)
    if not general and not any(parameters_of(part) for part in benefit.by_sector.values()):
        yield Finding("BENEFIT_EMPTY", place=place)
    in_sectors = {name for part in benefit.by_sector.values() for name in parameters_of(part)}
    for name in sorted(in_sectors - set(general) - {"is_covered"}):
        for sector in Sector:
            part = benefit.by_sector.get(sector.value)
            if part is None or name not in parameters_of(part):
                yield Finding(
                    "BENEFIT_SECTOR_SILENT",
                    place=f"{place}.by_sector.{sector.value}.{name}",
                    data={"name": name, "sector": sector.value},
                )


def _variant_faults(place: str, benefit: BenefitDocument) -> Iterator[Finding]:
    """A variant that always holds, that says nothing, or that an earlier one hides."""
    seen: list[Condition] = []
    for code, variant in benefit.variants.items():
        here, when = f"{place}.variants.{code}", variant.when.condition()
        yield from _condition_faults(f"{here}.when", variant.when)
        if when.is_empty:
            yield Finding("VARIANT_ALWAYS", place=f"{here}.when")
        elif when in seen:
            yield Finding("VARIANT_UNREACHABLE", place=f"{here}.when")
        if not parameters_of(variant):
            yield Finding("RULE_SAYS_NOTHING", place=here)
        seen.append(when)


def _condition_faults(place: str, condition: ConditionDocument) -> Iterator[Finding]:
    youngest, oldest = condition.min_age_years, condition.max_age_years
    if youngest is not None and oldest is not None and youngest > oldest:
        data = {"minimum": youngest, "maximum": oldest}
        yield Finding("RULE_AGES_INVERTED", place=f"{place}.min_age_years", data=data)


def _limit_faults(place: str, limit: LimitDocument) -> Iterator[Finding]:
    yield from _condition_faults(f"{place}.when", limit.when)
    given = parameters_of(limit)
    bounds = [name for name in _BOUNDS if name in given]
    if len(bounds) != 1:
        yield Finding("LIMIT_OF_ONE_THING", place=place, data={"count": len(bounds)})
    if "amount_minor_per_extra_member" in given and "amount_minor" not in given:
        yield Finding("LIMIT_GROWS_FROM_NOTHING", place=f"{place}.amount_minor_per_extra_member")
    if "amount_minor_cap" in given and "amount_minor_per_extra_member" not in given:
        yield Finding("LIMIT_CAP_WITHOUT_GROWTH", place=f"{place}.amount_minor_cap")


def _unknown_categories(
    place: str, categories: list[str], document: ProductDocument
) -> Iterator[Finding]:
    for category in categories:
        if category not in document.benefits:
            data = {"category": category}
            yield Finding("RULE_CATEGORY_UNKNOWN", place=f"{place}.categories", data=data)


def benefit_contradictions(product: Product) -> Iterator[Fault]:
    """Contradictions between the values of one promise in force together."""
    for benefit in product.benefits:
        place = f"benefits.{benefit.category}"
        if benefit.sector is not None:
            place += f".by_sector.{benefit.sector.value}"
        yield from _contradictions(place, benefit, product.currency)
    for variant in product.variants:
        place = f"benefits.{variant.benefit.category}.variants.{variant.code}"
        yield from _contradictions(place, variant.benefit, product.currency)


def _contradictions(place: str, benefit: Benefit, currency: str) -> Iterator[Fault]:
    flat = benefit.flat_rate_minor
    if flat is not None:
        for name in ("copayment_rate", "deductible_minor_per_case", "ceiling_minor_per_case"):
            if getattr(benefit, name):
                yield "FLAT_RATE_WITH_SHARE", f"{place}.{name}", {"name": name}
        if benefit.copayment_minor_per_case > flat:
            yield (
                "TICKET_ABOVE_FLAT_RATE",
                f"{place}.copayment_minor_per_case",
                {
                    "ticket_minor": benefit.copayment_minor_per_case,
                    "flat_rate_minor": flat,
                    "currency": currency,
                },
            )
    ceilings = [
        (name, getattr(benefit, name))
        for name in (
            "ceiling_minor_per_case",
            "ceiling_minor_per_person_per_year",
            "ceiling_minor_per_household_per_year",
        )
        if getattr(benefit, name) is not None
    ]
    for (inner, inner_minor), (outer, outer_minor) in pairwise(ceilings):
        if inner_minor > outer_minor:
            yield "CEILINGS_INVERTED", f"{place}.{inner}", {"inner": inner, "outer": outer}

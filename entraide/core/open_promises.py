"""What a product promises without any bound: nothing is left to the family, no ceiling stops it."""

from __future__ import annotations

from entraide.core.care_package import Benefit, Limit
from entraide.core.product import Product


def unbounded_categories(product: Product) -> tuple[str, ...]:
    """The categories of care paid in full and without a ceiling, in the order of the product.

    A share of the family, a deductible, a flat rate, a ceiling of the category or of all care, or a
    limit that counts the whole category bounds it. What a variant says is not looked at.
    """
    if (
        product.ceiling_minor_per_person_per_year is not None
        or product.ceiling_minor_per_household_per_year is not None
        or product.deductibles
    ):
        return ()
    return tuple(
        dict.fromkeys(
            benefit.category
            for benefit in product.benefits
            if _is_unbounded(benefit)
            and not any(_bounds(limit, benefit.category) for limit in product.limits)
        )
    )


def _is_unbounded(benefit: Benefit) -> bool:
    shares = (
        benefit.copayment_rate,
        benefit.copayment_minor_per_case,
        benefit.deductible_minor_per_case,
        benefit.state_share_rate,
    )
    ceilings = (
        benefit.flat_rate_minor,
        benefit.ceiling_minor_per_case,
        benefit.ceiling_minor_per_person_per_year,
        benefit.ceiling_minor_per_household_per_year,
        benefit.ceiling_count_per_person_per_year,
    )
    return benefit.is_covered and not any(shares) and all(each is None for each in ceilings)


def _bounds(limit: Limit, category: str) -> bool:
    about = limit.target
    is_whole = not (about.items or about.kinds or about.risks)
    return is_whole and (not about.categories or category in about.categories)

"""What is left to a person of the limits of their product, read from the counters."""

from __future__ import annotations

from datetime import date

from entraide.apps.claims.around import household_size_on, lists_of
from entraide.apps.claims.counters import CounterKey, read_counters, used_amounts
from entraide.apps.claims.desk import cover_year_start
from entraide.apps.contributions.selectors import Standing
from entraide.core.adjudication.limits_left import LimitLeft, limits_left
from entraide.core.care_needs import needs_of
from entraide.core.care_package import Circumstances
from entraide.core.periods import age_on
from entraide.core.product import Sector


def remaining_limits(standing: Standing, on: date, sector: Sector) -> tuple[LimitLeft, ...]:
    """What is left on a day at providers of a sector; no query for a product without limits."""
    person, product = standing.person, standing.product
    if standing.membership is None or product is None or not product.limits:
        return ()
    needs = needs_of(product)
    year_from = cover_year_start(standing.membership.effective_from, on)
    key = CounterKey(person.mutual_id, person.household_id, person.pk, year_from)
    now = Circumstances(
        sector,
        age_years=age_on(person.birth_on, on),
        lists=frozenset(lists_of(person, on)) if needs.lists else frozenset(),
    )
    size = household_size_on(person, on) if needs.household_size else None
    return limits_left(product, used_amounts(read_counters(key), person.pk), now, size)

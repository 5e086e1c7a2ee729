"""What is left of the limits of a product for a person on a day, before any claim."""

from __future__ import annotations

from dataclasses import dataclass, replace

from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.scopes import UNIT, limit_key
from entraide.core.care_package import Circumstances, Limit, Per
from entraide.core.product import Product


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """A limit with the most that it allows and what was used of it: minor units, cases or units.

    One that holds for each case or episode is whole again at the next: nothing of it is used.
    """

    limit: Limit
    most: int
    used: int

    @property
    def left(self) -> int:
        """Never below 0: a limit that was lowered may have been passed before."""
        return max(0, self.most - self.used)

    @property
    def is_amount(self) -> bool:
        """Whether it is money, and not a number."""
        return self.limit.amount_minor is not None


def limits_left(
    product: Product, used: UsedAmounts, now: Circumstances, household_size: int | None
) -> tuple[LimitLeft, ...]:
    """The limits that may bound care of these circumstances, in the order of the product.

    What only the claim will say (the level of the provider, how the person came, a stay) leaves no
    limit out. A unit begun counts as used.
    """
    found = []
    for limit in product.limits:
        when = replace(limit.when, levels=(), visits=(), is_inpatient=None)
        if not when.holds(now):
            continue
        spent = used.scopes.get(limit_key(limit), 0) if limit.per is Per.YEAR else 0
        if limit.quantity is not None:
            found.append(LimitLeft(limit, limit.quantity, -(-spent // UNIT)))
            continue
        most = limit.amount_for(household_size) if limit.count is None else limit.count
        assert most is not None, "a limit says an amount, a count or a quantity"
        found.append(LimitLeft(limit, most, spent))
    return tuple(found)

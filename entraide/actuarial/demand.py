"""What people are ready to pay: take-it-or-leave-it answers to a few prices.

Each person hears one price and says yes or no. The lower bound of the mean is Turnbull's:
``Σ S(b_j) × (b_j − b_{j−1})`` with ``S`` the share of yes, which supposes that nobody would pay
more than the last price to which they said yes. When a higher price has more yes than a lower
one, the answers to both are pooled first (pool-adjacent-violators), as that estimator asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from entraide.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """One price, the share of the persons who heard it that said yes."""

    price: Decimal
    share_yes: Decimal

    @property
    def revenue_per_capita(self) -> Decimal:
        """Income per person asked, if this were the price."""
        return self.price * self.share_yes


def check_prices(answers: Sequence[PriceAnswer]) -> None:
    """Prices rise strictly from above zero: refused with ``PRICES_NOT_ASCENDING`` otherwise."""
    last = Decimal(0)
    for index, answer in enumerate(answers):
        if answer.price <= last:
            raise Refusal(
                "PRICES_NOT_ASCENDING", place=f"bids[{index}]", price=answer.price, last=last
            )
        last = answer.price


def falling_shares(answers: Sequence[PriceAnswer]) -> list[Decimal]:
    """The shares of yes, pooled where they rise with the price; every price weighs the same."""
    pools: list[tuple[Decimal, int]] = []
    for answer in answers:
        total, count = answer.share_yes, 1
        while pools and pools[-1][0] * count < total * pools[-1][1]:
            before, before_count = pools.pop()
            total, count = total + before, count + before_count
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def lower_bound_mean(answers: Sequence[PriceAnswer]) -> Decimal:
    """Turnbull's lower bound of the mean willingness to pay."""
    check_prices(answers)
    result, last = Decimal(0), Decimal(0)
    for answer, share in zip(answers, falling_shares(answers), strict=True):
        result += share * (answer.price - last)
        last = answer.price
    return result


def best_price(answers: Sequence[PriceAnswer]) -> Decimal:
    """The price with the most revenue per person asked; of equals the lowest, it covers more."""
    return max(answers, key=lambda answer: (answer.revenue_per_capita, -answer.price)).price

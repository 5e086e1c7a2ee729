"""``demand``: take-it-or-leave-it answers → what people are ready to pay at least."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.actuarial.demand import PriceAnswer, best_price, lower_bound_mean
from entraide.cli.calculations import forms
from entraide.cli.json_text import decimal_text
from entraide.core.errors import Refusal

SCHEMA = forms.document(
    "demand",
    ("bids", "share_yes"),
    {
        "bids": forms.many(
            {"type": "number", "exclusiveMinimum": 0, "description": "price named, ascending"}
        ),
        "share_yes": forms.many(forms.rate("share that said yes, in the order of the prices")),
    },
)

EXAMPLE: dict[str, Any] = {
    "bids": [1000, 2000, 3000, 5000],
    "share_yes": [Decimal("0.85"), Decimal("0.6"), Decimal("0.4"), Decimal("0.1")],
}


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Turnbull's lower bound, revenue per person at each price, and the price with the most."""
    bids, shares = document["bids"], document["share_yes"]
    if len(bids) != len(shares):
        raise Refusal("LENGTHS_DIFFER", place="share_yes", expected=len(bids), found=len(shares))
    answers = [
        PriceAnswer(Decimal(bid), Decimal(share)) for bid, share in zip(bids, shares, strict=True)
    ]
    return {
        "lower_bound_mean": lower_bound_mean(answers),
        "revenue_per_capita_by_price": {
            decimal_text(answer.price): answer.revenue_per_capita for answer in answers
        },
        "best_price": best_price(answers),
    }

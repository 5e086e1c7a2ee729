"""The guard on running costs, for the home page: which products in force go beyond the limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entraide.apps.schemes.choices import running_share_limit
from entraide.apps.schemes.selectors import product_on, products
from entraide.core.errors import Refusal
from entraide.web.office import OfficeRequest


@dataclass(frozen=True, slots=True)
class RunningShareWarning:
    """A product whose running costs take more than the mutual's limit, and the reason written."""

    code: str
    product: str
    share: Decimal
    since: date
    reason: str
    limit: Decimal


def running_share_warnings(request: OfficeRequest) -> Iterator[RunningShareWarning]:
    """The products in force beyond the limit: a query for each product of the mutual."""
    limit = running_share_limit(request.mutual)
    for product in products(request.mutual):
        try:
            version, rules = product_on(product, request.day)
        except Refusal:
            continue  # its first version is not in force yet
        share = 1 - rules.fund_share_rate
        if share > limit:
            yield RunningShareWarning(
                product.code,
                product.name,
                share,
                version.effective_from,
                version.running_share_reason,
                limit,
            )

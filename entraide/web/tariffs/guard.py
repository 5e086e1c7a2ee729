"""The guard on running costs: the products in force, or a tariff tried, beyond the limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.schemes.choices import running_share_limit
from entraide.apps.schemes.selectors import product_on, products
from entraide.core.errors import Refusal
from entraide.core.product import Product
from entraide.documents import writing
from entraide.web.office import OfficeRequest, office_url


@dataclass(frozen=True, slots=True)
class RunningShareWarning:
    """What takes more for running costs than the mutual's limit: its name, where it is read, and
    how much it takes for which written reason."""

    title: str
    name: str
    url: str
    told: str


def running_share_warnings(request: OfficeRequest) -> Iterator[RunningShareWarning]:
    """The products in force beyond the limit: a query for each product of the mutual."""
    limit = running_share_limit(request.mutual)
    language = get_language() or "fr"
    for product in products(request.mutual):
        try:
            version, rules = product_on(product, request.day)
        except Refusal:
            continue  # its first version is not in force yet
        share = 1 - rules.fund_share_rate
        if share > limit:
            yield RunningShareWarning(
                _("More than {limit} of the contribution goes to running costs").format(
                    limit=writing.percent(limit, language, 0)
                ),
                product.name,
                office_url(request, "tariff", code=product.code),
                _("{share} since {day}. Reason written: {reason}").format(
                    share=writing.percent(share, language, 0),
                    day=writing.day(version.effective_from, language),
                    reason=version.running_share_reason or writing.ABSENT,
                ),
            )


def running_share_beyond(request: OfficeRequest, tried: Product) -> str:
    """What is to be told of a tariff that takes more for running costs than the mutual's limit;
    empty where it takes no more."""
    limit, share = running_share_limit(request.mutual), 1 - tried.fund_share_rate
    if share <= limit:
        return ""
    language = get_language() or "fr"
    return _(
        "{share} of the contribution would go to running costs; the limit of the mutual is "
        "{limit}. To enter this tariff, the reason is written and approved."
    ).format(share=writing.percent(share, language, 0), limit=writing.percent(limit, language, 0))

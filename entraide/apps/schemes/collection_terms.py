"""What each channel of collection costs the mutual, as it has chosen to say it.

Two choices a channel: an amount a receipt in whole units of the currency, and a part of what is
received. They price the report of collection only; nothing is posted by them.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from entraide.apps.schemes.choice_kinds import ChoiceArea, NumberChoice, RateChoice
from entraide.apps.schemes.models import Mutual
from entraide.core.collection_costs import CollectionTerms
from entraide.core.money import currency

_RECEIPT = _(
    "In whole units of the currency: journeys, paper and time of whoever collects, divided by the "
    "receipts. Prices the report of collection; nothing is posted."
)
_FEE = _(
    "The part of each amount that who carries the money keeps or asks for. Prices the report of "
    "collection; nothing is posted."
)


def _terms(channel: str, receipt: str, fee: str) -> tuple[NumberChoice, RateChoice]:
    return (
        NumberChoice(
            f"receipt_cost_{channel}", receipt, _RECEIPT, 0, ChoiceArea.COLLECTION, "0.2.0"
        ),
        RateChoice(f"collection_fee_{channel}", fee, _FEE, "0", ChoiceArea.COLLECTION, "0.2.0"),
    )


TERMS_BY_CHANNEL: dict[str, tuple[NumberChoice, RateChoice]] = {
    "cash": _terms("cash", _("Cash: cost of a receipt"), _("Cash: part paid to who collects")),
    "bank": _terms("bank", _("Bank: cost of a receipt"), _("Bank: fee on the amount")),
    "mobile_money": _terms(
        "mobile_money",
        _("Mobile money: cost of a receipt"),
        _("Mobile money: fee on the amount"),
    ),
    "lender": _terms("lender", _("Lender: cost of a receipt"), _("Lender: commission")),
    "group": _terms("group", _("Group: cost of a receipt"), _("Group: part left to the group")),
}
HOUR_COST = NumberChoice(
    "hour_cost",
    _("Cost of an hour of work"),
    _(
        "In whole units of the currency: pay, charges and journeys of who works in the field, "
        "divided by their hours. Prices the time of collection and of payments; nothing is posted."
    ),
    0,
    ChoiceArea.COLLECTION,
    "0.2.0",
)
COLLECTION_CHOICES = (HOUR_COST, *(choice for pair in TERMS_BY_CHANNEL.values() for choice in pair))


def collection_terms(mutual: Mutual, channel: str) -> CollectionTerms | None:
    """What a channel costs, or None where the mutual has said neither. No query."""
    receipt, fee = TERMS_BY_CHANNEL[channel]
    if not (receipt.is_chosen(mutual) or fee.is_chosen(mutual)):
        return None
    units = 10 ** currency(mutual.currency).minor_digits
    rate: Decimal = fee.of(mutual)
    return CollectionTerms(receipt.of(mutual) * units, rate)


def hour_minor(mutual: Mutual) -> int | None:
    """What an hour of work costs in minor units, or None where the mutual has not said it."""
    if not HOUR_COST.is_chosen(mutual):
        return None
    return int(HOUR_COST.of(mutual) * 10 ** currency(mutual.currency).minor_digits)

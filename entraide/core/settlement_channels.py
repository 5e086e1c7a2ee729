"""By which way a payment reaches its payee."""

from __future__ import annotations

from enum import StrEnum

from entraide.core.ledger import AccountRole


class PayoutChannel(StrEnum):
    """How what is owed is paid: into a hand, or to an account."""

    CASH = "cash"  # at the desk of the head office
    AGENCY = "agency"  # at the cash desk of an agency
    HOME = "home"  # by the field agent, at home
    BANK = "bank"
    SAVINGS = "savings"  # an account at the microfinance institution
    MOBILE_MONEY = "mobile_money"


IN_HAND = frozenset({PayoutChannel.CASH, PayoutChannel.AGENCY, PayoutChannel.HOME})
"""What somebody must be present for; the others are transfers."""

TREASURY_OF_CHANNEL: dict[str, AccountRole] = {
    PayoutChannel.CASH: AccountRole.CASH,
    PayoutChannel.AGENCY: AccountRole.CASH,
    PayoutChannel.HOME: AccountRole.CASH,
    PayoutChannel.BANK: AccountRole.BANK,
    PayoutChannel.SAVINGS: AccountRole.MICROFINANCE,
    PayoutChannel.MOBILE_MONEY: AccountRole.MOBILE_MONEY,
}
"""From which kind of account the money of a channel usually leaves."""


def is_in_hand(channel: str) -> bool:
    """Whether a payment by this channel is given into a hand; an unknown channel is a transfer."""
    return channel in frozenset(each.value for each in IN_HAND)

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

_TREASURIES: dict[str, frozenset[AccountRole]] = {
    PayoutChannel.CASH: frozenset({AccountRole.CASH}),
    PayoutChannel.AGENCY: frozenset({AccountRole.CASH}),
    PayoutChannel.HOME: frozenset({AccountRole.CASH}),
    PayoutChannel.BANK: frozenset({AccountRole.BANK, AccountRole.MICROFINANCE}),
    PayoutChannel.SAVINGS: frozenset({AccountRole.BANK, AccountRole.MICROFINANCE}),
    PayoutChannel.MOBILE_MONEY: frozenset({AccountRole.MOBILE_MONEY}),
}

LENDERS = frozenset({AccountRole.BANK, AccountRole.MICROFINANCE})
"""Who may let an account go below zero; a cash box and a wallet hold what they hold."""

AT_DESK = frozenset({PayoutChannel.AGENCY, PayoutChannel.HOME})
"""Given by an agent, out of a float, against a signature: never recorded from the list."""


def fits(channel: str, role: str) -> bool:
    """Whether money that travels by this channel can leave an account of this role."""
    return role in _TREASURIES.get(channel, LENDERS)


def places_of(channel: str) -> tuple[str, ...]:
    """Where a payment by this channel may come into the payee's hands: what is given into a hand
    at the office, at an agency or at home, the usual one first; anything else by transfer."""
    if not is_in_hand(channel):
        return ("transfer",)
    usual = {PayoutChannel.AGENCY.value: "agency", PayoutChannel.HOME.value: "home"}
    first = usual.get(channel, "office")
    return (first, *(each for each in ("office", "agency", "home") if each != first))


def is_given_at_desk(channel: str) -> bool:
    """Whether an agent gives it against a signature, at an agency or at home."""
    return channel in frozenset(each.value for each in AT_DESK)


def is_in_hand(channel: str) -> bool:
    """Whether a payment by this channel is given into a hand; an unknown channel is a transfer."""
    return channel in frozenset(each.value for each in IN_HAND)

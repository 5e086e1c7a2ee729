"""Which account a means of payment may leave."""

from __future__ import annotations

import pytest

from entraide.core.ledger import AccountRole
from entraide.core.settlement_channels import (
    PayoutChannel,
    fits,
    is_given_at_desk,
)


@pytest.mark.parametrize(
    ("channel", "role", "may"),
    [
        (PayoutChannel.BANK, AccountRole.BANK, True),
        (PayoutChannel.BANK, AccountRole.CASH, False),
        (PayoutChannel.BANK, AccountRole.MOBILE_MONEY, False),
        (PayoutChannel.SAVINGS, AccountRole.MICROFINANCE, True),
        (PayoutChannel.AGENCY, AccountRole.CASH, True),
        (PayoutChannel.CASH, AccountRole.BANK, False),
        (PayoutChannel.MOBILE_MONEY, AccountRole.MOBILE_MONEY, True),
        (PayoutChannel.MOBILE_MONEY, AccountRole.BANK, False),
    ],
)
def test_the_account_fits_the_channel(channel: str, role: str, may: bool) -> None:
    assert fits(channel, role) is may


def test_agents_give_at_an_agency_and_at_home() -> None:
    assert [each for each in PayoutChannel if is_given_at_desk(each)] == ["agency", "home"]

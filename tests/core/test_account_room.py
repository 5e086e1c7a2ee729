"""When money may leave an account: held, promised already, asked."""

from __future__ import annotations

import pytest

from entraide.core.account_room import AccountRoom
from entraide.core.ledger import AccountRole

CASH, WALLET = AccountRole.CASH, AccountRole.MOBILE_MONEY
BANK, LENDER = AccountRole.BANK, AccountRole.MICROFINANCE


@pytest.mark.parametrize(
    ("held", "promised", "asked", "after", "short"),
    [
        (10, 0, 10, 0, 0),
        (0, 0, 5, -5, 5),
        (-3, 0, 5, -8, 8),
        (-3, 0, 0, -3, 0),  # nothing is asked: nothing lacks
        (10, 4, 6, 0, 0),
        (10, 4, 7, -1, 1),  # what was promised is no longer there
        (10, 12, 1, -3, 3),
    ],
)
def test_what_lacks(held: int, promised: int, asked: int, after: int, short: int) -> None:
    room = AccountRoom(BANK, held, asked, promised)
    assert (room.after_minor, room.short_minor) == (after, short)


@pytest.mark.requirement("R057")
@pytest.mark.parametrize(
    ("role", "asked", "seen", "refused"),
    [
        (CASH, 6, None, False),
        (CASH, 7, None, True),
        (CASH, 7, 1, True),  # nobody lends to a cash box, whoever confirms
        (WALLET, 7, None, True),
        (BANK, 7, 0, True),  # nobody confirmed
        (BANK, 7, 1, False),
        (LENDER, 7, 0, True),  # the same for a microfinance institution
        (LENDER, 7, 1, False),
        (BANK, 8, 1, True),  # more than was told
        (BANK, 7, None, False),  # a programme asks
        (BANK, 6, 0, False),
    ],
)
def test_who_may_take_more_than_is_free(
    role: AccountRole, asked: int, seen: int | None, refused: bool
) -> None:
    """10 held, 4 promised already."""
    assert AccountRoom(role, 10, asked, 4).is_refused(seen) is refused

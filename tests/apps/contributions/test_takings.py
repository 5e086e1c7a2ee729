"""What came in in a month: receipts, and the sums of groups once, whole, on their day."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.lump_sums import FamilyShare, receive_lump_sum, share_lump_sum
from entraide.apps.contributions.models import Channel, SumOrigin
from entraide.apps.contributions.takings import Collected, takings
from entraide.apps.ledger.selectors import account_for, fund_changes
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole, EntryKind
from tests.builders import a_household, a_key, a_payment
from tests.people import People

pytestmark = pytest.mark.django_db

JANUARY = (date(2025, 1, 1), date(2025, 2, 1))
FEBRUARY = (date(2025, 2, 1), date(2025, 3, 1))


@pytest.mark.requirement("R032", begun=True)
def test_a_sum_shared_a_month_later_counts_in_the_month_that_it_came(
    scoped: Mutual, people: People, product: Product
) -> None:
    family, other = (a_household(scoped, people.awa, product) for _ in range(2))
    a_payment(other, people.awa, 5000)
    reversed_later = a_payment(other, people.awa, 1000)
    lump_sum = receive_lump_sum(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 20), idempotency_key=a_key(),
        origin=SumOrigin.COMMON_PURSE, payer_name="Benkadi", amount_minor=12_000,
        treasury_account=account_for(scoped, AccountRole.CASH), paid_on=date(2025, 1, 20),
    )  # fmt: skip
    january = takings(scoped, *JANUARY)
    assert (january.amount_minor, january.receipts_count) == (18_000, 3)
    assert january.to_share_minor == 12_000

    share_lump_sum(
        mutual=scoped, actor=people.awa, on=date(2025, 2, 3), idempotency_key=a_key(),
        lump_sum=lump_sum, shares=(FamilyShare(family, 7000),),
    )  # fmt: skip
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=date(2025, 1, 21), idempotency_key=a_key(),
        payment=reversed_later, reason="Reçu saisi deux fois",
    )  # fmt: skip
    january = takings(scoped, *JANUARY)
    assert january.by_channel == (
        Collected(Channel.CASH, 5000, 1), Collected(Channel.GROUP, 12_000, 1, 1),
    )  # fmt: skip
    assert january.to_share_minor == 5000
    assert takings(scoped, *FEBRUARY).by_channel == ()  # sharing brings no money
    books = fund_changes(scoped, *JANUARY)
    kinds = (EntryKind.CONTRIBUTION_PAID, EntryKind.GROUP_SUM_RECEIVED)
    assert sum(sum(books[kind].values()) for kind in kinds) == january.amount_minor

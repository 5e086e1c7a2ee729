"""One small mutual, twelve months: each figure was worked out by hand in README.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.contributions.models import CollectionSlip, PaymentAllocation
from entraide.apps.ledger.selectors import fund_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import FundCode
from tests.people import People
from tests.story.lafia import Lafia

LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def lafia(mutual: Mutual, product: Product, people: People) -> Iterator[Lafia]:
    with scope(mutual=mutual):
        story = Lafia(mutual, people, product)
        story.live()
        yield story


@pytest.mark.requirement("R028", begun=True)
def test_contributions_are_split_as_they_are_paid(lafia: Lafia) -> None:
    first = PaymentAllocation.objects.filter(payment=lafia.payments[1])
    assert sum(part.amount_minor for part in first) == 7_000
    assert sum(part.fund_share_minor for part in first) == 4_500
    assert list(CollectionSlip.objects.values_list("total_minor", flat=True)) == [13_000, 13_000]


def test_care_is_decided_as_the_rules_say(lafia: Lafia) -> None:
    assert [claim.payable_minor for claim in lafia.claims] == [3_000, 6_400, 0, 0, 8_000, 600]
    assert lafia.states() == ["paid", "paid", "refused", "refused", "paid", "paid"]
    claimed = sum(claim.claimed_minor for claim in lafia.claims)
    assert (claimed, claimed - sum(c.payable_minor for c in lafia.claims)) == (38_800, 20_800)


def test_the_books_hold_and_each_fund_has_its_balance(lafia: Lafia) -> None:
    assert fund_balance(lafia.mutual, FundCode.MUTUAL, LAST_DAY) == 19_000
    # the account charges of December come with the bank statement
    assert fund_balance(lafia.mutual, FundCode.RUNNING, LAST_DAY) == 9_500 + 500
    assert verify(lafia.mutual).findings == ()

"""A flat rate is a price: neither more nor less for the provider, whatever the lines say."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.models import Claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.ledger.models import Posting
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.adjudication.decision import Decision as CoreDecision
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

DAY = date(2025, 11, 3)  # the nine months of the delivery are over


def delivered(mutual: Mutual, people: People, product: Product, *asked: int) -> Claim:
    """A delivery with its drugs, each line at the price that the paper asks."""
    household = a_household(mutual, people.awa, product)
    a_payment(household, people.awa, 13000)
    provider = a_provider(mutual, people.moussa, prices={"delivery-1": 9000, "delivery-2": 5000})
    lines = [(f"delivery-{rank}", "1", price) for rank, price in enumerate(asked, start=1)]
    return a_claim(household.persons.get(is_member=True), provider, people.awa, *lines, care_on=DAY)


@pytest.mark.requirement("R076")
@pytest.mark.parametrize(("asked", "difference"), [((9000, 5000), 4000), ((3000, 2000), -5000)])
def test_the_provider_is_paid_the_price_and_the_member_the_ticket(
    scoped: Mutual, people: People, product: Product, asked: tuple[int, ...], difference: int
) -> None:
    """10 000 for a delivery, 2 000 of them the family's, be 14 000 or 5 000 asked for."""
    claim = delivered(scoped, people, product, *asked)
    assert (claim.stated_minor, claim.payable_minor) == (sum(asked), 8000)
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    episode, *lines = decision.lines
    assert (episode.claimed_minor, episode.payable_minor) == (10_000, 8_000)
    assert decision.reduced_minor_by_code() == {"COPAYMENT_FIXED": 2000}
    for line in lines:
        assert line.payable_minor == 0
        assert [remark.code for remark in line.remarks] == ["INCLUDED_IN_FLAT_RATE"]
    assert sum(asked) - decision.claimed_minor == difference
    approve_claim(
        mutual=scoped, actor=people.coordinator, on=DAY, idempotency_key=a_key(), claim=claim
    )
    paid = Posting.objects.filter(
        entry__document_number=claim.document_number, account__role="claims_expense"
    )
    assert sum(posting.amount_minor for posting in paid) == 8000
    assert verify(scoped).findings == ()

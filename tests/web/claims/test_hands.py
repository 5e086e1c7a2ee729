"""The share decided without a hand: of all claims received, the same on every page and figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.hands import decided_without_a_hand, last_months
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.review import review_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.warehouse import export_warehouse, folder_of
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import Period
from entraide.indicators.engine import Engine
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

ON = date(2025, 6, 11)


@pytest.fixture
def six(scoped: Mutual, people: People, person: Person, provider: Provider) -> None:
    """Three by the rules, one looked at, one that waits, one cancelled: three of five."""
    for day in (2, 3, 4):
        a_claim(person, provider, people.awa, care_on=date(2025, 5, day))
    act = {"mutual": scoped, "on": ON}
    seen, waits = (
        a_claim(person, provider, people.awa, ("consultation-9", "1", 4000),
                care_on=date(2025, 5, day))
        for day in (5, 6)
    )  # fmt: skip
    assert waits.state == ClaimState.IN_REVIEW
    review_claim(**act, actor=people.medical_adviser, idempotency_key=a_key(), claim=seen)
    gone = a_claim(person, provider, people.awa, care_on=date(2025, 5, 7))
    reverse_claim(
        **act, actor=people.moussa, idempotency_key=a_key(), claim=gone, reason="saisi deux fois"
    )


@pytest.mark.requirement("R088", begun=True)
def test_what_waits_for_a_person_counts_as_touched_on_every_page_and_in_the_indicator(
    six: None, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    from_, until = last_months(ON)
    share = decided_without_a_hand(scoped, from_, until)
    assert (share.received, share.by_rules, share.waiting, share.touched) == (5, 3, 1, 1)
    assert share.rate == Decimal("0.6")
    reader = signed_in(people.director)
    for page in ("claim-worklists", "claim-delays", "claims-without-hand"):
        told = reader.get(address(page)).content.decode()
        assert "3 sur 5 = 60\u00a0%" in told.replace("\u202f%", "\u00a0%"), page
    rows = address("claims-without-hand")
    for way, count in (("", 5), ("rules", 3), ("waits", 1), ("touched", 1)):
        shown = reader.get(rows, {"way": way})
        assert len(shown.context["rows"]) == count
    assert "Formule" in shown.content.decode()
    with Engine(folder_of(export_warehouse(scoped)), ON) as engine:
        figure = engine.figure("straight_through_rate", Period(from_, until)).value
    assert Decimal(str(figure)) == share.rate

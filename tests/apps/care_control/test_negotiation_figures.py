"""What a proposed price costs the mutual: at its share of the category, not of everything."""

from __future__ import annotations

from datetime import date

from entraide.apps.care_control.negotiation_figures import comparison_of
from entraide.apps.claims.models import ClaimLine
from entraide.apps.enrolment.models import Household
from entraide.apps.providers.prices import PriceLine
from entraide.apps.schemes.models import Mutual
from tests.builders import a_care_item, a_claim, a_provider
from tests.people import People


def test_the_share_of_the_mutual_is_that_of_the_category(
    scoped: Mutual, people: People, family: Household
) -> None:
    consultation, other = a_care_item("consultation-1"), a_care_item("hospitalisation-1")
    prices = {"consultation-1": 4_000, "hospitalisation-1": 90_000}
    provider = a_provider(scoped, people.moussa, code="fanilo", prices=prices)
    claim = a_claim(
        family.persons.first(), provider, people.awa, ("consultation-1", "1", 4_000),
        ("hospitalisation-1", "1", 90_000), care_on=date(2025, 3, 3),
    )  # fmt: skip
    ClaimLine.objects.filter(claim=claim, care_item=consultation).update(payable_minor=3_000)
    ClaimLine.objects.filter(claim=claim, care_item=other).update(payable_minor=0)
    found = comparison_of(scoped, provider, [PriceLine(consultation, 5_000)], date(2025, 6, 1))
    assert found.effect.effect_minor == 1_000
    assert found.borne_minor == 750  # three quarters of consultations; 3.2 % of all acts
    nothing = comparison_of(scoped, provider, [], date(2025, 6, 1))
    assert nothing.borne_minor is None

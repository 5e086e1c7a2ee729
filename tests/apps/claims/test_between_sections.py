"""Care at the providers of another section: written on the claim, settled between the two."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.between_sections import balances, exchanges
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Agreement
from entraide.apps.providers.sections import follow_in_section
from entraide.apps.schemes.models import Branch, Mutual, Product
from entraide.apps.schemes.network import create_branch
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 3, 20)
MARCH = date(2025, 3, 1), date(2025, 4, 1)


@pytest.fixture
def sections(scoped: Mutual, people: People) -> tuple[Branch, Branch]:
    north, south = (
        create_branch(
            mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(), code=code,
            name=code.title(), place=code,
        )
        for code in ("nord", "sud")
    )  # fmt: skip
    return north, south


def claimed(
    mutual: Mutual, people: People, product: Product, home: Branch | None, care: Branch | None,
    code: str,
) -> Claim:  # fmt: skip
    """3 000 payable for a family of one section at a provider that another pays."""
    household = a_household(mutual, people.awa, product)
    Household.objects.filter(pk=household.pk).update(branch=home)
    a_payment(household, people.awa, 13000)
    provider = a_provider(mutual, people.moussa, code=code, prices={"consultation-1": 4000})
    follow_in_section(
        mutual=mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        agreement=Agreement.objects.get(provider=provider), branch=care,
    )  # fmt: skip
    claim = a_claim(household.persons.get(is_member=True), provider, people.awa)
    approve_claim(
        mutual=mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(), claim=claim
    )
    return claim


@pytest.mark.requirement("R020")
def test_a_claim_knows_both_sections_and_they_settle(
    scoped: Mutual, people: People, product: Product, sections: tuple[Branch, Branch]
) -> None:
    north, south = sections
    away = claimed(scoped, people, product, north, south, "csps-1")
    assert (away.home_branch_id, away.care_branch_id) == (north.pk, south.pk)
    claimed(scoped, people, product, south, south, "csps-2")
    claimed(scoped, people, product, north, south, "csps-3")
    claimed(scoped, people, product, south, north, "csps-4")
    claimed(scoped, people, product, None, north, "csps-5")
    found = exchanges(scoped, *MARCH)
    assert [(each.home, each.care, each.claims_count, each.payable_minor) for each in found] == [
        (north, south, 2, 6000), (south, north, 1, 3000),
    ]  # fmt: skip
    rows = balances(found)
    assert [(row.branch, row.due_minor) for row in rows] == [(north, -3000), (south, 3000)]
    assert sum(row.due_minor for row in rows) == 0
    assert exchanges(scoped, date(2025, 4, 1), date(2025, 5, 1)) == []


def test_a_family_that_moves_later_changes_no_claim(
    scoped: Mutual, people: People, product: Product, sections: tuple[Branch, Branch]
) -> None:
    north, south = sections
    claim = claimed(scoped, people, product, north, south, "csps-1")
    Household.objects.update(branch=south)
    claim.refresh_from_db()
    assert claim.home_branch == north

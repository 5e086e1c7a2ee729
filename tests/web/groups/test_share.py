"""The part of a group that its contract asks for, counted anew every day; lists by money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.contributions.groups import below_share, group_rows, groups_register
from entraide.apps.enrolment.contracts import (
    activate_contract,
    declare_headcount,
    enter_contract,
)
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.groups import JoiningMode
from tests.builders import a_household
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import TODAY, act
from tests.web.households.conftest import Address, address

__all__ = ["address"]
pytestmark = pytest.mark.requirement("R021", begun=True)


@pytest.fixture
def group(scoped: Mutual, people: People, product: Product) -> PartnerGroup:
    """Twenty persons, half of whom the contract asks for; ten said that they join."""
    group = create_group(
        **act(scoped, people.awa), code="be", name="Marché de Bè", kind="village", product=product
    )
    declare_headcount(**act(scoped, people.awa), group=group, persons_count=20, declared_on=TODAY)
    contract = enter_contract(
        **act(scoped, people.awa), group=group, product=product, mode=JoiningMode.VOLUNTARY,
        signed_on=date(2025, 1, 1), starts_on=date(2025, 1, 2), joining_count=10,
        minimum_share=Decimal("0.5"),
    )  # fmt: skip
    activate_contract(**act(scoped, people.coordinator), contract=contract)
    return group


def test_a_group_that_falls_under_its_part_is_told_where_it_is_followed(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    a_household(scoped, people.awa, product, group=group)
    assert below_share(scoped, TODAY)[group.pk].code == "GROUP_SHARE_TOO_LOW"
    browser = signed_in(people.coordinator)
    page = browser.get(address("group", uid=group.uid)).content.decode()
    assert "Faire adhérer davantage" in page
    listed = browser.get(f"{address('groups')}?show=below").content.decode()
    assert group.name in listed
    assert "n’atteint pas la part" in listed
    for _family in range(3):
        a_household(scoped, people.awa, product, group=group)
    covered = group_rows(scoped, [group], TODAY)[0].persons_count
    assert covered >= 10
    assert below_share(scoped, TODAY) == {}
    page = browser.get(address("group", uid=group.uid)).content.decode()
    assert "Faire adhérer davantage" not in page


def test_the_list_sorts_by_what_its_rows_say(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    other = create_group(
        **act(scoped, people.awa), code="aa", name="Autre", kind="village", product=product
    )
    a_household(scoped, people.awa, product, group=other)
    rows = {row.group.pk: row for row in group_rows(scoped, [group, other], TODAY)}
    assert rows[other.pk].late_minor > rows[group.pk].late_minor == 0
    for sort in ("late", "paid"):
        minor = [
            getattr(rows[each.pk], f"{sort}_minor")
            for each in groups_register(scoped, TODAY, sort=f"-{sort}")
        ]
        assert minor == sorted(minor, reverse=True)
    assert groups_register(scoped, TODAY, sort="-late").first() == other

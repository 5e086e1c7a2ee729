"""One agent, several small mutuals: each act in its mutual, at the fee of its day."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django_scopes import scope

from entraide.apps.access.services import system_user
from entraide.apps.schemes.acts import agent_acts
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.schemes.network import set_act_fee
from entraide.apps.schemes.services import appoint
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser


@pytest.mark.requirement("R201")
def test_fees_are_those_of_the_day_and_of_the_mutual(
    mutual: Mutual, other_mutual: Mutual, people: People, signed_in: Browser
) -> None:
    appoint(
        mutual=other_mutual, actor=system_user(), on=date(2024, 1, 1), idempotency_key=a_key(),
        user=people.awa, role=Role.DATA_ENTRY_CLERK, effective_from=date(2024, 1, 1),
    )  # fmt: skip
    for held, fee_minor, day in (
        (mutual, 500, date(2025, 1, 1)),
        (mutual, 700, date(2025, 6, 10)),
        (other_mutual, 300, date(2025, 1, 1)),
    ):
        set_act_fee(
            mutual=held, actor=people.network_admin, on=day, idempotency_key=a_key(),
            act="enrol_household", fee_minor=fee_minor, effective_from=day, source="CA",
        )  # fmt: skip
    for held, days in ((mutual, (5, 12)), (other_mutual, (12,))):
        with scope(mutual=held):
            product = Product.objects.get(code="essentielle")
            for day in days:
                family = a_household(held, people.awa, product, enrolled_on=date(2025, 6, day))
                a_payment(family, people.awa, 13_000, paid_on=date(2025, 6, day))
    found = agent_acts([mutual, other_mutual], date(2025, 6, 1), date(2025, 7, 1))
    enrolled = {
        each.mutual.code: (each.count, each.fee_minor)
        for each in found
        if each.act == "enrol_household"
    }
    assert enrolled == {mutual.code: (2, 1200), other_mutual.code: (1, 300)}
    receipts = [each for each in found if each.act == "record_contribution_payment"]
    assert {each.fee_minor for each in receipts} == {None}
    url = reverse("network:acts")
    page = signed_in(people.awa).get(url).content.decode().replace("\u202f", " ")
    assert mutual.name in page
    assert other_mutual.name in page
    assert "1 200" in page
    assert "Awa Kodjo" not in signed_in(people.fanta).get(url).content.decode()
    # two gestures from one mutual to the other: the list, then the mutual
    home = signed_in(people.awa).get(reverse("web:households", args=[mutual.code]))
    assert f'href="{reverse("entrance")}"' in home.content.decode()
    entrance = signed_in(people.awa).get(reverse("entrance")).content.decode()
    assert reverse("web:home", args=[other_mutual.code]) in entrance

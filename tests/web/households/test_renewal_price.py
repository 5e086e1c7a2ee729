"""The price of a renewal on a loan: that of the new loan, never of the former one."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.enrolment.models import Membership
from entraide.apps.schemes.models import Mutual
from tests.builders import a_household, a_key, an_approved_product
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address
from tests.web.households.test_enrolment import plain


@pytest.mark.requirement("R030", begun=True)
def test_no_price_shows_before_the_new_loan_is_entered(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    with scope(mutual=mutual):
        product = an_approved_product(mutual, people.moussa, people.director, "zems").product
        home = a_household(
            mutual, people.awa, product, enrolled_on=date(2025, 1, 6), loan_minor=500_000,
            loan_reference="P0",
        )  # fmt: skip
        cover = Membership.objects.get(household=home)
    desk, url = signed_in(people.awa), address("household-renew", uid=home.uid)
    opened = desk.get(url)
    page = plain(opened.content)
    assert opened.context["quote"] is None
    assert "dès que le montant du nouveau prêt est saisi" in page
    assert "Le prêt de la couverture en cours était de 500 000 F CFA" in page

    sent = {
        "cover": str(cover.uid), "product": product.code, "renewed_on": "16/06/2025",
        "loan_minor": "200 000", "loan_reference": "P1", "idempotency_key": a_key(),
    }  # fmt: skip
    checked = desk.post(url, {**sent, "act": "check"})
    told = checked.context["quote"].total_minor
    assert "nouveau prêt est saisi" not in plain(checked.content)
    desk.post(url, {**sent, "act": "record"})
    with scope(mutual=mutual):
        renewal = Membership.objects.get(renews=cover)
        assert renewal.loan_minor == 200_000
        assert sum(due.amount_minor for due in renewal.dues.all()) == told

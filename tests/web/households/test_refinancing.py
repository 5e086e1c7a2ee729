"""What a loan refinanced gave back stands on the family's page and on the call, with its sum."""

from __future__ import annotations

from datetime import date

from django_scopes import scope

from entraide.apps.contributions.accounts import household_account
from entraide.apps.enrolment.models import Membership
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import LoanRefinancing
from entraide.apps.takeover.refinancing import refinance_membership
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address


def test_the_credit_is_shown_with_its_calculation_and_the_end_by_its_name(
    signed_in: Browser, people: People, mutual: Mutual, product: Product, address: Address,
    today: date,
) -> None:  # fmt: skip
    with scope(mutual=mutual):
        home = a_household(mutual, people.awa, product)
        a_payment(home, people.awa, household_account(home, today).due_minor)
        refinance_membership(
            mutual=mutual, actor=people.awa, on=today, idempotency_key=a_key(),
            membership=Membership.objects.get(), refinanced_on=date(2025, 6, 12),
            loan_minor=500_000, loan_reference="P1",
        )  # fmt: skip
        told = LoanRefinancing.objects.get()
        due = told.membership.dues.filter(kind="contribution").first()
    assert due is not None
    desk = signed_in(people.awa)
    family = address("household", uid=home.uid)
    for page in (family, address("due", uid=due.uid)):
        text = desk.get(page).content.decode()
        assert "Prêt refinancé" in text
        assert f"× {told.months_left} mois non commencés ÷ {told.months_total}" in text
    before = desk.get(f"{family}?on=11/06/2025").content.decode()
    assert "Remplacée par la couverture d’un nouveau prêt" in before

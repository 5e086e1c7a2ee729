"""The facts that the rules of the patient's product look at are asked for, and others are not."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.models import Claim, MedicalDetail
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_household, a_payment, a_provider, an_approved_product
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.claims.test_entry import paper
from tests.web.conftest import Browser

ASKED = "Jour prévu de l’accouchement"


@pytest.fixture
def family(scoped: Mutual, people: People) -> list[Person]:
    """Éloïse, Koffi and Afi: deliveries wait nine months, judged on the expected day."""
    version = an_approved_product(scoped, people.moussa, people.director, "panier-complet")
    begun = date(2024, 9, 10)
    household = a_household(scoped, people.awa, version.product, enrolled_on=begun)
    paid_minor = sum(due.amount_minor for due in household.dues.all())
    a_payment(household, people.awa, paid_minor, paid_on=begun)
    return list(household.persons.order_by("number"))


@pytest.fixture
def maternity(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa, prices={"delivery-1": 10_000})


def test_the_expected_day_of_delivery_is_asked_where_the_product_looks_at_it(
    signed_in: Browser, people: People, address: Address, family: list[Person],
    maternity: Provider, person: Person,
) -> None:  # fmt: skip
    clerk, line = signed_in(people.awa), ("delivery-1", "1", "10 000")
    mother, father, _child = family
    days = {"care_on": "02/06/2025", "received_on": "05/06/2025"}
    assert mother.sex == "F"
    for whose, is_asked in ((mother, True), (father, False), (person, False)):
        sent = paper(whose, maternity, line, **days)
        answer = clerk.post(address("claim-preview"), sent).content.decode()
        assert (ASKED in answer) is is_asked, whose
        checked = clerk.post(address("claim-new"), {**sent, "act": "check"}).content.decode()
        assert (ASKED in checked) is is_asked, whose
    sent = paper(mother, maternity, line, **days, expected_delivery_on="20/06/2026")
    far = clerk.post(address("claim-new"), sent)
    assert far.status_code == 422
    assert "plus de dix mois" in far.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize(("expected", "is_paid"), [("", False), ("20/06/2025", True)])
def test_a_birth_before_term_is_judged_on_the_day_that_was_written(
    signed_in: Browser, people: People, address: Address, family: list[Person],
    maternity: Provider, expected: str, *, is_paid: bool,
) -> None:  # fmt: skip
    """Covered since 10 September, deliveries are paid from 10 June: born on the 2nd."""
    sent = paper(
        family[0], maternity, ("delivery-1", "1", "10 000"), care_on="02/06/2025",
        received_on="05/06/2025", expected_delivery_on=expected,
    )  # fmt: skip
    answer = signed_in(people.awa).post(address("claim-new"), sent)
    assert answer.status_code == 302
    claim = Claim.objects.get()
    assert (claim.payable_minor > 0) is is_paid
    kept = MedicalDetail.objects.filter(expected_delivery_on=date(2025, 6, 20))
    assert kept.exists() is is_paid

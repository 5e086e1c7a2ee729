"""Rules and prices that begin in the past: what was decided is named before they count."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.retroactive import prices_in_the_past
from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Agreement
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.errors import Refusal
from entraide.rulebook.drafts import with_values
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

CARE_ON, TODAY = date(2025, 3, 3), date(2025, 6, 16)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Paid up, with one consultation in March."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(household.dues.values_list("amount_minor", flat=True)))
    person = household.persons.order_by("pk")[0]
    a_claim(person, a_provider(scoped, people.moussa), people.awa, care_on=CARE_ON)
    return household


def _entered(mutual: Mutual, people: People, product: Product, **more: object) -> ProductVersion:
    given = {"effective_from": date(2025, 2, 1), "on": TODAY} | more
    document = with_values(
        ProductVersion.objects.get(product=product, number=1).document,
        {"benefits.consultation.copayment_rate": "0.50"}, on=given["effective_from"], source="AG",
    )  # fmt: skip
    return enter_product_version(
        mutual=mutual, actor=people.moussa, idempotency_key=a_key(), document=document,
        source="AG", running_share_reason="Démarrage", **given,
    )  # fmt: skip


@pytest.mark.usefixtures("household")
@pytest.mark.requirement("R049", begun=True)
def test_rules_that_begin_in_the_past_need_a_reason_and_name_what_was_decided(
    scoped: Mutual, people: People, product: Product
) -> None:
    with pytest.raises(Refusal) as refused:
        _entered(scoped, people, product)
    told = refused.value
    assert (told.code, told.place) == ("VERSION_RETROACTIVE", "retroactive_reason")
    assert (told.data["claims"], told.data["covers"]) == (1, 1)
    assert ProductVersion.objects.filter(product=product).count() == 1
    entered = _entered(scoped, people, product, retroactive_reason="décision de l’AG de janvier")
    assert entered.retroactive_reason == "décision de l’AG de janvier"


@pytest.mark.usefixtures("household")
def test_rules_whose_first_day_passed_while_they_waited_need_a_reason_too(
    scoped: Mutual, people: People, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entraide.apps.schemes.services.BEFORE_APPROVAL", [])  # no trial here
    version = _entered(scoped, people, product, on=date(2025, 1, 20))
    late = {"mutual": scoped, "actor": people.director, "on": TODAY, "version": version}
    with pytest.raises(Refusal, match="VERSION_RETROACTIVE"):
        approve_product_version(idempotency_key=a_key(), **late)
    approved = approve_product_version(
        idempotency_key=a_key(), retroactive_reason="bureau absent", **late
    )
    assert approved.approved_at is not None
    assert approved.retroactive_reason == "bureau absent"


def test_the_rules_of_an_opening_begin_before_they_are_entered(
    scoped: Mutual, people: People, product: Product
) -> None:
    assert _entered(scoped, people, product).retroactive_reason == ""


@pytest.mark.usefixtures("household")
def test_prices_that_begin_in_the_past_name_the_claims_decided_since(scoped: Mutual) -> None:
    agreement = Agreement.objects.get()
    assert agreement.tariff_list is not None
    items = list(agreement.tariff_list.tariffs.values_list("care_item", flat=True))
    found = prices_in_the_past(scoped, agreement.tariff_list, items, date(2025, 2, 1), TODAY)
    assert found is not None
    assert (found.code, found.data["claims"]) == ("PRICES_RETROACTIVE", 1)
    assert prices_in_the_past(scoped, agreement.tariff_list, items, TODAY, TODAY) is None

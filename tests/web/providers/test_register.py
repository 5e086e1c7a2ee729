"""The pages of the register: who reads, who enters, what another mutual never sees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from entraide.apps.care_control.provider_figures import review_of
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.nomenclature.models import ListChange
from entraide.apps.providers.models import Provider, ProviderState, ProviderTurnover
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

pytestmark = pytest.mark.requirement("R068", begun=True)

NEW = {
    "name": "Pharmacie du Marché", "sector": "private", "level": "pharmacy", "phone": "90 12 34 56",
    "services": ["pharmacy"], "opening_hours": "8 h à 20 h", "contact_name": "M. Kodjo",
    "gps": "6,1319; 1,2228",
}  # fmt: skip


def entered(browser: Client, address: Address) -> Provider:
    answer = browser.post(address("provider-new"), NEW | {"idempotency_key": a_key()})
    assert answer.status_code == 302
    return Provider.objects.get(name=NEW["name"])


def test_a_provider_is_entered_searched_and_read(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    made = entered(browser, address)
    assert (str(made.latitude), str(made.longitude)) == ("6.131900", "1.222800")
    for query, names in (
        ("", {provider.name, made.name}), ("?q=march", {made.name}),
        ("?level=pharmacy", {made.name}), ("?sector=public", {provider.name}),
        ("?convention=running", {provider.name}), ("?convention=none", {made.name}),
        ("?closed=1", set()),
    ):  # fmt: skip
        page = browser.get(address("providers") + query)
        assert {row.provider.name for row in page.context["rows"]} == names, query
    shown = browser.get(address("provider", uid=made.uid)).content.decode()
    for text in ("90 12 34 56", "8 h à 20 h", "M. Kodjo", "6.1319, 1.2228", "pharmacie"):
        assert text in shown


def test_faults_stand_beside_their_fields_and_nothing_is_written(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    wrong = NEW | {"name": "", "gps": "quelque part", "sector": "state"}
    answer = signed_in(people.coordinator).post(address("provider-new"), wrong)
    assert answer.status_code == 422
    assert {"name", "gps", "sector"} <= set(answer.context["form"].errors)
    assert not Provider.objects.exists()


def test_a_second_provider_of_nearly_the_same_name_is_asked_about(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    browser, new = signed_in(people.coordinator), address("provider-new")
    empty = browser.get(new).context["form"]
    assert not empty["sector"].value(), "the sector decides a share: nobody chose it"
    assert empty["sector"].field.choices[0][0] == ""
    missing = browser.post(new, NEW | {"sector": "", "idempotency_key": a_key()})
    assert (missing.status_code, "sector" in missing.context["form"].errors) == (422, True)
    entered(browser, address)
    for name in ("pharmacie du marche", "Marché, Pharmacie du", "Pharmacie du Marchée"):
        again = NEW | {"name": name, "idempotency_key": a_key()}
        asked = browser.post(new, again)
        text = asked.content.decode()
        assert (asked.status_code, "C’est un autre prestataire" in text) == (422, True), name
        assert Provider.objects.filter(name=name).count() == 0
    other = browser.post(new, again | {"is_other": "on", "idempotency_key": a_key()})
    assert other.status_code == 302
    assert Provider.objects.filter(name="Pharmacie du Marchée").count() == 1
    numbered = NEW | {"name": "Pharmacie du Marché 2", "idempotency_key": a_key()}
    assert browser.post(new, numbered).status_code == 302


def test_a_correction_is_read_in_the_history(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.moussa)
    change = NEW | {"name": provider.name, "sector": "public", "source": "appel du 2 juin"}
    answer = browser.post(
        address("provider-edit", uid=provider.uid), change | {"idempotency_key": a_key()}
    )
    assert answer.status_code == 302
    assert ListChange.objects.get().changed_by == people.moussa
    shown = browser.get(address("provider", uid=provider.uid)).content.decode()
    assert "appel du 2 juin" in shown
    assert "Niveau" in shown


def test_another_person_accepts_what_was_entered(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    made = entered(signed_in(people.coordinator), address)
    director = signed_in(people.director)
    page = director.get(address("provider-proposals"))
    uid = str(page.context["rows"][0][0].uid)
    silent = director.post(
        address("provider-proposals"),
        {"proposal": uid, "act": "refuse", "idempotency_key": a_key()},
    )
    assert silent.status_code == 422
    nobody = director.post(address("provider-proposals"), {"act": "accept"})
    assert nobody.status_code == 422
    done = director.post(
        address("provider-proposals"),
        {"proposal": uid, "act": "accept", "idempotency_key": a_key()},
    )
    assert done.status_code == 302
    made.refresh_from_db()
    assert made.state == ProviderState.ACCEPTED


def test_closing_asks_for_a_day_and_a_reason(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    made = entered(browser, address)
    close = address("provider-close", uid=made.uid)
    assert browser.post(close, {"closed_on": "16/06/2025"}).status_code == 422
    said = {"closed_on": "16/06/2025", "reason": "déménagé", "idempotency_key": a_key()}
    assert browser.post(close, said).status_code == 302
    made.refresh_from_db()
    assert made.closed_on is not None


def test_a_clerk_reads_and_enters_nothing(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    awa = signed_in(people.awa)
    assert awa.get(address("providers")).status_code == 200
    page = awa.get(address("provider", uid=provider.uid))
    assert page.status_code == 200
    assert address("provider-edit", uid=provider.uid) not in page.content.decode()
    for name in ("provider-edit", "provider-close", "provider-turnover", "convention-new"):
        assert awa.get(address(name, uid=provider.uid)).status_code == 403
    assert awa.get(address("provider-new")).status_code == 403


def test_fanta_sees_nothing_of_this_mutual(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    fanta = signed_in(people.fanta)
    for name in ("providers", "conventions", "price-lists", "breaches"):
        assert fanta.get(address(name)).status_code == 404
    assert fanta.get(address("provider", uid=provider.uid)).status_code == 404


@pytest.mark.requirement("R077")
def test_the_share_of_the_mutual_in_the_turnover_told(
    provider: Provider, product: Product, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    member = household.persons.get(is_member=True)
    claims = [
        a_claim(member, provider, people.awa, ("consultation-1", "1", 4000), care_on=day)
        for day in (date(2025, 5, 5), date(2025, 5, 7))
    ]
    Claim.objects.filter(pk=claims[0].pk).update(state=ClaimState.PAID)  # the other waits
    paid_minor = claims[0].payable_minor
    assert paid_minor > 0
    browser = signed_in(people.coordinator)
    said = {"year": "2025", "amount_minor": "10 000", "source": "rapport annuel",
            "idempotency_key": a_key()}  # fmt: skip
    assert browser.post(address("provider-turnover", uid=provider.uid), said).status_code == 302
    (row,) = browser.get(address("provider", uid=provider.uid)).context["turnovers"]
    turnover, paid, share = row
    assert (turnover.amount_minor, paid) == (10_000, paid_minor)
    assert share == Decimal(paid_minor) / 10_000
    less = {**said, "amount_minor": str(paid_minor - 1), "idempotency_key": a_key()}
    refused = browser.post(address("provider-turnover", uid=provider.uid), less)
    assert refused.status_code == 422
    assert "la mutuelle seule a payé" in refused.content.decode()
    ProviderTurnover.objects.create(  # written before it was asked about
        mutual=scoped, provider=provider, year=2025, amount_minor=paid_minor // 2,
        source="vieux rapport", recorded_by=people.coordinator, recorded_on=date(2025, 6, 16),
    )  # fmt: skip
    for page in ("provider", "control-scorecard"):
        shown = browser.get(address(page, uid=provider.uid)).content.decode()
        assert "à corriger" in shown, page
    review = review_of(scoped, provider, date(2025, 1, 1), date(2026, 1, 1), on=date(2025, 6, 16))
    assert (review.claims_count, review.stated_minor) == (2, 8000)

"""« Collecte »: by channel with its cost, by animator with the calls behind each rate."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from entraide.apps.contributions.exemptions import (
    approve_exemption,
    enter_exemption,
    exempting_categories,
)
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.contributions.suspensions import rights_of_late
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment, an_approved_product
from tests.people import People
from tests.web.conftest import Browser


def page_of(mutual: Mutual, name: str = "collection", **more: object) -> str:
    return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **more})


def plain(page: bytes) -> str:
    return page.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product, today: date) -> Household:
    group = create_group(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(),
        code="v", name="Village Bè", kind="village",
    )  # fmt: skip
    assign_portfolio(
        mutual=scoped, actor=people.coordinator, on=today, idempotency_key=a_key(),
        animator=people.field_agent, starts_on=date(2025, 1, 1), group=group,
    )  # fmt: skip
    family = a_household(scoped, people.awa, product, group=group)
    a_payment(family, people.awa, 5_000)
    return family


@pytest.mark.requirement("R041")
def test_cost_of_a_channel_opens_to_its_formula(
    household: Household, people: People, signed_in: Browser, today: date
) -> None:
    mutual = household.mutual
    page = plain(signed_in(people.moussa).get(page_of(mutual)).content)
    assert "Coût de la collecte non renseigné pour : Espèces" in page
    for name, kept in (("receipt_cost_cash", 150), ("collection_fee_cash", "0.02")):
        change_choice(
            mutual=mutual, actor=people.director, on=today, idempotency_key=a_key(), name=name,
            value=kept, source="Conseil",
        )  # fmt: skip
    page = plain(signed_in(people.moussa).get(page_of(mutual)).content)
    assert "1 reçus × 150 F CFA + 5 000 F CFA × 2,00 % = 150 F CFA + 100 F CFA" in page
    assert "<summary>250 F CFA</summary>" in page
    assert "5,0 %" in page
    assert "channel=cash&amp;from=" in page


@pytest.mark.requirement("R032")
def test_an_animator_opens_to_groups_and_calls(
    household: Household, people: People, other_mutual: Mutual, signed_in: Browser
) -> None:
    mutual = household.mutual
    browser = signed_in(people.moussa)
    address = page_of(mutual, "collection-agent", key=people.field_agent.uid)
    assert address in browser.get(page_of(mutual)).content.decode()
    page = plain(browser.get(address).content)
    assert "5 000 F CFA reçus ÷ 13 000 F CFA échus = 38,5 %" in page
    assert "Village Bè" in page
    assert household.number in page
    nobody = plain(browser.get(page_of(mutual, "collection-agent", key="personne")).content)
    assert household.number not in nobody
    assert browser.get(page_of(mutual, "collection-agent", key="rien")).status_code == 404
    assert signed_in(people.fanta).get(address).status_code in (403, 404)


def test_families_late_are_told_since_when_their_rights_are_suspended(
    household: Household, people: People, signed_in: Browser
) -> None:
    mutual = household.mutual
    browser = signed_in(people.awa)
    for name in ("arrears", "reminders"):
        page = plain(browser.get(page_of(mutual, name)).content)
        # Due on 10 January, thirty days of grace: no rights from 10 February.
        assert "Suspendus" in page
        assert "depuis le 10 février 2025" in page


def test_rights_of_late_families_stand_as_they_are(household: Household, people: People) -> None:
    def state(on: date) -> tuple[str, date | None]:
        found = rights_of_late([household], on)[household.pk]
        return found.state.value, found.since or found.open_until

    assert state(date(2025, 1, 20)) == ("open", date(2025, 2, 9))
    assert state(date(2025, 2, 9)) == ("open", date(2025, 2, 9))
    assert state(date(2025, 2, 10)) == ("suspended", date(2025, 2, 10))
    assert state(date(2026, 2, 1)) == ("no_cover", None)
    standing = standing_on(household.persons.get(is_member=True), date(2025, 2, 10))
    assert standing.rights.status == "suspended"
    a_payment(household, people.awa, 8_000, paid_on=date(2025, 3, 1), on=date(2025, 3, 1))
    assert state(date(2025, 3, 2)) == ("open", None)


@pytest.mark.requirement("R043", begun=True)
def test_an_exemption_is_ended_with_a_reason_by_who_may_approve(
    scoped: Mutual, people: People, signed_in: Browser, today: date
) -> None:
    income = an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product
    family = a_household(scoped, people.awa, income, income_minor=80_000)
    exemption = enter_exemption(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(), household=family,
        category="indigent", effective_from=today, reason="Veuve", source="Comité",
    )  # fmt: skip
    approve_exemption(
        mutual=scoped, actor=people.director, on=today, idempotency_key=a_key(),
        exemption=exemption,
    )  # fmt: skip
    address = page_of(scoped, "exemption-end", uid=exemption.uid)
    assert signed_in(people.awa).get(address).status_code == 403
    browser = signed_in(people.director)
    listed = plain(browser.get(page_of(scoped, "exemptions")).content)
    assert address in listed
    category = exempting_categories(family.memberships.get())[0].titles["fr"]
    assert f"<span>{category}" in listed  # its title, not its code
    opened = plain(browser.get(address).content)
    assert "Veuve." in opened
    assert f'value="{today:%d/%m/%Y}"' in opened  # it begins today: the soonest last day
    sent = {"idempotency_key": a_key(), "effective_until": "31/08/2025", "reason": ""}
    assert browser.post(address, sent).status_code == 422
    answer = browser.post(address, {**sent, "reason": "A retrouvé un revenu"}, follow=True)
    page = plain(answer.content)
    assert "prend fin" in page
    assert "A retrouvé un revenu" in page
    exemption.refresh_from_db()
    assert exemption.effective_until == date(2025, 9, 1)
    assert not verify(scoped).findings


def test_a_proposal_is_refused_on_the_page_by_who_may_approve(
    scoped: Mutual, people: People, signed_in: Browser, today: date
) -> None:
    income = an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product
    family = a_household(scoped, people.awa, income, income_minor=80_000)
    proposal = enter_exemption(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(), household=family,
        category="indigent", effective_from=today, reason="Veuve", source="Comité",
    )  # fmt: skip
    url = page_of(scoped, "exemption-refuse", uid=proposal.uid)
    listed = page_of(scoped, "exemptions")
    awa, director = signed_in(people.awa), signed_in(people.director)
    assert url not in awa.get(listed).content.decode()
    assert awa.post(url, {"idempotency_key": a_key(), "reason": "x"}).status_code == 403
    assert signed_in(people.fanta).post(url, {"reason": "x"}).status_code in (403, 404)
    assert url in director.get(listed).content.decode()
    director.post(url, {"idempotency_key": a_key(), "reason": " "})
    proposal.refresh_from_db()
    assert not proposal.is_refused
    sent = {"idempotency_key": a_key(), "reason": "Le comité ne l’a pas retenue"}
    answer = plain(director.post(url, sent, follow=True).content)
    assert f"L’exonération de la famille {family.number} est refusée." in answer
    assert "Aucune exonération en attente." in answer
    assert "Proposée par Awa Kodjo, refusée par" in answer
    kept = plain(awa.get(page_of(scoped, "exemption-new", uid=family.uid)).content)
    assert "Le comité ne l’a pas retenue" in kept


def test_a_proposal_is_withdrawn_on_the_page_by_who_made_it(
    scoped: Mutual, people: People, signed_in: Browser, today: date
) -> None:
    income = an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product
    family = a_household(scoped, people.awa, income, income_minor=80_000)
    proposal = enter_exemption(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(), household=family,
        category="indigent", effective_from=today, reason="Veuve", source="Comité",
    )  # fmt: skip
    url, listed = (
        page_of(scoped, "exemption-withdraw", uid=proposal.uid),
        page_of(scoped, "exemptions"),
    )
    assert url not in signed_in(people.director).get(listed).content.decode()
    assert signed_in(people.director).post(url, {"reason": "x"}).status_code == 403
    browser = signed_in(people.awa)
    assert url in browser.get(listed).content.decode()
    sent = {"idempotency_key": a_key(), "reason": "Dossier de l’autre famille"}
    answer = plain(browser.post(url, sent, follow=True).content)
    assert f"La proposition pour la famille {family.number} est retirée." in answer
    assert "Aucune exonération en attente." in answer
    kept = plain(browser.get(page_of(scoped, "exemption-new", uid=family.uid)).content)
    assert "Dossier de l’autre famille (Awa Kodjo, 16 juin 2025)" in kept

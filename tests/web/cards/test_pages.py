"""Cards on the screen: to print, printed, handed over, lost, checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.cards.models import Card, CardEvent, CardPrint
from entraide.apps.cards.selectors import cards_of
from entraide.apps.cards.services import CardLayout, print_cards
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.models import Mutual, Product
from tests.apps.cards.test_services import code_of
from tests.builders import a_household, a_key, a_payment
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser

ON = date(2025, 6, 16)
Address = Callable[..., str]


@pytest.fixture
def address(mutual: Mutual) -> Address:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.fixture
def card(household: Household, people: People, scoped: Mutual) -> Card:
    print_cards(
        mutual=scoped,
        actor=people.awa,
        on=ON,
        idempotency_key=a_key(),
        persons=[household.persons.get(is_member=True)],
        layout=CardLayout.SHEET,
    )
    return cards_of(household)[0]


def sent(**more: object) -> dict[str, object]:
    return {"idempotency_key": a_key(), **more}


@pytest.mark.requirement("R007")
def test_from_the_list_to_the_paper_and_into_the_hand(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = browser.get(address("cards")).content.decode()
    assert "<strong>1 carte</strong> à imprimer" in page
    assert "ADJOVI Éloïse" in page
    assert "Première carte" in page
    # The photo is ticked as handed in; the system has no image of it, and the card will say so.
    assert "photo sur papier, pas encore dans le système" in page
    assert "1 carte de cette liste dira «\u00a0sans photo\u00a0»" in page
    family = browser.get(address("household", uid=household.uid)).content.decode()
    assert "photo sur papier, pas encore dans le système" in family
    assert "Photo présente" not in family
    assert "Sans photo dans le système\u00a0: Éloïse" in family
    number = household.persons.get(is_member=True).number
    assert f"Numéro {number}" in family
    assert f"Carte {number}" not in family
    answer = browser.post(address("cards-print"), sent(which="all", layout="sheet"), follow=True)
    run = CardPrint.objects.get()
    assert answer.redirect_chain[-1][0] == address("card-print", uid=run.uid)
    pdf = browser.get(address("card-print-pdf", uid=run.uid))
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert browser.get(address("card-print-list", uid=run.uid)).content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(kind=AuditKind.EXPORT).count() == 2
    handed = sent(which="all", day="16/06/2025", receiver="Koffi")
    page = browser.post(address("card-hand-over", uid=run.uid), handed, follow=True)
    assert "Cartes remises\u00a0: 1." in page.content.decode()
    assert Card.objects.get().handed_over_on == ON
    assert [event.act for event in CardEvent.objects.order_by("id")] == ["issued", "handed_over"]
    assert "Aucune carte à imprimer" in browser.get(address("cards")).content.decode()


def test_only_the_rows_ticked_are_printed(
    household: Household, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    other = a_household(scoped, people.awa, product)
    browser = signed_in(people.awa)
    ticked = other.persons.get(is_member=True)
    browser.post(address("cards-print"), sent(person=[str(ticked.uid), "x"], layout="single"))
    assert [each.person for each in Card.objects.all()] == [ticked]
    assert CardPrint.objects.get().layout == "single"
    nothing = browser.post(address("cards-print"), sent(), follow=True)
    assert "Choisissez au moins une carte" in nothing.content.decode()


def test_the_family_shows_its_card_and_the_ways_on(
    household: Household, card: Card, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.awa).get(address("household", uid=household.uid)).content.decode()
    assert card.number in page
    assert address("card-lost", uid=card.uid) in page
    assert address("family-leaflet", uid=household.uid) in page
    reader = signed_in(people.moussa).get(address("household", uid=household.uid)).content.decode()
    assert card.number in reader
    assert address("card-lost", uid=card.uid) not in reader


def test_a_family_without_a_card_gets_one_from_its_page(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    assert (
        "Aucune carte n’a encore été imprimée"
        in browser.get(address("household", uid=household.uid)).content.decode()
    )
    browser.post(address("family-cards-print", uid=household.uid), sent(layout="sheet"))
    assert len(cards_of(household)) == 1
    leaflet = browser.get(address("family-leaflet", uid=household.uid))
    assert leaflet.content.startswith(b"%PDF")
    again = browser.post(
        address("family-cards-print", uid=household.uid), sent(layout="sheet"), follow=True
    )
    assert "Écrivez pourquoi" in again.content.decode()


def test_a_loss_needs_its_reason_and_shows_in_the_history(
    household: Household, card: Card, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    url = address("card-lost", uid=card.uid)
    missing = browser.post(url, sent(day="16/06/2025", reason=""))
    assert missing.status_code == 422
    assert Card.objects.get().state == "printed"
    browser.post(url, sent(day="16/06/2025", reason="Volée au marché"))
    page = browser.get(address("card", uid=card.uid)).content.decode()
    assert "Perdue" in page
    assert "Volée au marché" in page
    assert "La dernière est perdue" in browser.get(address("cards")).content.decode()
    lost = browser.get(address("cards"), {"show": "lost"}).content.decode()
    assert card.number in lost
    assert browser.post(url, sent(day="16/06/2025", reason="encore")).status_code == 422


def test_a_scanned_code_tells_signature_state_and_rights(
    card: Card, people: People, signed_in: Browser, address: Address, other_mutual: Mutual
) -> None:
    browser, url = signed_in(people.moussa), address("card-check")
    code = code_of(card)
    page = browser.post(url, {"code": code}).content.decode()
    assert "Signature vraie" in page
    assert "En service" in page
    assert f"{address('eligibility')}?card={card.person.number}" in page
    forged = browser.post(url, {"code": code_of(card, name="AUTRE Nom")}).content.decode()
    assert "Signature fausse" in forged
    assert "AUTRE Nom" in forged
    typed = browser.post(url, {"code": card.number.lower()}).content.decode()
    assert "Numéro tapé" in typed
    assert "Signature vraie" not in typed
    assert browser.post(url, {"code": "CARTE-1999-00001"}).status_code == 422
    assert browser.post(url, {"code": "ENTRAIDE1|x"}).status_code == 422
    stranger = signed_in(people.fanta)
    theirs = reverse("web:card-check", kwargs={"mutual": other_mutual.code})
    page = stranger.post(theirs, {"code": code}).content.decode()
    assert "Signature vraie" in page
    assert "En service" not in page


def test_a_lost_card_is_genuine_and_lost(
    card: Card, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    url = address("card-cancel", uid=card.uid)
    browser.post(url, sent(day="16/06/2025", reason="prêtée à une voisine"))
    page = browser.post(address("card-check"), {"code": code_of(card)}).content.decode()
    assert "Signature vraie" in page
    assert "Annulée" in page
    assert f"La carte {card.number} a été annulée le 16 juin 2025" in page
    assert "Vérifier les droits" not in page
    refused = AuditEvent.objects.get(kind=AuditKind.REFUSAL, code="CARD_WITHDRAWN")
    assert refused.actor == people.awa


def test_the_director_makes_a_new_key_and_everyone_takes_the_public_ones(
    card: Card, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    browser.post(address("card-keys"), sent(reason="ordinateur volé", revokes="on"))
    document = json.loads(signed_in(people.awa).get(address("card-keys-export")).content)
    assert [(each["key_id"], each["revoked"]) for each in document["keys"]] == [
        ("k1", True), ("k2", False),
    ]  # fmt: skip
    page = browser.get(address("card-keys")).content.decode()
    assert "Abandonnée" in page
    assert "private" not in page
    seen = signed_in(people.awa).post(address("card-check"), {"code": "x"})
    assert seen.status_code == 422


def test_memberships_tell_how_many_wait(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = browser.get(address("households")).content.decode()
    for name in ("cards", "incomplete-files", "cards-waiting"):
        assert address(name) in page
    counts = browser.get(address("cards-waiting")).content.decode()
    assert "Dossiers incomplets (0)" in counts
    assert "Cartes (1 à imprimer)" in counts


@pytest.mark.parametrize(("person", "status"), [("moussa", 403), ("auditor", 403), ("fanta", 404)])
def test_others_neither_print_nor_cancel(
    card: Card, household: Household, people: People, signed_in: Browser, address: Address,
    person: str, status: int,
) -> None:  # fmt: skip
    browser = signed_in(getattr(people, person))
    run = CardPrint.objects.get()
    for url in (
        address("cards-print"),
        address("family-cards-print", uid=household.uid),
        address("card-hand-over", uid=run.uid),
        address("card-lost", uid=card.uid),
        address("card-cancel", uid=card.uid),
    ):
        assert browser.post(url, sent()).status_code == status
    for url in (address("card-print-pdf", uid=run.uid), address("card-print-list", uid=run.uid)):
        assert browser.get(url).status_code == status


def test_the_list_costs_as_many_queries_whatever_its_length(
    household: Household, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    browser = signed_in(people.awa)
    for _ in range(2):
        browser.get(address("cards"))  # after a command, counts are worked out anew
        with django_assert_max_num_queries(24):
            browser.get(address("cards"))
        for _family in range(3):
            a_household(scoped, people.awa, product)
    assert Person.objects.filter(is_member=True).count() == 7


@pytest.mark.requirement("R111")
def test_whom_to_call_and_what_to_do_is_kept_once_and_printed_everywhere(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """On the card, the leaflet and the receipt, from the one text of the settings."""
    payment = a_payment(household, people.awa, 5000)
    browser, papers = signed_in(people.awa), printed_papers(monkeypatch)
    browser.post(address("family-cards-print", uid=household.uid), sent(layout="sheet"))
    run = CardPrint.objects.get()

    def print_all() -> list[dict[str, Any]]:
        papers.clear()
        browser.get(address("card-print-pdf", uid=run.uid))
        browser.get(address("family-leaflet", uid=household.uid))
        browser.post(address("receipt-print", uid=payment.uid), sent(format="a5"))
        return list(papers)

    for steps in (["Montrer la carte", "Appeler"], ["Appeler d’abord"]):
        for name, value in (("help_number", f"82{len(steps)}0"), ("help_steps", steps)):
            told = {"value": value if name == "help_number" else "\n".join(steps)}
            changed = signed_in(people.coordinator).post(
                reverse("web:choice-change", args=[scoped.code, name]),
                sent(source="Conseil", **told),
            )
            assert changed.status_code == 302
        card, leaflet, receipt = print_all()
        number = f"82{len(steps)}0"
        assert (card["help_number"], card["steps"]) == (number, steps)
        assert leaflet["help_number"] == number
        assert leaflet["parts"][-1]["steps"] == steps
        ranked = [f"{rank}. {step}" for rank, step in enumerate(steps, start=1)]
        told, _title, *listed = receipt["help"]
        assert (told, listed) == (f"Aide\u00a0: {number}", ranked)


def test_a_number_that_no_card_bears_is_told_with_what_to_do(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).post(address("card-check"), {"code": "TG-0000-99"})
    assert answer.status_code == 422
    assert "Aucune carte ne porte ce numéro" in answer.content.decode()


def test_the_card_of_a_dead_person_is_in_use_no_more(
    card: Card, people: People, signed_in: Browser, address: Address
) -> None:
    spouse = card.household.persons.get(given_name="Koffi")
    end_person(
        mutual=card.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=card.person,
        died_on=date(2025, 6, 10), successor=spouse,
    )  # fmt: skip
    browser = signed_in(people.awa)
    checked = browser.post(address("card-check"), {"code": card.number}).content.decode()
    assert "À reprendre : porteur décédé" in checked.replace("\u00a0", " ")
    assert "En service" not in checked
    page = browser.get(address("household", uid=card.household.uid)).content.decode()
    assert "porteur décédé" in page

"""« Dossiers incomplets » and the rule of files on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.contributions.newborns import declare_newborn
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.file_rules import file_rule_on
from entraide.apps.schemes.models import FileRuleVersion, Mutual, Product
from entraide.core.completeness import Piece
from tests.apps.cards.test_incomplete import ON, PHOTO_OF_ALL, in_force
from tests.builders import MEMBER, SPOUSE, a_household, a_key, a_payment, an_approved_product
from tests.people import People
from tests.web.conftest import Browser

Address = Callable[..., str]


@pytest.fixture
def address(mutual: Mutual) -> Address:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Paid; the spouse has no photo."""
    made = a_household(
        scoped, people.awa, product, persons=(MEMBER, replace(SPOUSE, has_photo=False))
    )
    a_payment(made, people.awa, 13_000)
    return made


def sent(act: str, **changes: str) -> dict[str, str]:
    form = {
        "idempotency_key": a_key(),
        "act": act,
        "effective_from": "16/06/2025",
        "source": "Conseil du 2 juin",
    }
    for piece in Piece:
        form[f"{piece}-demand"] = "not_asked"
        form[f"{piece}-of"] = "everyone"
        form[f"{piece}-grace_days"] = "0"
    return form | changes


def test_the_worklist_shows_what_is_missing_and_where_to_put_it_right(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    assert "Aucun dossier incomplet" in browser.get(address("incomplete-files")).content.decode()
    in_force(scoped, people, PHOTO_OF_ALL | {"identity": {"demand": "asked", "of": "member"}})
    page = browser.get(address("incomplete-files")).content.decode()
    spouse = household.persons.get(relation="spouse")
    assert "ADJOVI Éloïse" in page
    assert address("person-photo", uid=spouse.uid) in page
    assert "droits suspendus" in page
    assert "Pièce d’identité" in page
    identity = browser.get(address("incomplete-files"), {"piece": "identity"}).content.decode()
    assert "<strong>1 famille</strong>" in identity
    nothing = browser.get(address("incomplete-files"), {"q": "inconnu"}).content.decode()
    assert "Il ne manque de pièce à aucune famille" in nothing
    reader = signed_in(people.moussa).get(address("incomplete-files")).content.decode()
    assert address("person-photo", uid=spouse.uid) not in reader


def test_the_impact_is_shown_before_and_the_rule_is_approved_by_another(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    asked = {"photo-demand": "suspends", "photo-grace_days": "30"}
    preview = browser.post(address("file-rule-new"), sent("preview", **asked)).content.decode()
    assert "Perdraient leurs droits" in preview
    assert "<strong>1 personne</strong>, de 1 famille" in preview
    assert "dont 0 dès le premier jour" in preview
    assert "ADJOVI Koffi" in preview
    assert not FileRuleVersion.objects.exists()
    page = browser.post(address("file-rule-new"), sent("record", **asked), follow=True)
    assert "une autre personne l’approuve" in page.content.decode()
    version = FileRuleVersion.objects.get()
    url = address("file-rule-approve", uid=version.uid)
    assert browser.post(url, {"idempotency_key": a_key()}).status_code == 403
    director = signed_in(people.director)
    shown = director.get(address("file-rule", uid=version.uid)).content.decode()
    assert "Approuver cette règle" in shown
    assert "ADJOVI Koffi" in shown
    assert "avant\u00a0: non demandé" in shown
    director.post(url, {"idempotency_key": a_key()})
    assert file_rule_on(scoped, ON).suspending == (Piece.PHOTO,)
    overview = browser.get(address("file-rules")).content.decode()
    assert "par Afi Mensah" in overview
    assert "après 30 jours" in overview


def test_the_impact_is_seen_before_anybody_has_decided(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.coordinator), address("file-rule-new")
    seen = browser.post(url, sent("preview", source="", **{"photo-demand": "suspends"}))
    assert seen.status_code == 200
    assert "Perdraient leurs droits" in seen.content.decode()
    refused = browser.post(url, sent("record", source="", **{"photo-demand": "suspends"}))
    assert refused.status_code == 422
    assert not FileRuleVersion.objects.exists()


def test_the_family_page_leads_to_what_is_missing_and_says_it_once(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    pieces = {"consent": {"demand": "suspends"}, "identity": {"demand": "asked"}}
    in_force(scoped, people, PHOTO_OF_ALL | pieces)
    page = signed_in(people.awa).get(address("household", uid=household.uid)).content.decode()
    for person in household.persons.all():
        assert address("person-correct", uid=person.uid) in page
    assert "Enregistrer le consentement de l’adhérent" in page
    assert address("household-contact", uid=household.uid) in page
    assert page.count("Le consentement de l’adhérent manque") == 1
    assert "Toute la famille" in page


def test_newborns_wait_on_the_list_of_files(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    lender = an_approved_product(scoped, people.moussa, people.director, "dagbe").product
    home = a_household(scoped, people.awa, lender, persons=(MEMBER, SPOUSE))
    child = declare_newborn(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        mother=home.persons.get(is_member=True), birth_on=date(2025, 6, 10), sex="F",
    )  # fmt: skip
    browser = signed_in(people.awa)
    page = browser.get(address("incomplete-files")).content.decode()
    assert "Nouveau-nés à régulariser" in page
    assert address("newborn-register", uid=child.uid) in page
    assert "juillet" in page
    assert "Un nouveau-né à régulariser" in browser.get(address("cards-waiting")).content.decode()


def test_a_rule_that_cannot_be_is_said_beside_its_field(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    late = browser.post(
        address("file-rule-new"),
        sent("record", effective_from="01/06/2025", **{"photo-demand": "asked"}),
    )
    assert late.status_code == 422
    assert "les droits des jours passés ne changent pas" in late.content.decode()
    same = browser.post(address("file-rule-new"), sent("record"))
    assert "C’est déjà la règle en vigueur" in same.content.decode()
    grace = browser.post(address("file-rule-new"), sent("record", **{"photo-grace_days": "9000"}))
    assert grace.status_code == 422


@pytest.mark.parametrize(("person", "status"), [("awa", 403), ("auditor", 403), ("fanta", 404)])
def test_others_propose_nothing(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, person: str, status: int
) -> None:
    browser = signed_in(getattr(people, person))
    assert browser.post(address("file-rule-new"), sent("record")).status_code == status


def test_rows_cost_no_query_of_their_own(
    household: Household, scoped: Mutual, people: People, product: Product, signed_in: Browser,
    address: Address, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    in_force(scoped, people, PHOTO_OF_ALL | {"consent": {"demand": "asked"}})
    browser = signed_in(people.awa)
    for _ in range(2):
        browser.get(address("incomplete-files"))  # after a command, counts are worked out anew
        with django_assert_max_num_queries(26):
            browser.get(address("incomplete-files"))
        for _family in range(3):
            a_household(scoped, people.awa, product)

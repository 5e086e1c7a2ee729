"""The pages on which a person's and a family's file are put right, and their photos."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.enrolment.models import Household, Photo, Resemblance
from entraide.apps.schemes.models import Mutual, Product
from entraide.web.households import enrolment
from tests.builders import (
    CHILD,
    MEMBER,
    SPOUSE,
    a_claim,
    a_household,
    a_key,
    a_provider,
    an_approved_product,
)
from tests.people import People
from tests.web.households.conftest import typed
from tests.web.households.test_pages import plain
from tests.web.sections.test_sections import kofi, north

__all__ = ["kofi", "north"]

Browser = Callable[[User], Client]
Address = Callable[..., str]


def a_file(format: str = "JPEG", name: str = "photo.jpg") -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (600, 800), (120, 90, 60)).save(written, format)
    written.seek(0)
    written.name = name
    return written


def file_of(child: Any, **more: str) -> dict[str, str]:
    """What the page of correction sends for Afi."""
    return {
        "idempotency_key": a_key(), "name": child.name, "given_name": child.given_name,
        "birth": "03/09/2016", "precision": "exact", "sex": "F", "relation": "child",
        "mother": "", "phone": "", "phone_owner": "", "occupation": "", "document_kind": "",
        "document_number": "", "reason": "", **more,
    }  # fmt: skip


@pytest.mark.requirement("R008", begun=True)
def test_a_person_is_put_right_and_the_family_page_tells_it(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    child, mother = household.persons.get(relation="child"), household.persons.get(is_member=True)
    url, browser = address("person-correct", uid=child.uid), signed_in(people.awa)
    refused = browser.post(url, file_of(child, given_name="Ayélé"))
    assert refused.status_code == 422
    assert "Écrivez pourquoi le nom" in refused.content.decode()
    sent = file_of(child, given_name="Ayélé", mother=str(mother.uid), reason="Faute de frappe")
    page = browser.post(url, sent, follow=True).content.decode()
    assert "ADJOVI Ayélé" in page
    family = browser.get(address("household", uid=household.uid)).content.decode()
    assert "Historique" in family
    assert "Faute de frappe" in family
    # A birth is no surer in the history than it was: the year alone, then about another one.
    year = {"birth": "2016", "precision": "year", "reason": "Carnet"}
    browser.post(url, file_of(child, given_name="Ayélé", mother=str(mother.uid), **year))
    about = year | {"birth": "vers 2014", "precision": "around"}
    browser.post(url, file_of(child, given_name="Ayélé", mother=str(mother.uid), **about))
    told = plain(browser.get(url.replace("corriger/", "")).content)
    assert "1er janvier" not in told
    cells = re.findall(r'data-label="(?:Avant|Après)">(?:<span>)?([^<]*)', told)
    assert ["2016", "vers 2014"] in [cells[at : at + 2] for at in range(len(cells))]
    assert ["3 septembre 2016", "2016"] in [cells[at : at + 2] for at in range(len(cells))]
    assert signed_in(people.cashier).get(url).status_code == 403
    assert signed_in(people.fanta).get(url).status_code == 404


def hidden(page: bytes) -> str:
    """What a page says that it showed."""
    [shown] = re.findall(r'name="shown" value="([^"]+)"', page.decode())
    return shown


def test_of_two_open_pages_the_later_saves_only_what_it_changed(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    child = household.persons.get(relation="child")
    url, browser = address("person-correct", uid=child.uid), signed_in(people.awa)
    both = {"shown": hidden(browser.get(url).content)}
    first = file_of(child, given_name="Ayélé", phone="90 11 11 11", reason="Faute", **both)
    assert browser.post(url, first).status_code == 302
    second = file_of(child, occupation="Élève", **both)  # the old given name, untouched
    assert browser.post(url, second).status_code == 302
    child.refresh_from_db()
    assert (child.given_name, child.phone, child.occupation) == ("Ayélé", "90 11 11 11", "Élève")
    third = file_of(child, phone="90 22 22 22", given_name="Afi", **both)
    told = browser.post(url, third)
    assert told.status_code == 422
    assert "Quelqu’un l’a changé depuis l’ouverture de cette page" in told.content.decode()
    assert "« 90 11 11 11 »" in told.content.decode().replace("\u00a0", " ")
    again = {**third, "idempotency_key": a_key(), "shown": hidden(told.content)}
    assert browser.post(url, again).status_code == 302
    child.refresh_from_db()
    assert (child.given_name, child.phone) == ("Ayélé", "90 22 22 22")


def test_of_two_open_pages_of_a_family_the_later_saves_only_what_it_changed(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url, browser = address("household-contact", uid=household.uid), signed_in(people.awa)
    both = {"shown": hidden(browser.get(url).content), "phone": household.phone, "address": ""}
    sent = {**both, "idempotency_key": a_key(), "address": "Agoè"}
    assert browser.post(url, sent).status_code == 302
    sent = {**both, "idempotency_key": a_key(), "phone": "91 00 00 00"}
    assert browser.post(url, sent).status_code == 302
    household.refresh_from_db()
    assert (household.phone, household.address) == ("91 00 00 00", "Agoè")
    sent = {**both, "idempotency_key": a_key(), "address": "Bè"}
    told = browser.post(url, sent)
    assert told.status_code == 422
    assert "« Agoè »" in told.content.decode().replace("\u00a0", " ")


def test_a_name_that_is_never_split_has_one_field(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    child = household.persons.get(relation="child")
    url = address("person-correct", uid=child.uid)
    assert "id_given_name" in signed_in(people.awa).get(url).content.decode()
    mutual = household.mutual
    mutual.country = "mg"
    mutual.save()
    assert "id_given_name" in signed_in(people.awa).get(url).content.decode()
    child.given_name = ""
    child.save()
    assert "id_given_name" not in signed_in(people.awa).get(url).content.decode()


def test_a_photo_is_kept_and_shown_to_whoever_may_read(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    child = household.persons.get(relation="child")
    url, browser = address("person-photo", uid=child.uid), signed_in(people.awa)
    bad = io.BytesIO(b"no picture at all")
    bad.name = "photo.jpg"
    sent = {"idempotency_key": a_key(), "taken_on": "16/06/2025"}
    refused = browser.post(url, {**sent, "photo": bad})
    assert refused.status_code == 422
    assert "n’est pas une photo lisible" in refused.content.decode()
    page = browser.post(url, {**sent, "photo": a_file()}, follow=True).content.decode()
    picture = address("photo", uid=Photo.objects.get().uid)
    assert picture in page
    answer = browser.get(picture)
    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    assert browser.get(picture, headers={"if-none-match": answer["ETag"]}).status_code == 304
    reading = AuditEvent.objects.get(kind=AuditKind.PHOTO_READING)
    assert (reading.actor, reading.subject) == (people.awa, f"photo {child.number}")
    assert signed_in(people.fanta).get(picture).status_code == 404
    assert Client().get(picture).status_code == 302
    check = browser.get(address("eligibility"), {"card": child.number, "on": "16/06/2025"})
    assert picture in check.content.decode()


def test_the_persons_of_a_family_photo_are_ticked(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("family-photo", uid=household.uid)
    browser = signed_in(people.awa)
    shown = [str(each.uid) for each in household.persons.all()[:2]]
    sent = {"idempotency_key": a_key(), "taken_on": "16/06/2025", "photo": a_file("PNG", "f.png")}
    assert browser.post(url, {**sent, "photo": a_file()}).status_code == 422
    assert browser.post(url, {**sent, "shown": shown}).status_code == 302
    assert Photo.objects.get().shown.count() == 2


@pytest.mark.requirement("R001", begun=True)
def test_who_seems_registered_is_asked_about_before_anybody_is_entered(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("household-new")
    again = (("Adjovi", "Eloyse", "12/04/1988", "F", "member", True),)
    sent = typed(again)
    asked = browser.post(url, sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert Household.objects.count() == 1
    assert "Autre personne que" in page
    known = household.persons.get(is_member=True)
    assert known.number in page
    answered = {**sent, "other": f"1:{known.uid}"}
    first = browser.post(url, answered)
    assert first.status_code == 302
    assert browser.post(url, answered)["Location"] == first["Location"]
    assert Household.objects.count() == 2
    assert "other_person" in {row.field for row in household.changes.all()}


def test_who_came_in_since_the_question_is_asked_about_again(
    household: Household, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked, questions = [], enrolment.questions

    def looked_too_early(*given: Any, **named: Any) -> list[Any]:
        asked.append(given)
        return [] if len(asked) == 1 else questions(*given, **named)

    monkeypatch.setattr(enrolment, "questions", looked_too_early)
    again = (("Adjovi", "Eloïse", "12/04/1988", "F", "member", True),)
    answer = signed_in(people.awa).post(address("household-new"), typed(again))
    assert (answer.status_code, Household.objects.count()) == (422, 1)
    assert household.persons.get(is_member=True).number in answer.content.decode()


def test_somebody_of_another_section_is_asked_about_and_not_named(
    household: Household, kofi: User, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(kofi), address("household-new")
    sent = typed((("Adjovi", "Eloyse", "12/04/1988", "F", "member", True),))
    known = household.persons.get(is_member=True)
    for page in (browser.post(url, sent), browser.post(address("household-quote"), sent)):
        text = page.content.decode()
        assert "Quelqu’un d’une autre section" in text
        for hidden in (known.number, str(known.uid), "Éloïse"):
            assert hidden not in text
    form = browser.post(url, sent).content.decode()
    [mark] = re.findall(r'name="other" value="([^"]+)"', form)
    assert browser.post(url, {**sent, "other": mark}).status_code == 302
    assert "other_person" in {row.field for row in household.changes.all()}


def test_the_list_of_families_proposes_near_spellings(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("households")
    page = browser.get(url, {"q": "Adjowi"}).content.decode()
    assert "Orthographes proches" in page
    assert page.count(address("household", uid=household.uid)) == 1
    rows = browser.get(url, {"q": "Adjowi"}, headers={"HX-Request": "true"}).content.decode()
    assert "Orthographes proches" in rows
    assert "Aucune famille trouvée" in browser.get(url, {"q": "Zzyxqw"}).content.decode()


def test_without_newborn_days_a_birth_leads_to_entering_the_child(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    add = address("household-add", uid=household.uid) + "?relation=child"
    declare = address("newborn-declare", uid=household.uid)
    page = browser.get(address("household", uid=household.uid)).content.decode()
    assert (add in page, declare in page) == (True, False)
    page = browser.get(declare).content.decode()
    assert "ajoutez le nouveau-né comme ayant droit" in page
    assert add in page
    assert "Mère" not in page
    form = browser.get(add).context["form"]
    assert form["relation"].value() == "child"
    mother = household.persons.get(is_member=True)
    sent = {
        "idempotency_key": a_key(), "mother": str(mother.uid), "birth_on": "10/06/2025", "sex": "F"
    }  # fmt: skip
    refused = browser.post(declare, sent)
    assert refused.status_code == 422
    assert "ne couvre un enfant qu’une fois inscrit dans la famille" in refused.content.decode()


def test_a_pair_is_answered_or_merged_from_the_list(
    household: Household, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    persons = (replace(MEMBER, given_name="Eloise"), replace(CHILD, given_name="Affi"))
    a_household(household.mutual, people.awa, product, persons=persons)
    clerk, coordinator = signed_in(people.awa), signed_in(people.coordinator)
    url = address("doubles")
    page = clerk.post(address("doubles-look"), {"idempotency_key": a_key()}, follow=True)
    assert "2 nouvelles paires à regarder." in page.content.decode()
    of_member, of_child = Resemblance.objects.order_by("first_id")
    clerk.post(address("double-other", uid=of_member.uid), {"idempotency_key": a_key()})
    apart, reopen = address("doubles-apart"), address("double-reopen", uid=of_member.uid)
    assert apart in clerk.get(url).content.decode()
    assert reopen not in clerk.get(apart).content.decode()
    assert clerk.post(reopen, {"idempotency_key": a_key()}).status_code == 403
    assert reopen in coordinator.get(apart).content.decode()
    told = coordinator.post(reopen, {"idempotency_key": a_key()}, follow=True).content.decode()
    assert "la paire attend de nouveau" in told
    again = coordinator.post(reopen, {"idempotency_key": a_key()}, follow=True).content.decode()
    assert "n’est plus là" in again
    family = clerk.get(address("household", uid=household.uid)).content.decode()
    assert "N’est plus une autre personne que" in family
    clerk.post(address("double-other", uid=of_member.uid), {"idempotency_key": a_key()})
    merge = address("double-merge", uid=of_child.uid)
    assert merge not in clerk.get(url).content.decode()
    assert clerk.get(merge).status_code == 403
    assert merge in coordinator.get(url).content.decode()
    sent = {"idempotency_key": a_key(), "kept": str(of_child.first.uid), "reason": "Acte montré"}
    answer = coordinator.post(merge, sent, follow=True).content.decode()
    assert "les deux numéros mènent à la même personne" in answer
    assert "Aucune paire n’attend" in clerk.get(url).content.decode()


def test_two_families_become_one_once_it_is_said_who_is_who(
    household: Household, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    stranger = replace(CHILD, given_name="Mawuli", sex="M", birth_on=date(2020, 2, 2))
    persons = (replace(MEMBER, given_name="Eloise"), stranger)
    twice = a_household(household.mutual, people.awa, product, persons=persons)
    provider = a_provider(household.mutual, people.moussa)
    claim = a_claim(twice.persons.get(is_member=True), provider, people.awa)
    coordinator = signed_in(people.coordinator)
    coordinator.post(address("doubles-look"), {"idempotency_key": a_key()})
    url = address("double-merge", uid=Resemblance.objects.get().uid)
    member = household.persons.get(is_member=True)
    sent = {
        "idempotency_key": a_key(), "kept": str(member.uid), "reason": "Saisie deux fois",
        "whole_family": "on",
    }  # fmt: skip
    asked = coordinator.post(url, sent)
    page = asked.content.decode()
    assert "Qui est qui dans les deux familles" in page
    assert f"appels impayés de la famille {twice.number}" in page
    assert "Son sinistre reste tel qu’il est" in page
    who = {name: field.initial for name, field in asked.context["who"].fields.items()}
    assert list(who.values()) == [str(member.uid), "comes"]
    assert coordinator.post(url, {**sent, **who}).status_code == 302
    assert household.persons.get(given_name="Mawuli").number == f"{household.number}-4"
    assert not twice.dues.filter(cancelled_on__isnull=True).exists()
    family = coordinator.get(address("household", uid=household.uid)).content.decode()
    assert claim.document_number in family
    shown = coordinator.get(address("claim", uid=claim.uid)).content.decode()
    assert f"compte pour {member.full_name}, famille {household.number}" in shown
    assert address("household", uid=household.uid) in shown


def test_a_family_entered_by_mistake_owes_nothing_and_has_nothing_to_renew(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url, browser = address("household-end", uid=household.uid), signed_in(people.awa)
    assert "appels impayés" in browser.get(url).content.decode()
    sent = {"idempotency_key": a_key(), "ended_on": "16/06/2025", "reason": "entered_in_error"}
    page = browser.post(url, sent, follow=True).content.decode()
    assert "Saisie par erreur, le " in page
    assert "Rien n’est dû." in page
    assert "Renouveler l’adhésion" not in page
    assert "radiation" not in page
    listed = browser.get(address("households")).content.decode()
    assert "annulée avant son premier jour" in listed


@pytest.mark.requirement("R008", begun=True)
def test_a_birth_that_changes_the_price_is_shown_before_it_is_recorded(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    product = an_approved_product(scoped, people.moussa, people.director, "cycles-famille").product
    younger = replace(CHILD, given_name="Ablavi", birth_on=date(2018, 2, 1))
    family = a_household(
        scoped, people.awa, product, enrolled_on=date(2025, 6, 2),
        persons=(MEMBER, SPOUSE, CHILD, younger),
    )  # fmt: skip
    child = family.persons.get(given_name="Afi")
    url, browser = address("person-correct", uid=child.uid), signed_in(people.awa)
    sent = file_of(child, birth="03/09/2000", reason="Acte de naissance")
    shown = browser.post(url, sent)
    page = shown.content.decode()
    assert "ce que la famille doit" in page
    assert family.persons.get(pk=child.pk).birth_on == CHILD.birth_on
    again = {**sent, "price_seen": shown.context["price_seen"]}
    assert browser.post(url, again, follow=True).status_code == 200
    assert family.persons.get(pk=child.pk).birth_on == date(2000, 9, 3)
    history = browser.get(address("person", uid=child.uid)).content.decode()
    assert "Cotisation de la couverture" in history

"""A newborn is registered with its price in sight."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Sum

from entraide.apps.contributions.newborns import declare_newborn
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.asked_about import asked_about
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.file_rules import approve_file_rule, enter_file_rule
from entraide.apps.schemes.models import Mutual
from entraide.documents.writing import money
from tests.builders import a_key, cover_newborns
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

TODAY = date(2025, 6, 16)


def test_what_registering_a_newborn_makes_due_is_shown_before(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    cover_newborns(scoped, people, 90)
    child = declare_newborn(
        mutual=scoped, actor=people.awa, on=TODAY, idempotency_key=a_key(),
        mother=household.persons.get(is_member=True), birth_on=date(2025, 6, 1), sex="F",
    )  # fmt: skip
    browser, url = signed_in(people.awa), address("newborn-register", uid=child.uid)
    earlier = set(household.dues.values_list("pk", flat=True))
    page = browser.get(url).content.decode()
    assert not household.dues.exclude(pk__in=earlier).exists()
    browser.post(url, {"idempotency_key": a_key(), "name": "Adjovi", "given_name": "Sika"})
    raised = household.dues.exclude(pk__in=earlier)
    total_minor = raised.aggregate(total=Sum("amount_minor", default=0))["total"]
    assert total_minor > 0
    assert money(total_minor, scoped.currency, "fr") in page
    again = browser.get(url).content.decode()
    assert "Ce qui sera enregistré" in again
    assert money(total_minor, scoped.currency, "fr") not in again


def test_the_last_day_to_register_a_birth_is_said_alike_when_declared_and_on_the_family_page(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    cover_newborns(scoped, people, 30)
    mother = household.persons.get(is_member=True)
    sent = {
        "idempotency_key": a_key(), "mother": str(mother.uid), "birth_on": "16/06/2025", "sex": "F",
        "name": "", "given_name": "",
    }  # fmt: skip
    url = address("newborn-declare", uid=household.uid)
    page = signed_in(people.awa).post(url, sent, follow=True).content.decode()
    page = page.replace("\u00a0", " ")
    assert "À régulariser le 15 juillet 2025 au plus tard." in page
    assert "Couvert comme nouveau-né jusqu’au 15 juillet 2025." in page
    assert household.persons.get(provisional_until=date(2025, 7, 16))


def test_the_form_of_a_newborn_is_called_so_offers_mothers_only_and_says_that_it_needs_a_photo(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    household.persons.filter(given_name="Afi").update(sex="F")
    browser, url = signed_in(people.awa), address("household-add", uid=household.uid)
    page = browser.get(f"{url}?relation=child").content.decode()
    assert "<h1>Ajouter un nouveau-né</h1>" in page
    assert "<h1>Ajouter un ayant droit</h1>" in browser.get(url).content.decode()
    mothers = page.split('name="mother"')[1].split("</select>")[0]
    assert "Éloïse" in mothers
    assert "Afi" not in mothers
    assert "Koffi" not in mothers
    control = re.search(r'<input[^>]*name="name"[^>]*>', page)
    assert control is not None
    assert "autofocus" in control.group()
    assert "n’est pas encore couverte" not in page
    act = {"mutual": scoped, "on": TODAY, "effective_from": TODAY, "source": "Règlement"}
    version = enter_file_rule(
        actor=people.coordinator,
        idempotency_key=a_key(),
        document={"photo": {"demand": "suspends"}},
        **act,
    )
    approve_file_rule(
        mutual=scoped, actor=people.director, on=TODAY, idempotency_key=a_key(), version=version
    )
    page = browser.get(f"{url}?relation=child").content.decode()
    assert "droits s’ouvrent dès que la photo est là" in page
    assert "n’est pas encore couverte" in page


def test_a_newborn_is_asked_no_trade_no_identity_document_and_no_telephone(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("household-add", uid=household.uid)
    of_adults = ("occupation", "document_kind", "document_number", "phone", "phone_owner")
    asked = browser.get(url).content.decode()
    of_child = browser.get(f"{url}?relation=child").content.decode()
    for name in of_adults:
        assert (f'name="{name}"' in asked, f'name="{name}"' in of_child) == (True, False), name


def birth(mother: Person, **more: str) -> dict[str, str]:
    return {
        "idempotency_key": a_key(), "mother": str(mother.uid), "birth_on": "10/06/2025",
        "sex": "F", "name": "", "given_name": "", **more,
    }  # fmt: skip


def test_a_birth_declared_twice_is_asked_about_and_a_twin_of_another_name_is_not(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    """The same mother and day: one child, until somebody says that they are two."""
    cover_newborns(scoped, people, 90)
    mother, browser = household.persons.get(is_member=True), signed_in(people.awa)
    url = address("newborn-declare", uid=household.uid)
    assert browser.post(url, birth(mother, name="Adjovi", given_name="Sika")).status_code == 302
    before = household.persons.count()
    for again in (birth(mother), birth(mother, name="Adjovi", given_name="Sikha")):
        answer = browser.post(url, again)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Sika" in page
        assert "Autre personne que" in page
        assert household.persons.count() == before
    twin = browser.post(url, birth(mother, name="Adjovi", given_name="Koffi", sex="M"))
    assert twin.status_code == 302
    [question] = answer.context["asked"]
    ticks = [value for _alike, value, _ticked, _seen in question.rows]
    said = browser.post(url, {**birth(mother, name="Adjovi", given_name="Sikha"), "other": ticks})
    assert said.status_code == 302
    assert household.persons.count() == before + 2
    told = [each for each in changes_of(household) if each.field == "other_person"]
    assert len(told) == 2


def test_a_newborn_entered_as_a_dependant_meanwhile_is_asked_about_when_registered(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    cover_newborns(scoped, people, 90)
    act = {"mutual": scoped, "actor": people.awa, "on": TODAY}
    child = declare_newborn(
        **act, idempotency_key=a_key(), mother=household.persons.get(is_member=True),
        birth_on=date(2025, 6, 1), sex="F",
    )  # fmt: skip
    add_dependant(
        **act, idempotency_key=a_key(), membership=household.memberships.get(),
        entry=PersonEntry(
            name="Adjovi", given_name="Sika", birth_on=date(2025, 6, 1), sex="F", relation="child"
        ),
        entered_on=TODAY,
    )  # fmt: skip
    browser, url = signed_in(people.awa), address("newborn-register", uid=child.uid)
    sent = {"idempotency_key": a_key(), "name": "Adjovi", "given_name": "Sika"}
    answer = browser.post(url, sent)
    assert answer.status_code == 422
    child.refresh_from_db()
    assert child.provisional_until is not None
    [question] = answer.context["asked"]
    assert [each.person.given_name for each in question.alike] == ["Sika"]
    other = {**sent, "idempotency_key": a_key(), "name": "Adjovi", "given_name": "Koffi"}
    assert browser.post(url, other).status_code == 302  # the twin that it is


def test_twins_enter_as_dependants_one_after_the_other_without_a_question(
    household: Household, scoped: Mutual, people: People
) -> None:
    act = {"mutual": scoped, "actor": people.awa, "on": TODAY}
    with asked_about([]):
        for name in ("Sika", "Koffi"):
            add_dependant(
                **act, idempotency_key=a_key(), membership=household.memberships.get(),
                entry=PersonEntry(
                    name="Adjovi", given_name=name, birth_on=date(2025, 6, 1), sex="F",
                    relation="child",
                ),
                entered_on=TODAY,
            )  # fmt: skip
    assert household.persons.filter(birth_on=date(2025, 6, 1)).count() == 2

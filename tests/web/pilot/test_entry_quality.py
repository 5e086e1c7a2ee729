"""Corrections for 100 records: found in the journal, by screen and person, down to the record."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django_scopes import scope

from entraide.apps.access.models import CommandLog
from entraide.apps.access.screens import on_screen
from entraide.apps.claims.approval import reverse_claim
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.person_corrections import correct_person
from entraide.apps.enrolment.corrections import PersonFile
from entraide.apps.enrolment.models import Person
from entraide.apps.reporting.entry_quality import corrected_between, effect_of, entered_between
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.entry_quality import By, Kind, rates
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import typed
from tests.web.pilot.conftest import Address

pytestmark = pytest.mark.django_db

ENTERED_ON = date(2025, 5, 5)
EVERYTHING = tuple(Kind)
MAY, JULY = date(2025, 5, 1), date(2025, 7, 1)


@pytest.fixture
def corrected(scoped: Mutual, people: People, product: Product) -> Mutual:
    """In May: a family, a receipt and two claims; a name corrected after ten days, the receipt
    reversed after twenty, a claim after seventy: outside the window."""
    with on_screen("web:household-new"):
        family = a_household(scoped, people.awa, product, enrolled_on=ENTERED_ON)
    payment = a_payment(family, people.awa, 1000, paid_on=ENTERED_ON)
    member = family.persons.get(is_member=True)
    provider = a_provider(scoped, people.moussa)
    with on_screen("web:claim-new"):
        claims = [
            a_claim(member, provider, people.awa, ("consultation-1", "1", 4000), care_on=day)
            for day in (date(2025, 5, 20), date(2025, 5, 21))
        ]
    correct_person(
        mutual=scoped, actor=people.coordinator, on=date(2025, 5, 15), idempotency_key=a_key(),
        person=member, file=_renamed(member), reason="Acte de naissance",
    )  # fmt: skip
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=date(2025, 5, 25), idempotency_key=a_key(),
        payment=payment, reason="Saisi deux fois",
    )  # fmt: skip
    for claim, after in zip(claims, (3, 70), strict=True):
        reverse_claim(
            mutual=scoped, actor=people.moussa, on=claim.care_on + timedelta(days=after),
            idempotency_key=a_key(), claim=claim, reason="Saisi deux fois",
        )  # fmt: skip
    return scoped


def _renamed(member: Person) -> PersonFile:
    return replace(PersonFile.of(member), name="Adjovi-Mensah")


@pytest.mark.requirement("R059")
def test_each_correction_counts_with_the_record_that_it_corrects(
    corrected: Mutual, people: People
) -> None:
    entered = entered_between(corrected, MAY, JULY, EVERYTHING)
    assert sorted((each.kind.value, each.screen, each.count) for each in entered) == [
        ("claims", "web:claim-new", 1), ("claims", "web:claim-new", 1),
        ("families", "web:household-new", 1), ("receipts", "", 1),
    ]  # fmt: skip
    found = corrected_between(corrected, MAY, JULY, EVERYTHING)
    told = [(each.counted.act, each.counted.days, each.counted.user) for each in found]
    assert told == [
        ("correct_person", 10, people.awa.pk),  # who entered it, not who corrected it
        ("reverse_claim", 3, people.awa.pk),
        ("reverse_payment", 20, people.awa.pk),
    ]  # fmt: skip
    assert found[0].made_by == people.coordinator.pk
    assert isinstance(found[0].record, Person)
    by_screen = rates(entered, [each.counted for each in found], By.SCREEN, JULY)
    assert {each.key: (each.corrections, each.records) for each in by_screen} == {
        "": (1, 1), "web:household-new": (1, 1), "web:claim-new": (1, 2),
    }  # fmt: skip
    only = corrected_between(corrected, MAY, JULY, (Kind.RECEIPTS,))
    assert [each.counted.act for each in only] == ["reverse_payment"]
    assert corrected_between(corrected, date(2025, 6, 1), JULY, EVERYTHING) == []


@pytest.mark.requirement("R059")
def test_a_new_control_is_measured_before_and_after(corrected: Mutual) -> None:
    since = date(2025, 5, 19)
    told = effect_of(corrected, since, since + timedelta(days=80), EVERYTHING)
    assert told is not None  # twenty days on each side: those whose window is over
    assert (told.days, told.before.corrections, told.before.records) == (20, 2, 2)
    assert (told.after.corrections, told.after.records) == (1, 2)
    assert not told.is_change
    assert effect_of(corrected, since, since + timedelta(days=60), EVERYTHING) is None


@pytest.mark.requirement("R059")
def test_the_report_leads_from_a_rate_to_its_corrections(
    corrected: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.director)
    answer = browser.get(address("entry-quality"))
    page = _plain(answer.content)
    assert answer.context["corrections"] == 3
    assert "Fiche d’adhésion" in page
    assert "Corrections pour 100 enregistrements" in page
    assert "trop peu pour un intervalle" in page, "four records"
    [month] = [row for row in answer.context["months"] if row.rate.corrections]
    assert (month.rate.corrections, month.rate.records, month.per_hundred) == (3, 4, "75,0")
    assert month.rate.is_open  # on 16 June, May may still be corrected
    rows = browser.get(month.url).context["rows"]
    assert [row.act for row in rows] == [
        "Reçu contrepassé",
        "Sinistre contrepassé",
        "Personne corrigée",
    ]
    assert all(row.record.url for row in rows)
    of_one = browser.get(
        f"{address('entry-corrections')}?act=correct_person&screen=web:household-new"
    )
    assert [row.act for row in of_one.context["rows"]] == ["Personne corrigée"]
    early = browser.get(address("entry-quality"), {"since": "01/06/2025"})
    assert "Trop tôt" in _plain(early.content)
    assert browser.get(address("entry-quality"), {"since": "31/02/2025"}).status_code == 200
    assert signed_in(people.awa).get(address("entry-quality")).status_code == 403


@pytest.mark.requirement("R059")
def test_an_act_keeps_the_page_on_which_it_was_done(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    assert browser.post(address("household-new"), typed()).status_code == 302
    with scope(mutual=scoped):
        line = CommandLog.objects.get(mutual=scoped, name="enrol_household")
    assert line.screen == "web:household-new"


def _plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())

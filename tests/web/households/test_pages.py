"""The families' list and page, and what happens to a family."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, PartnerGroup
from entraide.apps.schemes.models import Mutual, Product
from entraide.web.concerned import as_concerned, care_audiences
from entraide.web.households.counts import waiting
from entraide.web.households.wording import cover_words
from tests.builders import MEMBER, a_care_item, a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

SPACE, THIN = "\u00a0", "\u202f"


def plain(page: bytes) -> str:
    """A page with every kind of space the same."""
    return page.decode().replace(SPACE, " ").replace(THIN, " ")


def other(name: str, given: str = "Komi") -> tuple[PersonEntry, ...]:
    return (PersonEntry(name=name, given_name=given, birth_on=date(1979, 5, 1), sex="M"),)


# ── the list ─────────────────────────────────────────────────────────────────


def test_the_list_searches_filters_and_sorts(
    household: Household, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    paid = a_household(scoped, people.awa, product, persons=other("Zinsou"), phone="90 11 22 33")
    a_payment(paid, people.awa, 13_000)
    browser, url = signed_in(people.awa), address("households")
    everything = plain(browser.get(url).content)
    assert "2 familles dans cette liste" in everything.replace("<strong>", "").replace(
        "</strong>", ""
    )
    assert "2 sont sous contrat aujourd’hui." in everything
    assert "ADJOVI Éloïse" in everything
    assert "13 000 F CFA" in everything
    found = plain(browser.get(url, {"q": "zinsou"}).content)
    assert "ZINSOU Komi" in found
    assert "sous contrat aujourd’hui" not in found
    assert "Éloïse" not in found
    assert "ZINSOU Komi" in plain(browser.get(url, {"q": "90112233"}).content)
    late = plain(browser.get(url, {"show": "late"}).content)
    assert "ADJOVI Éloïse" in late
    assert "ZINSOU" not in late
    names = plain(browser.get(url, {"sort": "-name"}).content)
    assert names.index("ZINSOU") < names.index("ADJOVI")
    nobody = plain(browser.get(url, {"q": "inconnu"}).content)
    assert "Aucune famille trouvée" in nobody


def test_the_list_says_until_when_from_when_or_why_not(
    household: Household, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    browser, url = signed_in(people.awa), address("households")
    unpaid = "cotisation impayée depuis le 10 janvier 2025 · adhésion jusqu’au 9 janvier 2026"
    assert unpaid in plain(browser.get(url).content)
    a_payment(household, people.awa, 13_000)
    assert unpaid not in plain(browser.get(url).content)
    assert "jusqu’au 9 janvier 2026" in plain(browser.get(url).content)


def test_the_words_beside_a_cover(
    household: Household, scoped: Mutual, people: People, product: Product
) -> None:
    member = household.persons.get(is_member=True)
    last_on = date(2026, 1, 9)

    def words(on: date) -> str:
        with translation.override("fr"):
            told = cover_words(standings_on([member], on)[member.pk], last_on, on)
        return told.replace(SPACE, " ")

    assert words(date(2025, 1, 1)) == "à partir du 10 janvier 2025"
    assert words(date(2025, 6, 16)) == (
        "cotisation impayée depuis le 10 janvier 2025 · adhésion jusqu’au 9 janvier 2026"
    )
    assert words(date(2026, 2, 1)) == "terminée le 9 janvier 2026"
    a_payment(household, people.awa, 13_000)
    assert words(date(2025, 6, 16)) == "adhésion jusqu’au 9 janvier 2026"  # covered in part
    assert words(date(2026, 1, 5)) == "jusqu’au 9 janvier 2026"


def test_the_list_answers_its_rows_alone_to_the_page_script(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).get(address("households"), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert "ADJOVI Éloïse" in answer.content.decode()


def test_the_list_costs_the_same_whatever_its_length(
    household: Household, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    browser = signed_in(people.awa)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser.get(address("households"), headers={"HX-Request": "true"})
        return len(seen)

    cost()
    alone = cost()
    for name in ("Agbo", "Koudou", "Mensah", "Sossou"):
        a_household(scoped, people.awa, product, persons=other(name))
    cost()  # the number of families is counted anew after a command, and remembered
    assert cost() == alone


def test_contributions_and_families_late_are_read_one_after_the_other(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.moussa)
    for _ in range(2):
        for url in (address("contributions"), address("households") + "?show=late"):
            assert browser.get(url).status_code == 200


def test_what_is_to_renew_is_counted_and_listed(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    assert waiting(scoped, date(2025, 6, 16)).count == 0
    near = waiting(scoped, date(2025, 12, 1))
    assert (near.count, near.is_due) == (1, False)
    assert waiting(scoped, date(2026, 1, 20)).is_due
    page = plain(signed_in(people.awa).get(address("households"), {"show": "renew"}).content)
    assert "Aucune famille trouvée" in page


# ── the family ───────────────────────────────────────────────────────────────


@pytest.mark.requirement("R037", begun=True)
def test_the_page_says_who_is_covered_why_not_and_what_to_pay(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    page = plain(signed_in(people.awa).get(address("household", uid=household.uid)).content)
    assert "ADJOVI Éloïse" in page
    assert "0 personne couverte sur 3" in page
    assert "Pas couverte ce jour" in page  # Éloïse, Afi
    assert "Pas couvert ce jour" in page  # Koffi
    assert "Cotisation en retard : 13 000 F CFA à payer depuis le 10 janvier 2025" in page
    assert "Encaisser 13 000 F CFA" in page
    assert "10 janvier 2025 – 9 janvier 2026" in page
    url = address("household", uid=household.uid)
    tolerated = plain(signed_in(people.awa).get(url, {"on": "10/01/2025"}).content)
    assert re.search(r"la couverture tient en attendant jusqu’au \d+ \w+ 2025", tolerated)


def test_the_month_due_today_is_to_pay_today_and_a_fee_paid_agrees(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    today = date(2025, 6, 16)
    household = a_household(scoped, people.awa, product, enrolled_on=today)
    fee = household.dues.get(kind="joining_fee")
    a_payment(household, people.awa, fee.amount_minor, paid_on=today)
    [due] = household.dues.filter(kind="contribution")
    for month in range(7, 13):  # the same call in each month to come: a year by months
        later = ContributionDue.objects.get(pk=due.pk)
        later.pk, later.uid, later.document_number = None, uuid4(), f"AP-2025-9{month:04}"
        later.due_on = date(2025, month, 16)
        later.save()
    page = plain(signed_in(people.awa).get(address("household", uid=household.uid)).content)
    assert page.count("<span>à payer aujourd’hui</span>") == 1
    assert page.count("<span>à venir</span>") == 6
    assert "Payée" not in page
    assert re.search(r"Droit d’adhésion.{0,400}Payé<", page, re.DOTALL)


@pytest.mark.requirement("R006", begun=True)
def test_rights_are_shown_on_any_day_asked(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    a_payment(household, people.awa, 13_000)
    browser, url = signed_in(people.awa), address("household", uid=household.uid)
    today = plain(browser.get(url).content)
    assert "3 personnes couvertes sur 3" in today
    assert "Couverte en partie" in today
    assert "delivery" in today or "Accouchement" in today
    before = plain(browser.get(url, {"on": "09/01/2025"}).content)
    assert "Pas encore couverte" in before or "0 personne couverte sur" in before
    wrong = plain(browser.get(url, {"on": "hier"}).content)
    assert "« hier » n’est pas une date" in wrong


def test_a_stranger_and_an_unknown_family_find_nothing(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("household", uid=household.uid)
    assert signed_in(people.fanta).get(url).status_code == 404
    unknown = address("household", uid="01856fc7-0000-7000-8000-000000000000")
    assert signed_in(people.awa).get(unknown).status_code == 404


@pytest.mark.requirement("R004", begun=True)
def test_the_photo_is_registered_from_the_page_once(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    household = a_household(scoped, people.awa, product, persons=(*other("Agbo"),))
    person = household.persons.get()
    sent = {"idempotency_key": a_key(), "act": "paper"}
    url = address("person-photo", uid=person.uid)
    answer = signed_in(people.awa).post(url, sent, follow=True)
    assert "Photo enregistrée\u00a0: AGBO Komi." in answer.content.decode()
    person.refresh_from_db()
    assert person.has_photo
    assert signed_in(people.cashier).post(url, sent).status_code == 403


@pytest.mark.requirement("R008", begun=True)
def test_a_dependant_enters_and_a_person_leaves(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    wrong = browser.post(
        address("household-add", uid=household.uid), {"idempotency_key": a_key(), "name": "Adjovi"}
    )
    assert wrong.status_code == 422
    answer = browser.post(
        address("household-add", uid=household.uid),
        {
            "idempotency_key": a_key(), "name": "Adjovi", "given_name": "Kokou",
            "birth": "01/06/2025", "sex": "M", "relation": "child", "has_photo": "on",
            "entered_on": "16/06/2025",
        },
        follow=True,
    )  # fmt: skip
    newborn = household.persons.get(given_name="Kokou")
    entered = answer.content.decode().split("Entre dans la famille")[1].split("</tr>")[0]
    assert "–" not in entered  # nothing was before, nothing is after
    assert f"numéro {newborn.number}" in answer.content.decode()
    refused = browser.post(
        address("household-add", uid=household.uid),
        {
            "idempotency_key": a_key(), "name": "Adjovi", "birth": "1990", "sex": "M",
            "relation": "other", "entered_on": "02/01/2025",
        },
    )  # fmt: skip
    assert refused.status_code == 422
    assert "n’est pas couverte" in refused.content.decode()

    leave = address("person-end", uid=newborn.uid)
    gone = {"idempotency_key": a_key(), "what": "left", "day": "16/06/2025"}
    asked = browser.post(leave, gone).content.decode()
    assert "Choisissez pourquoi" in asked
    assert "(facultatif)" not in asked
    gone |= {"reason": "married"}
    browser.post(leave, gone)
    newborn.refresh_from_db()
    assert newborn.exited_on == date(2025, 6, 16)
    again = browser.post(leave, gone | {"idempotency_key": a_key()})
    assert again.status_code == 422


def test_the_member_leaves_only_with_a_successor(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    member = household.persons.get(is_member=True)
    spouse = household.persons.get(given_name="Koffi")
    url = address("person-end", uid=member.uid)
    died = {"idempotency_key": a_key(), "what": "died", "day": "10/06/2025"}
    refused = signed_in(people.awa).post(url, died)
    assert refused.status_code == 422
    sent = died | {"idempotency_key": a_key(), "successor": str(spouse.uid)}
    signed_in(people.awa).post(url, sent)
    spouse.refresh_from_db()
    member.refresh_from_db()
    assert spouse.is_member
    assert member.died_on == date(2025, 6, 10)
    again = signed_in(people.awa).get(url, follow=True)  # nobody leaves twice
    assert again.redirect_chain == [(address("person", uid=member.uid), 302)]
    assert "Le décès est une erreur" not in again.content.decode()
    head, back = signed_in(people.coordinator), address("person-end-withdraw", uid=member.uid)
    assert "Le décès est une erreur" in head.get(address("person", uid=member.uid)).content.decode()
    head.post(back, {"idempotency_key": a_key(), "reason": "Homonyme du village"})
    spouse.refresh_from_db()
    member.refresh_from_db()
    assert (member.died_on, member.is_member, spouse.is_member) == (None, True, False)


@pytest.mark.requirement("R019", begun=True)
def test_a_membership_is_renewed_with_its_price_shown_before(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("household-renew", uid=household.uid)
    page = plain(browser.get(url).content)
    assert "12 000 F CFA" in page
    assert "10 janvier 2026 – 9 janvier 2027" in page
    panel = page[page.index('id="price"') :]
    assert 'hx-trigger="change from:closest form' in panel  # another product: another price
    sent = {
        "idempotency_key": a_key(), "act": "record", "product": "essentielle",
        "renewed_on": "16/06/2025", "treasury": "", "amount": "", "external_reference": "",
    }  # fmt: skip
    answer = browser.post(url, sent, follow=True)
    assert "9 janvier 2027" in plain(answer.content)
    assert household.memberships.count() == 2
    browser.post(url, sent)
    assert household.memberships.count() == 2
    again = browser.post(url, sent | {"idempotency_key": a_key()})  # a renewal of the renewal
    assert again.status_code == 422
    assert "déjà" in again.content.decode()
    assert household.memberships.count() == 2
    browser.post(
        address("household-end", uid=household.uid),
        {"idempotency_key": a_key(), "ended_on": "16/06/2025", "reason": "moved_away"},
    )
    running, renewal = household.memberships.order_by("effective_from")
    assert (running.ended_on, renewal.ended_on) == (date(2025, 6, 16), renewal.effective_from)


def test_two_forms_of_one_cover_renew_it_once(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("household-renew", uid=household.uid)
    cover = household.memberships.get()
    assert f'name="cover" value="{cover.uid}"' in browser.get(url).content.decode()
    sent = {
        "act": "record", "product": "essentielle", "renewed_on": "16/06/2025", "treasury": "",
        "amount": "", "external_reference": "", "cover": str(cover.uid),
    }  # fmt: skip
    browser.post(url, sent | {"idempotency_key": a_key()})
    second = browser.post(url, sent | {"idempotency_key": a_key()})
    assert household.memberships.count() == 2
    assert second.status_code == 422
    assert "déjà suivie d’une autre" in second.content.decode()


def test_an_address_changes_and_a_membership_ends(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    browser.post(
        address("household-contact", uid=household.uid),
        {"idempotency_key": a_key(), "phone": "91 00 00 00", "address": "Agoè"},
    )
    household.refresh_from_db()
    assert (household.phone, household.address) == ("91 00 00 00", "Agoè")
    url = address("household-end", uid=household.uid)
    empty = browser.post(url, {"idempotency_key": a_key(), "ended_on": "", "reason": ""})
    assert empty.status_code == 422
    assert "2 points à corriger" in empty.content.decode()
    browser.post(
        url, {"idempotency_key": a_key(), "ended_on": "16/06/2025", "reason": "moved_away"}
    )
    assert household.memberships.get().ended_on == date(2025, 6, 16)


def test_groups_are_listed_for_readers_and_entered_by_who_enrols(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("group-new")
    sent = {"idempotency_key": a_key(), "code": "be", "name": "Village de Bè", "kind": "village"}
    assert signed_in(people.cashier).get(address("groups")).status_code == 200
    assert signed_in(people.cashier).post(url, sent).status_code == 403
    page = signed_in(people.awa).post(url, sent, follow=True).content.decode()
    assert "Le groupe Village de Bè est enregistré." in page
    twice = signed_in(people.awa).post(url, sent | {"idempotency_key": a_key()})
    assert twice.status_code == 422
    assert PartnerGroup.objects.count() == 1


@pytest.mark.parametrize(
    "page",
    ["household-add", "household-renew", "household-contact", "household-end"],
)
def test_acts_on_a_family_are_refused_to_who_may_not_enrol_and_audited(
    page: str, household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url = address(page, uid=household.uid)
    assert signed_in(people.auditor).get(url).status_code == 403
    assert signed_in(people.fanta).get(url).status_code == 404
    codes = AuditEvent.objects.filter(kind=AuditKind.REFUSAL).values_list("code", flat=True)
    assert sorted(codes) == ["FORBIDDEN", "NOT_FOUND"]
    assert MEMBER.name.upper() in signed_in(people.awa).get(url).content.decode()


def test_a_family_changes_group_and_the_page_tells_the_former_one(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("household-group", uid=household.uid)
    first, second = (
        PartnerGroup.objects.create(mutual=scoped, code=code, name=f"Groupe {code}", kind="village")
        for code in ("un", "deux")
    )
    for group, day in ((first, "01/02/2025"), (second, "01/03/2025")):
        sent = {"group": str(group.uid), "moved_on": day, "idempotency_key": a_key()}
        assert browser.post(url, sent).status_code == 302
    page = plain(browser.get(address("household", uid=household.uid)).content)
    assert "Groupe deux" in page
    assert "Groupe un, jusqu’au 1er mars 2025" in page
    late = {"group": "", "moved_on": "01/02/2025", "idempotency_key": a_key()}
    refused = browser.post(url, late)
    assert refused.status_code == 422
    assert "ou changé de groupe, le 1er mars 2025" in plain(refused.content)


def test_a_man_and_a_little_girl_do_not_wait_for_deliveries(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    a_care_item("delivery-1", sex="F", min_age_years=12)
    a_payment(household, people.awa, 13_000)
    standings = standings_on(household.persons.all(), date(2025, 2, 1))
    known = care_audiences()
    waits = {
        each.person.given_name: "delivery" in as_concerned(each, known).rights.waiting_until
        for each in standings.values()
    }
    assert all("delivery" in each.rights.waiting_until for each in standings.values())
    assert waits == {"Éloïse": True, "Koffi": False, "Afi": False}
    url = address("household", uid=household.uid)
    page = plain(signed_in(people.awa).get(url, {"on": "01/02/2025"}).content)
    assert page.count("Couverte en partie") == 1

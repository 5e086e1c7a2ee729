"""The renewal pipeline, one click, several families, and the conditions of a return."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from entraide.apps.contributions.renewals import renew_families, renewal_offers, renewals_list
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.renewals import RenewalStage
from entraide.web.households.counts import waiting as families_waiting
from tests.builders import a_household, a_key, a_payment, an_approved_product
from tests.people import People
from tests.web.conftest import Browser

Address = Callable[..., str]
ON = date(2025, 6, 16)


@pytest.fixture
def address(mutual: Mutual) -> Address:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


def a_family(
    mutual: Mutual, people: People, product: Product, name: str, days_left: int, **more: Any
) -> Membership:
    """A family of two whose cover of a year has so many days left on 16 June 2025."""
    term = ON + timedelta(days=days_left)
    persons = (
        PersonEntry(name=name, given_name="Komi", birth_on=date(1979, 5, 1), sex="M", has_photo=True),
        PersonEntry(name=name, given_name="Afi", birth_on=date(2015, 5, 1), sex="F",
                    relation="child", has_photo=True),
    )  # fmt: skip
    enrolled_on = date(term.year - 1, term.month, term.day)
    household = a_household(
        mutual, people.awa, product, enrolled_on=enrolled_on, persons=persons, **more
    )
    return household.memberships.get()


def plain(page: bytes) -> str:
    return page.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_each_cover_stands_at_its_stage(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    for name, days_left in (("Amegan", 45), ("Bokor", 10), ("Creppy", -5), ("Dossou", -40)):
        a_family(scoped, people, product, name, days_left)
    a_family(scoped, people, product, "Egah", 200)
    browser = signed_in(people.awa)
    page = plain(browser.get(address("renewals")).content)
    assert "4 couvertures" in re.sub(r"</?strong>", "", page)
    for name in ("AMEGAN", "BOKOR", "CREPPY", "DOSSOU"):
        assert name in page
    assert "EGAH" not in page
    assert "Annoncer l’échéance et le prix" in page
    # The menu and the list of families count the same covers.
    waiting = families_waiting(scoped, ON)
    assert (waiting.count, waiting.is_due) == (4, True)
    listed = browser.get(address("households"), {"show": "renew"})
    assert listed.context["page"].paginator.count == 4
    assert "De soixante jours avant le terme à quatre-vingt-dix jours après." in plain(
        listed.content
    )
    asked = plain(browser.get(address("renewals"), {"stage": "j30"}).content)
    assert "BOKOR" in asked
    assert "AMEGAN" not in asked


def test_one_click_renews_the_whole_family_at_the_price_shown(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    cover = a_family(scoped, people, product, "Bokor", 10)
    a_payment(cover.household, people.awa, 13_000, on=ON)
    browser = signed_in(people.awa)
    assert "12 000 F CFA" in plain(browser.get(address("renewals")).content)
    sent = {"one": str(cover.uid), "idempotency_key": a_key(), "back": "stage=j30"}
    answer = browser.post(address("renewals-do"), sent, follow=True)
    assert answer.redirect_chain[0][0].endswith("?stage=j30")
    assert "2 personnes" in plain(answer.content)
    renewal = Membership.objects.get(renews=cover)
    assert renewal.effective_from == cover.effective_until
    assert renewal.seniority_from == cover.seniority_from
    assert sum(due.amount_minor for due in renewal.dues.all()) == 12_000
    browser.post(address("renewals-do"), sent)
    assert Membership.objects.filter(household=cover.household).count() == 2


def test_several_families_by_one_confirmation_the_others_with_why(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    good = [a_family(scoped, people, product, name, 5) for name in ("Amegan", "Bokor")]
    empty = a_family(scoped, people, product, "Creppy", 5)
    empty.household.persons.update(exited_on=ON)
    browser = signed_in(people.awa)
    ticked = [str(each.uid) for each in (*good, empty)]
    check = plain(browser.post(address("renewals-check"), {"covers": ticked}).content)
    assert "2 familles peuvent être renouvelées" in re.sub(r"</?strong>", "", check)
    assert "Une ne le peut pas" in check
    done = plain(
        browser.post(address("renewals-do"), {"covers": ticked, "idempotency_key": a_key()}).content
    )
    assert "2 familles sont renouvelées" in re.sub(r"</?strong>", "", done)
    assert "CREPPY" in done
    assert Membership.objects.filter(renews__isnull=False).count() == 2


@pytest.mark.requirement("R019")
def test_several_families_go_to_another_product_at_its_price(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    covers = [a_family(scoped, people, product, name, 5) for name in ("Amegan", "Bokor")]
    other = an_approved_product(scoped, people.moussa, people.director, "dagbe").product
    browser = signed_in(people.awa)
    ticked = {"covers": [str(each.uid) for each in covers]}
    same = plain(browser.post(address("renewals-check"), ticked).content)
    assert "Le même qu’aujourd’hui" in same
    assert 'name="product" value=' not in same
    ticked["product"] = other.code
    check = plain(browser.post(address("renewals-check"), ticked).content)
    assert f'name="product" value="{other.code}"' in check
    offers = renewal_offers(scoped, covers, on=ON, product=other)
    priced = [each.quote for each in offers if each.quote]
    assert len(priced) == 2
    income = an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product
    none = plain(
        browser.post(address("renewals-check"), {**ticked, "product": income.code}).content
    )
    assert "Aucune famille ne peut être renouvelée ici" in none
    browser.post(address("renewals-do"), {**ticked, "idempotency_key": a_key()})
    renewals = Membership.objects.filter(renews__in=covers)
    assert {each.product for each in renewals} == {other}
    assert sum(due.amount_minor for each in renewals for due in each.dues.all()) == sum(
        quote.total_minor for quote in priced
    )


def test_the_list_costs_as_many_queries_for_many_as_for_few(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    for rank in range(2):
        a_family(scoped, people, product, f"Famille{rank}", 5 + rank)
    browser.get(address("renewals"))
    with CaptureQueriesContext(connection) as few:
        browser.get(address("renewals"))
    for rank in range(8):
        a_family(scoped, people, product, f"Autre{rank}", 12 + rank)
    browser.get(address("renewals"))  # after a command, counts are worked out anew
    with CaptureQueriesContext(connection) as many:
        browser.get(address("renewals"))
    assert len(many) <= len(few)


def test_a_family_that_comes_back_waits_anew_and_is_told(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    cover = a_family(scoped, people, product, "Dossou", -40)
    (offer,) = renewal_offers(scoped, [cover], on=ON)
    assert offer.quote is not None
    assert {each.code for each in offer.quote.remarks} == {
        "REENTRY_WAITING_ANEW", "REENTRY_ARREARS_STAY",
    }  # fmt: skip
    page = plain(
        signed_in(people.awa).post(address("renewals-check"), {"covers": [str(cover.uid)]}).content
    )
    assert "recommence" in page
    assert "Sera renouvelée" in page
    assert "plusieurs familles" not in page


def test_arrears_come_first_where_the_mutual_says_so(
    scoped: Mutual, people: People, product: Product
) -> None:
    cover = a_family(scoped, people, product, "Dossou", -40)
    change_choice(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
        name="arrears_before_reentry", value=True, source="CA",
    )  # fmt: skip
    common = {"mutual": scoped, "actor": people.awa, "on": ON}
    (refused,) = renew_families(covers=[cover], idempotency_key=a_key(), **common)
    assert refused.refusal is not None
    assert "ARREARS_BEFORE_REENTRY" in str(refused.refusal.findings)
    a_payment(cover.household, people.awa, 13_000, on=ON)
    (done,) = renew_families(covers=[cover], idempotency_key=a_key(), **common)
    assert done.renewal is not None
    assert done.renewal.seniority_from == ON


def test_the_paper_of_a_group(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    group = create_group(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), code="marche",
        name="Marché d’Adawlato", kind="cooperative",
    )  # fmt: skip
    a_family(scoped, people, product, "Amegan", 5, group=group)
    a_family(scoped, people, product, "Bokor", 5)
    url = address("renewals-paper")
    page = plain(signed_in(people.awa).get(url, {"group": str(group.uid)}).content)
    assert "AMEGAN" in page
    assert "BOKOR" not in page


def test_only_who_enrols_renews_and_never_for_another_mutual(
    scoped: Mutual, other_mutual: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    cover = a_family(scoped, people, product, "Amegan", 5)
    sent = {"one": str(cover.uid), "idempotency_key": a_key()}
    assert signed_in(people.moussa).get(address("renewals")).status_code == 200
    assert signed_in(people.moussa).post(address("renewals-do"), sent).status_code == 403
    assert signed_in(people.fanta).get(address("renewals")).status_code == 404
    theirs = reverse("web:renewals-do", kwargs={"mutual": other_mutual.code})
    signed_in(people.fanta).post(theirs, sent)
    assert not Membership.objects.filter(renews=cover).exists()


def test_too_many_at_once_is_refused(scoped: Mutual, people: People, product: Product) -> None:
    cover = a_family(scoped, people, product, "Amegan", 5)
    with pytest.raises(Refusal, match="RENEWALS_TOO_MANY"):
        renew_families(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), covers=[cover] * 201
        )


def test_stages_are_listed_by_filter(scoped: Mutual, people: People, product: Product) -> None:
    cover = a_family(scoped, people, product, "Amegan", 5)
    assert list(renewals_list(scoped, ON, stage=RenewalStage.J30)) == [cover]
    assert not renewals_list(scoped, ON, stage=RenewalStage.J60)
    assert Household.objects.count() == 1


def test_one_click_long_after_the_term_shows_first_what_is_lost(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    cover = a_family(scoped, people, product, "Dossou", -60)  # the grace is thirty days
    browser = signed_in(people.awa)
    sent = {"one": str(cover.uid), "idempotency_key": a_key()}
    answer = browser.post(address("renewals-do"), sent)
    assert answer.status_code == 200
    assert not Membership.objects.filter(renews=cover).exists()
    page = plain(answer.content)
    assert "12 000 F CFA" in page
    assert "16 juin 2025 – 15 juin 2026" in page
    [row] = answer.context["ready"]
    assert any("période d’observation" in remark for remark in row.remarks), row.remarks
    assert "Renouveler cette famille" in page
    confirmed = {"covers": [str(cover.uid)], "idempotency_key": a_key()}
    browser.post(address("renewals-do"), confirmed)
    assert Membership.objects.get(renews=cover).seniority_from == ON

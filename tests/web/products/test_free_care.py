"""Free-care programmes: two persons put one in force, and the mutual no longer pays what it pays."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from entraide.apps.claims.invoices import attach_claims, receive_invoice
from entraide.apps.claims.models import Claim
from entraide.apps.claims.paid_elsewhere import borne_elsewhere, paid_instead
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.enrolment.models import Household
from entraide.apps.nomenclature.free_care import (
    approve_free_care,
    end_free_care,
    enter_free_care,
    programmes_in_force,
)
from entraide.apps.nomenclature.models import FreeCareProgramme
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.care_package import Sector, Target
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.free_care import Programme, payer_of
from tests.builders import CHILD, MEMBER, a_claim, a_household, a_key, a_payment, a_provider
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser

FROM = date(2025, 3, 1)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """A mother and a child born in 2016, paid up."""
    household = a_household(scoped, people.awa, product, persons=(MEMBER, CHILD))
    a_payment(household, people.awa, sum(household.dues.values_list("amount_minor", flat=True)))
    return household


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa)


def programme(mutual: Mutual, people: People, **more: object) -> FreeCareProgramme:
    said = {
        "name": "Gratuité des enfants, État", "source": "Décret 2025-12", "effective_from": FROM,
        "categories": ["consultation"], "max_age_years": 9,
    }  # fmt: skip
    return enter_free_care(
        mutual=mutual, actor=people.moussa, on=FROM, idempotency_key=a_key(), **{**said, **more}
    )


def approved(mutual: Mutual, people: People, entered: FreeCareProgramme) -> FreeCareProgramme:
    return approve_free_care(
        mutual=mutual, actor=people.director, on=FROM, idempotency_key=a_key(), programme=entered
    )


def codes(claim: Claim) -> set[str]:
    outcome = decision_in_force(claim).outcome
    return {one["code"] for line in outcome["lines"] for one in line["reductions"]}


@pytest.mark.requirement("R187")
def test_what_a_programme_pays_for_is_refused_with_its_name_and_nothing_else(
    scoped: Mutual, people: People, household: Household, provider: Provider
) -> None:
    mother, child = household.persons.order_by("birth_on")
    entered = programme(scoped, people)
    waits = a_claim(child, provider, people.awa, care_on=date(2025, 3, 2))
    assert "FREE_CARE" not in codes(waits)
    approved(scoped, people, entered)
    before = a_claim(child, provider, people.awa, care_on=date(2025, 2, 27))
    assert "FREE_CARE" not in codes(before)
    free = a_claim(child, provider, people.awa, care_on=date(2025, 3, 5))
    assert codes(free) == {"FREE_CARE"}
    (line,) = decision_in_force(free).outcome["lines"]
    (reduction,) = line["reductions"]
    assert (line["payable_minor"], reduction["borne_by"]) == (0, "other")
    assert reduction["data"]["payer"] == "Gratuité des enfants, État"
    assert "FREE_CARE" not in codes(a_claim(mother, provider, people.awa, care_on=date(2025, 3, 5)))
    private = a_provider(scoped, people.moussa, code="prive", sector=Sector.PRIVATE)
    only_public = programme(scoped, people, name="Public", sectors=["public"], max_age_years=None)
    approved(scoped, people, only_public)
    assert "FREE_CARE" not in codes(a_claim(mother, private, people.awa, care_on=date(2025, 3, 6)))
    assert "FREE_CARE" in codes(a_claim(mother, provider, people.awa, care_on=date(2025, 3, 7)))
    end_free_care(
        mutual=scoped, actor=people.director, on=date(2025, 4, 1), idempotency_key=a_key(),
        programme=only_public, effective_until=date(2025, 4, 1),
    )  # fmt: skip
    after = a_claim(mother, provider, people.awa, care_on=date(2025, 4, 1))
    assert "FREE_CARE" not in codes(after)


def test_two_persons_and_never_rewritten(scoped: Mutual, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        programme(
            scoped, people, categories=[], min_age_years=12, max_age_years=3, source=" ",
            effective_until=date(2025, 1, 1),
        )  # fmt: skip
    assert {each.code for each in refused.value.findings} == {
        "FREE_CARE_WITHOUT_CARE", "RULE_AGES_INVERTED", "PERIOD_EMPTY", "VERSION_SOURCE_MISSING",
    }  # fmt: skip
    entered = programme(scoped, people)
    with pytest.raises(Refusal, match="FREE_CARE_NOT_APPROVED"):
        end_free_care(
            mutual=scoped, actor=people.director, on=FROM, idempotency_key=a_key(),
            programme=entered, effective_until=date(2025, 4, 1),
        )  # fmt: skip
    assert programmes_in_force(scoped.pk, FROM) == []
    approved(scoped, people, entered)
    with pytest.raises(Refusal, match="FREE_CARE_DECIDED"):
        approved(scoped, people, entered)
    assert [each.name for each in programmes_in_force(scoped.pk, FROM)] == [entered.name]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE nomenclature_freecareprogramme SET max_age_years = 99")


def test_the_register_on_screen(scoped: Mutual, people: People, signed_in: Browser) -> None:
    address = f"/m/{scoped.code}/paniers/gratuites/"
    officer, director = signed_in(people.moussa), signed_in(people.director)
    typed = {
        "idempotency_key": a_key(), "name": "Femmes enceintes", "source": "Décret 2024-3",
        "effective_from": "01/03/2025", "sex": "F", "min_age_years": "12",
    }  # fmt: skip
    nothing = officer.post(address, typed)
    assert nothing.status_code == 422
    assert "Dites quels soins le programme paie" in nothing.content.decode()
    a_provider(scoped, people.moussa)
    typed |= {"items": ["consultation-1"], "idempotency_key": a_key()}
    assert officer.post(address, typed).status_code == 302
    entered = FreeCareProgramme.objects.get()
    assert entered.items == ["test:consultation-1"]
    decide = f"{address}{entered.uid}/"
    assert officer.post(decide, {"act": "approve", "idempotency_key": a_key()}).status_code == 403
    page = director.get(address).content.decode()
    assert "femmes et filles, 12 ans ou plus" in page
    director.post(decide, {"act": "approve", "idempotency_key": a_key()})
    entered.refresh_from_db()
    assert entered.approved_by == people.director
    director.post(decide, {"act": "end", "idempotency_key": a_key()})
    entered.refresh_from_db()
    assert entered.effective_until == date(2025, 6, 16)
    assert signed_in(people.awa).get(address).status_code == 200
    assert signed_in(people.awa).post(address, typed).status_code == 200  # nothing to enter with
    assert FreeCareProgramme.objects.count() == 1
    assert signed_in(people.fanta).get(address).status_code == 404


@pytest.mark.parametrize(
    ("birth_on", "sex", "sector", "on", "is_for"),
    [
        (date(2020, 3, 2), "F", Sector.PUBLIC, date(2025, 3, 1), True),
        (date(2020, 3, 1), "F", Sector.PUBLIC, date(2025, 3, 1), False),  # five that day
        (None, "F", Sector.PUBLIC, date(2025, 3, 1), False),
        (date(2022, 1, 1), "M", Sector.PUBLIC, date(2025, 3, 1), False),
        (date(2022, 1, 1), "F", Sector.PRIVATE, date(2025, 3, 1), False),
        (date(2022, 1, 1), "F", Sector.PUBLIC, date(2025, 2, 28), False),
        (date(2022, 1, 1), "F", Sector.PUBLIC, date(2026, 1, 1), False),
    ],
)
def test_who_is_of_a_programme(
    birth_on: date | None, sex: str, sector: Sector, on: date, is_for: bool
) -> None:
    one = Programme(
        "P", Target(("consultation",)), FROM, date(2026, 1, 1), (Sector.PUBLIC,), "F", None, 4
    )
    assert one.is_for(sex=sex, birth_on=birth_on, sector=sector, on=on) is is_for
    assert payer_of([one], "consultation", "test", "C", "service") == "P"
    assert payer_of([one], "dental", "test", "C", "service") is None


def test_what_the_state_pays_in_full_is_not_called_refused(
    signed_in: Browser, scoped: Mutual, people: People, household: Household, provider: Provider
) -> None:
    approved(scoped, people, programme(scoped, people))
    child = household.persons.get(is_member=False)
    claim = a_claim(child, provider, people.awa, care_on=date(2025, 3, 5))
    assert (claim.state, claim.payable_minor) == ("refused", 0)
    of_mother = household.persons.get(is_member=True)
    other = a_claim(of_mother, provider, people.awa, care_on=date(2025, 1, 1))
    assert paid_instead([claim, other]) == {claim.pk}
    browser = signed_in(people.moussa)
    for url in (
        f"/m/{scoped.code}/soins/{claim.uid}/", f"/m/{scoped.code}/soins/?state=all",
        reverse("web:household", kwargs={"mutual": scoped.code, "uid": household.uid}),
    ):  # fmt: skip
        assert "Pris en charge par l’État" in browser.get(url, follow=True).content.decode(), url


def test_the_states_part_stands_on_every_page_that_shows_what_is_paid(
    signed_in: Browser, scoped: Mutual, people: People, household: Household, provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Two attestations of 4 000: one of a child, free, and one of which the mutual pays 3 000."""
    approved(scoped, people, programme(scoped, people))
    child = household.persons.get(is_member=False)
    mother = household.persons.get(is_member=True)
    free = a_claim(child, provider, people.awa, care_on=date(2025, 3, 5))
    other = a_claim(mother, provider, people.awa, care_on=date(2025, 3, 6))
    assert borne_elsewhere([free, other]) == {free.pk: 4000}
    on = {"mutual": scoped, "actor": people.awa, "on": date(2025, 3, 10)}
    invoice = receive_invoice(
        **on, idempotency_key=a_key(), provider=provider, provider_number="392",
        period_from=FROM, period_until=date(2025, 4, 1), received_on=date(2025, 3, 10),
        stated_count=2, stated_minor=8000,
    )  # fmt: skip
    attach_claims(**on, idempotency_key=a_key(), invoice=invoice, claims=[free, other])
    browser = signed_in(people.moussa)

    def shown(url: str) -> str:
        text = html.unescape(browser.get(url).content.decode())
        return text.replace("\u202f", " ").replace("\u00a0", " ")

    found = shown(f"/m/{scoped.code}/recherche/?q={child.full_name.split()[0]}")
    assert "Pris en charge par l’État" in found
    page = shown(reverse("web:invoice", kwargs={"mutual": scoped.code, "uid": invoice.uid}))
    assert "Pris en charge par l’État" in page
    assert page.count("État ou autre payeur : 4 000") == 2, "on its line, and under the total"
    papers = printed_papers(monkeypatch)
    browser.get(
        reverse("web:invoice-statement", kwargs={"mutual": scoped.code, "uid": invoice.uid})
    )
    paper = str(papers[-1]).replace("\\u202f", " ").replace("\\xa0", " ")
    assert "Pris en charge par l’État" in paper
    assert "État ou autre payeur : 4 000 F CFA" in paper.replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    Claim.objects.filter(pk=free.pk).update(state="decided")
    late = shown(reverse("web:claim-delays", kwargs={"mutual": scoped.code}))
    assert "État ou autre payeur : 4 000" in late

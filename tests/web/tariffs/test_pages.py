"""The pages of tariffs: what the product says, a simulation, a new version told and approved."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from entraide.apps.contributions.simulation import cohorts_of
from entraide.apps.contributions.tariffs import briefing_progress
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.selectors import product_on
from entraide.apps.schemes.services import approve_product_version
from entraide.core.errors import Refusal
from tests.builders import a_household, a_key
from tests.people import People
from tests.web.conftest import Browser


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """12 000 F a year, 1 000 F to join; covered on the day of the tests."""
    return a_household(scoped, people.awa, product)


def address(mutual: Mutual, rest: str) -> str:
    return f"/m/{mutual.code}/tarifs/{rest}"


def test_the_product_says_what_it_asks_in_french(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    page = signed_in(people.awa).get(address(scoped, f"{product.code}/")).content.decode()
    assert "12\u202f000\u00a0F\u00a0CFA pour la famille" in page
    assert "75\u00a0% des cotisations paient les soins" in page
    assert "Les adhésions sont ouvertes toute l’année." in page
    assert signed_in(people.fanta).get(address(scoped, f"{product.code}/")).status_code == 404


@pytest.mark.requirement("R026", begun=True)
def test_a_simulation_saves_nothing_and_opens_to_its_families(
    scoped: Mutual, people: People, product: Product, household: Household, signed_in: Browser
) -> None:
    browser = signed_in(people.director)
    asked = {"fund_share_rate": "75", "contribution-amount_minor": "15 000"}
    before = ProductVersion.objects.count()
    page = browser.get(address(scoped, f"{product.code}/simuler/"), asked).content.decode()
    assert "Montant\u00a0: 12\u202f000" in page
    assert "15\u202f000" in page
    assert ProductVersion.objects.count() == before
    assert "iraient au fonctionnement" not in page
    thirty = browser.get(
        address(scoped, f"{product.code}/simuler/"), asked | {"fund_share_rate": "60"}
    ).content.decode()
    assert "40\u00a0% de la cotisation iraient au fonctionnement" in thirty
    assert "la limite de la mutuelle est de 30\u00a0%" in thirty
    assert "ledger--list" in page
    table = browser.get(
        address(scoped, f"{product.code}/simuler/"), {**asked, "format": "csv"}
    ).content.decode()
    total = table.splitlines()[1].split(";")
    assert total[2:8] == ["total", "", "1", "3", "12000", "15000"]
    rows = browser.get(
        address(scoped, f"{product.code}/simuler/familles/"), {**asked, "effect": "lose"}
    ).content.decode()
    assert household.number in rows
    wrong = browser.get(address(scoped, f"{product.code}/simuler/"), {"fund_share_rate": "175"})
    assert wrong.status_code == 422
    refused = browser.get(
        address(scoped, f"{product.code}/simuler/"), asked | {"contribution-amount_minor": "-5"}
    )
    told = refused.content.decode()
    assert "values[" not in told
    assert "Montant\u00a0: -5 est trop petit\u00a0: au moins 0." in told
    assert "Un point à corriger<" in told  # nothing is recorded here
    assert (
        signed_in(people.cashier).get(address(scoped, f"{product.code}/simuler/")).status_code
        == 403
    )


@pytest.mark.requirement("R038")
@pytest.mark.requirement("R039", begun=True)
def test_a_tariff_is_entered_told_to_the_groups_and_approved_by_another(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    groups = [
        create_group(
            mutual=scoped, actor=people.awa, on=date(2025, 1, 5), idempotency_key=a_key(),
            code=f"g{number}", name=f"Groupe {number}", kind="village", product=product,
        )
        for number in (1, 2)
    ]  # fmt: skip
    form = {
        "idempotency_key": a_key(),
        "effective_from": "01/01/2027",
        "source": "AG du 12 décembre 2026, résolution 3",
        "scenario": "Plan 2027, scénario prudent",
        "fund_share_rate": "60",
        "contribution-amount_minor": "14 000",
    }
    officer = signed_in(people.moussa)
    kept = officer.get(address(scoped, f"{product.code}/nouvelle-version/")).content.decode()
    assert "Ce qui ne change pas" in kept
    assert "Une famille adhère" in kept  # the rules of joining
    new = address(scoped, f"{product.code}/nouvelle-version/")
    assert "au-dessus" not in officer.get(new).content.decode()
    refused = officer.post(new, form)  # 40 % for running costs, above 30 %: why?
    assert refused.status_code == 422
    answer = officer.post(new, {**form, "running_share_reason": "Ouverture d’une antenne"})
    assert answer.status_code == 302
    version = ProductVersion.objects.get(approved_at=None)
    assert (version.source, version.effective_from) == (form["source"], date(2027, 1, 1))
    assert briefing_progress(version).groups == len(groups)
    approve = f"/m/{scoped.code}/regles/{version.uid}/valider/"
    director = signed_in(people.director)
    rules = director.get(f"/m/{scoped.code}/regles/{version.uid}/").content.decode()
    trial = re.search(r'href="([^"]+/simuler/[^"]+)"', rules)
    assert trial is not None
    tried = director.get(html.unescape(trial[1])).content.decode()
    assert "Montant\u00a0: 12\u202f000" in tried
    assert "→ 14\u202f000" in tried
    assert "75\u00a0% → 60\u00a0%" in tried
    director.post(approve, {"idempotency_key": a_key()})
    version.refresh_from_db()
    assert version.approved_at is None  # nobody was told yet
    with pytest.raises(Refusal, match="BRIEFING_TOO_LOW"):  # whatever door it comes by
        approve_product_version(
            mutual=scoped, actor=people.director, on=date(2026, 12, 1), idempotency_key=a_key(),
            version=version,
        )  # fmt: skip
    for briefing in version.tariff_change.briefings.all():
        sent = {"idempotency_key": a_key(), "done_on": "02/06/2025", "staff": "Mme Rasoa"}
        signed_in(people.awa).post(address(scoped, f"groupe/{briefing.uid}/"), sent)
    assert briefing_progress(version).rate == 1
    director.post(approve, {"idempotency_key": a_key()})
    _, rules = product_on(product, date(2027, 1, 1))
    assert rules.contribution.amount_minor == 14_000
    _, today = product_on(product, date(2026, 12, 31))
    assert today.contribution.amount_minor == 12_000
    listed = director.get(address(scoped, "")).content.decode()
    assert "version 1, depuis le" in listed
    assert "version 2 à partir du 1er\u00a0janvier 2027" in listed
    page = director.get(address(scoped, f"{product.code}/")).content.decode()
    assert "Plan 2027, scénario prudent" in page
    assert "Montant\u00a0: 12\u202f000" in page


@pytest.mark.requirement("R026", begun=True)
def test_a_simulation_fills_in_the_form_of_a_new_tariff(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    simulate = address(scoped, f"{product.code}/simuler/")
    asked = {"fund_share_rate": "72,5", "contribution-amount_minor": "15 250"}
    assert "nouvelle-version/?" not in officer.get(simulate).content.decode()  # nothing is tried
    page = officer.get(simulate, asked).content.decode()
    link = re.search(r'href="([^"]+/nouvelle-version/\?[^"]+)"', page)
    assert link is not None
    form = officer.get(html.unescape(link[1]))
    shown = form.content.decode()
    assert "Les valeurs sont celles qui ont été simulées." in shown
    fields = {each.name: each.value() for each in form.context["form"]}
    assert (fields["fund_share_rate"], fields["contribution-amount_minor"]) == ("72,5", "15 250")
    assert 'value="15 250"' in shown
    sent = {
        **asked, "idempotency_key": a_key(), "effective_from": "01/01/2027", "source": "AG, rés. 4",
    }  # fmt: skip
    assert officer.post(html.unescape(link[1]), sent).status_code == 302
    entered = ProductVersion.objects.get(approved_at=None)
    assert entered.document["contribution"]["amount_minor"]["values"][-1]["value"] == 15_250
    assert (
        "nouvelle-version/" not in signed_in(people.director).get(simulate, asked).content.decode()
    )


def test_a_category_of_exempted_households_is_added_in_the_form(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer, new = signed_in(people.moussa), address(scoped, f"{product.code}/nouvelle-version/")
    form = {
        "idempotency_key": a_key(), "effective_from": "01/07/2025", "source": "AG de juin",
        "fund_share_rate": "75", "contribution-amount_minor": "12 000",
        "category_title": "Indigents", "category_paid_by": "sponsor",
        "category_waives_fees": "on",
    }  # fmt: skip
    refused = officer.post(new, form)
    assert refused.status_code == 422
    assert "quelle part cette catégorie" in html.unescape(refused.content.decode())
    assert officer.post(new, {**form, "category_rate": "80"}).status_code == 302
    version = ProductVersion.objects.get(approved_at=None)
    category = version.document["contribution"]["categories"]["indigents"]
    assert category["title"]["fr"] == "Indigents"
    assert category["exempted_rate"]["values"][-1]["value"] == "0.8"
    assert category["paid_by"]["values"][-1]["value"] == "sponsor"


def test_a_tariff_goes_without_briefing_for_a_written_reason(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 5), idempotency_key=a_key(),
        code="g1", name="Groupe 1", kind="village", product=product,
    )  # fmt: skip
    form = {
        "idempotency_key": a_key(), "effective_from": "01/01/2027", "source": "AG",
        "fund_share_rate": "75", "contribution-amount_minor": "13 000",
    }  # fmt: skip
    signed_in(people.moussa).post(address(scoped, f"{product.code}/nouvelle-version/"), form)
    version = ProductVersion.objects.get(approved_at=None)
    signed_in(people.director).post(
        f"/m/{scoped.code}/regles/{version.uid}/valider/",
        {"idempotency_key": a_key(), "without_briefing_reason": "Décision urgente du ministère"},
    )
    version.refresh_from_db()
    assert version.approved_by == people.director
    assert version.tariff_change.without_briefing_reason == "Décision urgente du ministère"


def test_a_simulation_names_the_group_of_every_family_that_has_one(
    scoped: Mutual, people: People, product: Product, household: Household, signed_in: Browser
) -> None:
    """Also where the family joined its group after its cover began, or others have scores."""
    group = create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 5), idempotency_key=a_key(),
        code="g1", name="Groupe 1", kind="village",
    )  # fmt: skip
    on = date(2025, 6, 16)
    _, rules = product_on(product, on)
    assert {each.segment for each in cohorts_of(product, rules.membership, on)} == {""}
    household.group = group
    household.save(update_fields=["group"])
    assert {each.segment for each in cohorts_of(product, rules.membership, on)} == {"village"}
    page = signed_in(people.director).get(address(scoped, f"{product.code}/simuler/"))
    assert "Sans segment ni groupe" not in page.content.decode()

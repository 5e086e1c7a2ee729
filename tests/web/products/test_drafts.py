"""The care package built on screen: rule by rule, all faults at once, then proposed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.schemes.drafts import draft_for, drafts_open
from entraide.apps.schemes.models import DraftState, Mutual, Product, ProductDraft, ProductVersion
from entraide.rulebook import parse_product
from entraide.rulebook.drafts import read_draft, value_at
from entraide.web.tariffs import sheet
from tests.builders import a_household, a_key, a_provider
from tests.people import People
from tests.web.conftest import Browser

FROM = date(2027, 1, 1)
SOURCE = "AG du 12 décembre 2026, résolution 4"


def at(mutual: Mutual, rest: str = "") -> str:
    return f"/m/{mutual.code}/paniers/{rest}"


def begun(mutual: Mutual, browser: Any, base: str, **more: Any) -> ProductDraft:
    form = {
        "idempotency_key": a_key(), "base": base, "effective_from": "01/01/2027",
        "source": SOURCE, **more,
    }  # fmt: skip
    answer = browser.post(at(mutual, "nouveau/"), form)
    assert answer.status_code == 302, answer.content.decode()
    return drafts_open(mutual)[0]


@pytest.fixture
def draft(scoped: Mutual, people: People, product: Product, signed_in: Browser) -> ProductDraft:
    version = ProductVersion.objects.get(product=product)
    return begun(scoped, signed_in(people.moussa), str(version.uid))


def kept(mutual: Mutual, browser: Any, draft: ProductDraft, page: str, **typed: Any) -> Any:
    form = {"idempotency_key": a_key(), "act": "save", **typed}
    return browser.post(at(mutual, f"{draft.uid}/{page}"), form)


@pytest.mark.requirement("R045")
@pytest.mark.requirement("R182", begun=True)
def test_a_package_is_changed_rule_by_rule_then_proposed(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    page = officer.get(at(scoped, f"{draft.uid}/soins/consultation/")).content.decode()
    assert "tous les prestataires" in page
    answer = kept(
        scoped, officer, draft, "soins/consultation/",
        **{"all-copayment_rate": "30", "private-copayment_rate": "50",
           "all-ceiling_minor_per_person_per_year": "25 000"},
    )  # fmt: skip
    assert answer.status_code == 302
    answer = kept(
        scoped, officer, draft, "soins/consultation/variante/",
        title_fr="Enfants de moins de cinq ans", when_max_age_years="4", copayment_rate="10",
        rank="1",
    )  # fmt: skip
    assert answer.status_code == 302
    answer = kept(
        scoped, officer, draft, "regle/limit/",
        title_fr="Soins ambulatoires du ménage", about_categories=["consultation"],
        when_is_inpatient="no", whose="household", per="year", amount_minor="40 000",
    )  # fmt: skip
    assert answer.status_code == 302
    a_provider(scoped, people.moussa)
    answer = kept(
        scoped, officer, draft, "regle/item/",
        title_fr="Certificats", about_items=["consultation-1"], is_covered="no", rank="1",
    )  # fmt: skip
    assert answer.status_code == 302
    draft = draft_for(scoped, draft.uid)
    excluded = draft.document["items"]["certificats"]
    assert excluded["about"]["items"] == ["test:consultation-1"]
    consultation = draft.document["benefits"]["consultation"]
    assert consultation["variants"]["enfants_de_moins_de_cinq_ans"]["rank"] == 1
    assert value_at(draft.document, "benefits.consultation.copayment_rate", FROM) == "0.3"
    told = officer.get(at(scoped, f"{draft.uid}/")).content.decode()
    assert "enfants de moins de cinq ans" in told.lower()
    assert "Soins ambulatoires du ménage" in told
    read = read_draft(draft.document, FROM)
    assert read.is_whole
    assert read.product is not None
    assert read.product.limits[0].amount_minor == 40_000
    assert "running_share_reason" not in told, "running costs keep within the limit"
    answer = officer.post(at(scoped, f"{draft.uid}/proposer/"), {"idempotency_key": a_key()})
    assert answer.status_code == 302
    version = ProductVersion.objects.get(approved_at=None)
    assert parse_product(version.document).checksum == version.checksum
    assert (version.effective_from, version.source, version.entered_by) == (
        FROM, SOURCE, people.moussa,
    )  # fmt: skip
    draft.refresh_from_db()
    assert (draft.state, draft.version_id) == (DraftState.ENTERED, version.pk)
    again = kept(scoped, officer, draft, "tous-soins/", **{"review-quantity": "5"})
    assert again.status_code == 302  # told that the draft is closed; nothing moves
    draft.refresh_from_db()
    assert value_at(draft.document, "review.quantity", FROM) is ...


@pytest.mark.requirement("R066")
def test_a_limit_is_written_for_a_risk_and_read_back_in_words(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    answer = kept(
        scoped, officer, draft, "regle/limit/", title_fr="Gros risque de la famille",
        about_risks=["major", "maternity"], whose="household", per="year", amount_minor="150 000",
    )  # fmt: skip
    assert answer.status_code == 302
    draft = draft_for(scoped, draft.uid)
    assert draft.document["limits"]["gros_risque_de_la_famille"]["about"] == {
        "risks": ["major", "maternity"]
    }
    told = officer.get(at(scoped, f"{draft.uid}/")).content.decode().replace("\u00a0", " ")
    assert "gros risque ou maternité" in told
    answer = kept(
        scoped, officer, draft, "regle/limit/", title_fr="Autre", about_risks=["other"],
        whose="household", per="year", amount_minor="150 000",
    )  # fmt: skip
    assert answer.status_code == 422


def test_all_faults_are_shown_at_once_with_their_place_and_no_key(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    kept(
        scoped, officer, draft, "soins/consultation/",
        **{"all-copayment_rate": "25", "all-flat_rate_minor": "3 000"},
    )  # fmt: skip
    kept(scoped, officer, draft, "regle/limit/", title_fr="Deux mesures", whose="person",
         per="year", amount_minor="1 000", count="3")  # fmt: skip
    kept(scoped, officer, draft, "soins/consultation/variante/", title_fr="Toujours", rank="1",
         copayment_rate="5")  # fmt: skip
    page = officer.get(at(scoped, f"{draft.uid}/")).content.decode()
    assert "Deux mesures" in page.split("h-care")[0]
    assert "Toujours" in page.split("h-care")[0]
    assert "copayment_rate" not in page
    assert "points à corriger avant de proposer" in page
    refused = officer.post(at(scoped, f"{draft.uid}/proposer/"), {"idempotency_key": a_key()})
    assert refused.status_code == 302
    assert not ProductVersion.objects.filter(approved_at=None).exists()


def test_what_is_typed_is_read_back_and_taken_away(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    wrong = kept(
        scoped, officer, draft, "regle/deductible/", title_fr="Franchise", whose="person",
        per="year", amount_minor="beaucoup",
    )  # fmt: skip
    assert wrong.status_code == 422
    unknown = kept(
        scoped, officer, draft, "regle/item/", title_fr="Acte", rank="1", copayment_rate="20",
        about_items=["un acte que personne ne connaît"],
    )  # fmt: skip
    assert unknown.status_code == 422
    more = kept(scoped, officer, draft, "regle/item/", act="more", about_items=["a", "b"])
    assert more.status_code == 200
    assert more.content.decode().count('name="about_items"') == 4  # what was typed, two to fill in
    kept(scoped, officer, draft, "regle/deductible/", title_fr="Franchise", whose="household",
         per="episode", amount_minor="2 000")  # fmt: skip
    draft.refresh_from_db()
    rule = draft.document["deductibles"]["franchise"]
    assert (rule["whose"], rule["per"]) == ("household", "episode")
    form = officer.get(at(scoped, f"{draft.uid}/regle/deductible/franchise/")).content.decode()
    assert "2\u202f000" in form
    gone = kept(scoped, officer, draft, "regle/deductible/franchise/", act="remove")
    assert gone.status_code == 302
    draft.refresh_from_db()
    assert "deductibles" not in draft.document


def test_what_it_will_say_is_shown_before_it_is_kept(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    typed = {"act": "preview", "ceiling_minor_per_person_per_year": "100 000"}
    page = officer.post(at(scoped, f"{draft.uid}/tous-soins/"), typed)
    assert page.status_code == 200
    assert "100\u202f000\u00a0F\u00a0CFA au plus pour une personne" in page.content.decode()
    part = officer.post(
        at(scoped, f"{draft.uid}/tous-soins/"), typed, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.content.decode()
    draft.refresh_from_db()
    assert value_at(draft.document, "ceiling_minor_per_person_per_year", FROM) is ...


def test_a_product_begins_from_an_example_or_from_nothing(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    ensure_category("consultation")
    officer = signed_in(people.moussa)
    example = begun(scoped, officer, "example:panier-complet", title_fr="Grand panier")
    assert (example.code, example.document["title"]["fr"]) == ("grand-panier", "Grand panier")
    assert read_draft(example.document, FROM).is_whole
    assert example.document["fund_share_rate"]["values"] == [
        {"from": "2027-01-01", "value": "0.75", "source": SOURCE}
    ]
    lacking = officer.post(
        at(scoped, "nouveau/"),
        {"idempotency_key": a_key(), "base": "nothing", "effective_from": "01/01/2027",
         "source": SOURCE, "title_fr": "Essentiel plus"},
    )  # fmt: skip
    assert lacking.status_code == 422
    empty = begun(
        scoped, officer, "nothing", title_fr="Essentiel plus", kind="per_person", amount="5 000",
        fund_share_rate="75", categories=["consultation"],
    )  # fmt: skip
    assert read_draft(empty.document, FROM).is_whole
    price = at(scoped, f"{empty.uid}/cotisation/")
    assert "5\u202f000" in officer.get(price).content.decode()
    kept(
        scoped, officer, empty, "cotisation/",
        **{"contribution-amount_minor": "6 500", "fund_share_rate": "80",
           "contribution-joining_fee_minor": "1 000", "membership-cover_months": "12",
           "membership-payment_grace_days": "15"},
    )  # fmt: skip
    empty.refresh_from_db()
    product_then = read_draft(empty.document, FROM).product
    assert product_then is not None
    assert product_then.contribution.amount_minor == 6_500
    assert product_then.contribution.joining_fee_minor == 1_000
    assert product_then.membership.payment_grace_days == 15
    assert str(product_then.fund_share_rate) == "0.8"
    told = officer.get(at(scoped, f"{empty.uid}/")).content.decode()
    assert "6\u202f500\u00a0F\u00a0CFA" in told
    assert "Payé en entier et sans aucun plafond" in told
    taken = officer.post(
        at(scoped, "nouveau/"),
        {"idempotency_key": a_key(), "base": "example:panier-complet", "title_fr": product.code,
         "effective_from": "01/01/2027", "source": SOURCE},
    )  # fmt: skip
    assert taken.status_code == 422


def test_a_name_typed_beside_an_existing_version_is_refused_not_dropped(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    version = ProductVersion.objects.get(product=product)
    form = {"idempotency_key": a_key(), "base": str(version.uid), "title_fr": "Santé plus",
            "effective_from": "01/01/2027", "source": SOURCE}  # fmt: skip
    answer = officer.post(at(scoped, "nouveau/"), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "garde son nom" in page
    assert not drafts_open(scoped)
    assert "nouvelle version de" in page
    assert "nouvelle formule, d’après l’exemple" in page
    same = {**form, "title_fr": product.name.upper(), "idempotency_key": a_key()}
    assert officer.post(at(scoped, "nouveau/"), same).status_code == 302


def test_the_day_and_the_decision_of_a_draft_move_what_it_changed(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    kept(scoped, officer, draft, "tous-soins/", **{"review-quantity": "5"})
    officer.post(
        at(scoped, f"{draft.uid}/entete/"),
        {"idempotency_key": a_key(), "title_fr": "Essentielle", "effective_from": "01/03/2027",
         "source": "CA du 3 février 2027"},
    )  # fmt: skip
    draft.refresh_from_db()
    assert draft.document["review"]["quantity"]["values"] == [
        {"from": "2027-03-01", "value": 5, "source": "CA du 3 février 2027"}
    ]


def test_only_who_enters_rules_writes_and_nobody_of_another_mutual_sees(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    assert signed_in(people.awa).get(at(scoped, f"{draft.uid}/")).status_code == 403
    assert signed_in(people.director).get(at(scoped, f"{draft.uid}/")).status_code == 200
    closed = signed_in(people.director).get(at(scoped, f"{draft.uid}/soins/consultation/"))
    assert closed.status_code == 403
    assert signed_in(people.fanta).get(at(scoped, f"{draft.uid}/")).status_code == 404


def test_a_sheet_warns_of_a_draft_until_its_version_is_approved(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    warned: list[str] = []

    def kept_sheet(made: Any, *_rest: Any) -> bytes:
        warned.append(made.draft)
        return b"%PDF"

    monkeypatch.setattr(sheet, "sheet_pdf", kept_sheet)
    officer, director = signed_in(people.moussa), signed_in(people.director)
    officer.get(at(scoped, f"{draft.uid}/fiche.pdf"))
    officer.post(at(scoped, f"{draft.uid}/proposer/"), {"idempotency_key": a_key()})
    version = ProductVersion.objects.get(approved_at=None)
    page = director.get(f"/m/{scoped.code}/regles/{version.uid}/")
    own = f"/m/{scoped.code}/tarifs/version/{version.uid}/fiche.pdf"
    assert own in page.content.decode(), "the page of a version leads to its sheet"
    director.get(own)
    assert [bool(each) for each in warned] == [True, True]
    ProductVersion.objects.filter(pk=version.pk).update(
        approved_at=version.recorded_at, approved_by=people.director
    )
    officer.get(at(scoped, f"{draft.uid}/fiche.pdf"))
    director.get(own)
    assert warned[2:] == ["", ""]


def test_why_more_goes_to_running_costs_is_asked_when_it_does(
    scoped: Mutual, people: People, draft: ProductDraft, signed_in: Browser
) -> None:
    officer, page = signed_in(people.moussa), at(scoped, f"{draft.uid}/")
    assert "running_share_reason" not in officer.get(page).content.decode()
    document = dict(draft_for(scoped, draft.uid).document)
    value = {"from": "2025-01-01", "value": "0.5", "source": "AG"}
    document["fund_share_rate"] = document["fund_share_rate"] | {"values": [value]}
    ProductDraft.objects.filter(pk=draft.pk).update(document=document)
    assert "running_share_reason" in officer.get(page).content.decode()


@pytest.mark.requirement("R049", begun=True)
def test_a_draft_that_begins_in_the_past_or_from_an_old_version_says_so(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    a_household(scoped, people.awa, product)
    officer = signed_in(people.moussa)
    base = str(ProductVersion.objects.get(product=product).uid)
    draft = begun(scoped, officer, base, effective_from="01/02/2025")
    page = at(scoped, f"{draft.uid}/")
    read = officer.get(page).content.decode()
    assert "dans le passé" in read
    assert 'name="retroactive_reason"' in read
    officer.post(f"{page}proposer/", {"idempotency_key": a_key()})
    assert ProductVersion.objects.filter(product=product).count() == 1
    officer.post(
        f"{page}proposer/",
        {"idempotency_key": a_key(), "retroactive_reason": "AG", "running_share_reason": "Début"},
    )
    version = ProductVersion.objects.get(product=product, number=2)
    seen = signed_in(people.director).get(f"/m/{scoped.code}/regles/{version.uid}/")
    assert "dans le passé" in seen.content.decode()
    other = begun(scoped, officer, base, effective_from="01/02/2027")
    again = officer.get(at(scoped, f"{other.uid}/")).content.decode()
    assert "part de la version 1" in again

"""The membership form: five persons typed at once, all faults together, nothing lost, paid once."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.access.preferences import draft_of
from entraide.apps.contributions.models import ContributionPayment, Payer
from entraide.apps.enrolment.models import BirthPrecision, Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole
from entraide.web.households.enrolment import parts_of_others
from tests.builders import a_key, an_approved_product
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import PAPER, Address, typed


def plain(page: bytes) -> str:
    """A page with every kind of space the same."""
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


@pytest.mark.requirement("R002", begun=True)
def test_a_paper_becomes_a_family_with_its_dues(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).post(address("household-new"), typed(), follow=True)
    household = Household.objects.get()
    assert answer.redirect_chain[-1][0] == address("household", uid=household.uid)
    persons = {each.given_name: each for each in household.persons.all()}
    assert set(persons) == {"Yawa", "Komla", "Afi"}
    assert persons["Yawa"].is_member
    assert persons["Afi"].birth_precision == BirthPrecision.YEAR
    assert persons["Afi"].birth_on == date(2019, 1, 1)
    assert (household.source, household.phone) == ("paper", "90 12 34 56")
    assert sum(due.amount_minor for due in household.dues.all()) == 13_000
    page = answer.content.decode()
    assert f"La famille {household.number} est inscrite." in page
    assert "Encaisser sa cotisation" in page
    assert "née en 2019" in page


def test_the_first_payment_comes_with_it_and_the_receipt_opens(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    box = account_for(scoped, AccountRole.CASH)
    sent = typed(treasury=str(box.uid), amount="13 000")
    answer = signed_in(people.awa).post(address("household-new"), sent, follow=True)
    payment = ContributionPayment.objects.get()
    assert answer.redirect_chain[-1][0] == address("receipt", uid=payment.uid)
    assert (payment.amount_minor, payment.received_by) == (13_000, people.awa)
    assert payment.household == Household.objects.get()
    assert "Préparer le bordereau" in answer.content.decode()


def test_a_payment_that_is_refused_leaves_no_family_and_the_form_as_it_was(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    box = account_for(scoped, AccountRole.CASH)
    sent = typed(treasury=str(box.uid), amount="20 000")
    answer = signed_in(people.awa).post(address("household-new"), sent)
    assert answer.status_code == 422
    assert not Household.objects.exists()
    page = answer.content.decode()
    assert "Encaissez 13 000 F CFA et rendez le surplus" in plain(answer.content)
    assert 'value="20 000"' in page
    assert 'value="Yawa"' in page
    event = AuditEvent.objects.filter(kind=AuditKind.REFUSAL).get()
    assert (event.code, event.actor) == ("OVERPAYMENT", people.awa)


def test_every_fault_shows_at_once_beside_its_line_and_nothing_typed_is_lost(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    persons = (
        ("Kodjovi", "Yawa", "31/02/1987", "F", "member", True),
        ("", "Komla", "hier", "", "spouse", False),
        PAPER[2],
    )
    sent = typed(persons, enrolled_on="32/13/2025")
    answer = signed_in(people.awa).post(address("household-new"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "5 points à corriger avant d’enregistrer" in page
    assert "Le 31/02/1987 n’existe pas." in page
    assert "ou l’année seule" in page
    assert "« hier » n’est pas une date de naissance" in plain(answer.content)
    assert 'href="#id_persons-0-birth"' in page
    assert 'value="Komla"' in page
    assert 'value="Bè, près du marché"' in page
    assert page.count("entry__row--bad") == 2
    assert not Household.objects.exists()


def test_a_file_without_its_date_of_birth_is_not_said_to_be_complete(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    undated = (PAPER[0], ("Kodjovi", "Afi", "31/02/2012", "F", "child", True))
    answer = signed_in(people.awa).post(address("household-new"), typed(undated, act="check"))
    page = plain(answer.content)
    assert "Dossiers complets : 1 sur 2" in page
    assert "Dossier complet" not in page


def test_what_the_rules_refuse_is_placed_on_its_person(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    twice = (PAPER[0], ("Kodjovi", "Komla", "12/06/2030", "M", "member", True))
    answer = signed_in(people.awa).post(address("household-new"), typed(twice))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "id_persons-1-birth-e" in page
    assert "N’en gardez qu’une." in page
    nobody = signed_in(people.awa).post(address("household-new"), typed(()))
    assert "Saisissez au moins" in nobody.content.decode()
    assert not Household.objects.exists()


def test_sent_twice_it_is_recorded_once(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser, sent = signed_in(people.awa), typed()
    first = browser.post(address("household-new"), sent)
    second = browser.post(address("household-new"), sent)
    assert first["Location"] == second["Location"]
    assert Household.objects.count() == 1


def test_a_sixth_person_has_a_line_without_script_and_as_a_fragment(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = browser.post(address("household-new"), typed(act="more")).content.decode()
    assert 'id="id_persons-5-name"' in page
    assert 'name="persons-TOTAL_FORMS" value="6"' in page
    assert 'value="Yawa"' in page
    assert 'class="errors"' not in page
    fragment = browser.post(
        address("household-new"), typed(act="more"), headers={"HX-Request": "true"}
    ).content.decode()
    assert fragment.lstrip().startswith('<section class="section" id="persons"')
    assert "<html" not in fragment
    assert not Household.objects.exists()


@pytest.mark.requirement("R043", begun=True)
def test_another_payer_is_told_once_with_all_its_parts(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    an_approved_product(scoped, people.moussa, people.director, "plusieurs-payeurs")
    form = {**typed(), "product": "plusieurs-payeurs"}
    shown = plain(signed_in(people.awa).post(address("household-quote"), form).content)
    assert "L’employeur : 3 000 F CFA<" in shown
    calls = [SimpleNamespace(payer=Payer.EMPLOYER, amount_minor=250) for _month in range(12)]
    calls.append(SimpleNamespace(payer=Payer.STATE, amount_minor=300))
    assert parts_of_others(SimpleNamespace(of_others=calls)) == (
        ("L’employeur", 12, 3000),
        ("L’État", 1, 300),
    )


@pytest.mark.requirement("R025", begun=True)
def test_the_price_and_what_is_missing_show_before_anything_is_recorded(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    shown = plain(signed_in(people.awa).post(address("household-quote"), typed()).content)
    assert "13 000 F CFA" in shown
    assert "Droit d’adhésion" in shown
    assert "16 juin 2025 – 15 juin 2026" in shown
    unknown = signed_in(people.awa).post(address("household-quote"), typed(())).content.decode()
    assert "Saisissez la formule et une personne" in unknown
    assert not Household.objects.exists()


def test_somebody_already_registered_is_proposed(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    again = (("ADJOVI", "Eloise", "12/04/1988", "F", "member", True),)
    shown = signed_in(people.awa).post(address("household-quote"), typed(again)).content.decode()
    assert "Déjà inscrit" in shown
    known = household.persons.get(is_member=True)
    assert address("person", uid=known.uid) in shown


def test_a_form_put_aside_is_taken_up_and_forgotten_once_recorded(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    browser.post(address("household-new"), typed(act="aside"))
    page = browser.get(address("household-new")).content.decode()
    assert 'value="Komla"' in page
    assert "Cette fiche a été mise de côté" in page
    assert "checked" in page.split('id="id_persons-0-has_photo"')[0].rpartition("<input")[2] or (
        'id="id_persons-0-has_photo" checked' in page
    )
    browser.post(address("household-new"), typed())
    assert draft_of(user=people.awa, mutual=scoped, form="adhesion") is None
    assert 'value="Komla"' not in browser.get(address("household-new")).content.decode()


def test_what_arrives_late_of_a_recorded_form_is_no_draft(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    """The page sends its draft while it sends the form: the two may arrive in either order."""
    browser, sent = signed_in(people.awa), typed()
    browser.post(address("household-new"), sent)
    assert Household.objects.count() == 1
    late = browser.post(address("draft", form="adhesion"), sent)
    assert late.json() == {"kept": False}
    assert draft_of(user=people.awa, mutual=scoped, form="adhesion") is None


def test_a_form_that_was_refused_and_closed_opens_as_it_was_sent(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    browser.post(address("draft", form="adhesion"), typed(**{"persons-0-name": "Premier"}))
    sent = typed(**{"persons-0-name": "Second", "persons-0-sex": "", "address": "Rue 12"})
    assert browser.post(address("household-new"), sent).status_code == 422
    page = browser.get(address("household-new")).content.decode()
    assert ('value="Second"' in page, 'value="Rue 12"' in page, 'value="Premier"' in page) == (
        True, True, False,
    )  # fmt: skip


def test_who_enrols_without_a_cash_box_is_not_asked_for_money(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.coordinator).get(address("household-new")).content.decode()
    assert 'name="amount"' not in page
    assert "la personne qui tient la caisse" in page
    signed_in(people.coordinator).post(address("household-new"), typed())
    assert Household.objects.count() == 1
    assert not ContributionPayment.objects.exists()


def test_who_may_not_enrol_is_told_who_may(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    for sent in (None, typed()):
        browser = signed_in(people.cashier)
        answer = (
            browser.get(address("household-new"))
            if sent is None
            else browser.post(address("household-new"), sent)
        )
        assert answer.status_code == 403
        assert "Saisie" in answer.content.decode()
    assert AuditEvent.objects.filter(code="FORBIDDEN", actor=people.cashier).count() == 2
    assert not Household.objects.exists()


def test_before_a_product_is_approved_the_page_says_why(
    bare_mutual: Mutual, people: People, client: object, address_of_bare: str
) -> None:
    client.force_login(people.awa)  # type: ignore[attr-defined]
    page = client.get(address_of_bare).content.decode()  # type: ignore[attr-defined]
    assert "Aucune formule n’est encore ouverte" in page


@pytest.fixture
def address_of_bare(bare_mutual: Mutual) -> str:
    """The membership form of a mutual without product."""
    return f"/m/{bare_mutual.code}/adhesions/nouvelle/"


def test_the_loan_is_asked_for_only_by_a_product_that_works_on_one(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    an_approved_product(scoped, people.moussa, people.director, template="zems")
    awa = signed_in(people.awa)
    page = awa.get(address("household-new")).content.decode()
    without_script = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert without_script is not None
    assert 'name="loan_minor"' in without_script[1]
    assert "Pour une formule liée au crédit" in without_script[1]
    assert page.count('name="loan_minor"') == 1

    on_loan = awa.post(address("household-loan"), typed(product="zems")).content.decode()
    assert 'name="loan_minor"' in on_loan
    assert "<noscript>" not in on_loan
    assert not awa.post(address("household-loan"), typed()).content.strip()

    again = awa.post(address("household-new"), typed(product="zems", act="check"))
    shown = again.content.decode()
    assert 'name="loan_minor"' in shown
    assert "lié au crédit" not in shown


def test_a_mutual_without_such_a_product_never_speaks_of_a_loan(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    awa = signed_in(people.awa)
    assert "loan_minor" not in awa.get(address("household-new")).content.decode()
    assert not awa.post(address("household-loan"), typed()).content.strip()


@pytest.mark.parametrize("count", ["abc", "²", "9" * 5000])
def test_damaged_rows_neither_stop_the_form_nor_its_draft(
    signed_in: Browser, people: People, address: Address, count: str
) -> None:
    clerk = signed_in(people.awa)
    for act in ("more", "aside"):
        typed = {"act": act, "persons-TOTAL_FORMS": count, "persons-²-name": "x", "phone": "034"}
        assert clerk.post(address("household-new"), typed).status_code in (200, 302, 422)
        assert clerk.get(address("household-new")).status_code == 200


def test_a_consent_left_unticked_is_said_before_and_after_and_waits_on_the_family_s_page(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser, new = signed_in(people.awa), address("household-new")
    panel = address("household-quote")
    assert "Consentement non noté" in browser.post(panel, typed()).content.decode()
    assert "Consentement non noté" not in browser.post(panel, typed(consent="on")).content.decode()
    page = browser.post(new, typed(), follow=True).content.decode()
    family = Household.objects.get()
    assert "est inscrite. Consentement non noté." in page
    todo = page.split('class="todo"')[1].split("</ul>")[0]
    contact = address("household-contact", uid=family.uid)
    assert "Consentement non noté" in todo
    assert contact in todo
    family.consent_on = date(2025, 6, 16)
    family.save()
    page = browser.get(address("household", uid=family.uid)).content.decode()
    assert "Consentement non noté" not in page


def test_the_panel_says_whose_file_is_incomplete_and_why(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    persons = (*PAPER, ("Kodjovi", "Edem", "15/08/21", "M", "child", True))
    panel, browser = address("household-quote"), signed_in(people.awa)
    assert "Naissance absente" not in browser.post(panel, typed(persons)).content.decode()
    persons = (*PAPER, ("Kodjovi", "Edem", "15/08/", "M", "child", True))
    shown = plain(browser.post(panel, typed(persons)).content)
    assert "Naissance absente ou illisible : Edem." in shown


def test_a_line_emptied_of_name_and_birth_is_nobody_and_the_form_says_so(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = plain(browser.get(address("household-new")).content)
    assert "videz les deux pour retirer une personne" in page
    assert "« vers 1985 »" in page
    left = typed(**{"persons-2-name": "", "persons-2-given_name": "", "persons-2-birth": ""})
    assert left["persons-2-sex"] == "F"
    browser.post(address("household-new"), left)
    assert Household.objects.get().persons.count() == 2
    named = typed(**{"persons-2-birth": ""})
    assert browser.post(address("household-new"), named).status_code == 422


def test_a_fault_of_a_line_says_whose_it_is(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    sent = typed(**{"persons-2-mother": "deux"})
    page = plain(signed_in(people.awa).post(address("household-new"), sent).content)
    assert "Mère (n° de ligne), personne 3" in page
    assert page.count(">Mère (n° de ligne)<span") == 5  # on its own line, the short name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Rab\ufffdo", "Les accents de « Rab?o » ont été perdus"),
        ("<b>Rabe</b>", "n’est pas le nom d’une personne"),
        ('=HYPERLINK("x")', "n’est pas le nom d’une personne"),
        ("…", "n’est pas le nom d’une personne"),
    ],
)
def test_what_is_no_name_is_refused_at_its_line(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    name: str, told: str,
) -> None:  # fmt: skip
    persons = ((name, "Yawa", "12/06/1987", "F", "member", True),)
    answer = signed_in(people.awa).post(address("household-new"), typed(persons))
    assert answer.status_code == 422
    assert told in plain(answer.content)
    assert not Household.objects.exists()


def test_a_telephone_by_which_nobody_is_called_is_refused(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    answer = browser.post(address("household-new"), typed(phone="+++abc"))
    assert answer.status_code == 422
    assert "« +++abc » n’est pas un numéro de téléphone" in plain(answer.content)
    browser.post(address("household-new"), typed(phone="90 12 34 56, chez Ama"))
    family = Household.objects.get()
    url = address("household-contact", uid=family.uid)
    told = browser.post(url, {"idempotency_key": a_key(), "phone": "rien"})
    assert told.status_code == 422


def test_only_the_button_that_records_records(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).post(address("household-new"), typed(act="zzz"))
    assert answer.status_code == 200
    assert not Household.objects.exists()


def test_a_mother_on_a_line_where_nobody_stands_is_told_by_that_line(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    sent = typed(**{"persons-2-mother": "99"})
    page = plain(signed_in(people.awa).post(address("household-new"), sent).content)
    assert "La personne 99 de cette famille" in page
    assert "personne 0" not in page


@pytest.mark.parametrize("count", ["abc", ""])
def test_lines_that_cannot_be_counted_are_told_in_our_words(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    count: str,
) -> None:  # fmt: skip
    sent = typed(**{"persons-TOTAL_FORMS": count})
    page = plain(signed_in(people.awa).post(address("household-new"), sent).content)
    assert "La page n’a pas dit combien de personnes elle compte" in page
    assert "ManagementForm" not in page

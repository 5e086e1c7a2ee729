"""Clients of a lender whom nobody here is known to be."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import Draft
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import AsideSettlement, ImportRun, RunState
from entraide.web.imports.wording import told
from tests.builders import a_household, a_key, an_approved_product
from tests.files.workbooks import csv_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.imports.test_imports import address, send

LIST = (
    ("N° client", "Nom et prénoms", "N° prêt", "Montant du prêt", "Décaissé le", "Téléphone"),
    ("C-9", "Inconnu Jean", "P-9", "500 000", "10/06/2025", "90 11 22 33"),
)


@pytest.fixture
def desk(signed_in: Browser, people: People) -> Client:
    return signed_in(people.awa)


@pytest.fixture
def page(desk: Client, mutual: Mutual, people: People) -> str:
    """The address of a lender's list with a client nobody knows."""
    with scope(mutual=mutual):
        loans = an_approved_product(
            mutual, entered_by=people.moussa, approved_by=people.director, template="zems"
        ).product
        create_group(
            mutual=mutual, actor=people.awa, on=date(2025, 1, 2), idempotency_key=a_key(),
            code="ZEMS", name="Coopérative des zems", kind="lender", product=loans,
        )  # fmt: skip
    sent = send(desk, mutual, csv_of(*LIST), "prets.csv")
    desk.post(sent + "colonnes/", {"group": "ZEMS", "idempotency_key": "g"} | columns())
    return sent


def columns() -> dict[str, str]:
    names = ("client_number", "name", "loan_number", "loan_minor", "disbursed_on", "phone")
    return {f"column-{name}": str(at) for at, name in enumerate(names)}


def test_the_form_of_a_new_family_opens_with_what_the_list_says(
    desk: Client, mutual: Mutual, page: str
) -> None:
    assert "Une nouvelle famille" in desk.get(page + "clients/").content.decode()
    answer = desk.post(page + "clients/2/nouvelle/", {"idempotency_key": "n"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse(
        "web:household-new", kwargs={"mutual": mutual.code}
    )
    text = answer.content.decode()
    for known in ("Inconnu Jean", "90 11 22 33", "P-9", "500000", "10/06/2025"):
        assert f'value="{known}"' in text, known
    assert desk.post(page + "clients/77/nouvelle/", {"idempotency_key": "m"}).status_code == 404


def test_a_list_of_strangers_only_does_not_speak_of_others(desk: Client, page: str) -> None:
    text = desk.get(page).content.decode()
    assert "Ce fichier ne change rien" in text
    assert "Dire de quelles familles il s’agit" in text
    assert "Les autres peuvent être importés" not in text


def test_a_form_that_was_begun_is_not_lost(
    desk: Client, mutual: Mutual, people: People, page: str
) -> None:
    with scopes_disabled():
        Draft.objects.create(
            user=people.awa, mutual=mutual, form="adhesion", content={"phone": ["91"]}
        )
    answer = desk.post(page + "clients/2/nouvelle/", {"idempotency_key": "n"}, follow=True)
    assert "Une fiche que vous avez commencée attend ici" in answer.content.decode()
    assert "Inconnu Jean" not in answer.content.decode()


def test_what_an_import_left_aside_is_found_and_taken_up_without_the_file(
    desk: Client, mutual: Mutual, people: People, page: str
) -> None:
    desk.post(page + "importer/", {"idempotency_key": "i"})
    with scopes_disabled():
        ImportRun.objects.update(state=RunState.DONE, counts={"unmatched": 1})
    done = desk.get(page).content.decode()
    assert "Une ligne est restée de côté" in done
    assert f'href="{page}clients/"' in done
    assert f'href="{page}clients/"' in desk.get(address(mutual)).content.decode()
    left = desk.get(page + "clients/").content.decode()
    assert "Prêt P-9 de" in left
    assert "Chercher dans le registre" in left
    assert "peut être importée maintenant" not in left
    with scope(mutual=mutual):
        loans = Product.objects.get(code__startswith="zems")
        person = PersonEntry(name="Autre", birth_on=date(1985, 5, 5), sex="M", has_photo=True)
        family = a_household(
            mutual, people.awa, loans, enrolled_on=date(2024, 6, 1), persons=(person,),
            group=PartnerGroup.objects.get(), loan_minor=500_000, loan_reference="P-0",
        )  # fmt: skip
    desk.post(page + "clients/2/", {"household": family.number, "idempotency_key": "l"})
    assert "peut être importée maintenant" in desk.get(page + "clients/").content.decode()
    answer = desk.post(page + "reprendre/", {"idempotency_key": "r"})
    assert answer.status_code == 302
    assert "Ce fichier peut être importé" in desk.get(answer.headers["Location"]).content.decode()


def test_the_finance_officer_reads_imports_and_what_is_left_and_carries_nothing_out(
    desk: Client, signed_in: Browser, mutual: Mutual, people: People, page: str
) -> None:
    moussa = signed_in(people.moussa)
    imports = moussa.get(address(mutual))
    assert "prets.csv" in imports.content.decode()
    offered = {code for code, _title in imports.context["form"].fields["profile"].choices}
    assert offered == {"", "prestataires", "tarifs-prestataires"}  # no register of families
    read = moussa.get(page)
    assert read.status_code == 200
    assert "Vous lisez cet import" in read.content.decode()
    assert "Importer tout" not in read.content.decode()
    left = moussa.get(page + "clients/")
    assert left.status_code == 200
    assert "Inconnu Jean" in left.content.decode()
    assert "Une nouvelle famille" not in left.content.decode()
    for act in ("importer/", "colonnes/", "abandonner/", "reprendre/", "clients/2/"):
        refused = moussa.post(page + act, {"idempotency_key": act})
        assert refused.status_code == 403
        assert "Votre rôle" in refused.content.decode()
    file = SimpleUploadedFile("prets.csv", csv_of(*LIST))
    sent = moussa.post(address(mutual), {"file": file, "idempotency_key": "f"})
    assert sent.status_code == 403
    assert signed_in(people.fanta).get(page).status_code in (403, 404)


def test_a_remark_that_was_kept_says_its_day_in_words() -> None:
    kept = {"found_minor": 30_000, "expected_minor": 0, "credit_minor": 36_000,
            "price_minor": 36_000, "last_on": "2027-11-19"}  # fmt: skip
    text = told("LOAN_ASIDE_CREDITED", kept, "MGA", "fr")
    assert "19 novembre 2027" in text
    assert "2027-11-19" not in text


def test_a_draft_whose_list_came_again_leads_to_the_corrected_file(
    desk: Client, mutual: Mutual, page: str
) -> None:
    corrected = send(desk, mutual, csv_of(*LIST, ("C-8", *LIST[1][1:])), "prets-corriges.csv")
    text = desk.get(page).content.decode()
    assert "Poursuivez avec le fichier corrigé" in text
    assert f'href="{corrected}"' in text
    assert "Remplacé" in desk.get(address(mutual)).content.decode()
    desk.post(page + "importer/", {"idempotency_key": "i"})
    with scopes_disabled():
        assert set(ImportRun.objects.values_list("state", flat=True)) == {"replaced", "draft"}


def test_the_finance_officer_settles_a_row_otherwise_and_withdraws_it(
    desk: Client, signed_in: Browser, mutual: Mutual, people: People, page: str
) -> None:
    desk.post(page + "importer/", {"idempotency_key": "i"})
    moussa = signed_in(people.moussa)
    url = page + "clients/2/regler/"
    assert url not in desk.get(page + "clients/").content.decode()
    assert desk.post(url, {"idempotency_key": "a", "way": "lender"}).status_code == 403
    assert signed_in(people.fanta).post(url, {"way": "lender"}).status_code in (403, 404)
    assert url in moussa.get(page + "clients/").content.decode()
    empty = moussa.post(url, {"idempotency_key": "b", "way": "entry", "reason": ""}, follow=True)
    assert "Écrivez le numéro de l’écriture" in empty.content.decode()
    sent = {"idempotency_key": "c", "way": "lender", "reason": "Pas un client d’ici"}
    done = moussa.post(url, sent, follow=True).content.decode()
    for told_so in (
        "La ligne 2 est réglée",
        "Réglés autrement",
        "Pas un client d’ici",
        "par l’IMF",
    ):
        assert told_so in done, told_so
    assert "Clients réglés autrement" in done
    with scopes_disabled():
        settlement = AsideSettlement.objects.get()
    undo = reverse(
        "web:import-settlement-withdraw", kwargs={"mutual": mutual.code, "uid": settlement.uid}
    )
    assert desk.post(undo, {"idempotency_key": "d", "reason": "x"}).status_code == 403
    back = moussa.post(undo, {"idempotency_key": "e", "reason": "Mauvaise ligne"}, follow=True)
    assert "La ligne est de nouveau de côté" in back.content.decode()
    assert "Mauvaise ligne" in back.content.decode()

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope, scopes_disabled
from openpyxl import load_workbook
from PIL import Image

from entraide.apps.enrolment.models import Household, Photo
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.core.ids import uuid7
from entraide.exchange.registers.opening import all_profiles, recognised
from entraide.files.sheets import read_workbook
from tests.builders import a_household, an_approved_product
from tests.files.workbooks import HEADER, csv_of, xlsx_of
from tests.people import People
from tests.web.conftest import Browser

LIST = (
    HEADER,
    ("1", "Ado Koffi", "12/06/1987", "M", "Adhérent", "90 12 34 56"),
    ("1", "Ado Afi", "vers 1990", "F", "Conjointe", ""),
    ("TOTAL", "2", "", "", "", ""),
)


@pytest.fixture
def desk(signed_in: Browser, people: People, product: Product) -> Client:
    return signed_in(people.awa)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def address(mutual: Mutual, rest: str = "") -> str:
    return f"/m/{mutual.code}/imports/{rest}"


def send(
    desk: Client, mutual: Mutual, content: bytes, name: str = "liste.csv", profile: str = ""
) -> str:
    """Sends a file; answers the address of its page."""
    answer = desk.post(
        address(mutual),
        {
            "file": SimpleUploadedFile(name, content),
            "profile": profile,
            "idempotency_key": str(uuid7()),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


@pytest.mark.requirement("R011", begun=True)
def test_a_list_is_looked_at_then_imported(desk: Client, mutual: Mutual) -> None:
    page = send(desk, mutual, csv_of(*LIST))
    text = desk.get(page).content.decode()
    assert "Ce fichier peut être importé" in text
    assert "vers 1990 → 1990, vers cette année" in text
    assert "Un total, laissé de côté" in text
    assert "Lu comme «\u00a0Liste de membres\u00a0»." in text  # no encoding, no source
    assert "Modèle d’Entraide" not in text
    [price] = re.findall(r'data-label="Montant">([^<]*)<', text)
    total = re.findall(r"en tout\u00a0: <b>(?:<[^>]*>)?([^<]*)<", text)
    done = desk.post(page + "importer/", {"idempotency_key": "k-1"}, follow=True)
    assert "est importé" in done.content.decode()
    with scopes_disabled():
        assert Household.objects.get().persons.count() == 2
        run = ImportRun.objects.get()
        assert (run.state, run.content) == (RunState.DONE, None)
        due_minor = sum(due.amount_minor for due in Household.objects.get().dues.all())
    assert digits(price) == digits(total[0]) == str(due_minor)
    again = desk.post(page + "importer/", {"idempotency_key": "k-1"}, follow=True)
    assert again.status_code == 200
    with scopes_disabled():
        assert Household.objects.count() == 1


def test_no_column_of_a_draft_is_empty(desk: Client, mutual: Mutual) -> None:
    header = ("Nom", "Date de naissance", "Sexe")
    page = send(desk, mutual, csv_of(header, ("Ado Koffi", "12/06/1987", "M")))
    text = desk.get(page).content.decode()
    assert ("Famille</th>" in text, "Montant (F" in text.replace("\u00a0", " ")) == (False, True)


def test_faults_are_shown_and_the_table_to_correct_can_be_sent(
    desk: Client, mutual: Mutual
) -> None:
    wrong = csv_of(HEADER, ("1", "Ado Koffi", "31/02/1987", "Z", "Adhérent", ""))
    page = send(desk, mutual, wrong)
    text = desk.get(page).content.decode()
    assert "2 points à corriger" in text
    assert "Importer tout" not in text
    refused = desk.post(page + "importer/", {"idempotency_key": "k-2"})
    assert refused.status_code == 422
    table = desk.get(page + "a-corriger.csv").content
    assert "À corriger" in table.decode("utf-8-sig")
    mended = table.decode("utf-8-sig").replace("31/02/1987", "28/02/1987").replace(";Z;", ";M;")
    again = desk.get(send(desk, mutual, mended.encode())).content.decode()
    assert "Ce fichier peut être importé" in again


def test_columns_are_chosen_by_a_person(desk: Client, mutual: Mutual) -> None:
    content = xlsx_of(("Nom", "Sexe", "Jour J"), ("Ado Koffi", "M", "12/06/1987"))
    page = send(desk, mutual, content, "liste.xlsx", "liste-de-membres")
    assert "n’a pas été trouvée" in desk.get(page).content.decode()
    said = {"column-name": "0", "column-sex": "1", "column-birth": "2", "idempotency_key": "k-3"}
    chosen = desk.post(page + "colonnes/", said, follow=True)
    assert "Ce fichier peut être importé" in chosen.content.decode()


def test_a_column_that_nobody_reads_is_told(desk: Client, mutual: Mutual) -> None:
    header = (*HEADER, "Montant payé", "Observations")
    page = send(desk, mutual, csv_of(header, (*LIST[1], "5 000", "rien")))
    text = desk.get(page).content.decode()
    assert "Ces colonnes ne sont pas utilisées\u00a0: <b>Montant payé, Observations</b>" in text


def test_a_draft_is_given_up_and_its_file_forgotten(desk: Client, mutual: Mutual) -> None:
    page = send(desk, mutual, csv_of(*LIST))
    desk.post(page + "abandonner/", {"idempotency_key": "k-4"})
    with scopes_disabled():
        assert (ImportRun.objects.get().state, ImportRun.objects.get().content) == (
            RunState.DROPPED, None,
        )  # fmt: skip
    assert "abandonné" in desk.get(page).content.decode()


def test_what_is_no_table_is_told_on_the_page(desk: Client, mutual: Mutual) -> None:
    answer = desk.post(
        address(mutual),
        {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 rien"), "idempotency_key": "k-5"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    told = page[page.index('class="errors"') :].partition("</div>")[0]
    assert "Aucun en-tête connu" in told
    assert "«\u00a0Liste de membres\u00a0»" in told
    assert "liste-de-membres," not in told


def test_each_model_is_read_by_its_own_profile(signed_in: Browser, people: People,
                                               mutual: Mutual) -> None:  # fmt: skip
    desk = signed_in(people.awa)
    offered = desk.get(address(mutual)).content.decode()
    for profile in all_profiles():
        path = address(mutual, f"modele/{profile.profile}.xlsx")
        if path not in offered:
            assert desk.get(path).status_code == 404
            continue
        content = desk.get(path).content
        assert recognised(content).profile == profile.profile
        assert len(read_workbook(content).sheets) == 2
        assert load_workbook(io.BytesIO(content)).sheetnames[0] == "Tableau"


def test_others_do_not_see_it(signed_in: Browser, people: People, desk: Client,
                              mutual: Mutual, other_mutual: Mutual) -> None:  # fmt: skip
    page = send(desk, mutual, csv_of(*LIST))
    assert signed_in(people.adviser).get(page).status_code == 403
    assert signed_in(people.fanta).get(page).status_code in (403, 404)
    other = page.replace(mutual.code, other_mutual.code)
    assert desk.get(other).status_code in (403, 404)


def test_the_month_of_the_old_tool_is_compared_on_a_page(desk: Client, mutual: Mutual) -> None:
    header = ("N° adhésion", "N° bénéficiaire", "Nom", "Date naissance", "Sexe", "Lien parenté")
    content = csv_of(header, ("A-1", "A-1/1", "Ado Koffi", "1987", "M", "Adhérent"))
    said = {"file": SimpleUploadedFile("bmas.csv", content), "profile": "bmas-membres"}
    text = desk.post(address(mutual, "comparer/"), said).content.decode()
    assert "Manque ici" in text
    assert "A-1/1" in text
    with scopes_disabled():
        assert ImportRun.objects.count() == 0
    wrong = {"file": SimpleUploadedFile("x.csv", b"a;b\n1;2"), "profile": ""}
    assert desk.post(address(mutual, "comparer/"), wrong).status_code == 422


def test_a_zip_of_photos_is_looked_at_then_kept(
    desk: Client, mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        person = a_household(mutual, people.awa, product).persons.order_by("number")[0]
    picture = io.BytesIO()
    Image.new("RGB", (240, 320), (90, 80, 60)).save(picture, "JPEG")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr(f"{person.number}.jpg", picture.getvalue())
        bundle.writestr("Z-1.jpg", picture.getvalue())
    page = send(desk, mutual, packed.getvalue(), "photos.zip")
    text = desk.get(page).content.decode()
    assert "Ce fichier peut être importé" in text
    assert "Personne ici ne porte le numéro Z-1" in text
    assert f"{person.number}.jpg" in text
    assert "Comment il est lu" not in text
    done = desk.post(page + "importer/", {"idempotency_key": "k-9"}, follow=True)
    assert "Photos gardées" in done.content.decode()
    assert "Z-1.jpg" in done.content.decode()
    with scopes_disabled():
        assert Photo.objects.get().person_id == person.pk
    wrong = desk.post(
        address(mutual),
        {
            "file": SimpleUploadedFile("x.zip", packed.getvalue()),
            "profile": "liste-de-membres",
            "idempotency_key": "k-10",
        },
    )
    assert wrong.status_code == 422
    assert "Ce zip contient des photos" in wrong.content.decode()


def test_claims_settled_before_stand_on_the_page_of_the_family(
    signed_in: Browser, people: People, mutual: Mutual, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        person = household.persons.order_by("number")[0]
    desk = signed_in(people.network_admin)
    header = ("N° sinistre", "N° carte", "Date soins", "Prestataire", "Montant remboursé")
    row = ("S-9", person.number, "05/03/2025", "CSB Analakely", "3 750")
    page = send(desk, mutual, csv_of(header, row), "sinistres.csv")
    assert "n’entament aucun plafond" in desk.get(page).content.decode()
    done = desk.post(page + "importer/", {"idempotency_key": "k-11"}, follow=True)
    assert "Sinistres gardés comme historique" in done.content.decode()
    family = reverse("web:household", kwargs={"mutual": mutual.code, "uid": household.uid})
    shown = signed_in(people.awa).get(family)
    text = shown.content.decode()
    assert "Un sinistre réglé par l’ancien outil" in text
    assert "CSB Analakely" in text
    assert "S-9" in text


def test_a_column_of_amounts_paid_is_told_before_the_import_with_its_sum(
    desk: Client, mutual: Mutual
) -> None:
    header = ("Nom et prénoms", "Date de naissance", "Sexe", "Montant versé", "Reste à payer")
    content = csv_of(
        header,
        ("Ado Koffi", "12/06/1987", "H", "3 000", "500"),
        ("Bodo Yao", "12/06/1988", "M", "1 500", ""),
        ("TOTAL", "", "", "4 500", ""),
    )
    page = send(desk, mutual, content)
    text = desk.get(page).content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    notice = text.index("« Montant versé », 4 500 F CFA en tout, n’est pas importé")
    assert notice < text.index("Importer tout")
    assert f'href="{reverse("web:lump-sums", kwargs={"mutual": mutual.code})}"' in text
    assert "La colonne « Reste à payer » n’a pas de place ici" in text
    assert "M → H" in text
    assert "H → M" not in text
    done = desk.post(page + "importer/", {"idempotency_key": "p"}, follow=True).content.decode()
    assert "Encaisser un paiement" in done
    with scopes_disabled():
        assert Household.objects.count() == 2


def test_a_sex_that_is_not_understood_asks_for_the_letters_of_the_screens(
    desk: Client, mutual: Mutual
) -> None:
    page = send(desk, mutual, csv_of(HEADER, ("1", "Ado Koffi", "12/06/1987", "Z", "", "")))
    assert "écrivez F ou H (M est compris aussi)" in desk.get(page).content.decode()


def test_choices_are_kept_when_the_corrected_file_is_sent(
    desk: Client, mutual: Mutual, people: People
) -> None:
    with scope(mutual=mutual):
        second = an_approved_product(
            mutual, entered_by=people.moussa, approved_by=people.director, template="zems"
        ).product
        first = Product.objects.exclude(pk=second.pk).get()
    header = (*HEADER[:-1], "Joindre")
    wrong = csv_of(header, ("1", "Ado Koffi", "31/02/1987", "M", "Adhérent", "90 12 34 56"))
    page = send(desk, mutual, wrong)
    asked = desk.get(page).content.decode()
    field = asked[asked.index('for="id_product"') :]
    assert "facultatif" not in field[: field.index("</label>")]
    names = ("household_number", "name", "birth", "sex", "relation", "phone")
    chosen = {f"column-{name}": str(at) for at, name in enumerate(names)}
    desk.post(page + "colonnes/", {"product": first.code, "idempotency_key": "c"} | chosen)
    table = desk.get(page + "a-corriger.csv").content.decode("utf-8-sig")
    mended = send(desk, mutual, table.replace("31/02", "28/02").encode(), "corrige.csv")
    assert "Ce fichier peut être importé" in desk.get(mended).content.decode()
    with scopes_disabled():
        run = ImportRun.objects.latest("id")
        assert run.options == {"product": first.code}
        assert run.columns[""]["phone"] == 5
    other = send(desk, mutual, csv_of(*LIST), "autre.csv")
    assert "Ce fichier peut être importé" not in desk.get(other).content.decode()


def test_the_families_of_an_import_are_listed_alone(
    desk: Client, mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        a_household(mutual, people.awa, product)
    page = send(desk, mutual, csv_of(*LIST))
    done = desk.post(page + "importer/", {"idempotency_key": "f"}, follow=True).content.decode()
    with scopes_disabled():
        run = ImportRun.objects.get()
    households = reverse("web:households", kwargs={"mutual": mutual.code})
    assert f'href="{households}?import={run.uid}"' in done
    listed = desk.get(f"{households}?import={run.uid}")
    assert listed.context["page"].paginator.count == 1
    assert "liste.csv" in listed.content.decode()
    assert desk.get(households).context["page"].paginator.count == 2

"""Clients of a lender whom nobody here is known to be."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import Draft
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key, an_approved_product
from tests.files.workbooks import csv_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.imports.test_imports import send

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

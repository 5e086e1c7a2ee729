"""Money paid ahead according to the old tool, carried over on the pages: prepared, approved, used."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import OpeningAdvance
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportRun
from entraide.core.ids import uuid7
from tests.exchange.registers.conftest import Import, importing, planned  # noqa: F401
from tests.exchange.registers.test_again import OLD
from tests.files.workbooks import csv_of
from tests.people import People
from tests.web.conftest import Browser


@pytest.fixture
def run(importing: Import, product: Product, scoped: Mutual) -> ImportRun:  # noqa: F811
    """A family of the old tool that had paid 4 500 ahead."""
    return importing(csv_of(*OLD), actor=system_user())


def at(run: ImportRun, rest: str = "") -> str:
    return f"/m/{run.mutual.code}/imports/{run.uid}/avances/{rest}"


def post(desk: Client, address: str, **content: str) -> int:
    return desk.post(address, {"idempotency_key": str(uuid7()), **content}).status_code


@pytest.mark.requirement("R144", begun=True)
def test_one_prepares_another_approves_and_the_family_shows_it(
    run: ImportRun, signed_in: Browser, people: People, mutual: Mutual
) -> None:
    admin, finance = signed_in(people.network_admin), signed_in(people.moussa)
    told = admin.get(f"/m/{mutual.code}/imports/{run.uid}/").content.decode()
    assert "Dit par l’ancien outil" in told
    assert at(run) in told
    page = admin.get(at(run)).content.decode()
    assert "1 famille, 4\u202f500" in page
    assert post(finance, at(run, "preparer/")) == 403
    assert post(admin, at(run, "preparer/")) == 302
    page = admin.get(at(run)).content.decode()
    assert "Une autre personne, qui peut écrire dans les comptes, approuve." in page
    assert post(admin, at(run, "approuver/")) == 403
    home = finance.get(f"/m/{mutual.code}/").content.decode()
    assert "Approuver l’avance de 1 famille" in home
    assert at(run) in home
    assert "Approuver et inscrire" in finance.get(at(run)).content.decode()
    assert post(finance, at(run, "approuver/")) == 302
    page = finance.get(at(run)).content.decode()
    assert "Dans les comptes" in page
    with scope(mutual=mutual):
        advance, family = (
            OpeningAdvance.objects.select_related("entry").get(),
            Household.objects.get(),
        )
    assert advance.document_number in page
    assert advance.entry is not None
    shown = signed_in(people.awa).get(
        reverse("web:household", kwargs={"mutual": mutual.code, "uid": family.uid})
    )
    assert f"Dans les comptes ({advance.document_number})" in shown.content.decode()
    books = reverse("web:entry", kwargs={"mutual": mutual.code, "uid": advance.entry.uid})
    assert "Avance d’une famille reprise" in finance.get(books).content.decode()


def test_refused_with_a_reason_and_taken_back_with_one(
    run: ImportRun, signed_in: Browser, people: People, mutual: Mutual
) -> None:
    admin, finance = signed_in(people.network_admin), signed_in(people.moussa)
    post(admin, at(run, "preparer/"))
    assert post(finance, at(run, "refuser/"), reason="") == 422
    assert post(finance, at(run, "refuser/"), reason="à vérifier") == 302
    page = admin.get(at(run)).content.decode()
    assert "à vérifier" in page
    post(admin, at(run, "preparer/"))
    post(finance, at(run, "approuver/"))
    with scope(mutual=mutual):
        advance = OpeningAdvance.objects.latest("pk")
    back = f"/m/{mutual.code}/imports/avances/{advance.uid}/annuler/"
    assert back in finance.get(at(run)).content.decode()
    assert finance.get(back).status_code == 200
    assert post(finance, back, reason="") == 422
    assert post(finance, back, reason="montant faux") == 302
    assert "montant faux" in finance.get(at(run)).content.decode()


def test_pages_are_closed_to_who_may_neither_import_nor_post(
    run: ImportRun, signed_in: Browser, people: People
) -> None:
    for person, status in ((people.awa, 403), (people.fanta, 404)):
        desk = signed_in(person)
        assert desk.get(at(run)).status_code == status
        for act in ("preparer/", "approuver/", "refuser/"):
            assert post(desk, at(run, act), reason="x") == status

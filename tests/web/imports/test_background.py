"""A large import from its page: it waits, runs, ends, is refused, interrupted or taken back."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scopes_disabled
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.exchange.registers.background import AT_ONCE_ROWS
from entraide.exchange.registers.heartbeat import Heartbeat
from tests.exchange.registers.test_background import a_list, work
from tests.files.workbooks import HEADER, csv_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.imports.test_imports import address, send

ROWS = AT_ONCE_ROWS + 5


@pytest.fixture
def desk(signed_in: Browser, people: People, product: Product) -> Client:
    return signed_in(people.awa)


@pytest.fixture
def page(desk: Client, mutual: Mutual) -> str:
    """The address of a large list that was sent, and asked to be imported."""
    sent = send(desk, mutual, a_list(ROWS))
    assert "Ce fichier peut être importé" in desk.get(sent).content.decode()
    desk.post(sent + "importer/", {"idempotency_key": "ask"})
    return sent


def text_of(desk: Client, page: str) -> str:
    return desk.get(page).content.decode()


def the_run() -> ImportRun:
    with scopes_disabled():
        return ImportRun.objects.get()


def households() -> int:
    with scopes_disabled():
        return Household.objects.count()


def test_it_waits_then_is_told_when_it_is_done(desk: Client, mutual: Mutual, page: str) -> None:
    waiting = text_of(desk, page)
    assert "En attente" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert f'<a class="btn" href="{page}">Actualiser</a>' in waiting
    assert "En attente" in text_of(desk, address(mutual))
    desk.post(page + "importer/", {"idempotency_key": "ask again"})
    work()
    assert households() == ROWS
    looked_on = desk.get(page, headers={"HX-Request": "true"})
    assert (looked_on.status_code, looked_on.headers["HX-Refresh"]) == (204, "true")
    assert "Importé le" in text_of(desk, page)
    assert "Importé" in text_of(desk, address(mutual))


def test_the_page_counts_while_it_runs(desk: Client, mutual: Mutual, page: str) -> None:
    run = the_run()
    with scopes_disabled():
        ImportRun.objects.update(state=RunState.RUNNING)
    with Heartbeat(run.uid) as beat:
        assert "en cours de lecture" in text_of(desk, page)
        beat.tell("persons", 1500, 4000)
        beat._write()
        running = text_of(desk, page)
        assert "1\u202f500 sur 4\u202f000" in running
        assert '<progress max="4000" value="1500"' in running
        assert "Annuler cet import" not in running
        assert "En cours" in text_of(desk, address(mutual))
        refused = desk.post(page + "annuler/", {"idempotency_key": "late"}, follow=True)
        assert "ne peut plus être arrêté" in refused.content.decode()
        for act in ("abandonner/", "colonnes/"):
            desk.post(page + act, {"idempotency_key": act})
            assert the_run().state == RunState.RUNNING


def test_an_interrupted_one_is_tried_again(desk: Client, mutual: Mutual, page: str) -> None:
    with scopes_disabled():
        ImportRun.objects.update(state=RunState.RUNNING)
        DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    gone = text_of(desk, page)
    assert "Cet import a été interrompu\u00a0: rien n’en a été écrit." in gone
    assert "hx-get" not in gone
    assert "Interrompu" in text_of(desk, address(mutual))
    desk.post(page + "importer/", {"idempotency_key": "once more"})
    assert "En attente" in text_of(desk, page)
    work()
    assert households() == ROWS


def test_it_is_cancelled_before_it_begins(desk: Client, page: str) -> None:
    answer = desk.post(page + "annuler/", {"idempotency_key": "no"}, follow=True)
    assert "le fichier vous attend" in answer.content.decode()
    assert "Importer tout" in answer.content.decode()
    work()
    assert households() == 0


def test_a_refused_one_is_to_correct_or_given_up(desk: Client, mutual: Mutual, page: str) -> None:
    wrong = csv_of(HEADER, ("1", "Ado Koffi", "31/02/1987", "M", "", ""))
    with scopes_disabled():
        ImportRun.objects.update(content=wrong)
    work()
    refused = text_of(desk, page)
    assert "Cet import a été refusé\u00a0: rien n’en a été écrit." in refused
    assert "Un point à corriger" in refused
    assert "Refusé" in text_of(desk, address(mutual))
    desk.post(page + "abandonner/", {"idempotency_key": "drop"})
    assert the_run().state == RunState.DROPPED
    assert "Refusé" not in text_of(desk, address(mutual))


def test_the_list_tells_what_is_to_be_corrected(desk: Client, mutual: Mutual) -> None:
    send(desk, mutual, csv_of(HEADER, ("1", "Ado Koffi", "31/02/1987", "M", "", "")))
    assert "À corriger" in text_of(desk, address(mutual))
    assert "À confirmer" not in text_of(desk, address(mutual))


def test_a_stranger_sees_and_stops_nothing(
    signed_in: Browser, people: People, mutual: Mutual, page: str
) -> None:
    for who in (people.adviser, people.fanta):
        stranger = signed_in(who)
        assert stranger.get(page).status_code in (403, 404)
        assert stranger.post(page + "annuler/", {"idempotency_key": "x"}).status_code in (403, 404)
    assert the_run().state == RunState.QUEUED

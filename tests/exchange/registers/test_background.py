from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django_scopes import scope
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from entraide.apps.access.models import AuditEvent, AuditKind, CommandLog
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.models import Appointment, Mutual, Product
from entraide.apps.takeover.families import FAMILIES_AT_A_TIME
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.core.errors import Refusal
from entraide.exchange.registers import background
from entraide.exchange.registers.background import (
    ask_for_import,
    is_interrupted,
    is_large,
    take_import_back,
)
from entraide.exchange.registers.heartbeat import SILENT_SECONDS, Heartbeat, Progress, heard
from entraide.exchange.registers.running import carry_out, note_reading, prepare_import
from tests.builders import a_key
from tests.files.workbooks import HEADER, csv_of
from tests.people import People

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FAMILIES = FAMILIES_AT_A_TIME + 20
Draft = Callable[..., ImportRun]


def a_list(families: int) -> bytes:
    """Families of one, each with its own name."""
    rows = [
        (str(at), f"Ado {LETTERS[at // 26].upper()}a{LETTERS[at % 26]}", "12/06/1987", "M",
         "Adhérent", "")
        for at in range(families)
    ]  # fmt: skip
    return csv_of(HEADER, *rows)


def work() -> None:
    """Whatever waits is done, as the worker of ``entraide serve`` does it."""
    worker = Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id="test", excluded_queue_names=[],
    )  # fmt: skip
    # A test's transaction must outlive the worker's look at its connection.
    with patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        worker.run()


@pytest.fixture
def common(scoped: Mutual, people: People, product: Product, today: date) -> dict[str, Any]:
    return {"mutual": scoped, "actor": people.awa, "on": today}


@pytest.fixture
def draft(common: dict[str, Any]) -> Draft:
    """A list of members sent and read."""

    def sent(families: int = FAMILIES) -> ImportRun:
        run = prepare_import(
            **common, idempotency_key=a_key(), file_name="liste.csv", options={},
            content=a_list(families), profile="liste-de-membres",
        )  # fmt: skip
        note_reading(run, actor=common["actor"], on=common["on"])
        return ImportRun.objects.select_related("mutual").get(pk=run.pk)

    return sent


def now(run: ImportRun) -> ImportRun:
    """The import as it stands."""
    return ImportRun.objects.select_related("mutual").get(pk=run.pk)


def test_a_large_import_is_carried_out_by_the_worker(draft: Draft, common: dict[str, Any]) -> None:
    run = draft()
    assert (run.rows_count, run.faults_count, is_large(run)) == (FAMILIES, 0, True)
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    assert (now(run).state, Household.objects.count()) == (RunState.QUEUED, 0)
    work()
    done = now(run)
    assert (done.state, done.content, done.carried_out_by) == (RunState.DONE, None, common["actor"])
    assert (Household.objects.count(), Person.objects.count()) == (FAMILIES, FAMILIES)
    assert done.counts["households"] == FAMILIES
    assert AuditEvent.objects.filter(kind=AuditKind.IMPORT).count() == 1
    assert heard(run.uid) is None
    assert not is_interrupted(done)


def test_a_small_import_is_not_left_to_it(draft: Draft) -> None:
    assert not is_large(draft(background.AT_ONCE_ROWS))
    assert is_large(draft(background.AT_ONCE_ROWS + 1))


def test_the_button_twice_is_one_import(draft: Draft, common: dict[str, Any]) -> None:
    run, key = draft(), a_key()
    for _ in range(2):
        ask_for_import(**common, idempotency_key=key, run=run)
    with pytest.raises(Refusal, match="IMPORT_NOT_OPEN"):  # from a second window
        ask_for_import(**common, idempotency_key=a_key(), run=now(run))
    assert DBTaskResult.objects.count() == 1
    work()
    assert Household.objects.count() == FAMILIES
    with pytest.raises(Refusal, match="IMPORT_NOT_OPEN"):
        ask_for_import(**common, idempotency_key=a_key(), run=now(run))


def test_it_is_taken_back_before_it_begins(draft: Draft, common: dict[str, Any]) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    take_import_back(**common, idempotency_key=a_key(), run=now(run))
    work()
    assert (now(run).state, Household.objects.count()) == (RunState.DRAFT, 0)
    with pytest.raises(Refusal, match="IMPORT_NOT_OPEN"):
        take_import_back(**common, idempotency_key=a_key(), run=now(run))
    ask_for_import(**common, idempotency_key=a_key(), run=now(run))
    work()
    assert (now(run).state, Household.objects.count()) == (RunState.DONE, FAMILIES)


def test_a_wish_that_was_taken_back_carries_nothing_out(
    draft: Draft, common: dict[str, Any]
) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    earlier = now(run).attempt
    take_import_back(**common, idempotency_key=a_key(), run=now(run))
    DBTaskResult.objects.filter(pk=earlier).update(status=TaskResultStatus.READY)
    work()
    assert (now(run).state, Household.objects.count()) == (RunState.DRAFT, 0)


def test_what_was_written_meanwhile_counts_and_the_refusal_is_told(
    draft: Draft, common: dict[str, Any]
) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    ImportRun.objects.filter(pk=run.pk).update(
        content=csv_of(HEADER, ("1", "Ado", "x", "M", "", ""))
    )
    work()
    refused = now(run)
    assert (refused.state, refused.faults_count) == (RunState.REFUSED, 1)
    assert refused.refusal == "INPUT_REFUSED"
    assert Household.objects.count() == 0


def test_who_lost_the_right_meanwhile_imports_nothing(
    draft: Draft, common: dict[str, Any], today: date
) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    Appointment.objects.filter(user=common["actor"]).update(effective_until=today)
    work()
    assert (now(run).state, now(run).refusal) == (RunState.REFUSED, "FORBIDDEN")
    assert Household.objects.count() == 0


def test_a_worker_that_fails_leaves_nothing_and_it_is_tried_again(
    draft: Draft, common: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    tell = Heartbeat.tell

    def failing(self: Heartbeat, step: str, done: int, total: int) -> None:
        tell(self, step, done, total)
        if step == "persons":
            raise OSError("the disk is gone")

    with monkeypatch.context() as broken, suppress(OSError):
        broken.setattr(Heartbeat, "tell", failing)
        work()
    assert Household.objects.count() == 0
    assert now(run).state == RunState.RUNNING
    assert is_interrupted(now(run))
    ask_for_import(**common, idempotency_key=a_key(), run=now(run))
    assert not is_interrupted(now(run))
    work()
    assert (now(run).state, Household.objects.count()) == (RunState.DONE, FAMILIES)
    assert CommandLog.objects.filter(name="carry_out_import").count() == 1


def test_a_worker_killed_before_it_said_so_is_noticed(draft: Draft, common: dict[str, Any]) -> None:
    run = draft()
    ask_for_import(**common, idempotency_key=a_key(), run=run)
    assert not is_interrupted(now(run))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    assert is_interrupted(now(run))
    take_import_back(**common, idempotency_key=a_key(), run=now(run))
    assert now(run).state == RunState.DRAFT
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_the_steps_are_counted_in_rows(draft: Draft, common: dict[str, Any]) -> None:
    told: list[tuple[str, int, int]] = []
    carry_out(
        draft(), actor=common["actor"], on=common["on"], idempotency_key=a_key(),
        progress=lambda *said: told.append(said),
    )  # fmt: skip
    assert told == [
        ("rows", FAMILIES, FAMILIES),
        ("persons", FAMILIES_AT_A_TIME, FAMILIES),
        ("persons", FAMILIES, FAMILIES),
    ]


def test_a_heart_is_heard_while_it_beats() -> None:
    uid = UUID(int=7)
    with Heartbeat(uid) as beat:
        assert heard(uid) == Progress("", 0, 0)
        beat.tell("persons", 3, 9)
        until = time.monotonic() + 5
        while heard(uid) != Progress("persons", 3, 9) and time.monotonic() < until:
            time.sleep(0.05)
        assert heard(uid) == Progress("persons", 3, 9)
        long_ago = time.time() - SILENT_SECONDS - 1
        os.utime(beat._path, (long_ago, long_ago))
        assert heard(uid) is None
    assert heard(uid) is None


def test_another_mutual_finds_nothing_of_it(
    draft: Draft, common: dict[str, Any], people: People, other_mutual: Mutual
) -> None:
    run = draft()
    with scope(mutual=other_mutual), pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        ask_for_import(
            mutual=other_mutual, actor=people.fanta, on=common["on"], idempotency_key=a_key(),
            run=run,
        )  # fmt: skip
    assert now(run).state == RunState.DRAFT

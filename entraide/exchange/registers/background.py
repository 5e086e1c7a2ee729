"""A large import in the background: asked for, taken back, carried out by the worker, survived.

The page answers at once; the worker of ``entraide serve`` reads the file, then writes it in one
transaction. A worker that is killed leaves nothing written: the import says that it was interrupted
and can be asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from entraide.apps.access.models import User
from entraide.apps.access.statistics import gather_statistics
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.models import (
    BEING_CARRIED_OUT,
    WITH_A_PERSON,
    ImportRun,
    RunState,
)
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.heartbeat import Heartbeat, forget, heard
from entraide.exchange.registers.running import RIGHTS, carry_out, note_refused, right_of

AT_ONCE_ROWS = 200
"""A file of no more rows is imported while the person waits."""


def is_large(run: ImportRun) -> bool:
    """Whether an import is left to the background worker."""
    return run.rows_count is None or run.rows_count > AT_ONCE_ROWS


def is_interrupted(run: ImportRun) -> bool:
    """Whether the worker that was to carry an import out is gone: nothing of it was written."""
    if run.state not in BEING_CARRIED_OUT or heard(run.uid) is not None:
        return False
    if run.state == RunState.QUEUED:  # its task was taken, and did not get as far as to say so
        ready = DBTaskResult.objects.filter(pk=run.attempt, status=TaskResultStatus.READY)
        if ready.exists():
            return False
    # It may have ended, well or not, between the two looks.
    return ImportRun.objects.filter(pk=run.pk, state=run.state).exists() and heard(run.uid) is None


def _asked(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("mutual").get(pk=run.pk)
    if run.state not in WITH_A_PERSON and not is_interrupted(run):
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    _set_aside(run)
    forget(run.uid)
    queued = carry_out_in_background.enqueue(run=str(run.uid))
    run.state, run.attempt, run.refusal = RunState.QUEUED, UUID(str(queued.id)), ""
    run.asked_by, run.asked_on = actor, on
    run.save(update_fields=["state", "attempt", "refusal", "asked_by", "asked_on"])
    return run


def _taken_back(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("mutual").get(pk=run.pk)
    if run.state != RunState.QUEUED and not is_interrupted(run):
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    _set_aside(run)
    run.state, run.attempt = RunState.DRAFT, None
    run.save(update_fields=["state", "attempt"])
    return run


def _set_aside(run: ImportRun) -> None:
    """The task of an earlier wish is over: taken back, or its worker is gone."""
    if run.attempt is not None:
        waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
        DBTaskResult.objects.filter(pk=run.attempt, status__in=waiting).update(
            status=TaskResultStatus.FAILED, finished_at=timezone.now()
        )


def _by_right(
    name: str, service: Callable[..., ImportRun]
) -> dict[Right, Callable[..., ImportRun]]:
    return {right: command(name, right=right)(service) for right in RIGHTS}


_ASK = _by_right("ask_for_import", _asked)
_TAKE_BACK = _by_right("take_import_back", _taken_back)


def ask_for_import(*, run: ImportRun, **said: Any) -> ImportRun:
    """Have an import carried out by the background worker, also again after an interruption.

    ``IMPORT_NOT_OPEN`` when it waits already, runs or is over.
    """
    return _ASK[right_of(run.profile)](run=run, **said)


def take_import_back(*, run: ImportRun, **said: Any) -> ImportRun:
    """Not now: an import that has not begun, or was interrupted, waits for a person again.

    ``IMPORT_NOT_OPEN`` when it runs or is over.
    """
    return _TAKE_BACK[right_of(run.profile)](run=run, **said)


@task(takes_context=True)
def carry_out_in_background(context: Any, *, run: str) -> str:
    """What the worker does with an import that was asked for; answers the state it ends in.

    Nothing when it was taken back, or is wanted by a later wish than this one.
    """
    attempt = UUID(str(context.task_result.id))
    with scopes_disabled():
        wanted = ImportRun.objects.select_related("mutual", "asked_by").get(uid=run)
    with scope(mutual=wanted.mutual), Heartbeat(wanted.uid) as beat:
        mine = ImportRun.objects.filter(pk=wanted.pk, state=RunState.QUEUED, attempt=attempt)
        if not mine.update(state=RunState.RUNNING):
            return str(wanted.state)
        wanted.state = RunState.RUNNING
        assert wanted.asked_by is not None
        assert wanted.asked_on is not None
        try:
            done = carry_out(
                wanted, actor=wanted.asked_by, on=wanted.asked_on,
                idempotency_key=f"import-{attempt}", progress=beat.tell,
            )  # fmt: skip
        except RefusedRows:
            return str(RunState.REFUSED)  # it says so itself
        except Refusal as refusal:
            note_refused(wanted, refusal.code, faults=0)
            return str(RunState.REFUSED)
        if done.rows_count is None or done.rows_count > AT_ONCE_ROWS:
            gather_statistics(connection)
        return str(done.state)

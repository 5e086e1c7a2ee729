"""An import from the file to the registers: prepared, looked at, carried out whole or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.families import Progress
from entraide.apps.takeover.models import OVER, WITH_A_PERSON, ImportRun, RunState
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.contributions import plan_contributions
from entraide.exchange.registers.loans import plan_loans
from entraide.exchange.registers.members import plan_members
from entraide.exchange.registers.movements import plan_movements
from entraide.exchange.registers.opening import Columns, Opened, open_table, profile_named
from entraide.exchange.registers.options import read_options
from entraide.exchange.registers.past_claims import plan_past_claims
from entraide.exchange.registers.photos import plan_photos
from entraide.exchange.registers.plan import Asked, Plan, silent, to_json
from entraide.exchange.registers.prices import plan_prices
from entraide.exchange.registers.providers import plan_providers
from entraide.exchange.registers.replacing import (
    withdraw_earlier_drafts,
    withdraw_earlier_rests,
)
from entraide.exchange.registers.returned_payments import plan_returns
from entraide.exchange.registers.scheme_covers import plan_scheme_covers
from entraide.exchange.registers.visits import plan_visits

PLANNERS: Mapping[str, Callable[[Asked], Plan]] = {
    "members": plan_members,
    "contributions": plan_contributions,
    "visits": plan_visits,
    "claims": plan_past_claims,
    "loans": plan_loans,
    "movements": plan_movements,
    "photos": plan_photos,
    "providers": plan_providers,
    "tariffs": plan_prices,
    "returns": plan_returns,
    "covers": plan_scheme_covers,
}
"""Kind of table → what plans it."""

MOST_REMARKS = 500
LEAVES_ROWS = frozenset({"loans", "movements"})
"""Kinds whose file is kept once carried out, while clients of it are to be found or settled."""

OF_PROVIDERS = frozenset({"providers", "tariffs"})


def right_for(kind: str, *, is_takeover: bool) -> Right:
    """Who may import: what takes over another register needs more than what a clerk enters."""
    if is_takeover:
        return Right.IMPORT_REGISTERS
    if kind in OF_PROVIDERS:
        return Right.KEEP_PROVIDERS
    if kind == "returns":
        return Right.RECORD_PAYOUT
    return Right.RECORD_PAYMENT if kind == "loans" else Right.ENROL


def plan_file(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    content: bytes,
    kind: str = "",
    profile: str = "",
    columns: Columns | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress = silent,
) -> tuple[Opened, Plan]:
    """What a file would change, inside the mutual's scope; nothing is written.

    Refused when the file is no table or its profile is not found; faults of rows stay in the plan.
    """
    opened = open_table(
        content, currency=mutual.currency, today=on, kind=kind, code=profile, columns=columns
    )
    asked = Asked(
        mutual,
        actor,
        on,
        opened.table,
        read_options(mutual, options or {}),
        progress=progress,
        content=content,
    )
    return opened, _planned(opened, asked)


def _planned(opened: Opened, asked: Asked) -> Plan:
    rows = len(opened.table.every_row or opened.table.rows)
    asked.progress("rows", rows, rows)
    plan = PLANNERS[opened.profile.kind](asked)
    plan.counts["rows"] = rows
    return plan


def open_run(run: ImportRun, *, on: date) -> Opened:
    """The file of an import read by its columns: needs no register, so no lock either."""
    if run.content is None:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    return open_table(
        bytes(run.content), currency=run.mutual.currency, today=on, kind=run.kind,
        code=run.profile, columns=run.columns,
    )  # fmt: skip


def plan_run(
    run: ImportRun,
    *,
    actor: User,
    on: date,
    progress: Progress = silent,
    opened: Opened | None = None,
) -> tuple[Opened, Plan]:
    """What an import would change, as things stand now; ``IMPORT_NOT_OPEN`` when it is over.

    One carried out that left rows aside is not: it tells what becomes of them now.
    ``opened``: its file, when it was read a moment ago.
    """
    if run.content is None:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    opened = opened or open_run(run, on=on)
    asked = Asked(
        run.mutual, actor, on, opened.table, read_options(run.mutual, run.options),
        progress=progress, content=bytes(run.content),
    )  # fmt: skip
    return opened, _planned(opened, asked)


def note_reading(run: ImportRun, *, actor: User, on: date) -> None:
    """Keep how many rows the file has and how many points are to correct, for the list."""
    try:
        _, plan = plan_run(run, actor=actor, on=on)
    except Refusal:
        rows, faults = None, 1
    else:
        rows, faults = plan.counts["rows"], len(plan.faults)
    ImportRun.objects.filter(pk=run.pk).update(rows_count=rows, faults_count=faults)


def _prepared(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    file_name: str,
    content: bytes,
    profile: str,
    options: Mapping[str, Any],
) -> ImportRun:
    known = profile_named(profile)
    return ImportRun.objects.create(
        mutual=mutual,
        kind=known.kind,
        profile=known.profile,
        profile_version=known.version,
        file_name=file_name[:200],
        file_hash=hashlib.sha256(content).hexdigest(),
        content=content,
        options=dict(options),
        prepared_by=actor,
        prepared_on=on,
    )


def _columns_chosen(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    run: ImportRun,
    columns: Columns,
    options: Mapping[str, Any],
) -> ImportRun:
    run = _draft(run)
    run.columns = {sheet: dict(each) for sheet, each in columns.items()}
    run.options = dict(options)
    run.save(update_fields=["columns", "options"])
    withdraw_earlier_drafts(run, actor=actor, on=on)
    return run


def _dropped(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    run = _draft(run)
    run.state, run.content = RunState.DROPPED, None
    run.save(update_fields=["state", "content"])
    return run


def _carried_out(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    # Two imports of one mutual never look at once for what the other is about to write.
    Mutual.objects.select_for_update(no_key=True).get(pk=mutual.pk)
    known = run
    # What a worker began is still its own: a person may have taken it back while it slept.
    run = _locked(run, {known.state} & {*WITH_A_PERSON, RunState.RUNNING})
    if run.attempt != known.attempt:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    held = _HELD.get()
    is_same = (known.columns, known.options) == (run.columns, run.options)
    _, plan = plan_run(
        run, actor=actor, on=on, progress=held.progress, opened=held.opened if is_same else None
    )
    if plan.faults:
        raise RefusedRows(tuple(plan.faults))
    plan.write(run)
    run.state, run.refusal = RunState.DONE, ""
    if not (run.kind in LEAVES_ROWS and plan.counts["unmatched"] + plan.counts["aside"]):
        run.content = None
    _same_file(run).filter(state=RunState.DONE).update(content=None)  # the latest keeps the rest
    withdraw_earlier_drafts(run, actor=actor, on=on, table=plan.asked.table)
    run.carried_out_by, run.carried_out_on = actor, on
    run.counts = {name: count for name, count in plan.counts.items() if count}
    run.remarks = [to_json(finding) for finding in plan.remarks[:MOST_REMARKS]]
    run.save()
    withdraw_earlier_rests(run, plan.asked.table, actor=actor, on=on)
    record_audit(
        kind=AuditKind.IMPORT, mutual=run.mutual, actor=actor, subject=run.profile,
        details={"file": run.file_name, "hash": run.file_hash, "counts": run.counts},
    )  # fmt: skip
    return run


def _same_file(run: ImportRun) -> QuerySet[ImportRun]:
    """The other imports of this file by the same answers."""
    others = ImportRun.objects.filter(
        mutual=run.mutual, profile=run.profile, file_hash=run.file_hash
    )
    return others.filter(options__group=run.options.get("group", "")).exclude(pk=run.pk)


def _resumed(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    run = _locked(run, {RunState.DONE})
    if run.content is None:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    begun = _same_file(run).filter(state__in=WITH_A_PERSON).first()
    return begun or ImportRun.objects.create(
        mutual=mutual, kind=run.kind, profile=run.profile, profile_version=run.profile_version,
        file_name=run.file_name, file_hash=run.file_hash, content=run.content,
        columns=run.columns, options=run.options, prepared_by=actor, prepared_on=on,
    )  # fmt: skip


def _by_right(
    name: str, service: Callable[..., ImportRun]
) -> dict[Right, Callable[..., ImportRun]]:
    """One command for each right that an import may ask for."""
    return {right: command(name, right=right)(service) for right in RIGHTS}


RIGHTS = (
    Right.ENROL,
    Right.RECORD_PAYMENT,
    Right.IMPORT_REGISTERS,
    Right.KEEP_PROVIDERS,
    Right.RECORD_PAYOUT,
)
_PREPARE = _by_right("prepare_import", _prepared)
_CHOOSE = _by_right("choose_import_columns", _columns_chosen)
_DROP = _by_right("drop_import", _dropped)
_RESUME = _by_right("resume_import", _resumed)
_CARRY_OUT = _by_right("carry_out_import", _carried_out)


def right_of(profile: str) -> Right:
    """The right that an import by this profile asks for."""
    known = profile_named(profile)
    return right_for(known.kind, is_takeover=known.is_takeover)


def prepare_import(*, profile: str, **said: Any) -> ImportRun:
    """Keep a file that was recognised until somebody has looked at what it would change.

    Takes what every command takes, ``file_name``, ``content`` and ``options``.
    """
    return _PREPARE[right_of(profile)](profile=profile, **said)


def choose_import_columns(*, run: ImportRun, **said: Any) -> ImportRun:
    """Which column holds which field (``columns``), and what the file does not say (``options``).

    Refused with ``IMPORT_NOT_OPEN``.
    """
    return _CHOOSE[right_of(run.profile)](run=run, **said)


def drop_import(*, run: ImportRun, **said: Any) -> ImportRun:
    """Give a draft up; its file is forgotten. ``IMPORT_NOT_OPEN`` when it is over."""
    return _DROP[right_of(run.profile)](run=run, **said)


def resume_import(*, run: ImportRun, **said: Any) -> ImportRun:
    """A draft of what an import left aside: the same file, columns and answers, nothing sent anew.

    One that waits already is taken up. ``IMPORT_NOT_OPEN`` when nothing was left.
    """
    return _RESUME[right_of(run.profile)](run=run, **said)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a command cannot be told as its content: the file as read, and who waits for news."""

    opened: Opened | None = None
    progress: Progress = silent


_HELD: ContextVar[_Held] = ContextVar("what an import holds", default=_Held())  # noqa: B039


def carry_out(
    run: ImportRun, *, actor: User, on: date, idempotency_key: str, progress: Progress = silent
) -> ImportRun:
    """Carry an import out, whole or not at all; ``progress`` is told the steps.

    The file is read first: SQLite has one writer, who is held only while the rows are compared
    with the registers as they stand then, and written. Refused with every fault at once
    (:class:`RefusedRows`), and the import says so from then on, or with ``IMPORT_NOT_OPEN``.
    """
    is_over = run.state in OVER
    held = _Held(None if is_over else open_run(run, on=on), progress)
    token = _HELD.set(held)
    try:
        return _CARRY_OUT[right_of(run.profile)](
            mutual=run.mutual, actor=actor, on=on, idempotency_key=idempotency_key, run=run
        )
    except RefusedRows as refusal:
        note_refused(run, refusal.code, faults=len(refusal.findings))
        raise
    finally:
        _HELD.reset(token)


def note_refused(run: ImportRun, code: str, *, faults: int) -> None:
    """The import could not be carried out and nothing of it was written."""
    runs = ImportRun.objects.filter(pk=run.pk, state__in={*WITH_A_PERSON, RunState.RUNNING})
    runs.update(state=RunState.REFUSED, refusal=code, faults_count=faults)


def _draft(run: ImportRun) -> ImportRun:
    return _locked(run, set(WITH_A_PERSON))


def _locked(run: ImportRun, states: set[RunState]) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("mutual").get(pk=run.pk)
    if run.state not in states:
        raise Refusal("IMPORT_NOT_OPEN", file=run.file_name)
    return run


def run_for(mutual: Mutual, uid: Any) -> ImportRun:
    """The import of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(ImportRun.objects.filter(mutual=mutual).select_related("mutual"), uid=uid)


def runs(mutual: Mutual) -> QuerySet[ImportRun]:
    """The imports of a mutual that wait or were carried out, the latest first."""
    kept = ImportRun.objects.filter(mutual=mutual).exclude(state=RunState.DROPPED)
    kept = kept.annotate(has_rest=Q(state=RunState.DONE, content__isnull=False))
    return kept.select_related("prepared_by", "carried_out_by").defer("content").order_by("-id")

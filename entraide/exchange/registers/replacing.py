"""A lender's file sent again, corrected: what waited of the earlier one is withdrawn, not lost.

Two files are forms of one list when they are of one lender and share their loans: two drafts, so
that nobody applies both; what an import left aside, once the corrected file has all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.takeover.asides import settled_rows
from entraide.apps.takeover.models import WITH_A_PERSON, ImportRun, RunState
from entraide.apps.takeover.rows import known_rows
from entraide.core.errors import Refusal
from entraide.exchange.registers.opening import open_table
from entraide.files.table_reading import Table

REPLACED_KINDS = frozenset({"loans"})


def withdraw_earlier_drafts(
    run: ImportRun, *, actor: User, on: date, table: Table | None = None
) -> None:
    """Withdraw the earlier drafts of the list that ``run`` is a form of; inside a command.

    An earlier draft is of the same list when at least half of its loans stand in this one.
    ``table``: what ``run`` says, when it was read a moment ago.
    """
    drafts = list(_earlier(run, WITH_A_PERSON))
    table = table or (_table(run, on) if drafts else None)
    numbers = _numbers(table)
    for earlier in drafts:
        old = _numbers(_table(earlier, on))
        if old and 2 * len(old & numbers) >= len(old):
            _withdraw(earlier, run, actor, RunState.REPLACED)


def withdraw_earlier_rests(run: ImportRun, table: Table, *, actor: User, on: date) -> None:
    """Close what earlier imports left aside and ``run``, carried out, has all of; inside a command.

    A loan that it has no longer stays on the earlier page until it is settled.
    """
    numbers, lender = _numbers(table), run.options.get("group", "")
    for earlier in list(_earlier(run, (RunState.DONE,))):
        keys = {number: f"{lender}:{number}" for number in _numbers(_table(earlier, on))}
        here = {
            **known_rows(run.mutual, "loans", keys.values()),
            **settled_rows(run.mutual, "loans", keys.values()),
        }
        left = {number for number, key in keys.items() if key not in here}
        if keys and left <= numbers:
            _withdraw(earlier, run, actor, RunState.DONE)


def _earlier(run: ImportRun, states: tuple[RunState, ...]) -> Iterator[ImportRun]:
    """The imports of this lender's lists in these states that still hold their file."""
    if run.kind not in REPLACED_KINDS:
        return
    rows = ImportRun.objects.select_for_update(of=("self",)).filter(
        mutual=run.mutual, kind=run.kind, state__in=states, content__isnull=False, pk__lt=run.pk
    )
    lender = run.options.get("group", "")
    for earlier in rows.select_related("mutual").order_by("pk"):
        said = earlier.options.get("group", "")
        is_lenders = said == lender or (not said and earlier.state != RunState.DONE)
        if lender and is_lenders and _is_older(earlier, run):
            yield earlier


def _is_older(earlier: ImportRun, run: ImportRun) -> bool:
    """Whether the file itself came before: what was left aside, taken up, is an older file."""
    taken_up = ImportRun.objects.filter(
        mutual=run.mutual, kind=run.kind, file_hash=run.file_hash, state=RunState.DONE
    )
    is_same = earlier.file_hash == run.file_hash
    return is_same or not taken_up.filter(pk__lt=earlier.pk).exists()


def _table(run: ImportRun, on: date) -> Table | None:
    """What the file of an import says; None when it cannot be read."""
    try:
        return open_table(
            bytes(run.content or b""), currency=run.mutual.currency, today=on, kind=run.kind,
            code=run.profile, columns=run.columns,
        ).table  # fmt: skip
    except Refusal:
        return None


def _numbers(table: Table | None) -> set[str]:
    """The loans that a table names."""
    rows = (table.every_row or table.rows) if table is not None else []
    return {number for row in rows if (number := row.text("loan_number"))}


def _withdraw(earlier: ImportRun, run: ImportRun, actor: User, state: RunState) -> None:
    earlier.state, earlier.content, earlier.replaced_by = state, None, run
    earlier.save(update_fields=["state", "content", "replaced_by"])
    record_audit(
        kind=AuditKind.IMPORT, mutual=run.mutual, actor=actor, subject=run.profile,
        details={"file": earlier.file_name, "hash": earlier.file_hash,
                 "replaced_by": run.file_name},
    )  # fmt: skip

"""The answers given for a file, kept for its corrected form: nobody chooses them twice."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.takeover.models import WITH_A_PERSON, ImportRun
from entraide.core.errors import Refusal
from entraide.core.ids import uuid7
from entraide.exchange.registers.opening import Opened
from entraide.exchange.registers.running import choose_import_columns, open_run
from entraide.exchange.registers.unread_columns import TO_CORRECT


def take_up_choices(run: ImportRun, actor: User, on: date) -> bool:
    """Give a file the answers of the one before, when its first header is the same.

    The one before is the person's latest of this profile that waits, with an answer in it. A
    table to correct, downloaded and sent again, has one column more and other sheets.
    """
    before = (
        ImportRun.objects.filter(
            mutual=run.mutual, profile=run.profile, prepared_by=actor, state__in=WITH_A_PERSON
        )
        .exclude(pk=run.pk)
        .select_related("mutual")
        .order_by("-id")
        .first()
    )
    if before is None or not (before.options or before.columns):
        return False
    try:
        old, new = open_run(before, on=on), open_run(run, on=on)
    except Refusal:
        return False
    if not _headers(new) or _headers(old) != _headers(new):
        return False
    columns = before.columns.get(old.table.headings[0].sheet.name)
    same = [each.sheet.name for each in new.table.headings] if columns else []
    choose_import_columns(
        mutual=run.mutual, actor=actor, on=on, idempotency_key=str(uuid7()), run=run,
        columns=dict.fromkeys(same, columns), options=before.options,
    )  # fmt: skip
    return True


def _headers(opened: Opened) -> list[str]:
    if not opened.table.headings:
        return []
    heading = opened.table.headings[0]
    texts = [cell.text for cell in heading.row.cells[: heading.length]]
    return [text for text in texts if text != TO_CORRECT]

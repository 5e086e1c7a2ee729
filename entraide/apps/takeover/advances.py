"""What an import says was paid ahead, carried into the books by two persons."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from entraide.apps.access.models import User
from entraide.apps.contributions.advances import (
    post_advances,
    propose_advances,
    refuse_waiting,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import advances_of


@command("prepare_advances", right=Right.IMPORT_REGISTERS)
def prepare_advances(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    """Propose what an import says families had paid ahead; another person approves.

    A family whose advance waits or is in the books is left out, however often its file was sent.
    Refused with ``ADVANCES_NONE``.
    """
    amounts_minor = {
        UUID(row.key): row.said["advance_minor"] for row in advances_of(run) if row.said is not None
    }
    propose_advances(
        mutual=mutual, actor=actor, on=on, source=run.file_name, source_uid=run.uid,
        amounts_minor=amounts_minor,
    )  # fmt: skip
    return run


@command("approve_advances", right=Right.POST_OPERATION)
def approve_advances(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun
) -> ImportRun:
    """A second person carries into the books the advances prepared from an import.

    See :func:`entraide.apps.contributions.advances.post_advances` for the refusals.
    """
    post_advances(mutual=mutual, actor=actor, on=on, source=run.file_name, source_uid=run.uid)
    return run


@command("refuse_advances", right=Right.POST_OPERATION)
def refuse_advances(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, run: ImportRun, reason: str
) -> ImportRun:
    """The advances prepared from an import are not carried over as they are; the reason is kept."""
    refuse_waiting(
        mutual=mutual, actor=actor, on=on, source=run.file_name, source_uid=run.uid, reason=reason
    )
    return run

"""What was asked of the State for a claim, and what becomes of it when it is decided again."""

from __future__ import annotations

from dataclasses import dataclass

from entraide.apps.claims.models import Claim
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SubsidyLine
from entraide.apps.settlement.subsidy_shares import ShareChange, share_changes
from entraide.web.office import OfficeRequest
from entraide.web.ways import BATCH_READERS, Way, open_to, page_way


@dataclass(frozen=True, slots=True)
class AskedOfState:
    """The invoices on which a claim stands, and the change since; None without one."""

    lines: tuple[tuple[SubsidyLine, Way], ...]
    change: ShareChange | None


def asked_of_state(request: OfficeRequest, claim: Claim) -> AskedOfState | None:
    """None where no invoice to the State names the claim. One query then, four otherwise."""
    lines = list(claim.subsidy_lines.filter(is_cancelled=False).select_related("invoice"))
    if not lines:
        return None
    changes = share_changes(request.mutual, [claim.pk])
    change = changes[0] if changes and not changes[0].is_even else None
    readers = BATCH_READERS | {Right.RECORD_DEPOSIT}
    return AskedOfState(
        tuple((each, _way(request, each, readers)) for each in lines), change
    )  # fmt: skip


def _way(request: OfficeRequest, line: SubsidyLine, readers: frozenset[Right]) -> Way:
    invoice = line.invoice
    way = page_way(request.mutual, invoice.document_number, "subsidy", uid=invoice.uid)
    return open_to(way, request.rights, *readers)

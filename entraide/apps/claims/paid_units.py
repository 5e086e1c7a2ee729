"""The units of each line that are paid for: what a limit or an opinion left of those stated.

They, and not what the paper asks for, use up the quantity of the year.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import DecimalField, F
from django.db.models.functions import Coalesce

from entraide.apps.claims.models import Claim, ClaimLine
from entraide.core.adjudication.decision import Decision as CoreDecision

UNITS_PAID_FOR = Coalesce(
    F("paid_quantity"), F("quantity"), output_field=DecimalField(max_digits=13, decimal_places=3)
)
"""Of a ``ClaimLine`` of which something is paid."""


def note_units(lines: Iterable[ClaimLine], decision: CoreDecision) -> None:
    """What a decision pays for of the units of each line, where that is fewer than are stated, on
    the rows in hand."""
    for line in lines:
        allowed = decision.allowed_quantity(str(line.position))
        line.paid_quantity = allowed if allowed is not None and allowed < line.quantity else None


def keep_units(claim: Claim, decision: CoreDecision) -> None:
    """The same on the lines of a recorded claim, where a new decision says otherwise."""
    lines = list(claim.lines.only("position", "quantity", "paid_quantity"))
    before = {line.pk: line.paid_quantity for line in lines}
    note_units(lines, decision)
    changed = [line for line in lines if line.paid_quantity != before[line.pk]]
    ClaimLine.objects.bulk_update(changed, ["paid_quantity"])

"""What waits at the step of settlements, for the chain."""

from __future__ import annotations

from datetime import date

from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.selectors import (
    batches_to_authorise,
    batches_to_pay,
    waiting_for_batch,
)
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Batches to authorise and to pay, and one more when claims wait for a batch."""
    started = batches_to_authorise(mutual).count() + batches_to_pay(mutual).count()
    return Waiting(started + (waiting_for_batch(mutual).count > 0), is_due=started > 0)

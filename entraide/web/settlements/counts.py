"""What waits at the step of settlements, for the chain."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.selectors import (
    batches_to_authorise,
    batches_to_pay,
    waiting_for_batch,
)
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Batches to authorise and to pay, and one more when claims or bonuses wait for a batch."""
    to_authorise, to_pay = batches_to_authorise(mutual).count(), batches_to_pay(mutual).count()
    unbatched = waiting_for_batch(mutual)
    claims, awards = unbatched.count, unbatched.award_count
    told = []
    if to_authorise:
        told.append(
            ngettext("%(n)d batch to authorise", "%(n)d batches to authorise", to_authorise)
            % {"n": to_authorise}
        )
    if to_pay:
        told.append(ngettext("%(n)d batch to pay", "%(n)d batches to pay", to_pay) % {"n": to_pay})
    if claims:
        told.append(
            ngettext("%(n)d claim without a batch", "%(n)d claims without a batch", claims)
            % {"n": claims}
        )
    if awards:
        told.append(
            ngettext("%(n)d bonus without a batch", "%(n)d bonuses without a batch", awards)
            % {"n": awards}
        )
    started = to_authorise + to_pay
    return Waiting(started + unbatched.is_any, started > 0, tuple(told))

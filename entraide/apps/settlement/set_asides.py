"""A refund set aside is payable again the moment somebody pays or gives it back."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.settlement.models import Payout, SetAsideState, UnclaimedRefund


def reinstate(payout: Payout, actor: User, on: date) -> UnclaimedRefund | None:
    """Take a refund out of « non réclamés », inside the caller's transaction; None when it stands
    there not. A proposal that nobody approved yet falls with it."""
    live = (
        UnclaimedRefund.objects.select_for_update(of=("self",))
        .select_related("entry", "mutual")
        .filter(payout=payout, state__in=(SetAsideState.PROPOSED, SetAsideState.APPROVED))
        .first()
    )
    if live is None:
        return None
    if live.entry is not None:
        reverse_posted(
            mutual=live.mutual, entry=live.entry, actor=actor, on=on,
            reason=payout.document_number,
        )  # fmt: skip
    was_approved = live.state == SetAsideState.APPROVED
    live.state = SetAsideState.REINSTATED if was_approved else SetAsideState.REFUSED
    live.reinstated_on, live.reinstated_by = on, actor
    live.save(update_fields=["state", "reinstated_on", "reinstated_by"])
    return live

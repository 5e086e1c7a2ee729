"""How payees are paid in one mutual: an overpayment, refunds that wait, cash for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django_scopes import scope

from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.claims.services import submit_claim
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.settlement.desk import move_float
from entraide.apps.settlement.payees import note_payout_preference
from entraide.apps.settlement.recoveries import ask_overpayment_back
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.apps.settlement.unclaimed import record_refund_contact, waiting_payouts
from entraide.demo.foundation import World

FLOAT_UNITS = 40_000  # in the smallest units of a currency without decimals
LOOKED_AT = 20  # reimbursed families, until one is found that is covered
RESULTS = ("fears_arrears", "will_come", "unreachable")
PREFERENCES = ("agency", "home", "mobile_money")


def pay_families(world: World, until: date) -> None:
    """A few of each, on the last day, by the services themselves."""
    today = until - timedelta(days=1)

    def do(service: Callable[..., Any], key: str, by: str, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=world.people[by], on=today,
            idempotency_key=f"demo-refunds-{key}", **content,
        )  # fmt: skip

    with scope(mutual=world.mutual):
        claim = Claim.objects.filter(state=ClaimState.PAID, payable_minor__gt=1).last()
        if claim is not None:
            do(
                ask_overpayment_back, "overpaid", "finance_officer", claim=claim,
                amount_minor=claim.payable_minor // 2, reason="Boîte comptée deux fois",
            )  # fmt: skip
        _refund_to_give(do, world, today)
        waiting = list(waiting_payouts(world.mutual)[: len(RESULTS)])
        for rank, payout in enumerate(waiting):
            do(
                record_refund_contact, f"contact-{rank}", "agent", payout=payout,
                contacted_on=today, means="call", result=RESULTS[rank],
            )  # fmt: skip
            do(
                note_payout_preference, f"preference-{rank}", "clerk",
                household=payout.household, channel=PREFERENCES[rank],
            )  # fmt: skip
        do(
            move_float, "float", "finance_officer", holder=world.people["cashier"],
            cash_account=world.cash, other_account=world.main, amount_minor=FLOAT_UNITS,
        )  # fmt: skip


def _refund_to_give(do: Callable[..., Any], world: World, today: date) -> None:
    """A family that was reimbursed before asks again: its refund waits at the agency."""
    care_on = today - timedelta(days=3)
    asked = list(
        Claim.objects.filter(state=ClaimState.PAID, circuit=Circuit.REIMBURSEMENT)
        .select_related("person", "provider")
        .order_by("-id")[:LOOKED_AT]
    )
    standings = standings_on([each.person for each in asked], care_on)
    covered = [each for each in asked if standings[each.person_id].rights.is_open]
    if not covered:
        return
    before = covered[0]
    claim = do(
        submit_claim, "claim", "clerk", person=before.person, provider=before.provider,
        circuit=Circuit.REIMBURSEMENT, care_on=care_on, received_on=today,
        lines=tuple(
            LineEntry(line.care_item, line.quantity, line.unit_price_minor)
            for line in before.lines.select_related("care_item")
        ),
        channel="agency",
    )  # fmt: skip
    if claim.state != ClaimState.DECIDED:
        return
    claim = do(approve_claim, "approval", "coordinator", claim=claim)
    batch = do(
        prepare_batch, "batch", "finance_officer", treasury_account=world.cash, claims=[claim]
    )
    do(authorise_batch, "authorisation", "director", batch=batch)

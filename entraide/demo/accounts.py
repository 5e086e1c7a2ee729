"""Where each payee is paid in a mutual: its own account as the bank knows it, those of providers,
and those of the families whose refund waits in a batch that is not paid yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django_scopes import scope

from entraide.apps.settlement.models import BatchState, Payout
from entraide.apps.settlement.payees import (
    AccountEntry,
    keep_destinations,
    note_payment_account,
)
from entraide.apps.takeover.clients import note_payout_account
from entraide.core.settlement_channels import is_in_hand
from entraide.demo.foundation import FOUNDED_ON, World
from entraide.demo.network import MutualPlan

BANKS = {
    "mg": "Banque Fivoarana (fictive)",
    "bf": "Banque du Nakambé (fictive)",
    "tg": "Banque du Mono (fictive)",
}
OPERATORS = {
    "mg": "Mobile Vola (fictif)",
    "bf": "Faso Mobile (fictif)",
    "tg": "T-Pay (fictif)",
}
OPEN = (BatchState.PREPARED, BatchState.AUTHORISED)


def feed_accounts(world: World, plan: MutualPlan) -> None:
    """Every account by the services themselves, as if noted when the mutual was founded; then
    what the batches that are still open would have kept of them."""

    def do(service: Callable[..., Any], key: str, by: str, on: date, **content: Any) -> None:
        service(
            mutual=world.mutual, actor=world.people[by], on=on,
            idempotency_key=f"demo-account-{plan.code}-{key}", **content,
        )  # fmt: skip

    with scope(mutual=world.mutual):
        own = AccountEntry(plan.institution, plan.identifier, world.mutual.name)
        do(
            note_payment_account, "own", "finance_officer", FOUNDED_ON, channel="bank",
            treasury_account=world.main, account=own,
        )  # fmt: skip
        for rank, provider in enumerate(world.providers.values(), start=1):
            number = f"{plan.country.upper()}{rank:02d} 00012 {4_101_000 + 37 * rank:09d}"
            account = AccountEntry(BANKS[plan.country], number, provider.name[:140])
            do(
                note_payment_account, f"provider-{rank}", "finance_officer", FOUNDED_ON,
                provider=provider, channel="bank", account=account,
            )  # fmt: skip
        waiting = list(
            Payout.objects.filter(batch__state__in=OPEN, paid_on__isnull=True, returned_on=None)
            .select_related("household", "batch", "destination")
            .order_by("id")
        )
        families = {
            each.household_id: each
            for each in waiting
            if each.household_id is not None and not is_in_hand(each.channel)
        }
        for rank, payout in enumerate(families.values(), start=1):
            assert payout.household is not None, "a family is paid"
            family = payout.household
            do(
                note_payout_account, f"family-{rank}", "clerk", payout.batch.prepared_on,
                household=family, institution=OPERATORS[plan.country],
                number=family.phone or f"00000 {rank:05d}",
                holder_name=family.persons.get(is_member=True).full_name,
            )  # fmt: skip
        # Mobile money has its telephone since its batch was prepared.
        without = [each for each in waiting if not hasattr(each, "destination")]
        keep_destinations(world.mutual, without)

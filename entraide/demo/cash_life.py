"""Cash from hand to hand, in one mutual: numbers given out, hand-overs, missing cash partly paid
back, a deposit of several slips, sums of collective fields, what each channel of collection costs.

By the services, on the last day: what waits there (a hand-over to count, a leaf that is missing, a
sum to share) is what somebody of the mutual would do next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django_scopes import scope

from entraide.apps.contributions.collection import late_households
from entraide.apps.contributions.handovers import answer_handover, hand_over_cash
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    proposed_shares,
    receive_lump_sum,
    share_lump_sum,
)
from entraide.apps.contributions.models import CashHandover, Channel, CollectionSlip, SumOrigin
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.ranges import give_booklet, give_numbers, void_number
from entraide.apps.contributions.shortage_settlements import receive_repayment
from entraide.apps.contributions.shortages import establish_shortage
from entraide.apps.contributions.slips import deposit_slips, prepare_slip
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.choosing import change_choice
from entraide.core.ledger import AccountRole
from entraide.core.lump_sums import SharingRule
from entraide.demo.foundation import World

COSTS = {
    "receipt_cost_cash": 400,  # an animator's journey shared between the receipts of a day
    "receipt_cost_group": 100,
    "collection_fee_mobile_money": "0.015",
    "collection_fee_lender": "0.02",
}
SOURCE = "Conseil d’administration, budget de l’année (fictif)"
PART_MINOR = 1_000  # what each family brings
FIELD_MINOR, PURSE_MINOR = 30_000, 12_000
MISSING_MINOR, REPAID_MINOR = 400, 250  # of the first slip; the rest is still owed
SHORT_SLIP = 0
NUMBERS_OF_A_DEVICE = 50
FAMILIES = 6


@dataclass(slots=True)
class CashLife:
    """Carries out a day of cash in one mutual."""

    world: World
    on: date
    _rank: int = field(default=0)

    def carry_out(self) -> None:
        """Everything; what needs a family that owes is left out where nobody does."""
        with scope(mutual=self.world.mutual):
            for name, value in COSTS.items():
                self._do(change_choice, "coordinator", name=name, value=value, source=SOURCE)
            late = list(late_households(self.world.mutual, self.on)[:FAMILIES])
            owing = [each for each in late if each.owed_minor > PART_MINOR]
            self._numbers_and_cash(owing)
            self._sums(late)

    def _do(self, service: Callable[..., Any], by: str, **content: Any) -> Any:
        self._rank += 1
        return service(
            mutual=self.world.mutual, actor=self.world.people[by], on=self.on,
            idempotency_key=f"cash-{self._rank}", **content,
        )  # fmt: skip

    def _numbers_and_cash(self, families: list[Household]) -> None:
        people = self.world.people
        device = self._do(
            give_numbers, "finance_officer", holder=people["agent"],
            device_label="Téléphone de terrain 1", count=NUMBERS_OF_A_DEVICE,
        )  # fmt: skip
        self._do(
            give_booklet, "finance_officer", holder=people["agent2"], first_number="T-0001",
            last_number="T-0025", given_on=self.on,
        )  # fmt: skip
        self._do(
            void_number, "agent", receipt_range=device, number=device.written(device.first + 2),
            reason="Écran cassé, ticket illisible",
        )  # fmt: skip
        slips = []
        numbers = (
            ("agent", {"receipt_number": device.written(device.first)}),
            ("agent2", {"paper_number": "T-0001"}),
            ("agent2", {"paper_number": "T-0003"}),  # where is leaf 2?
            ("agent", {"receipt_number": device.written(device.first + 1)}),
        )
        for family, (by, number) in zip(families, numbers, strict=False):
            receipt = self._do(
                record_contribution_payment, by, household=family, amount_minor=PART_MINOR,
                channel=Channel.CASH, paid_on=self.on,
                treasury_account=account_for(self.world.mutual, AccountRole.CASH), **number,
            )  # fmt: skip
            slips.append((by, self._do(prepare_slip, by, receipts=(receipt,))))
        self._hand_over(slips)

    def _hand_over(self, slips: list[tuple[str, CollectionSlip]]) -> None:
        """All but the last are counted and deposited together; the last waits for the cashier."""
        counted = []
        for rank, (by, slip) in enumerate(slips):
            given = self._do(
                hand_over_cash, by, slips=(slip,), receiver=self.world.people["cashier"],
                given_on=self.on,
            )  # fmt: skip
            if rank < len(slips) - 1:
                if rank == SHORT_SLIP:
                    self._miss(slip, given)
                there_minor = slip.total_minor - (MISSING_MINOR if rank == SHORT_SLIP else 0)
                self._do(answer_handover, "cashier", handover=given, counted_minor=there_minor)
                counted.append(slip)
        if len(counted) > 1:
            self._do(
                deposit_slips, "finance_officer", slips=tuple(counted),
                bank_account=self.world.main, deposited_on=self.on,
            )  # fmt: skip

    def _miss(self, slip: CollectionSlip, given: CashHandover) -> None:
        """The cashier counts less than the slip says: the agent owes it, and brings a part."""
        self._do(
            answer_handover, "cashier", handover=given,
            counted_minor=slip.total_minor - MISSING_MINOR,
            explanation="Compté deux fois devant l’agent : il manque 400",
        )  # fmt: skip
        shortage = self._do(
            establish_shortage, "finance_officer", slip=slip, amount_minor=MISSING_MINOR,
            found_on=self.on, reason="Comptage de la caisse : monnaie rendue en trop au marché",
        )  # fmt: skip
        self._do(
            receive_repayment, "cashier", shortage=shortage, amount_minor=REPAID_MINOR,
            treasury_account=account_for(self.world.mutual, AccountRole.CASH), paid_on=self.on,
        )  # fmt: skip

    def _sums(self, late: list[Household]) -> None:
        """A field's harvest shared between the families of its group; a purse not shared yet."""
        group = next((each.group for each in late if each.group is not None), None)
        if group is None:
            return
        common = {
            "treasury_account": account_for(self.world.mutual, AccountRole.CASH),
            "paid_on": self.on,
            "group": group,
        }
        harvest = self._do(
            receive_lump_sum, "cashier", origin=SumOrigin.COLLECTIVE_FIELD,
            payer_name=f"{group.name}, champ collectif", amount_minor=FIELD_MINOR, **common,
        )  # fmt: skip
        families = [each for each in late if each.group == group]
        shares = proposed_shares(harvest, families, SharingRule.OLDEST_FIRST)
        by_key = {each.pk: each for each in families}
        parts = tuple(
            FamilyShare(by_key[key], amount) for key, amount in sorted(shares.items()) if amount
        )
        if parts:
            self._do(share_lump_sum, "cashier", lump_sum=harvest, shares=parts)
        self._do(
            receive_lump_sum, "cashier", origin=SumOrigin.COMMON_PURSE,
            payer_name=f"{group.name}, caisse commune", amount_minor=PURSE_MINOR, **common,
        )  # fmt: skip

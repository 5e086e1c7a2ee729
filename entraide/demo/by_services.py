"""The plan carried out one command at a time, exactly as the office and the field would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Sum
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.screens import on_screen
from entraide.apps.claims.approval import approve_claim, approve_decided_claims
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.services import submit_claim
from entraide.apps.contributions.models import CollectionSlip, ContributionDue
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.selectors import receipts_without_slip
from entraide.apps.contributions.services import (
    add_dependant,
    enrol_household,
    renew_membership,
)
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.moves import move_to_group
from entraide.apps.enrolment.selectors import last_membership
from entraide.apps.enrolment.services import record_photo
from entraide.apps.ledger.operations import (
    record_bank_charge,
    record_expense,
    record_grant,
    record_opening_balances,
    transfer_between_accounts,
)
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import FundCode
from entraide.demo import acts, contents
from entraide.demo.foundation import World
from entraide.demo.planner import is_fetched_late, where_paid
from entraide.demo.screens import SCREENS


@dataclass(slots=True)
class ByServices:
    """Carries out acts in one mutual through its services."""

    world: World
    households: dict[str, Household] = field(default_factory=dict)
    slips: dict[str, CollectionSlip] = field(default_factory=dict)
    batches: dict[str, SettlementBatch] = field(default_factory=dict)

    def carry_out(self, plan: list[acts.Act]) -> None:
        """Everything, in order."""
        with scope(mutual=self.world.mutual):
            for act in plan:
                _PERFORMERS[type(act)](self, act)

    def _run(
        self,
        service: Callable[..., Any],
        act: acts.Act,
        suffix: str = "",
        *,
        by: str = "",
        **content: Any,
    ) -> Any:
        actor: User = self.world.people[by or act.by]
        name: str = service.command_name  # type: ignore[attr-defined]
        with on_screen(SCREENS.get(name, "")):
            return service(
                mutual=self.world.mutual, actor=actor, on=act.day,
                idempotency_key=act.key + suffix, **content,
            )  # fmt: skip

    def open(self, act: acts.Open) -> None:
        """The opening balances."""
        self._run(record_opening_balances, act, **contents.opening(act, self.world))

    def enrol(self, act: acts.Enrol) -> None:
        """A household joins."""
        self.households[act.household] = self._run(
            enrol_household, act, **contents.enrolment(act, self.world)
        )

    def renew(self, act: acts.Renew) -> None:
        """A household renews."""
        membership = last_membership(self.households[act.household])
        assert membership is not None, "a household that renews has had a cover"
        self._run(renew_membership, act, **contents.renewal(act, membership))

    def add(self, act: acts.AddDependant) -> None:
        """A child is born."""
        membership = Membership.objects.get(
            household=self.households[act.household],
            effective_from__lte=act.entered_on,
            effective_until__gt=act.entered_on,
        )
        self._run(add_dependant, act, **contents.dependant(act, membership))

    def move(self, act: acts.MoveGroup) -> None:
        """A household changes group."""
        household = self.households[act.household]
        self._run(move_to_group, act, **contents.move(act, self.world, household))
        household.refresh_from_db(fields=["group"])

    def _person(self, household: str, rank: int) -> Person:
        return Person.objects.select_related("household").get(
            number=f"{self.households[household].number}-{rank}"
        )

    def end(self, act: acts.EndPerson) -> None:
        """A person has died."""
        successor = self._person(act.household, act.successor) if act.successor else None
        person = self._person(act.household, act.rank)
        self._run(end_person, act, **contents.end_of_person(act, person, successor))

    def photo(self, act: acts.TakePhoto) -> None:
        """A photo is brought."""
        self._run(record_photo, act, person=self._person(act.household, act.rank))

    def pay(self, act: acts.Pay) -> None:
        """A contribution is received, when something is due."""
        household = self.households[act.household]
        amount_minor = ContributionDue.objects.filter(
            household=household, payer=act.payer, due_on__lt=act.until, cancelled_on__isnull=True
        ).aggregate(left=Sum(F("amount_minor") - F("paid_minor")))["left"]
        if amount_minor:
            content = contents.payment(act, self.world, household, amount_minor)
            self._run(record_contribution_payment, act, **content)

    def slip(self, act: acts.Slip) -> None:
        """A holder lists the cash received."""
        receipts = tuple(receipts_without_slip(self.world.mutual, holder=self.world.people[act.by]))
        if receipts:
            self.slips[act.key] = self._run(prepare_slip, act, receipts=receipts)

    def deposit(self, act: acts.Deposit) -> None:
        """The cash of a slip reaches the bank."""
        slip = self.slips.get(act.slip)
        if slip is not None:
            self._run(
                record_deposit, act, slip=slip, bank_account=self.world.main, deposited_on=act.day
            )

    def sweep(self, act: acts.Sweep) -> None:
        """Mobile money goes to the bank."""
        amounts = {
            fund: treasury_balance(
                self.world.mutual, act.day, account=self.world.mobile, fund=fund.value
            )
            for fund in (FundCode.MUTUAL, FundCode.RUNNING)
        }
        if all(amount_minor >= 0 for amount_minor in amounts.values()) and any(amounts.values()):
            self._run(transfer_between_accounts, act, **contents.sweep(act, self.world, amounts))

    def ask(self, act: acts.AskClaim) -> None:
        """A claim is entered and decided."""
        person = self._person(act.household, act.rank)
        self._run(submit_claim, act, **contents.claim(act, self.world, person))

    def review(self, act: acts.Review) -> None:
        """The medical adviser confirms what waits."""
        waiting = Claim.objects.filter(
            state=ClaimState.IN_REVIEW, received_on__lt=act.received_before
        )
        for rank, claim in enumerate(waiting.order_by("id"), start=1):
            self._run(review_claim, act, f"-{rank}", claim=claim, reason=contents.REVIEW_REASON)

    def approve(self, act: acts.Approve) -> None:
        """What the rules decided, then what a person reviewed."""
        decided = Claim.objects.filter(state=ClaimState.DECIDED).order_by("id")
        if decided.filter(decision_number=1).exists():
            self._run(approve_decided_claims, act)
        for rank, claim in enumerate(decided.filter(decision_number__gt=1), start=1):
            self._run(approve_claim, act, f"-{rank}", by="coordinator", claim=claim)

    def batch(self, act: acts.MakeBatch) -> None:
        """Approved claims are put together for payment."""
        if Claim.objects.filter(state=ClaimState.APPROVED).exists():
            self.batches[act.key] = self._run(prepare_batch, act, treasury_account=self.world.main)

    def authorise(self, act: acts.Authorise) -> None:
        """The director signs."""
        batch = self.batches.get(act.batch)
        if batch is not None:
            self._run(authorise_batch, act, batch=batch)

    def pay_batch(self, act: acts.PayBatch) -> None:
        """The payouts that are made at this time."""
        batch = self.batches.get(act.batch)
        if batch is None:
            return
        payouts = Payout.objects.filter(batch=batch, paid_on__isnull=True).order_by("id")
        for payout in payouts.select_related("batch"):
            if act.fetched_late or not is_fetched_late(payout.document_number):
                number = payout.document_number.rsplit("-", 1)[1]
                place, minutes = where_paid(
                    payout.document_number,
                    payout.channel,
                    is_family=payout.household_id is not None,
                )
                self._run(
                    record_payout, act, f"-{number}",
                    payout=payout, paid_on=act.day, place=place, minutes=minutes,
                )  # fmt: skip

    def spend(self, act: acts.Spend) -> None:
        """A running cost."""
        self._run(record_expense, act, **contents.expense(act, self.world))

    def receive_grant(self, act: acts.ReceiveGrant) -> None:
        """A partner's money."""
        self._run(record_grant, act, **contents.grant(act, self.world))

    def bear_charge(self, act: acts.BearCharge) -> None:
        """The bank's charge."""
        self._run(record_bank_charge, act, **contents.charge(act, self.world))


_PERFORMERS: dict[type[acts.Act], Callable[[ByServices, Any], None]] = {
    acts.Open: ByServices.open,
    acts.ReceiveGrant: ByServices.receive_grant,
    acts.Enrol: ByServices.enrol,
    acts.Renew: ByServices.renew,
    acts.AddDependant: ByServices.add,
    acts.MoveGroup: ByServices.move,
    acts.EndPerson: ByServices.end,
    acts.TakePhoto: ByServices.photo,
    acts.Pay: ByServices.pay,
    acts.AskClaim: ByServices.ask,
    acts.Review: ByServices.review,
    acts.Approve: ByServices.approve,
    acts.Slip: ByServices.slip,
    acts.Deposit: ByServices.deposit,
    acts.Sweep: ByServices.sweep,
    acts.MakeBatch: ByServices.batch,
    acts.Authorise: ByServices.authorise,
    acts.PayBatch: ByServices.pay_batch,
    acts.Spend: ByServices.spend,
    acts.BearCharge: ByServices.bear_charge,
}

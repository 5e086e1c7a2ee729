"""Receipts, slips and deposits in memory, written together at the end."""

from __future__ import annotations

from collections import defaultdict

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.contributions.allocation import (
    OpenDue,
    PaidPart,
    allocate_payment,
    by_fund,
    deposit_entry,
    payment_entry,
)
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    CollectionSlip,
    ContributionPayment,
    PaymentAllocation,
)
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.ledger.operations import treasury_of
from entraide.core.ledger import FundCode
from entraide.demo import acts, contents
from entraide.demo.bulk_members import BulkMembers, Owed


class BulkPayments:
    """The money of contributions of one mutual."""

    def __init__(self, members: BulkMembers) -> None:
        self.members, self.books, self.world = members, members.books, members.world
        self._payments: list[ContributionPayment] = []
        self._allocations: list[PaymentAllocation] = []
        self._funds: dict[str, dict[FundCode, int]] = {}  # of each receipt
        self._unlisted: dict[str, list[ContributionPayment]] = defaultdict(list)
        self._slips: dict[str, tuple[CollectionSlip, list[ContributionPayment]]] = {}

    def pay(self, act: acts.Pay) -> None:
        """A contribution is received, when something is due."""
        family = self.members.families[act.household]
        owed = [
            each
            for cover in family.covers
            for each in cover.dues
            if each.row.payer == act.payer and each.row.paid_minor < each.row.amount_minor
        ]
        amount_minor = sum(
            each.row.amount_minor - each.row.paid_minor
            for each in owed
            if each.row.due_on < act.until
        )
        if not amount_minor:
            return
        content = contents.payment(act, self.world, family.row, amount_minor)
        parts = allocate_payment(
            amount_minor, [_open(each) for each in owed], currency=self.world.mutual.currency
        )
        number = self.books.number("REC", act.day.year)
        entry = payment_entry(
            parts,
            document_number=number,
            occurred_on=act.day,
            treasury=treasury_of(content["treasury_account"]),
            party=party_of(family.row.uid),
            payer=act.payer,
            label=family.row.number,
        )
        payment = ContributionPayment(
            mutual=self.world.mutual,
            document_number=number,
            received_by=self.books.actor(act),
            **{name: value for name, value in content.items() if name != "double_confirmed"},
        )
        self._payments.append(payment)
        self.books.post(entry, act, bearer=payment)
        self._record_parts(payment, parts)
        if act.channel == Channel.CASH:
            self._unlisted[act.by].append(payment)
        self.books.log(record_contribution_payment, act, content, payment)

    def _record_parts(self, payment: ContributionPayment, parts: tuple[PaidPart, ...]) -> None:
        self._funds[payment.document_number] = by_fund(parts)
        for part in parts:
            owed: Owed = part.key
            owed.row.paid_minor += part.amount_minor
            owed.fund_paid_minor += part.fund_share_minor
            self._allocations.append(
                PaymentAllocation(
                    mutual=self.world.mutual,
                    payment=payment,
                    due=owed.row,
                    amount_minor=part.amount_minor,
                    fund_share_minor=part.fund_share_minor,
                    running_share_minor=part.running_share_minor,
                )
            )

    def slip(self, act: acts.Slip) -> None:
        """A holder lists the cash received."""
        receipts = self._unlisted.pop(act.by, [])
        if not receipts:
            return
        slip = CollectionSlip(
            mutual=self.world.mutual,
            document_number=self.books.number("BC", act.day.year),
            holder=self.books.actor(act),
            cash_account=self.world.cash,
            prepared_on=act.day,
            total_minor=sum(receipt.amount_minor for receipt in receipts),
        )
        for receipt in receipts:
            receipt.slip = slip
        self._slips[act.key] = (slip, receipts)
        self.books.log(prepare_slip, act, {"receipts": tuple(receipts)}, slip)

    def deposit(self, act: acts.Deposit) -> None:
        """The cash of a slip reaches the main account."""
        if act.slip not in self._slips:
            return
        slip, receipts = self._slips[act.slip]
        funds = [self._funds[receipt.document_number] for receipt in receipts]
        entry = deposit_entry(
            {fund: sum(each[fund] for each in funds) for fund in funds[0]},
            document_number=slip.document_number,
            occurred_on=act.day,
            source=treasury_of(self.world.cash),
            destination=treasury_of(self.world.main),
        )
        self.books.post(entry, act, bearer=slip)
        slip.deposited_on, slip.deposit_account = act.day, self.world.main
        content = {"slip": slip, "bank_account": self.world.main, "deposited_on": act.day}
        self.books.log(record_deposit, act, content, slip)

    def write(self) -> None:
        """Slips, receipts and what each receipt pays; their entries are posted already."""
        write_many(CollectionSlip, (slip for slip, _ in self._slips.values()))
        write_many(ContributionPayment, self._payments)
        write_many(PaymentAllocation, self._allocations)


def _open(owed: Owed) -> OpenDue:
    row = owed.row
    return OpenDue(
        key=owed,
        kind=row.kind,
        due_on=row.due_on,
        document_number=row.document_number,
        amount_minor=row.amount_minor,
        fund_share_minor=row.fund_share_minor,
        paid_minor=row.paid_minor,
        fund_paid_minor=owed.fund_paid_minor,
    )

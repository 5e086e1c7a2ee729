"""The plan carried out in memory and written at once: minutes of commands in seconds.

The decisions, rows and entries come from the same pure functions as those of the services. The
order of numbers and of the chain is that of the acts.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django_scopes import scope

from entraide.apps.ledger.operations import (
    BANK_CHARGE_PREFIX,
    EXPENSE_PREFIX,
    GRANT_PREFIX,
    OPENING_PREFIX,
    TRANSFER_PREFIX,
    record_bank_charge,
    record_expense,
    record_grant,
    record_opening_balances,
    transfer_between_accounts,
    treasury_of,
)
from entraide.core import posting_rules
from entraide.core.ledger import Entry, FundCode, Posting, Side
from entraide.demo import acts, contents
from entraide.demo.bulk_books import BulkBooks
from entraide.demo.bulk_claims import BulkClaims
from entraide.demo.bulk_members import BulkMembers
from entraide.demo.bulk_payments import BulkPayments
from entraide.demo.foundation import World


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing kept here is garbage before the end; to look for it takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


YearDone = Callable[[int, int, int], None]
"""Told at the end of each year: the year, entries and claims so far."""


class InBulk:
    """Carries out acts in one mutual, all in one transaction."""

    def __init__(self, world: World, year_done: YearDone = lambda *_: None) -> None:
        self.world = world
        self.year_done = year_done
        self.entry_count = self.claim_count = 0

    def carry_out(self, plan: list[acts.Act]) -> None:
        """Everything, in order; what is left behind is what the services would have left."""
        with _no_collection(), transaction.atomic(), scope(mutual=self.world.mutual):
            self.books = BulkBooks(self.world)
            self.members = BulkMembers(self.books)
            self.payments = BulkPayments(self.members)
            self.claims = BulkClaims(self.members)
            self.members.write_families(plan)
            year = plan[0].day.year if plan else 0
            for act in plan:
                if act.day.year > year:
                    self.year_done(year, self.books.entry_count, self.claims.claim_count)
                    year = act.day.year
                self._performer(type(act))(act)
            self.members.write_covers()
            self.entry_count = self.books.write_entries()
            self.payments.write()
            self.claim_count = self.claims.write()
            self.books.write_journals()

    def _performer(self, kind: type[acts.Act]) -> Callable[[Any], None]:
        performers: dict[type[acts.Act], Callable[[Any], None]] = {
            acts.Open: self.open,
            acts.ReceiveGrant: self.receive_grant,
            acts.Enrol: self.members.enrol,
            acts.Renew: self.members.renew,
            acts.AddDependant: self.members.add,
            acts.MoveGroup: self.members.move,
            acts.EndPerson: self.members.end,
            acts.TakePhoto: self.members.photo,
            acts.Pay: self.payments.pay,
            acts.AskClaim: self.claims.ask,
            acts.Review: self.claims.review,
            acts.Approve: self.claims.approve,
            acts.Slip: self.payments.slip,
            acts.Deposit: self.payments.deposit,
            acts.Sweep: self.sweep,
            acts.MakeBatch: self.claims.batch,
            acts.Authorise: self.claims.authorise,
            acts.PayBatch: self.claims.pay_batch,
            acts.Spend: self.spend,
            acts.BearCharge: self.bear_charge,
        }
        return performers[kind]

    def _post(self, service: Callable[..., Any], act: acts.Act, content: Any, entry: Entry) -> None:
        """An entry that is itself the result of its command."""
        self.books.post(entry, act)
        self.books.log_entry(service, act, content)

    def open(self, act: acts.Open) -> None:
        """The opening balances."""
        content = contents.opening(act, self.world)
        entry = posting_rules.opening_balance(
            document_number=self.books.number(OPENING_PREFIX, act.day.year),
            occurred_on=act.day,
            balances=[
                Posting(
                    role=treasury_of(account).role,
                    fund=fund,
                    side=Side.DEBIT,
                    amount_minor=amount_minor,
                    account_key=account.key,
                )
                for account, fund, amount_minor in content["balances"]
            ],
            label=content["label"],
        )
        self._post(record_opening_balances, act, content, entry)

    def sweep(self, act: acts.Sweep) -> None:
        """Mobile money goes to the bank."""
        mobile = self.world.mobile
        amounts = {
            fund: self.books.balance(mobile.role, mobile.key, fund)
            for fund in (FundCode.MUTUAL, FundCode.RUNNING)
        }
        if any(amount_minor < 0 for amount_minor in amounts.values()) or not any(amounts.values()):
            return
        content = contents.sweep(act, self.world, amounts)
        entry = posting_rules.cash_deposited(
            document_number=self.books.number(TRANSFER_PREFIX, act.day.year),
            occurred_on=act.day,
            source=treasury_of(mobile),
            destination=treasury_of(self.world.main),
            amounts_minor=amounts,
            label=content["label"],
        )
        self._post(transfer_between_accounts, act, content, entry)

    def spend(self, act: acts.Spend) -> None:
        """A running cost."""
        content = contents.expense(act, self.world)
        entry = posting_rules.expense_paid(
            document_number=self.books.number(EXPENSE_PREFIX, act.day.year),
            occurred_on=act.day,
            treasury=treasury_of(self.world.main),
            expense=content["role"],
            amount_minor=act.amount_minor,
            label=act.label,
        )
        self._post(record_expense, act, content, entry)

    def receive_grant(self, act: acts.ReceiveGrant) -> None:
        """A partner's money."""
        entry = posting_rules.grant_received(
            document_number=self.books.number(GRANT_PREFIX, act.day.year),
            occurred_on=act.day,
            treasury=treasury_of(self.world.main),
            amount_minor=act.amount_minor,
            label=act.label,
        )
        self._post(record_grant, act, contents.grant(act, self.world), entry)

    def bear_charge(self, act: acts.BearCharge) -> None:
        """The bank's charge."""
        entry = posting_rules.bank_charge(
            document_number=self.books.number(BANK_CHARGE_PREFIX, act.day.year),
            occurred_on=act.day,
            treasury=treasury_of(self.world.main),
            amount_minor=act.amount_minor,
            label=act.label,
        )
        self._post(record_bank_charge, act, contents.charge(act, self.world), entry)

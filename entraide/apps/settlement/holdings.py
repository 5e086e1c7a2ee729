"""What an account holds beside what is paid out of it: cash cannot be lent, a bank may lend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.core.errors import Refusal
from entraide.core.ledger import FundCode
from entraide.core.settlement_channels import LENDERS, fits, shortfall_minor


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account holds of the mutual fund in the books, and what is to leave it (minor
    units)."""

    held_minor: int
    asked_minor: int
    may_lend: bool

    @property
    def short_minor(self) -> int:
        """By how much the account would stand below zero; 0 when it suffices."""
        return shortfall_minor(self.held_minor, self.asked_minor)

    @property
    def after_minor(self) -> int:
        """What the account holds once it is paid; below zero when it lacks."""
        return self.held_minor - self.asked_minor

    @property
    def is_overdraft(self) -> bool:
        """Whether the bank would have to lend."""
        return self.may_lend and self.short_minor > 0

    @property
    def is_impossible(self) -> bool:
        """Whether a box or a wallet would have to give what it does not hold."""
        return not self.may_lend and self.short_minor > 0


def holding(mutual: Mutual, account: Account, asked_minor: int, on: date) -> Holding:
    """What an account holds at the end of a day beside an amount."""
    held = treasury_balance(mutual, on, account=account, fund=FundCode.MUTUAL)
    return Holding(held, asked_minor, account.role in LENDERS)


def left_to_pay(batch: SettlementBatch) -> int:
    """What of a batch has neither gone nor come back, in minor units; what an agent gives out of
    a float left its account before, and counts until it is given."""
    left = Payout.objects.filter(batch=batch, paid_on__isnull=True, returned_on__isnull=True)
    return int(left.aggregate(total=Sum("amount_minor", default=0))["total"])


def require_overdraft_seen(
    mutual: Mutual, batch: SettlementBatch, seen_minor: int | None, on: date
) -> None:
    """``BATCH_OVERDRAWS`` when a bank would lend more than who authorises was told
    (``seen_minor``; None: nobody was asked)."""
    if seen_minor is None:
        return
    found = holding(mutual, batch.treasury_account, left_to_pay(batch), on)
    if found.is_overdraft and found.short_minor > seen_minor:
        raise Refusal(
            "BATCH_OVERDRAWS", place="overdraft", account=batch.treasury_account.label_fr,
            held_minor=found.held_minor, asked_minor=found.asked_minor,
            short_minor=found.short_minor, currency=mutual.currency,
        )  # fmt: skip


def require_held(mutual: Mutual, account: Account, asked_minor: int, *days: date) -> None:
    """``ACCOUNT_TOO_SMALL`` when a cash box or a wallet does not hold the amount at the end of
    each of these days. The account is locked until the transaction ends."""
    if account.role in LENDERS or not asked_minor:
        return
    Account.objects.select_for_update().get(pk=account.pk)
    for day in sorted(set(days)):
        found = holding(mutual, account, asked_minor, day)
        if found.is_impossible:
            raise Refusal(
                "ACCOUNT_TOO_SMALL", place="paid_on", account=account.label_fr, day=day,
                held_minor=found.held_minor, asked_minor=asked_minor, currency=mutual.currency,
            )  # fmt: skip


def require_fitting(account: Account, channel: str) -> None:
    """``CHANNEL_NOT_OF_ACCOUNT`` when money of this means of payment cannot leave the account."""
    if not fits(channel, account.role):
        raise Refusal(
            "CHANNEL_NOT_OF_ACCOUNT", place="account", account=account.label_fr, channel=channel
        )

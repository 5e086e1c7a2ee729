"""What an account holds beside what is paid out of it: cash cannot be lent, a bank may lend."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from entraide.apps.access.records import whole_mutual
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    BatchState,
    FloatMovement,
    PayeeKind,
    Payout,
    SettlementBatch,
)
from entraide.core.account_room import AccountRoom
from entraide.core.errors import Refusal
from entraide.core.ledger import FundCode
from entraide.core.settlement_channels import AT_DESK, LENDERS, fits


def room(
    mutual: Mutual, account: Account, asked_minor: int, on: date, promised_minor: int = 0
) -> AccountRoom:
    """What an account holds of the mutual fund at the end of a day beside an amount."""
    held = treasury_balance(mutual, on, account=account, fund=FundCode.MUTUAL)
    return AccountRoom(account.role, held, asked_minor, promised_minor)


def promised_minor(
    mutual: Mutual, account: Account, *, besides: SettlementBatch | None = None,
    by_agents: bool = True,
) -> int:  # fmt: skip
    """What authorised batches let leave an account, ``besides`` one of them, and has not left it.

    What agents give out of their floats counts as far as they do not hold it already in another
    box; not at all without ``by_agents`` (cash that goes to an agent is for just that).
    """
    of_agents = Q(payee_kind=PayeeKind.HOUSEHOLD, channel__in=[each.value for each in AT_DESK])
    with whole_mutual():  # an account pays for every section
        sums = _waiting(mutual, account, besides).aggregate(
            all=Sum("amount_minor", default=0),
            agents=Sum("amount_minor", filter=of_agents, default=0),
        )
        agents = int(sums["agents"])
        promised = int(sums["all"]) - agents
        if by_agents and agents:
            promised += max(0, agents - _in_agents_hands(mutual, account))
        return promised


def _waiting(mutual: Mutual, account: Account, besides: SettlementBatch | None) -> QuerySet[Payout]:
    waits = Payout.objects.filter(
        mutual=mutual,
        batch__state=BatchState.AUTHORISED,
        batch__treasury_account=account,
        paid_on__isnull=True,
        returned_on__isnull=True,
    )
    return waits if besides is None else waits.exclude(batch=besides)


def _in_agents_hands(mutual: Mutual, account: Account) -> int:
    """What agents hold for refunds in all boxes but this account."""
    moved = FloatMovement.objects.filter(mutual=mutual).exclude(cash_account=account)
    sums = moved.aggregate(
        given=Sum("amount_minor", filter=Q(is_given_back=False), default=0),
        back=Sum("amount_minor", filter=Q(is_given_back=True), default=0),
    )
    paid = Payout.objects.filter(
        mutual=mutual, from_account__isnull=False, returned_on__isnull=True
    ).exclude(from_account=account)
    gone = paid.aggregate(total=Sum("amount_minor", default=0))["total"]
    return int(sums["given"] - sums["back"] - gone)


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
    account = batch.treasury_account
    Account.objects.select_for_update().get(pk=account.pk)
    promised = promised_minor(mutual, account, besides=batch)
    found = room(mutual, account, left_to_pay(batch), on, promised)
    if found.is_overdraft and found.is_refused(seen_minor):
        raise Refusal("BATCH_OVERDRAWS", place="overdraft", **_told(mutual, account, found))


def require_room(
    mutual: Mutual, account: Account, asked_minor: int, on: date, seen_minor: int | None
) -> None:
    """``REFUND_MORE_THAN_HELD`` when a cash box or a wallet does not hold, beside what is promised
    of it, what an agent is to get; ``ACCOUNT_OVERDRAWS`` when a bank would lend more than the
    person confirmed (``seen_minor``; None: nobody was asked). The account is locked."""
    Account.objects.select_for_update().get(pk=account.pk)
    found = room(mutual, account, asked_minor, on, promised_minor(mutual, account, by_agents=False))
    if not found.is_refused(seen_minor):
        return
    told = _told(mutual, account, found)
    if found.may_lend:
        raise Refusal("ACCOUNT_OVERDRAWS", place="overdraft", **told)
    raise Refusal("REFUND_MORE_THAN_HELD", place="amount_minor", amount_minor=asked_minor, **told)


def require_overdraft_confirmed(
    mutual: Mutual, account: Account, asked_minor: int, on: date, seen_minor: int | None
) -> None:
    """``ACCOUNT_OVERDRAWS`` when a payment that no batch carries would make a bank lend more than
    who pays confirmed."""
    found = room(mutual, account, asked_minor, on, promised_minor(mutual, account))
    if found.is_overdraft and found.is_refused(seen_minor):
        raise Refusal("ACCOUNT_OVERDRAWS", place="overdraft", **_told(mutual, account, found))


def _told(mutual: Mutual, account: Account, found: AccountRoom) -> dict[str, Any]:
    return {
        "account": account.label_fr,
        "held_minor": found.held_minor,
        "promised_minor": found.promised_minor,
        "asked_minor": found.asked_minor,
        "short_minor": found.short_minor,
        "currency": mutual.currency,
    }


def require_held(mutual: Mutual, account: Account, asked_minor: int, *days: date) -> None:
    """``ACCOUNT_TOO_SMALL`` when a cash box or a wallet does not hold the amount at the end of
    each of these days. The account is locked until the transaction ends.

    What is promised besides does not count: the money is there, and this is one of the promises.
    """
    if account.role in LENDERS or not asked_minor:
        return
    Account.objects.select_for_update().get(pk=account.pk)
    for day in sorted(set(days)):
        found = room(mutual, account, asked_minor, day)
        if found.is_refused(None):
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

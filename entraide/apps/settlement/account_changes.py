"""Which accounts of providers changed since they were last paid: who authorises looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from entraide.apps.settlement.models import (
    PaymentAccount,
    Payout,
    PayoutDestination,
    SettlementBatch,
)


@dataclass(frozen=True, slots=True)
class ChangedAccount:
    """A payment to an account that is not the one last paid; ``account`` says by whom and when.

    ``is_preparers``: who prepared the batch noted it too, so that one person chose both the
    payment and where it goes.
    """

    payout: Payout
    account: PaymentAccount
    is_preparers: bool


def changed_accounts(batch: SettlementBatch, payouts: Iterable[Payout]) -> list[ChangedAccount]:
    """The payments of a batch whose provider's account changed since the last payment made.

    Without any payment made by account, an account that took the place of another counts, and one
    noted on or after the day the provider was last paid. Two queries for any number of payments.
    """
    going = [each for each in payouts if each.provider_id and _where(each) is not None]
    if not going:
        return []
    providers = {each.provider_id for each in going}
    last: dict[int | None, Payout] = {}
    made = Payout.objects.filter(
        mutual=batch.mutual_id, provider__in=providers, paid_on__isnull=False,
        returned_on__isnull=True,
    )  # fmt: skip
    for paid in made.exclude(batch=batch).select_related("destination").order_by("paid_on", "pk"):
        last[paid.provider_id] = paid
    noted: dict[int | None, list[PaymentAccount]] = {}
    accounts = PaymentAccount.objects.filter(mutual=batch.mutual_id, provider__in=providers)
    for account in accounts.select_related("noted_by").order_by("pk"):
        noted.setdefault(account.provider_id, []).append(account)
    found = []
    for each in going:
        held = noted.get(each.provider_id, [])
        account = _account_of(each, held)
        if account is not None and _has_changed(each, account, held, last.get(each.provider_id)):
            is_preparers = account.noted_by_id == batch.prepared_by_id
            found.append(ChangedAccount(each, account, is_preparers))
    return found


def _where(payout: Payout) -> tuple[str, str, str] | None:
    told: PayoutDestination | None = getattr(payout, "destination", None)
    return None if told is None else (told.institution, told.number, told.holder_name)


def _account_of(payout: Payout, held: list[PaymentAccount]) -> PaymentAccount | None:
    """The account noted, the latest, to which the payment goes."""
    where = _where(payout)
    same = [a for a in held if (a.institution, a.number, a.holder_name) == where]
    return same[-1] if same else None


def _has_changed(
    payout: Payout, account: PaymentAccount, held: list[PaymentAccount], last: Payout | None
) -> bool:
    before = None if last is None else _where(last)
    if before is not None:
        return before != _where(payout)
    if last is not None and last.paid_on is not None:
        return account.effective_from >= last.paid_on
    return held[0].pk != account.pk

"""The transfers of a batch, as a bank or an operator is asked for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.payees import identity_of
from entraide.apps.settlement.selectors import payouts_of
from entraide.core.errors import Refusal
from entraide.core.settlement_channels import is_in_hand
from entraide.files.transfers import BankAccount, Order, Transfer


def transfers_of(payouts: Iterable[Payout], family: str) -> list[Transfer]:
    """The payments that others are to make: neither those into a hand, nor those of 0, nor those
    that came back. ``family`` is « Family {number} » in the reader's language."""
    return [
        transfer_of(each, family)
        for each in payouts
        if each.amount_minor and not is_in_hand(each.channel) and each.returned_on is None
    ]


def transfer_of(payout: Payout, family: str) -> Transfer:
    """One payment with the account that was noted when its batch was prepared."""
    held = getattr(payout, "destination", None)
    account = held and BankAccount(held.holder_name, held.institution, held.number, held.bic)
    if payout.provider is not None:
        return Transfer(
            payout.document_number, payout.provider.name, payout.amount_minor, account,
            payout.provider.phone,
        )  # fmt: skip
    assert payout.household is not None, "a payout has a payee"
    name = family.format(number=payout.household.number)
    return Transfer(
        payout.document_number, name, payout.amount_minor, account, payout.household.phone
    )


def bank_order(batch: SettlementBatch, *, pay_on: date, made_at: datetime, family: str) -> Order:
    """A batch as an order to the bank that holds its account.

    Refused with ``TREASURY_WITHOUT_IDENTITY`` (nobody noted how the bank knows the account) or
    ``NOTHING_TO_TRANSFER``.
    """
    identity = identity_of(batch.treasury_account)
    if identity is None:
        raise Refusal("TREASURY_WITHOUT_IDENTITY", account=batch.treasury_account.number)
    transfers = tuple(transfers_of(payouts_of(batch), family))
    if not transfers:
        raise Refusal("NOTHING_TO_TRANSFER", batch=batch.document_number)
    debtor = BankAccount(identity.holder_name, identity.institution, identity.number, identity.bic)
    return Order(batch.document_number, debtor, made_at, pay_on, batch.mutual.currency, transfers)

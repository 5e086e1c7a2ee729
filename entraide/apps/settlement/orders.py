"""The transfers of a batch, as a bank or an operator is asked for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from entraide.apps.settlement.models import (
    BatchState,
    Payout,
    PayoutDestination,
    SettlementBatch,
)
from entraide.apps.settlement.payees import goes_to_telephone, identity_of
from entraide.apps.settlement.returned_accounts import marks
from entraide.apps.settlement.selectors import payouts_of
from entraide.core.errors import Refusal
from entraide.core.settlement_channels import is_in_hand
from entraide.files.transfers import BankAccount, Order, Transfer


def transfers_to_make(batch: SettlementBatch, family: str) -> list[Transfer]:
    """What may be asked of a bank or an operator for a batch: of one that was authorised, the
    payments still to be made, except those to accounts from which a transfer came back
    (:mod:`~entraide.apps.settlement.returned_accounts`). ``family`` as for :func:`transfers_of`.

    Refused with ``TRANSFERS_NOT_OPEN`` in any other state, ``NOTHING_TO_TRANSFER``.
    """
    if batch.state != BatchState.AUTHORISED:
        raise Refusal("TRANSFERS_NOT_OPEN", batch=batch.document_number)
    known = marks(batch.mutual)
    open_ = payouts_of(batch).filter(paid_on__isnull=True)
    transfers = transfers_of((each for each in open_ if known.on_payout(each) is None), family)
    if not transfers:
        raise Refusal("NOTHING_TO_TRANSFER", batch=batch.document_number)
    return transfers


def transfers_of(payouts: Iterable[Payout], family: str) -> list[Transfer]:
    """The payments that others are to make: neither those into a hand, nor those of 0, nor those
    that came back. ``family`` is « Family {number} » in the reader's language."""
    return [
        transfer_of(each, family)
        for each in payouts
        if each.amount_minor and not is_in_hand(each.channel) and each.returned_on is None
    ]


def transfer_of(payout: Payout, family: str) -> Transfer:
    """One payment with the account, or the telephone, noted when its batch was prepared."""
    payee = payout.provider or payout.household
    assert payee is not None, "a payout has a payee"
    held: PayoutDestination | None = getattr(payout, "destination", None)
    # What the register says today was not authorised.
    account, telephone = None, "" if goes_to_telephone(payout) else payee.phone
    if held is not None and held.is_telephone:
        telephone = held.number
    elif held is not None:
        account = BankAccount(held.holder_name, held.institution, held.number, held.bic)
    name = (
        payout.provider.name
        if payout.provider is not None
        else family.format(number=payout.household.number)  # type: ignore[union-attr]
    )
    return Transfer(payout.document_number, name, payout.amount_minor, account, telephone)


def bank_order(batch: SettlementBatch, *, pay_on: date, made_at: datetime, family: str) -> Order:
    """A batch as an order to the bank that holds its account.

    Refused with ``TREASURY_WITHOUT_IDENTITY`` (nobody noted how the bank knows the account), or
    as :func:`transfers_to_make` refuses.
    """
    transfers = tuple(transfers_to_make(batch, family))
    identity = identity_of(batch.treasury_account)
    if identity is None:
        raise Refusal("TREASURY_WITHOUT_IDENTITY", account=batch.treasury_account.number)
    debtor = BankAccount(identity.holder_name, identity.institution, identity.number, identity.bic)
    return Order(batch.document_number, debtor, made_at, pay_on, batch.mutual.currency, transfers)

"""Payments that no transfer can make, since nobody noted where their money goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import BatchState, Payout
from entraide.apps.settlement.orders import transfers_of
from entraide.apps.settlement.payees import goes_to_telephone
from entraide.core.ledger import AccountRole
from entraide.files.transfers import telephone_of
from entraide.web.office import OfficeRequest, office_url


@dataclass(frozen=True, slots=True)
class WithoutAccount:
    """A payment whose payee has no account, with the page that notes one; empty for who may not."""

    number: str
    payee: str
    url: str


def without_account(request: OfficeRequest, payouts: Iterable[Payout]) -> list[WithoutAccount]:
    """The payments of open batches that would be transferred to nobody, in their order.

    The list of a mobile-money operator asks for a telephone alone: a family's own answers it.
    """
    waiting = [
        each
        for each in payouts
        if each.paid_on is None
        and each.batch.state in (BatchState.PREPARED, BatchState.AUTHORISED)
        and each.batch.treasury_account.role != AccountRole.CASH
    ]
    by_number = {each.document_number: each for each in waiting}
    found = []
    for transfer in transfers_of(waiting, family_words()):
        payout = by_number[transfer.number]
        is_mobile = goes_to_telephone(payout)
        if transfer.account is None and not (is_mobile and telephone_of(transfer)):
            found.append(
                WithoutAccount(transfer.number, transfer.payee, account_way(request, payout))
            )
    return found


def account_way(request: OfficeRequest, payout: Payout) -> str:
    """Where the account of a payee is noted; empty for whoever may not."""
    if payout.provider is not None:
        may = Right.PREPARE_BATCH in request.rights
        return office_url(request, "provider-account", uid=payout.provider.uid) if may else ""
    assert payout.household is not None, "a payout has a payee"
    may = Right.ENROL in request.rights
    return office_url(request, "payout-account", uid=payout.household.uid) if may else ""


def family_words() -> str:
    """How a payee that is a family is called, its number left open."""
    return _("Family {number}")

"""Which accounts changed since their payee was last paid: who authorises looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import RegisterChange
from entraide.apps.settlement.models import (
    PaymentAccount,
    Payout,
    PayoutDestination,
    SettlementBatch,
)
from entraide.apps.takeover.models import PayoutAccount
from entraide.core.phones import first_phone


@dataclass(frozen=True, slots=True)
class NotedTelephone:
    """A telephone of the register as an account is told: who wrote it there, and since when."""

    number: str
    noted_by: User
    effective_from: date
    institution: str = ""
    holder_name: str = ""

    @property
    def noted_by_id(self) -> int:
        """The key of who wrote it."""
        return self.noted_by.pk


Noted = PaymentAccount | PayoutAccount | NotedTelephone
_Payee = tuple[int | None, int | None]  # provider, household


@dataclass(frozen=True, slots=True)
class ChangedAccount:
    """A payment to an account that is not the one last paid; ``account`` says by whom and when.

    ``is_preparers``: who prepared the batch noted it too, so that one person chose both the
    payment and where it goes.
    """

    payout: Payout
    account: Noted
    is_preparers: bool


def changed_accounts(batch: SettlementBatch, payouts: Iterable[Payout]) -> list[ChangedAccount]:
    """The payments of a batch whose payee's account changed since the last payment made.

    Without any payment made by account, an account that took the place of another counts, and one
    noted on or after the day the payee was last paid. A telephone of the register, where it stands
    for the account, counts when it was corrected. Four queries for any number of payments.
    """
    going = [each for each in payouts if _where(each) is not None]
    if not going:
        return []
    providers = {each.provider_id for each in going if each.provider_id}
    families = {each.household_id for each in going if each.household_id}
    last: dict[_Payee, Payout] = {}
    made = Payout.objects.filter(
        Q(provider__in=providers) | Q(household__in=families), mutual=batch.mutual_id,
        paid_on__isnull=False, returned_on__isnull=True,
    )  # fmt: skip
    for paid in made.exclude(batch=batch).select_related("destination").order_by("paid_on", "pk"):
        last[_payee(paid)] = paid
    noted: dict[_Payee, list[Noted]] = {}
    accounts = PaymentAccount.objects.filter(mutual=batch.mutual_id, provider__in=providers)
    for account in accounts.select_related("noted_by").order_by("pk"):
        noted.setdefault((account.provider_id, None), []).append(account)
    if families:
        for change in _telephones(batch, families):
            noted.setdefault((None, change.household_id), []).append(
                NotedTelephone(first_phone(change.after), change.actor, change.recorded_on)
            )
        theirs = PayoutAccount.objects.filter(mutual=batch.mutual_id, household__in=families)
        for family_account in theirs.select_related("noted_by").order_by("pk"):
            noted.setdefault((None, family_account.household_id), []).append(family_account)
    found = []
    for each in going:
        held = noted.get(_payee(each), [])
        goes_to = _account_of(each, held)
        if goes_to is not None and _has_changed(each, goes_to, held, last.get(_payee(each))):
            is_preparers = goes_to.noted_by_id == batch.prepared_by_id
            found.append(ChangedAccount(each, goes_to, is_preparers))
    return found


def _telephones(batch: SettlementBatch, families: Iterable[int]) -> QuerySet[RegisterChange]:
    changes = RegisterChange.objects.filter(mutual=batch.mutual_id, household__in=families)
    return changes.filter(field="phone").select_related("actor").order_by("pk")


def _payee(payout: Payout) -> _Payee:
    return payout.provider_id, payout.household_id


def _where(payout: Payout) -> tuple[str, str, str] | None:
    told: PayoutDestination | None = getattr(payout, "destination", None)
    return None if told is None else (told.institution, told.number, told.holder_name)


def _account_of(payout: Payout, held: list[Noted]) -> Noted | None:
    """The account noted, the latest, to which the payment goes."""
    where = _where(payout)
    same = [a for a in held if (a.institution, a.number, a.holder_name) == where]
    return same[-1] if same else None


def _has_changed(payout: Payout, account: Noted, held: list[Noted], last: Payout | None) -> bool:
    before = None if last is None else _where(last)
    if before is not None:
        return before != _where(payout)
    if last is not None and last.paid_on is not None:
        return account.effective_from >= last.paid_on
    # A number that was corrected took another's place; a first account took none.
    return isinstance(account, NotedTelephone) or held[0] is not account

"""Accounts to which a transfer did not reach: no money goes there until a person confirms them, or
another is noted.

The mark is read from what came back, so that nobody can forget to set it; only the confirmation is
recorded. It clings to the number: writing the same one again, otherwise spaced or under another
bank, lifts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import (
    AccountConfirmation,
    IncentiveAward,
    PayeeKind,
    Payout,
    ReturnCode,
    SettlementBatch,
)
from entraide.apps.settlement.payees import provider_accounts
from entraide.apps.takeover.clients import payout_accounts
from entraide.core.account_numbers import LEAST_SHARED, account_key, are_same_account
from entraide.core.errors import Refusal
from entraide.core.phones import first_phone
from entraide.core.settlement_channels import PayoutChannel, is_in_hand

DEAD = frozenset({ReturnCode.ACCOUNT_CLOSED.value, ReturnCode.ACCOUNT_UNKNOWN.value})
"""Why a transfer comes back from an account whoever is paid there."""

_Payee = tuple[int | None, int | None]  # provider, household that stays


@dataclass(frozen=True, slots=True)
class Marks:
    """The transfers that came back from accounts nobody has confirmed since, by payee."""

    returned: Mapping[_Payee, tuple[Payout, ...]]
    stays: Mapping[int, int]  # key of a household → the one it was merged into

    def on_account(self, provider: int | None, household: int | None, number: str) -> Payout | None:
        """The last transfer that came back from this account of a payee, or None; for another payee
        too where the account itself is closed or unknown."""
        payee = provider, None if household is None else self.stays.get(household, household)
        same = [
            each
            for each in self.returned.get(payee, ())
            if are_same_account(each.destination.number, number)
        ]
        return same[-1] if same else self._of_others(number)

    def _of_others(self, number: str) -> Payout | None:
        key = account_key(number)
        if len(key) < LEAST_SHARED:
            return None
        dead = [
            each
            for rows in self.returned.values()
            for each in rows
            if each.return_code in DEAD and account_key(each.destination.number) == key
        ]
        return dead[-1] if dead else None

    def on_payout(self, payout: Payout) -> Payout | None:
        """The same for the account to which a payment is to go; None for one into a hand."""
        told = getattr(payout, "destination", None)
        if told is None or is_in_hand(payout.channel):
            return None
        return self.on_account(payout.provider_id, payout.household_id, told.number)


def marks(mutual: Mutual) -> Marks:
    """What came back in a mutual and stands unconfirmed, the latest last. A payment recorded by
    mistake says nothing of an account. Two queries."""
    rows = list(
        Payout.objects.filter(
            mutual=mutual, returned_on__isnull=False, destination__isnull=False,
            account_confirmation__isnull=True,
        )
        .exclude(return_code=ReturnCode.MISTAKE)
        .select_related("destination", "batch", "provider", "household")
        .order_by("returned_on", "pk")
    )  # fmt: skip
    stays = families_that_stay(each.household_id for each in rows if each.household_id)
    found: dict[_Payee, tuple[Payout, ...]] = {}
    for each in rows:
        home = stays[each.household_id] if each.household_id else None
        found[each.provider_id, home] = (*found.get((each.provider_id, home), ()), each)
    return Marks(found, stays)


def mark_of_provider(mutual: Mutual, provider: Provider) -> Payout | None:
    """The transfer that came back from the account to which a provider is paid, or None."""
    held = provider_accounts(mutual).filter(provider=provider).first()
    return marks(mutual).on_account(provider.pk, None, held.number) if held is not None else None


def mark_of_family(household: Household) -> Payout | None:
    """The same of the account noted for the refunds of a family, or of the telephone that stands
    for one."""
    account, telephone = _numbers_of_families([household.pk])[household.pk]
    return marks(household.mutual).on_account(None, household.pk, account or telephone)


def marked_claims(
    mutual: Mutual, claims: Iterable[Claim], channels: Mapping[int, str]
) -> dict[int, Payout]:
    """Key of a claim → the transfer that came back from the account to which it would be paid; not
    there for what is given into a hand. Five queries for any number of claims."""
    known = marks(mutual)
    going = [each for each in claims if not is_in_hand(channels[each.pk])] if known.returned else []
    if not going:
        return {}
    direct = {each.provider_id for each in going if each.circuit == Circuit.THIRD_PARTY_PAYMENT}
    homes = {each.household_id for each in going if each.circuit != Circuit.THIRD_PARTY_PAYMENT}
    stays = families_that_stay(homes)
    of_providers = dict(
        provider_accounts(mutual).filter(provider__in=direct).values_list("provider_id", "number")
    )
    of_families = _numbers_of_families(stays.values())
    found = {}
    for each in going:
        if each.circuit == Circuit.THIRD_PARTY_PAYMENT:
            number = of_providers.get(each.provider_id, "")
            if not number and channels[each.pk] == PayoutChannel.MOBILE_MONEY:
                number = first_phone(each.provider.phone)
            mark = known.on_account(each.provider_id, None, number)
        else:
            home = stays[each.household_id]
            account, telephone = of_families[home]
            by_telephone = channels[each.pk] == PayoutChannel.MOBILE_MONEY
            number = account or (telephone if by_telephone else "")
            mark = known.on_account(None, home, number)
        if mark is not None:
            found[each.pk] = mark
    return found


def _numbers_of_families(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Key of a household → the number of its account, and its telephone; empty without one."""
    homes = list(Household.objects.filter(pk__in=set(keys)))
    accounts = payout_accounts(homes)
    return {
        each.pk: (
            accounts[each.pk].number if each.pk in accounts else "",
            first_phone(each.phone),
        )
        for each in homes
    }


def marked_awards(
    mutual: Mutual, awards: Iterable[IncentiveAward], reached: Mapping[int, str]
) -> dict[int, Payout]:
    """Key of an award → the transfer that came back from the account of its provider, ``reached``
    by which means. Three queries for any number of awards."""
    known = marks(mutual)
    going = [each for each in awards if not is_in_hand(reached[each.provider_id])]
    if not (known.returned and going):
        return {}
    keys = {each.provider_id for each in going}
    numbers = dict(
        provider_accounts(mutual).filter(provider__in=keys).values_list("provider_id", "number")
    )
    found = {
        each.pk: known.on_account(each.provider_id, None, numbers.get(each.provider_id, ""))
        for each in going
    }
    return {key: mark for key, mark in found.items() if mark is not None}


def without_marked(
    mutual: Mutual,
    claims: list[Claim],
    channels: Mapping[int, str],
    awards: list[IncentiveAward],
    reached: Mapping[int, str],
    *,
    are_named: bool,
) -> tuple[list[Claim], list[IncentiveAward]]:
    """The claims, and the awards without a claim, that may be paid where their payees have their
    accounts; those that a person named are refused with ``ACCOUNT_CAME_BACK`` instead of being left
    out."""
    marked = marked_claims(mutual, claims, channels)
    dead = marked_awards(mutual, awards, reached)
    if are_named and (marked or dead):
        _refuse([*marked.values(), *dead.values()], place="claims")
    return (
        [each for each in claims if each.pk not in marked],
        [each for each in awards if each.pk not in dead],
    )


def require_no_mark(batch: SettlementBatch) -> None:
    """``ACCOUNT_CAME_BACK`` when a payment of the batch would go to a marked account."""
    known = marks(batch.mutual)
    if not known.returned:
        return
    rows = batch.payouts.select_related("destination")
    if found := [mark for each in rows if (mark := known.on_payout(each)) is not None]:
        _refuse(found, place="batch")


def _refuse(marked: Iterable[Payout], *, place: str) -> None:
    numbers = sorted({each.document_number for each in marked})
    raise Refusal("ACCOUNT_CAME_BACK", place=place, payouts=", ".join(numbers), count=len(numbers))


@command("confirm_account", right=Right.PREPARE_BATCH)
def confirm_account(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, payout: Payout, reason: str
) -> AccountConfirmation:
    """The account to which ``payout`` did not reach is right all the same: money may go there.

    Everything that came back from this account until now is answered with it; what comes back
    later marks it anew. Who authorises the next payment is told who confirmed it, and why. Refused
    with ``REASON_MISSING``, or ``ACCOUNT_NOT_MARKED``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    known = marks(mutual)
    payout = Payout.objects.select_related("destination").get(pk=payout.pk)
    if known.on_payout(payout) is None:
        raise Refusal("ACCOUNT_NOT_MARKED", payout=payout.document_number)
    payee = payout.provider_id, known.stays.get(payout.household_id or 0)
    number = payout.destination.number
    answered = [
        AccountConfirmation(
            mutual=mutual, payout=each, reason=reason.strip()[:200], confirmed_on=on,
            confirmed_by=actor,
        )
        for each in known.returned[payee]
        if are_same_account(each.destination.number, number)
    ]  # fmt: skip
    for each in answered:
        each.save()
    return answered[-1]


def confirmed_accounts(batch: SettlementBatch) -> list[tuple[Payout, AccountConfirmation]]:
    """The payments of a batch that go to an account confirmed after a transfer to it came back:
    who authorises looks at them. Two queries."""
    going = [
        each
        for each in batch.payouts.select_related("destination", "provider", "household")
        if getattr(each, "destination", None) is not None and each.is_open
    ]
    rows = AccountConfirmation.objects.filter(mutual=batch.mutual_id).select_related(
        "payout__destination", "payout__batch", "confirmed_by"
    )
    homes = families_that_stay(
        [each.household_id for each in going if each.household_id]
        + [row.payout.household_id for row in rows if row.payout.household_id]
    )

    def payee(payout: Payout) -> tuple[str, int | None]:
        if payout.payee_kind == PayeeKind.PROVIDER:
            return "provider", payout.provider_id
        return "family", homes.get(payout.household_id or 0)

    found = []
    for each in going:
        same = [
            row
            for row in rows
            if (
                payee(row.payout) == payee(each)
                and are_same_account(row.payout.destination.number, each.destination.number)
            )
            or account_key(row.payout.destination.number) == account_key(each.destination.number)
        ]
        if same:
            found.append((each, max(same, key=lambda row: row.pk)))
    return found

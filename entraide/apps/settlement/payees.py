"""How each payee is paid: what families asked for, where providers have their account."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.choices import REFUNDS_TO_SAVINGS
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import (
    BatchState,
    PaymentAccount,
    Payout,
    PayoutDestination,
    PayoutPreference,
)
from entraide.apps.takeover.clients import payout_accounts
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import TREASURY_ROLES, AccountRole
from entraide.core.phones import first_phone
from entraide.core.settlement_channels import IN_HAND, PayoutChannel, is_in_hand

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account as it is typed: ``bic`` may be empty."""

    institution: str
    number: str
    holder_name: str
    bic: str = ""

    def cleaned(self) -> dict[str, str]:
        """Without blanks around; the BIC in capitals."""
        return {
            "institution": self.institution.strip(),
            "number": " ".join(self.number.split()),
            "holder_name": self.holder_name.strip(),
            "bic": "".join(self.bic.split()).upper(),
        }


@command("note_payout_preference", right=Right.ENROL)
def note_payout_preference(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    channel: str,
) -> PayoutPreference:
    """From today on the refunds of a family go this way, unless a claim says otherwise.

    It takes the place of what was asked before, which is kept with its days. Refused as
    :func:`require_offered` does.
    """
    require_offered(mutual, channel)
    current = preference_of(household)
    if current is not None:
        if current.channel == channel:
            return current
        current.effective_until = on
        current.save(update_fields=["effective_until"])
    return PayoutPreference.objects.create(
        mutual=mutual, household=household, channel=channel, effective_from=on, noted_by=actor
    )


def offered_channels(mutual: Mutual) -> tuple[PayoutChannel, ...]:
    """The ways by which a family may be reimbursed: to a savings account only where the lender may
    not take arrears from it."""
    is_safe = REFUNDS_TO_SAVINGS.of(mutual)
    return tuple(each for each in PayoutChannel if is_safe or each != PayoutChannel.SAVINGS)


def require_offered(mutual: Mutual, channel: str) -> None:
    """``CHANNEL_UNKNOWN``, or ``SAVINGS_NOT_SAFE``."""
    if channel not in frozenset(PayoutChannel):
        raise Refusal("CHANNEL_UNKNOWN", place="channel", value=channel)
    if channel not in offered_channels(mutual):
        raise Refusal("SAVINGS_NOT_SAFE", place="channel")


def preference_of(household: Household) -> PayoutPreference | None:
    """What a family asked for, or None."""
    return PayoutPreference.objects.filter(
        household=household, effective_until__isnull=True
    ).first()


@command("note_payment_account", right=Right.PREPARE_BATCH)
def note_payment_account(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    channel: str,
    account: AccountEntry,
    provider: Provider | None = None,
    treasury_account: Account | None = None,
) -> PaymentAccount:
    """The account of a provider, or how the bank knows one of the mutual's own, from today on.

    Refused, all at once, with ``ACCOUNT_INCOMPLETE`` for each empty part, ``CHANNEL_UNKNOWN`` (a
    channel into a hand needs no account), ``BIC_INVALID``, ``NOT_A_TREASURY_ROLE``.
    """
    said = account.cleaned()
    _require_account(said, channel)
    if treasury_account is not None and treasury_account.role not in TREASURY_ROLES:
        raise Refusal(
            "NOT_A_TREASURY_ROLE", role=treasury_account.role, allowed=sorted(TREASURY_ROLES)
        )
    whose: dict[str, Any] = {"provider": provider, "treasury_account": treasury_account}
    held = PaymentAccount.objects.select_for_update(of=("self",)).filter(
        mutual=mutual, effective_until__isnull=True, **whose
    )
    current = held.first()
    if current is not None:
        same = current.channel == channel
        if same and all(getattr(current, name) == value for name, value in said.items()):
            return current
        current.effective_until = on
        current.save(update_fields=["effective_until"])
    return PaymentAccount.objects.create(
        mutual=mutual, channel=channel, effective_from=on, noted_by=actor, **whose, **said
    )


def _require_account(said: dict[str, str], channel: str) -> None:
    faults = [
        Finding("ACCOUNT_INCOMPLETE", place=name)
        for name in ("institution", "number", "holder_name")
        if not said[name]
    ]
    if channel not in frozenset(PayoutChannel) - IN_HAND:
        faults.append(Finding("CHANNEL_UNKNOWN", place="channel", data={"value": channel}))
    if said["bic"] and not _BIC.fullmatch(said["bic"]):
        faults.append(Finding("BIC_INVALID", place="bic", data={"value": said["bic"]}))
    if faults:
        raise RefusedRows(tuple(faults))


def provider_accounts(mutual: Mutual) -> QuerySet[PaymentAccount]:
    """The accounts of providers in force, by the name of the provider."""
    return (
        PaymentAccount.objects.filter(
            mutual=mutual, provider__isnull=False, effective_until__isnull=True
        )
        .select_related("provider", "noted_by")
        .order_by("provider__name", "id")
    )


def payable_providers(mutual: Mutual, on: date) -> QuerySet[Provider]:
    """The providers that the mutual in scope may have to pay, by name: under a convention on the
    day, whether or not it has an end, or in a batch whose money has not all gone."""
    owed = Payout.objects.filter(
        mutual=mutual,
        provider__isnull=False,
        batch__state__in=(BatchState.PREPARED, BatchState.AUTHORISED),
    )
    return Provider.objects.filter(
        Q(pk__in=agreed_providers(on).values("pk")) | Q(pk__in=owed.values("provider"))
    ).order_by("name")


def account_of_provider(mutual: Mutual, provider: Provider) -> PaymentAccount | None:
    """Where a provider is paid, or None."""
    return provider_accounts(mutual).filter(provider=provider).first()


def identity_of(treasury_account: Account) -> PaymentAccount | None:
    """How the bank knows one of the mutual's accounts, or None."""
    return PaymentAccount.objects.filter(
        treasury_account=treasury_account, effective_until__isnull=True
    ).first()


def usual_channels(mutual: Mutual, claims: Iterable[Claim]) -> dict[int, str]:
    """Key of a claim → the channel by which it is paid. Three queries for any number of claims.

    What was said at entry; else what the family asked for, or how the provider's account is
    reached; else the bank.
    """
    claims = list(claims)
    stays = families_that_stay(
        claim.household_id for claim in claims if claim.circuit == Circuit.REIMBURSEMENT
    )
    asked = dict(
        PayoutPreference.objects.filter(
            household__in=stays.values(), effective_until__isnull=True
        ).values_list("household_id", "channel")
    )
    reached = provider_channels(mutual, {claim.provider_id for claim in claims})
    bank = PayoutChannel.BANK.value
    return {
        claim.pk: claim.channel
        or (
            asked.get(stays[claim.household_id], bank)
            if claim.circuit == Circuit.REIMBURSEMENT
            else reached[claim.provider_id]
        )
        for claim in claims
    }


def provider_channels(mutual: Mutual, providers: Collection[int]) -> dict[int, str]:
    """Key of a provider → how its account is reached; else the bank. One query at most."""
    if not providers:
        return {}
    accounts = provider_accounts(mutual).filter(provider__in=providers)
    noted = dict(accounts.values_list("provider_id", "channel"))
    return {key: noted.get(key, PayoutChannel.BANK.value) for key in providers}


def keep_destinations(mutual: Mutual, payouts: Iterable[Payout]) -> None:
    """Write down, with each payout that is a transfer, the account that is noted just now.

    Mobile money without one goes to the telephone of the register, as it is written just now: who
    corrects it after the signature does not turn the money aside.
    """
    transfers = [each for each in payouts if not is_in_hand(each.channel)]
    homes = [Household(pk=each.household_id) for each in transfers if each.household_id]
    of_families = payout_accounts(homes) if homes else {}
    keys = [each.provider_id for each in transfers if each.provider_id]
    of_providers = (
        {row.provider_id: row for row in provider_accounts(mutual).filter(provider__in=keys)}
        if keys
        else {}
    )
    rows = []
    for each in transfers:
        noted = of_families.get(each.household_id or 0) or of_providers.get(each.provider_id or 0)
        if noted is not None:
            rows.append(
                PayoutDestination(
                    mutual=mutual,
                    payout=each,
                    institution=noted.institution,
                    bic=getattr(noted, "bic", ""),
                    number=noted.number,
                    holder_name=noted.holder_name,
                )
            )
        elif (by_telephone := telephone_destination(each)) is not None:
            rows.append(by_telephone)
    PayoutDestination.objects.bulk_create(rows)


def goes_to_telephone(payout: Payout) -> bool:
    """Whether a payment without account reaches its payee by a telephone number."""
    from_wallet = payout.batch.treasury_account.role == AccountRole.MOBILE_MONEY
    return from_wallet or payout.channel == PayoutChannel.MOBILE_MONEY


def telephone_destination(payout: Payout) -> PayoutDestination | None:
    """Where a payment without account goes by telephone, not saved; None where it does not."""
    if is_in_hand(payout.channel) or not goes_to_telephone(payout):
        return None
    telephone = _telephone_of(payout)
    if not telephone:
        return None
    return PayoutDestination(mutual_id=payout.mutual_id, payout=payout, number=telephone)


def _telephone_of(payout: Payout) -> str:
    payee = payout.provider or payout.household
    return first_phone(payee.phone) if payee is not None else ""

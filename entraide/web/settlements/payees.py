"""Claims grouped by who is paid, before and after they stand on a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.contributions.models import Channel
from entraide.apps.settlement.models import Payout, PayoutClaim
from entraide.apps.settlement.services import channel_of
from entraide.apps.takeover.models import PayoutAccount
from entraide.core.ledger import AccountRole
from entraide.web.claims.reasons import CHANNELS


@dataclass(frozen=True, slots=True)
class Payee:
    """One payee with the claims that wait to be settled."""

    name: str
    under: str
    claims: tuple[Claim, ...]

    @property
    def total_minor(self) -> int:
        """What all these claims pay."""
        return sum(claim.payable_minor for claim in self.claims)

    @property
    def oldest_care_on(self) -> date:
        """The oldest care of them."""
        return min(claim.care_on for claim in self.claims)


ROLES_OF_CHANNELS = {
    Channel.CASH.value: AccountRole.CASH,
    Channel.MOBILE_MONEY.value: AccountRole.MOBILE_MONEY,
}


@dataclass(frozen=True, slots=True)
class ChannelTab:
    """A means of payment with what waits for it: a batch pays by one."""

    code: str
    name: str
    count: int
    is_current: bool


def usual_channel(claims: Sequence[Claim], asked: str) -> str:
    """The channel asked for while a claim waits for it, else the one that most wait for."""
    counts = Counter(channel_of(claim) for claim in claims)
    if asked in counts:
        return asked
    return counts.most_common(1)[0][0] if counts else Channel.BANK.value


def channel_tabs(claims: Sequence[Claim], current: str) -> list[ChannelTab]:
    """A tab for each channel that claims wait for; none when there is one channel."""
    counts = Counter(channel_of(claim) for claim in claims)
    if len(counts) < 2:
        return []
    return [
        ChannelTab(code, str(CHANNELS.get(code, code)), count, code == current)
        for code, count in counts.most_common()
    ]


def by_payee(claims: Iterable[Claim]) -> list[Payee]:
    """Providers first, then families, the largest total first."""
    groups: dict[tuple[int, int, str], list[Claim]] = {}
    for claim in claims:
        if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
            key = (0, claim.provider_id, "")
        else:
            key = (1, claim.household_id, claim.channel)
        groups.setdefault(key, []).append(claim)
    payees = [(kind, _payee(kind, rows, channel)) for (kind, _id, channel), rows in groups.items()]
    payees.sort(key=lambda each: (each[0], -each[1].total_minor, each[1].name))
    return [payee for _kind, payee in payees]


def _payee(kind: int, claims: list[Claim], channel: str) -> Payee:
    first = claims[0]
    if kind == 0:
        return Payee(first.provider.name, _("third-party payment"), tuple(claims))
    name = _("Family {number}").format(number=first.household.number)
    under = _("reimbursement, {channel}").format(
        channel=str(CHANNELS.get(channel or "bank", channel)).lower()
    )
    return Payee(name, under, tuple(claims))


@dataclass(frozen=True, slots=True)
class ShownPayout:
    """One payout of a batch with its claims."""

    payout: Payout
    name: str
    under: str
    claims: tuple[PayoutClaim, ...]
    account: str = ""  # where the family asked for its refunds, told for who pays


def shown_payout(
    payout: Payout, claims: Iterable[PayoutClaim], account: PayoutAccount | None = None
) -> ShownPayout:
    """A payout as pages and papers show it, with the account of the family where there is one."""
    channel = str(CHANNELS.get(payout.channel, payout.channel)).lower()
    if payout.provider is not None:
        return ShownPayout(payout, payout.provider.name, channel, tuple(claims))
    assert payout.household is not None, "a payout has a payee"
    name = _("Family {number}").format(number=payout.household.number)
    under = _("reimbursement, {channel}").format(channel=channel)
    return ShownPayout(payout, name, under, tuple(claims), account_told(account))


def account_told(account: PayoutAccount | None) -> str:
    """``Mvola 034 00 000 00, RAKOTO Soa``; empty without one."""
    if account is None:
        return ""
    return f"{account.institution} {account.number}, {account.holder_name}"

"""Claims grouped by who is paid, before and after they stand on a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.contributions.models import Channel
from entraide.apps.settlement.models import Payout, PayoutClaim, RecoveryDeduction
from entraide.apps.settlement.recoveries import Outstanding
from entraide.apps.settlement.services import channel_of, payout_drafts
from entraide.apps.takeover.models import PayoutAccount
from entraide.core.ledger import AccountRole
from entraide.core.settlement import PayeeKind
from entraide.web.claims.reasons import CHANNELS


@dataclass(frozen=True, slots=True)
class Payee:
    """One payee with the claims that wait to be settled."""

    name: str
    under: str
    claims: tuple[Claim, ...]
    kept_minor: int = 0  # asked back of what was paid before, and kept back of this

    @property
    def gross_minor(self) -> int:
        """What all these claims pay."""
        return sum(claim.payable_minor for claim in self.claims)

    @property
    def total_minor(self) -> int:
        """What the payee gets, if every claim is chosen."""
        return self.gross_minor - self.kept_minor

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


def by_payee(claims: Iterable[Claim], owed: Iterable[Outstanding] = ()) -> list[Payee]:
    """Providers first, then families, the largest total first, with what is kept back of each."""
    claims = list(claims)
    kept = {
        (group.payee_kind is PayeeKind.MEMBER, int(draft.payee_key), group.channel): -sum(
            item.amount_minor for item in draft.items if item.amount_minor < 0
        )
        for group, draft in payout_drafts(claims, owed)
    }
    groups: dict[tuple[int, int, str], list[Claim]] = {}
    for claim in claims:
        if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
            key = (0, claim.provider_id, "")
        else:
            key = (1, claim.household_id, claim.channel)
        groups.setdefault(key, []).append(claim)
    payees = [
        (kind, _payee(kind, rows, channel, kept.get((kind == 1, payee, channel_of(rows[0])), 0)))
        for (kind, payee, channel), rows in groups.items()
    ]
    payees.sort(key=lambda each: (each[0], -each[1].total_minor, each[1].name))
    return [payee for _kind, payee in payees]


def _payee(kind: int, claims: list[Claim], channel: str, kept_minor: int) -> Payee:
    first = claims[0]
    if kind == 0:
        return Payee(first.provider.name, _("third-party payment"), tuple(claims), kept_minor)
    name = _("Family {number}").format(number=first.household.number)
    under = _("reimbursement, {channel}").format(
        channel=str(CHANNELS.get(channel or "bank", channel)).lower()
    )
    return Payee(name, under, tuple(claims), kept_minor)


@dataclass(frozen=True, slots=True)
class ShownPayout:
    """One payout of a batch with its claims."""

    payout: Payout
    name: str
    under: str
    claims: tuple[PayoutClaim, ...]
    account: str = ""  # where the family asked for its refunds, told for who pays
    deductions: tuple[RecoveryDeduction, ...] = ()

    @property
    def kept_minor(self) -> int:
        """What is kept back, being asked back of what was paid before."""
        return sum(each.amount_minor for each in self.deductions)

    @property
    def gross_minor(self) -> int:
        """What the claims pay before anything is kept back."""
        return self.payout.amount_minor + self.kept_minor


def shown_payout(
    payout: Payout,
    claims: Iterable[PayoutClaim],
    account: PayoutAccount | None = None,
    deductions: Iterable[RecoveryDeduction] = (),
) -> ShownPayout:
    """A payout as pages and papers show it, with the account of the family where there is one."""
    channel = str(CHANNELS.get(payout.channel, payout.channel)).lower()
    items, kept = tuple(claims), tuple(deductions)
    if payout.provider is not None:
        return ShownPayout(payout, payout.provider.name, channel, items, deductions=kept)
    assert payout.household is not None, "a payout has a payee"
    name = _("Family {number}").format(number=payout.household.number)
    under = _("reimbursement, {channel}").format(channel=channel)
    return ShownPayout(payout, name, under, items, account_told(account), kept)


def account_told(account: PayoutAccount | None) -> str:
    """``Mvola 034 00 000 00, RAKOTO Soa``; empty without one."""
    if account is None:
        return ""
    return f"{account.institution} {account.number}, {account.holder_name}"

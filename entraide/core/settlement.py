"""From approved amounts to payouts: grouped by payee, recoveries netted, nothing lost on the way.

An approved claim is an amount to pay; a *recovery* (a payment made in error, a claim reversed
after it was paid) is a negative amount of the same payee. A payout is never below zero: what the
payee still owes is carried to the next settlement. What comes in is what goes out, to the last
unit: ``Σ amounts = Σ payouts + Σ carried``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from entraide.core.errors import Refusal


class PayeeKind(StrEnum):
    """Who is paid: the provider (third-party payment) or the member (reimbursement)."""

    PROVIDER = "provider"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class PayableClaim:
    """One approved amount in minor units, negative for a recovery.

    ``key`` names the claim; ``channel`` is the means of payment (bank, mobile money, cash …).
    ``comes_first``: a discount on claims of this channel, taken before any recovery.
    """

    key: str
    payee_kind: PayeeKind
    payee_key: str
    channel: str
    amount_minor: int
    comes_first: bool = False


@dataclass(frozen=True, slots=True)
class SettledAmount:
    """The part of one claim or recovery that a payout settles."""

    claim_key: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PayoutDraft:
    """One payment to one payee: its items add up to ``amount_minor``, which is never negative.

    A payout of 0 is kept: it settles claims against recoveries without any money moving.
    """

    payee_key: str
    amount_minor: int
    items: tuple[SettledAmount, ...]

    def __post_init__(self) -> None:
        if self.amount_minor < 0 or sum(i.amount_minor for i in self.items) != self.amount_minor:
            raise Refusal("PAYOUT_UNBALANCED", place=self.payee_key, payee=self.payee_key)


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """A settlement slip (bordereau de règlement): one kind of payee, one means of payment."""

    payee_kind: PayeeKind
    channel: str
    payouts: tuple[PayoutDraft, ...]

    @property
    def total_minor(self) -> int:
        """The money that leaves by this slip."""
        return sum(payout.amount_minor for payout in self.payouts)


@dataclass(frozen=True, slots=True)
class SettlementDraft:
    """The slips to authorise, and the recoveries that wait for later claims of their payee."""

    batches: tuple[BatchDraft, ...]
    carried: tuple[PayableClaim, ...]

    @property
    def total_minor(self) -> int:
        """The money that leaves in all."""
        return sum(batch.total_minor for batch in self.batches)


def make_batches(approved: Iterable[PayableClaim]) -> SettlementDraft:
    """Group approved amounts into payouts by payee and slips by kind of payee and channel.

    Discounts come off first. Recoveries are netted in the order of their keys, first against the
    payee's payout by the same channel, then against the others in order; the rest is carried. The
    answer does not depend on the order of the input: slips, payouts and items are sorted. A claim
    that comes twice would be paid twice, hence ``SETTLEMENT_KEY_TWICE``.
    """
    by_payee: dict[tuple[PayeeKind, str], list[PayableClaim]] = {}
    seen: set[str] = set()
    for claim in sorted(approved, key=lambda item: item.key):
        if claim.key in seen:
            raise Refusal("SETTLEMENT_KEY_TWICE", place=claim.key, key=claim.key)
        seen.add(claim.key)
        by_payee.setdefault((claim.payee_kind, claim.payee_key), []).append(claim)

    slips: dict[tuple[PayeeKind, str], list[PayoutDraft]] = {}
    carried: list[PayableClaim] = []
    for (kind, payee), claims in sorted(by_payee.items()):
        items, rest = _netted(claims)
        carried.extend(rest)
        for channel, settled in sorted(items.items()):
            amount = sum(item.amount_minor for item in settled)
            payout = PayoutDraft(payee, amount, tuple(settled))
            slips.setdefault((kind, channel), []).append(payout)
    batches = tuple(
        BatchDraft(kind, channel, tuple(payouts))
        for (kind, channel), payouts in sorted(slips.items())
    )
    return SettlementDraft(batches, tuple(carried))


def _netted(
    claims: list[PayableClaim],
) -> tuple[dict[str, list[SettledAmount]], list[PayableClaim]]:
    """The items of one payee by channel, and what remains of the recoveries."""
    items: dict[str, list[SettledAmount]] = {}
    for claim in claims:
        if claim.amount_minor >= 0:
            item = SettledAmount(claim.key, claim.amount_minor)
            items.setdefault(claim.channel, []).append(item)
    left = {channel: sum(i.amount_minor for i in own) for channel, own in items.items()}

    carried: list[PayableClaim] = []
    taken_off = [claim for claim in claims if claim.amount_minor < 0]
    for claim in sorted(taken_off, key=lambda each: not each.comes_first):
        owed = -claim.amount_minor
        for channel in sorted(left, key=lambda name: (name != claim.channel, name)):
            taken = min(owed, left[channel])
            if taken:
                items[channel].append(SettledAmount(claim.key, -taken))
                left[channel] -= taken
                owed -= taken
        if owed:
            carried.append(
                PayableClaim(claim.key, claim.payee_kind, claim.payee_key, claim.channel, -owed)
            )
    return items, carried

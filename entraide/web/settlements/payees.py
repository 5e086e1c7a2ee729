"""Claims grouped by who is paid, before and after they stand on a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import kept_household
from entraide.apps.settlement.batch_terms import BatchTerm
from entraide.apps.settlement.drafts import payout_drafts
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import (
    IncentiveAward,
    Payout,
    PayoutAddition,
    PayoutClaim,
    PayoutDestination,
    PayoutDiscount,
    RecoveryDeduction,
)
from entraide.apps.settlement.recoveries import Outstanding
from entraide.core.settlement import PayeeKind
from entraide.core.settlement_channels import PayoutChannel
from entraide.web.claims.reasons import CHANNELS


@dataclass(frozen=True, slots=True)
class Payee:
    """One payee with the claims that wait to be settled, or only the ``awards`` of its convention.

    ``key``: the same for the payee of all that waits and of what is ticked of it.
    """

    key: str
    name: str
    under: str
    claims: tuple[Claim, ...]
    kept_minor: int = 0  # asked back of what was paid before, and kept back of this
    discount_minor: int = 0  # off for prompt payment, were it paid today
    added_minor: int = 0  # awards of its convention
    awards: tuple[IncentiveAward, ...] = ()  # where no claim of it waits, to be ticked

    @property
    def gross_minor(self) -> int:
        """What all these claims pay."""
        return sum(claim.payable_minor for claim in self.claims)

    @property
    def total_minor(self) -> int:
        """What the payee gets, if every claim is chosen."""
        return self.gross_minor + self.added_minor - self.kept_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class Sums:
    """From what claims pay to the money that leaves, each part under its own name:
    ``gross + added − off − kept = total``, in minor units."""

    gross_minor: int
    added_minor: int
    discount_minor: int
    kept_minor: int
    total_minor: int

    @property
    def is_plain(self) -> bool:
        """Whether nothing comes between what the claims pay and the money."""
        return not (self.added_minor or self.discount_minor or self.kept_minor)


def sums_of(parts: Iterable[Payee | ShownPayout]) -> Sums:
    """The same of several payees, or of several payments."""
    parts = list(parts)
    return Sums(
        sum(each.gross_minor for each in parts),
        sum(each.added_minor for each in parts),
        sum(each.discount_minor for each in parts),
        sum(each.kept_minor for each in parts),
        sum(each.total_minor for each in parts),
    )


@dataclass(frozen=True, slots=True)
class ChannelTab:
    """A means of payment with what waits for it: a batch pays by one."""

    code: str
    name: str
    count: int
    is_current: bool


def usual_channel(channels: Iterable[str], asked: str) -> str:
    """The channel asked for while a claim waits for it, else the one that most wait for."""
    counts = Counter(channels)
    if asked in counts:
        return asked
    return counts.most_common(1)[0][0] if counts else PayoutChannel.BANK.value


def channel_tabs(channels: Iterable[str], current: str) -> list[ChannelTab]:
    """A tab for each channel that claims wait for; none when there is one channel."""
    counts = Counter(channels)
    if len(counts) < 2:
        return []
    return [
        ChannelTab(code, channel_name(code), count, code == current)
        for code, count in counts.most_common()
    ]


def channel_name(code: str) -> str:
    """A channel as the reader says it."""
    return str(CHANNELS.get(code, code))


def by_payee(
    claims: Iterable[Claim],
    channels: Mapping[int, str],
    owed: Iterable[Outstanding] = (),
    terms: Iterable[BatchTerm] = (),
) -> list[Payee]:
    """Providers first, then families, the largest total first, with what is kept back of each and
    what conventions take off and add."""
    claims, terms = list(claims), list(terms)
    of_terms = {each.item.key for each in terms}
    beside: dict[_Key, tuple[int, int, int]] = {}
    for group, draft in payout_drafts(claims, owed, channels, terms):
        mine = [each.amount_minor for each in draft.items if each.claim_key in of_terms]
        taken = -sum(each.amount_minor for each in draft.items if each.amount_minor < 0)
        off = -sum(amount for amount in mine if amount < 0)
        key = (group.payee_kind is PayeeKind.MEMBER, int(draft.payee_key), group.channel)
        beside[key] = (taken - off, off, sum(amount for amount in mine if amount > 0))
    families = [each.household_id for each in claims if each.circuit != Circuit.THIRD_PARTY_PAYMENT]
    stays = families_that_stay(families)
    groups: dict[_Key, list[Claim]] = {}
    for claim in claims:
        is_family = claim.circuit != Circuit.THIRD_PARTY_PAYMENT
        payee = stays[claim.household_id] if is_family else claim.provider_id
        groups.setdefault((is_family, payee, channels[claim.pk]), []).append(claim)
    payees = [
        (key[0], _payee(key, rows, *beside.get(key, (0, 0, 0)))) for key, rows in groups.items()
    ]
    alone: dict[_Key, list[IncentiveAward]] = {}
    for term in terms:
        if term.award is not None:
            key = (False, term.award.provider_id, term.item.channel)
            if key not in groups:
                alone.setdefault(key, []).append(term.award)
    payees += [(False, _awarded(key, own, *beside[key])) for key, own in alone.items()]
    payees.sort(key=lambda each: (each[0], -each[1].total_minor, each[1].name))
    return [payee for _kind, payee in payees]


_Key = tuple[bool, int, str]  # whether it is a family, its key, by which channel


def _payee(key: _Key, claims: list[Claim], kept: int, off: int, added: int) -> Payee:
    first, channel = claims[0], channel_name(key[2]).lower()
    if not key[0]:
        under = _("third-party payment, {channel}").format(channel=channel)
        return Payee(_told(key), first.provider.name, under, tuple(claims), kept, off, added)
    name = _("Family {number}").format(number=kept_household(first.household).number)
    under = _("reimbursement, {channel}").format(channel=channel)
    return Payee(_told(key), name, under, tuple(claims), kept, off, added)


def _awarded(key: _Key, awards: list[IncentiveAward], kept: int, off: int, added: int) -> Payee:
    under = _("owed by its convention, {channel}").format(channel=channel_name(key[2]).lower())
    name = awards[0].provider.name
    return Payee(_told(key), name, under, (), kept, off, added, tuple(awards))


def _told(key: _Key) -> str:
    return f"{'family' if key[0] else 'provider'}-{key[1]}-{key[2]}"


@dataclass(frozen=True, slots=True)
class ShownPayout:
    """One payout of a batch with its claims."""

    payout: Payout
    name: str
    under: str
    claims: tuple[PayoutClaim, ...]
    account: str = ""  # where it goes, told for who pays
    deductions: tuple[RecoveryDeduction, ...] = ()
    discounts: tuple[PayoutDiscount, ...] = ()
    additions: tuple[PayoutAddition, ...] = ()

    @property
    def kept_minor(self) -> int:
        """What is kept back of it: asked back of what was paid before."""
        return sum(each.amount_minor for each in self.deductions)

    @property
    def discount_minor(self) -> int:
        """What the provider gives for prompt payment."""
        return sum(each.amount_minor for each in self.discounts)

    @property
    def added_minor(self) -> int:
        """What awards add to the claims."""
        return sum(each.amount_minor for each in self.additions)

    @property
    def gross_minor(self) -> int:
        """What the claims pay, before anything is added or kept back."""
        less = self.kept_minor + self.discount_minor
        return self.payout.amount_minor + less - self.added_minor

    @property
    def total_minor(self) -> int:
        """What the payee gets."""
        return self.payout.amount_minor

    @property
    def is_plain(self) -> bool:
        """Whether it is what its claims pay, to the last unit."""
        return not (self.added_minor or self.discount_minor or self.kept_minor)


def shown_payout(
    payout: Payout,
    claims: Iterable[PayoutClaim],
    deductions: Iterable[RecoveryDeduction] = (),
    *,
    discounts: Iterable[PayoutDiscount] = (),
    additions: Iterable[PayoutAddition] = (),
    tells_account: bool = False,
    member: str = "",
) -> ShownPayout:
    """A payout as pages and papers show it; a family's account, and the name of its ``member``,
    only for who may know them."""
    channel = channel_name(payout.channel).lower()
    items, kept = tuple(claims), tuple(deductions)
    is_told = tells_account or payout.provider is not None
    destination = getattr(payout, "destination", None) if is_told else None
    account = account_told(destination)
    if payout.provider is not None:
        off, more = tuple(discounts), tuple(additions)
        return ShownPayout(payout, payout.provider.name, channel, items, account, kept, off, more)
    assert payout.household is not None, "a payout has a payee"
    name = _("Family {number}").format(number=payout.household.number)
    if member and is_told:
        name = _("{member}, family {number}").format(member=member, number=payout.household.number)
    under = _("reimbursement, {channel}").format(channel=channel)
    return ShownPayout(payout, name, under, items, account, kept)


def members_of(payouts: Iterable[Payout]) -> dict[int, str]:
    """Key of a household → the name of its member. One query for any number of payments."""
    keys = {each.household_id for each in payouts if each.household_id}
    members = Person.objects.filter(household__in=keys, is_member=True, merged_into__isnull=True)
    return {each.household_id: each.full_name for each in members.order_by("id")} if keys else {}


def account_told(account: PayoutDestination | None) -> str:
    """``Mvola 034 00 000 00, RAKOTO Soa``; empty without one."""
    if account is None:
        return ""
    if account.is_telephone:
        return _("telephone {number}").format(number=account.number)
    return f"{account.institution} {account.number}, {account.holder_name}"

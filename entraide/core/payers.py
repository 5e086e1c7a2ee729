"""Who pays a contribution: the household, an employer, the State, a sponsor, each its share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from entraide.core.money import allocate, rate_of
from entraide.core.product import ContributionRule, PayingCategory


class Payer(StrEnum):
    """Who owes a share of the price of one cover period."""

    HOUSEHOLD = "household"
    EMPLOYER = "employer"
    SUBSIDY = "subsidy"  # the State, a commune
    SPONSOR = "sponsor"  # a parrain: an association, a family abroad


@dataclass(frozen=True, slots=True)
class PayerShare:
    """What one payer owes, fees apart, and where it goes: ``amount = fund + running``."""

    payer: Payer
    amount_minor: int
    fund_share_minor: int
    running_share_minor: int


# The line by which a sheet tells what another than the household pays: it adds nothing.
SHARE_LINES = {
    Payer.SUBSIDY: "DUE_STATE_SHARE",
    Payer.EMPLOYER: "DUE_EMPLOYER_SHARE",
    Payer.SPONSOR: "DUE_SPONSOR_SHARE",
}

_PAID_BY = {"state": Payer.SUBSIDY, "employer": Payer.EMPLOYER, "sponsor": Payer.SPONSOR}


def payer_parts(
    contribution: int, rule: ContributionRule, category: PayingCategory | None, persons: int
) -> dict[Payer, int]:
    """Who pays how much of the contribution: the State, the employer, a sponsor, in this order,
    each at most what is left; the household the rest, less what its category takes from it."""
    left, parts = contribution, {}
    for payer, rate, unit in (
        (Payer.SUBSIDY, rule.state_share_rate, rule.state_minor_per_person),
        (Payer.EMPLOYER, rule.employer_share_rate, rule.employer_minor_per_person),
        (Payer.SPONSOR, rule.sponsor_share_rate, rule.sponsor_minor_per_person),
    ):
        share = rate_of(contribution, rate) if rate else 0
        parts[payer] = min(left, share + unit * persons)
        left -= parts[payer]
    if category is not None and category.paid_by in _PAID_BY:
        moved = rate_of(left, category.exempted_rate)
        parts[_PAID_BY[category.paid_by]] += moved
        left -= moved
    return {Payer.HOUSEHOLD: left, **parts}


def payer_shares(owed: Mapping[Payer, int], fund: int) -> tuple[PayerShare, ...]:
    """The fund share dealt out to the payers in proportion: the parts sum to the whole."""
    amounts = [(payer, owed[payer]) for payer in Payer if owed[payer]]
    if not amounts:
        return ()
    # One payer bears it all; dealing out is only for several.
    parts = [fund] if len(amounts) == 1 else allocate(fund, [amount for _, amount in amounts])
    return tuple(
        PayerShare(payer, amount, part, amount - part)
        for (payer, amount), part in zip(amounts, parts, strict=True)
    )

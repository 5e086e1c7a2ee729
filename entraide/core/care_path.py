"""The path of care that a product asks for: where a person goes first, and what going elsewhere
without being sent there costs.

Frozen values without dates, as in ``core.care_package``. A paper that sends a person on is a
*referral voucher* (bon de référence); whether it may be used is worked out here, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from entraide.core.booklets import paper_key
from entraide.core.care_package import ProviderLevel, Visit
from entraide.core.errors import Finding

FIRST_LEVELS = (ProviderLevel.COMMUNITY, ProviderLevel.PRIMARY)
"""Who sends a person on, where a product says nothing else."""

VOUCHER_PREFIX = "REF"
_VOUCHER_NUMBER = re.compile(VOUCHER_PREFIX + r"-(\d{4})-(\d{1,9})")


def voucher_number(text: str) -> str:
    """The number of the register that is meant: ``REF-2026-00012``, also for ``ref 2026 12``.

    Empty for any other number: that of a slip of somebody else's.
    """
    found = _VOUCHER_NUMBER.fullmatch(paper_key(text))
    return f"{VOUCHER_PREFIX}-{found[1]}-{int(found[2]):05d}" if found else ""


class PathStanding(StrEnum):
    """How a claim stands to the path of care of its product."""

    REFERRED = "referred"
    EMERGENCY = "emergency"
    FOLLOW_UP = "follow_up"
    OUT_OF_PATH = "out_of_path"


@dataclass(frozen=True, slots=True)
class CarePath:
    """Care at a provider of ``referred_levels`` is given to who was sent there.

    ``first_levels``: who sends a person on. ``categories``: the care that is concerned; empty, all.
    ``out_of_path_copayment_rate``: the share of such care that the family bears out of the path,
    where it is higher than the ordinary one. ``is_reviewed``: a person looks at what is out of it.
    ``needs_voucher``: being sent is proved by a voucher of the register, not only said.
    """

    referred_levels: tuple[ProviderLevel, ...]
    first_levels: tuple[ProviderLevel, ...] = FIRST_LEVELS
    categories: tuple[str, ...] = ()
    excepts_emergencies: bool = True
    excepts_follow_up: bool = False
    needs_voucher: bool = False
    out_of_path_copayment_rate: Decimal | None = None
    is_reviewed: bool = False

    def concerns(self, level: ProviderLevel | None, categories: Iterable[str]) -> bool:
        """Whether care of these categories at a provider of this level needs a referral.

        A level that nobody knows is no higher level.
        """
        if level not in self.referred_levels:
            return False
        return not self.categories or not set(self.categories).isdisjoint(categories)

    def standing(self, visit: Visit, *, is_referred: bool) -> PathStanding:
        """How care that it concerns stands to it."""
        if visit is Visit.EMERGENCY and self.excepts_emergencies:
            return PathStanding.EMERGENCY
        if is_referred:
            return PathStanding.REFERRED
        if visit is Visit.FOLLOW_UP and self.excepts_follow_up:
            return PathStanding.FOLLOW_UP
        return PathStanding.OUT_OF_PATH


@dataclass(frozen=True, slots=True)
class Voucher:
    """A referral voucher of the register as it stands when a claim names it.

    It may be used for care in ``[effective_from, effective_until)``. ``person`` and ``provider``
    are keys of their registers; ``provider`` None: any. ``used_by``: the claim that used it.
    """

    number: str
    person: int
    effective_from: date
    effective_until: date
    provider: int | None = None
    is_cancelled: bool = False
    used_by: str = ""


VOUCHER_FAULTS = (
    "REFERRAL_UNKNOWN", "REFERRAL_OF_ANOTHER", "REFERRAL_CANCELLED", "REFERRAL_EXPIRED",
    "REFERRAL_ELSEWHERE", "REFERRAL_USED",
)  # fmt: skip
"""Why a voucher may prove nothing, as :func:`voucher_fault` says it."""


def voucher_fault(
    number: str, voucher: Voucher | None, *, person: int, provider: int, care_on: date
) -> Finding | None:
    """Why a voucher does not prove that a person was sent to a provider; None when it does.

    The first that is true: ``REFERRAL_UNKNOWN``, ``REFERRAL_OF_ANOTHER``, ``REFERRAL_CANCELLED``,
    ``REFERRAL_EXPIRED`` (or not valid yet), ``REFERRAL_ELSEWHERE``, ``REFERRAL_USED``. Another
    person's voucher says nothing of that person.
    """
    if voucher is None:
        return Finding("REFERRAL_UNKNOWN", data={"voucher": number})
    if voucher.person != person:
        return Finding("REFERRAL_OF_ANOTHER", data={"voucher": number})
    if voucher.is_cancelled:
        return Finding("REFERRAL_CANCELLED", data={"voucher": number})
    if not voucher.effective_from <= care_on < voucher.effective_until:
        data = {
            "voucher": number,
            "care_on": care_on,
            "start": voucher.effective_from,
            "until": voucher.effective_until,
        }
        return Finding("REFERRAL_EXPIRED", data=data)
    if voucher.provider is not None and voucher.provider != provider:
        return Finding("REFERRAL_ELSEWHERE", data={"voucher": number})
    if voucher.used_by:
        return Finding("REFERRAL_USED", data={"voucher": number, "other_claim": voucher.used_by})
    return None

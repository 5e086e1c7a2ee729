"""What a collective contract demands of a group: its size, its share, its waiting periods.

Against adverse selection a mutual asks a voluntary group to be large enough and to bring a
minimum share of its people, and makes new members wait. Where membership is compulsory or comes
by itself with a loan or a job nobody chooses to join because they are ill: those rules fall away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from entraide.core.errors import Finding

GROUP_KINDS = (
    "village",
    "commune",
    "grouping",
    "cooperative",
    "ngo",
    "enterprise",
    "lender",
    "school",
)
NEAR_RATE = Decimal("0.20")  # above the threshold by less than this: near it


class JoiningMode(StrEnum):
    """Whether the people of a group choose to join."""

    VOLUNTARY = "voluntary"
    COMPULSORY = "compulsory"  # by decision of the employer, the assembly, the lender
    AUTOMATIC = "automatic"  # with the loan, the job or the enrolment at school itself


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """What a collective contract says. ``minimum_share`` is the part of the group, between 0 and
    1, that must join; ``waives_waiting``: new members do not wait, where nobody chooses."""

    mode: JoiningMode
    minimum_share: Decimal | None = None
    waives_waiting: bool = False


def guards_against_selection(mode: JoiningMode) -> bool:
    """Whether the rules against adverse selection hold: only where people choose to join."""
    return mode is JoiningMode.VOLUNTARY


def waits(terms: GroupTerms | None) -> bool:
    """Whether a new member of the group passes the product's waiting periods.

    A voluntary group always does, whatever its contract says; a family on its own too.
    """
    if terms is None or guards_against_selection(terms.mode):
        return True
    return not terms.waives_waiting


def activation_findings(
    terms: GroupTerms, *, persons_count: int, minimum_size: int, headcount: int | None
) -> tuple[Finding, ...]:
    """What prevents a collective contract from coming into force, all at once.

    ``persons_count`` are the persons who join, ``headcount`` all those of the group as declared.
    The size is asked of every group; the share only of a voluntary one.
    """
    return tuple(_activation_findings(terms, persons_count, minimum_size, headcount))


def _activation_findings(
    terms: GroupTerms, persons_count: int, minimum_size: int, headcount: int | None
) -> Iterator[Finding]:
    if persons_count < minimum_size:
        yield Finding(
            "GROUP_TOO_SMALL",
            place="persons_count",
            data={"count": persons_count, "minimum": minimum_size},
        )
    yield from share_findings(terms, persons_count=persons_count, headcount=headcount)


def share_findings(
    terms: GroupTerms, *, persons_count: int, headcount: int | None
) -> Iterator[Finding]:
    """Whether a voluntary group brings the part of its people that its contract asks for.

    Asked before the contract comes into force, and of every day after: people come and go.
    """
    share = terms.minimum_share
    if share is None or not guards_against_selection(terms.mode):
        return
    if not headcount:
        yield Finding("GROUP_HEADCOUNT_MISSING", place="headcount")
        return
    wanted = int((headcount * share).to_integral_value(rounding=ROUND_CEILING))
    if persons_count < wanted:
        yield Finding(
            "GROUP_SHARE_TOO_LOW",
            place="persons_count",
            data={
                "count": persons_count,
                "headcount": headcount,
                "wanted": wanted,
                "minimum_rate": share,
            },
        )


class SizeState(StrEnum):
    """A group beside the smallest size of its product."""

    UNDER = "under"
    NEAR = "near"
    ABOVE = "above"


def size_state(persons_count: int, minimum_size: int) -> SizeState:
    """Under the threshold, near it (less than a fifth above, and at least one person), or above."""
    if persons_count < minimum_size:
        return SizeState.UNDER
    margin = max(Decimal(1), minimum_size * NEAR_RATE)
    return SizeState.NEAR if persons_count - minimum_size < margin else SizeState.ABOVE


def covered_share(covered: int, headcount: int | None) -> Decimal | None:
    """The part of the group that is covered, at most 1; None when nobody counted the group."""
    if not headcount:
        return None
    return min(Decimal(1), Decimal(covered) / Decimal(headcount))

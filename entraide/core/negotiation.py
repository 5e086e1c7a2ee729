"""What a proposed price would cost: each act counted as often as in the months looked at. Pure.

One formula, said on the page: *quantity × proposed price − what was asked for the act in these
months*. It supposes the same acts as often as before, which a price may well change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from entraide.core.money import rate_of, round_half_up


class Side(StrEnum):
    """Who proposes."""

    PROVIDER = "provider"
    MUTUAL = "mutual"


class NoteKind(StrEnum):
    """What a note of a negotiation is about."""

    MEETING = "meeting"
    INCENTIVE = "incentive"  # terms talked about: discount for prompt payment, bonus …
    AGREEMENT = "agreement"  # a proposal was agreed to
    BREAK_OFF = "break_off"  # the talks ended without one


@dataclass(frozen=True, slots=True)
class Volume:
    """What was asked for one act in some months: how many times, and for how much in all.

    ``borne_rate``: the share of the mutual in what was asked for acts of its category.
    """

    quantity: Decimal
    asked_minor: int
    borne_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineEffect:
    """One proposed price beside the months looked at, in minor units.

    ``agreed_minor``: the price in force today, None without one. ``effect_minor``: None where the
    act was not asked for in these months: there is nothing to count it by; ``borne_minor`` is the
    part of it for the mutual, at its share of the acts of the category.
    """

    key: int
    proposed_minor: int
    agreed_minor: int | None
    quantity: Decimal
    asked_minor: int
    effect_minor: int | None
    borne_minor: int | None = None

    @property
    def average_minor(self) -> int | None:
        """What was asked for one, on average; None when none was."""
        return round_half_up(Decimal(self.asked_minor) / self.quantity) if self.quantity else None


@dataclass(frozen=True, slots=True)
class Effect:
    """A whole proposal: its lines, and what they make together.

    ``asked_minor``: asked for the acts with a proposed price; ``other_minor``: for all others.
    """

    lines: tuple[LineEffect, ...]
    asked_minor: int
    other_minor: int
    effect_minor: int

    @property
    def share(self) -> Decimal | None:
        """The effect over everything asked in these months; None when nothing was."""
        whole = self.asked_minor + self.other_minor
        return Decimal(self.effect_minor) / whole if whole else None

    @property
    def borne_minor(self) -> int | None:
        """The part of the effect for the mutual, act by act at its share of their category; None
        where no act with a proposed price was asked for."""
        parts = [each.borne_minor for each in self.lines if each.borne_minor is not None]
        return sum(parts) if parts else None


def effect_of(
    proposed: Sequence[tuple[int, int]],
    agreed: Mapping[int, int],
    volumes: Mapping[int, Volume],
) -> Effect:
    """What proposed prices (act, price) would have cost; ``agreed`` and ``volumes`` by act."""
    lines = []
    for key, price in proposed:
        volume = volumes.get(key, Volume(Decimal(0), 0))
        cost = round_half_up(volume.quantity * price)
        effect = cost - volume.asked_minor if volume.quantity else None
        lines.append(
            LineEffect(
                key=key,
                proposed_minor=price,
                agreed_minor=agreed.get(key),
                quantity=volume.quantity,
                asked_minor=volume.asked_minor,
                effect_minor=effect,
                borne_minor=None if effect is None else rate_of(effect, volume.borne_rate),
            )
        )
    named = {key for key, _price in proposed}
    return Effect(
        lines=tuple(lines),
        asked_minor=sum(each.asked_minor for each in lines),
        other_minor=sum(each.asked_minor for key, each in volumes.items() if key not in named),
        effect_minor=sum(each.effect_minor or 0 for each in lines),
    )

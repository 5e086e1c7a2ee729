"""Whether money may leave an account: what it holds, what is promised of it already, what is asked.

One rule for every act: a batch that is authorised, a payment, cash given to an agent, money paid
back. A cash box and a wallet give only what they hold; a bank and a microfinance institution may
lend, as far as the person who lets the money go was told and confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from entraide.core.settlement_channels import LENDERS


@dataclass(frozen=True, slots=True)
class AccountRoom:
    """An account of this role beside an amount that is to leave it; all in minor units.

    ``promised_minor``: what is authorised to leave it besides, and has not left it yet.
    """

    role: str
    held_minor: int
    asked_minor: int
    promised_minor: int = 0

    @property
    def free_minor(self) -> int:
        """What it holds and nobody was promised; below zero when more was promised."""
        return self.held_minor - self.promised_minor

    @property
    def after_minor(self) -> int:
        """What is free once the amount has left; below zero when it lacks."""
        return self.free_minor - self.asked_minor

    @property
    def short_minor(self) -> int:
        """By how much it lacks; 0 when it suffices or nothing is asked."""
        return max(0, -self.after_minor) if self.asked_minor > 0 else 0

    @property
    def may_lend(self) -> bool:
        """Whether its institution may let it go below zero."""
        return self.role in LENDERS

    @property
    def is_overdraft(self) -> bool:
        """Whether the bank would have to lend."""
        return self.may_lend and self.short_minor > 0

    @property
    def is_impossible(self) -> bool:
        """Whether a box or a wallet would have to give what it does not hold."""
        return not self.may_lend and self.short_minor > 0

    def is_refused(self, seen_minor: int | None) -> bool:
        """Whether the amount may not leave it.

        ``seen_minor``: how much the bank lends, as who lets the money go was told and confirmed;
        None where nobody could be asked, and the bank may lend.
        """
        if self.may_lend:
            return seen_minor is not None and self.short_minor > seen_minor
        return self.is_impossible

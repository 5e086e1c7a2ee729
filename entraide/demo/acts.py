"""What happens in a mutual, as plain values: one class per command that somebody gives.

The plan of a demonstration is a list of acts in order of days. The same list is carried out by the
services one act at a time (``by_services``) or written in bulk (``in_bulk``). An act names records
by the demonstration's own keys: a household by ``"prets-00012"``, a person by the rank in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.enrolment.facts import PersonEntry


@dataclass(frozen=True, slots=True)
class Act:
    """Something done on a day by the holder of a post (``"cashier"``, ``"clerk"`` …)."""

    day: date
    key: str  # unique within the mutual: the idempotency key of its command
    by: str


@dataclass(frozen=True, slots=True)
class Open(Act):
    """The books begin: money of each fund on the main account, minor units."""

    mutual_fund_minor: int
    running_minor: int


@dataclass(frozen=True, slots=True)
class Enrol(Act):
    """A household joins."""

    household: str
    product: str
    group: str
    area: str
    persons: tuple[PersonEntry, ...]
    phone: str
    address: str
    source: str
    loan_minor: int | None
    loan_reference: str
    declared_group_size: int | None


@dataclass(frozen=True, slots=True)
class Renew(Act):
    """A household renews its last cover."""

    household: str
    loan_minor: int | None
    loan_reference: str


@dataclass(frozen=True, slots=True)
class AddDependant(Act):
    """A person enters a household during its cover."""

    household: str
    entry: PersonEntry
    entered_on: date


@dataclass(frozen=True, slots=True)
class EndPerson(Act):
    """A person dies; the successor's rank when it was the member."""

    household: str
    rank: int
    died_on: date
    successor: int | None


@dataclass(frozen=True, slots=True)
class MoveGroup(Act):
    """A household goes to another group of its product, in the middle of its contract."""

    household: str
    group: str


@dataclass(frozen=True, slots=True)
class TakePhoto(Act):
    """The missing photo of a person is brought."""

    household: str
    rank: int


@dataclass(frozen=True, slots=True)
class Pay(Act):
    """A payer pays all that falls due for a household before ``until``; nothing when it is nil."""

    household: str
    payer: str
    channel: str
    reference: str
    until: date


@dataclass(frozen=True, slots=True)
class Slip(Act):
    """A holder of cash lists all receipts not listed yet (the key names the slip)."""


@dataclass(frozen=True, slots=True)
class Deposit(Act):
    """The cash of a slip reaches the main account."""

    slip: str


@dataclass(frozen=True, slots=True)
class Sweep(Act):
    """All that lies on the mobile-money account goes to the main account."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act or drug on the provider's paper."""

    item: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class AskClaim(Act):
    """A claim is entered; ``provider`` and the items are codes of the demonstration's lists."""

    household: str
    rank: int
    provider: str
    circuit: str
    channel: str
    care_on: date
    received_on: date
    lines: tuple[Line, ...]
    attestation: str
    invoice: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Review(Act):
    """The medical adviser confirms every claim in review received before a day."""

    received_before: date


@dataclass(frozen=True, slots=True)
class Approve(Act):
    """What the rules decided is approved by the finance officer's run, what a person reviewed by
    the director."""


@dataclass(frozen=True, slots=True)
class MakeBatch(Act):
    """Every approved claim goes into a batch (the key names it); nothing when there is none."""


@dataclass(frozen=True, slots=True)
class Authorise(Act):
    """The director signs a batch."""

    batch: str


@dataclass(frozen=True, slots=True)
class PayBatch(Act):
    """The payouts of a batch are made; those that nobody fetched in time wait for a later act."""

    batch: str
    fetched_late: bool


@dataclass(frozen=True, slots=True)
class Spend(Act):
    """A running cost is paid from the main account."""

    role: str
    amount_minor: int
    label: str


@dataclass(frozen=True, slots=True)
class ReceiveGrant(Act):
    """A partner's money for running costs arrives on the main account."""

    amount_minor: int
    label: str


@dataclass(frozen=True, slots=True)
class BearCharge(Act):
    """The bank's charge of a month is written into the books."""

    amount_minor: int
    label: str


ORDER: tuple[type[Act], ...] = (
    Open, ReceiveGrant, Enrol, Renew, AddDependant, MoveGroup, EndPerson, TakePhoto, Pay, AskClaim,
    Review, Approve, Slip, Deposit, Sweep, MakeBatch, Authorise, PayBatch, Spend, BearCharge,
)  # fmt: skip
"""The order of the acts of one day."""

_RANKS = {kind: rank for rank, kind in enumerate(ORDER)}


def in_order(acts: list[Act]) -> list[Act]:
    """The acts by day, within a day by kind, otherwise as they were planned."""
    return sorted(acts, key=lambda act: (act.day, _RANKS[type(act)]))

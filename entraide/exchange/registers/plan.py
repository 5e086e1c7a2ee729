"""What a table would change, before anything is written: lines, faults, remarks, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.ledger.models import Account
from entraide.apps.providers.models import TariffList
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.families import Progress, Versions
from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Finding
from entraide.files.table_reading import Table

MOST_LINES = 100_000


class Action(StrEnum):
    """What becomes of a row or a family."""

    CREATE = "create"
    ADD = "add"  # a person to a family that is here
    NUMBER = "number"  # the number of an old card, by which somebody here is found from now on
    RENEW = "renew"
    REFINANCE = "refinance"  # a loan before the term of the one before
    PAY = "pay"
    END = "end"
    PAID_OUT = "paid_out"  # a payment that the bank has made
    COME_BACK = "come_back"  # a payment that it has not
    ARCHIVE = "archive"  # kept as it is: no register has a place for it
    KNOWN = "known"  # imported before: nothing changes
    DIFFERS = "differs"  # here, with facts that the file says otherwise: somebody decides
    ALIKE = "alike"  # somebody here resembles: left out unless asked for
    UNMATCHED = "unmatched"  # a client, or a photo, whom nobody here is known to be
    ASIDE = "aside"  # somebody here, with an amount that is to be settled first
    SETTLED = "settled"  # set aside before, and settled otherwise
    LEFT_OUT = "left_out"  # a file that cannot be used; a remark says why


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the import would do, with its place in the file and whom it concerns."""

    action: Action
    place: str
    label: str
    row: int = 0
    key: str = ""
    amount_minor: int | None = None
    household_uid: UUID | None = None
    household_number: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What the file does not say. ``with_alike``: enrol also who resembles somebody here.

    ``enrolled_on`` is the day of the act for rows that say none: of prices, that of their effect.
    """

    product: Product | None = None
    group: PartnerGroup | None = None
    enrolled_on: date | None = None
    account: Account | None = None
    with_alike: bool = False
    tariff_list: TariffList | None = None


def silent(step: str, done: int, total: int) -> None:
    """Nobody waits for news."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a table is planned, by whom, on which day, with which options.

    ``content``: the file itself, for what is more than a table.
    """

    mutual: Mutual
    actor: User
    on: date
    table: Table
    options: Options
    versions: Versions = field(default_factory=Versions)
    progress: Progress = silent
    content: bytes = b""


Write = Callable[[ImportRun], None]


@dataclass
class Plan:
    """What would be done. ``write`` does it, inside the caller's transaction and scope.

    ``counts`` are told at the end by their English names (``households``, ``persons`` …).
    """

    asked: Asked
    lines: list[Line] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    write: Write = lambda run: None

    def __post_init__(self) -> None:
        self.faults += self.asked.table.faults
        self.remarks += self.asked.table.remarks

    @property
    def by_action(self) -> Mapping[Action, int]:
        """How many lines of each action, in the order of the actions."""
        counted = Counter(line.action for line in self.lines)
        return {action: counted[action] for action in Action if counted[action]}

    @property
    def changes(self) -> int:
        """How many lines would write something."""
        idle = {
            Action.KNOWN, Action.DIFFERS, Action.ALIKE, Action.UNMATCHED, Action.ASIDE,
            Action.SETTLED, Action.LEFT_OUT,
        }  # fmt: skip
        return sum(line.action not in idle for line in self.lines)


def to_json(finding: Finding) -> dict[str, Any]:
    """A remark as the run keeps it."""
    from entraide.apps.access.services import plain

    shown = {key: plain(value) for key, value in finding.data.items()}
    return {"code": finding.code, "place": finding.place, "data": shown}

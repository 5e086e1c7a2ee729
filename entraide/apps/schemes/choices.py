"""The choices that a mutual makes for itself, by name: what ``Mutual.settings`` may hold.

A choice is a value that one line of code may read without a query (``HELP_NUMBER.of(mutual)``):
a text, a rate, a flag, a number, or one option among several. To add one, write it here with its
title and meaning, put it in ``CHOICES``, and give both texts their French. Values are changed by
the command ``change_choice`` only (``schemes.choosing``), which keeps every change.

Rules that open or close rights are not choices: they have a day, and two persons.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_noop as _

from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.texts import unseen_character

Value = TypeVar("Value")


class ChoiceKind(StrEnum):
    """How a choice is asked for on the screen."""

    TEXT = "text"
    RATE = "rate"
    FLAG = "flag"
    NUMBER = "number"
    OPTION = "option"


class ChoiceArea(StrEnum):
    """Under which heading a choice stands; the headings are in ``web.names``."""

    CARDS = "cards"
    CONTRIBUTIONS = "contributions"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Choice(ABC, Generic[Value]):
    """One choice. ``default`` is the kept value of a mutual that has said nothing.

    ``title`` and ``meaning`` are English texts with a French translation; ``since`` is the version
    of the product that first knew the choice.
    """

    name: str
    title: str
    meaning: str
    default: Any
    area: ChoiceArea
    since: str

    @property
    @abstractmethod
    def kind(self) -> ChoiceKind:
        """How the value is asked for."""

    @abstractmethod
    def fault(self, kept: Any) -> Finding | None:
        """What is wrong with a value as ``Mutual.settings`` would keep it, or None."""

    @abstractmethod
    def read(self, kept: Any) -> Value:
        """The kept value as the code works with it."""

    @abstractmethod
    def kept_of(self, written: str) -> Any:
        """What is kept for a value written in a form, not checked yet."""

    def of(self, mutual: Mutual) -> Value:
        """The choice of a mutual, its default when it has said nothing. No query."""
        return self.read(mutual.settings.get(self.name, self.default))

    def is_chosen(self, mutual: Mutual) -> bool:
        """Whether the mutual has said something, be it the default."""
        return self.name in mutual.settings

    def _fault(self, code: str, kept: Any, **data: Any) -> Finding:
        place = f"settings.{self.name}"
        return Finding(code, place=place, data={"name": self.name, "value": str(kept), **data})


@dataclass(frozen=True, slots=True)
class TextChoice(Choice[str]):
    """Words of the mutual's own, on at most ``lines`` lines of ``longest`` characters together."""

    longest: int = 120
    lines: int = 1

    @property
    def kind(self) -> ChoiceKind:
        return ChoiceKind.TEXT

    def fault(self, kept: Any) -> Finding | None:
        fits = isinstance(kept, str) and len(kept) <= self.longest
        if not fits or len(kept.splitlines()) > self.lines:
            limits = {"maximum": self.longest, "lines": self.lines}
            return self._fault("SETTING_TEXT_LONG", kept, **limits)
        if character := unseen_character(kept):
            return self._fault("TEXT_UNSEEN_CHARACTER", kept, character=character)
        return None

    def read(self, kept: Any) -> str:
        return str(kept)

    def kept_of(self, written: str) -> Any:
        return "\n".join(line.strip() for line in written.strip().splitlines())


@dataclass(frozen=True, slots=True)
class RateChoice(Choice[Decimal]):
    """A rate between 0 and 1, kept as text: a float would not be exact."""

    @property
    def kind(self) -> ChoiceKind:
        return ChoiceKind.RATE

    def fault(self, kept: Any) -> Finding | None:
        try:
            is_rate = isinstance(kept, str) and Decimal(0) <= Decimal(kept) <= Decimal(1)
        except InvalidOperation:
            is_rate = False
        return None if is_rate else self._fault("SETTING_INVALID", kept)

    def read(self, kept: Any) -> Decimal:
        return Decimal(kept)

    def kept_of(self, written: str) -> Any:
        """``0,3`` and ``30 %`` are the same rate."""
        text = "".join(written.split()).replace(",", ".")
        if not text.endswith("%"):
            return text
        try:
            return str(Decimal(text[:-1]).scaleb(-2))
        except InvalidOperation:
            return written


@dataclass(frozen=True, slots=True)
class FlagChoice(Choice[bool]):
    """Yes or no: whether the mutual has something, or does it."""

    @property
    def kind(self) -> ChoiceKind:
        return ChoiceKind.FLAG

    def fault(self, kept: Any) -> Finding | None:
        return None if isinstance(kept, bool) else self._fault("SETTING_NOT_FLAG", kept)

    def read(self, kept: Any) -> bool:
        return bool(kept)

    def kept_of(self, written: str) -> Any:
        return {"yes": True, "no": False}.get(written, written)


@dataclass(frozen=True, slots=True)
class NumberChoice(Choice[int]):
    """A whole number from ``minimum`` to ``maximum``; what it counts ends its name (``_days``)."""

    minimum: int = 0
    maximum: int = 1_000_000

    @property
    def kind(self) -> ChoiceKind:
        return ChoiceKind.NUMBER

    def fault(self, kept: Any) -> Finding | None:
        is_number = isinstance(kept, int) and not isinstance(kept, bool)
        if is_number and self.minimum <= kept <= self.maximum:
            return None
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return self._fault("SETTING_NOT_NUMBER", kept, **limits)

    def read(self, kept: Any) -> int:
        return int(kept)

    def kept_of(self, written: str) -> Any:
        digits = "".join(written.split())
        return int(digits) if digits.isdecimal() and len(digits) <= 18 else written


@dataclass(frozen=True, slots=True)
class OptionChoice(Choice[str]):
    """One option among several; ``options`` maps each to its English title."""

    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> ChoiceKind:
        return ChoiceKind.OPTION

    def fault(self, kept: Any) -> Finding | None:
        if isinstance(kept, str) and kept in self.options:
            return None
        return self._fault("SETTING_NOT_OPTION", kept, options=", ".join(self.options))

    def read(self, kept: Any) -> str:
        return str(kept)

    def kept_of(self, written: str) -> Any:
        return written


HELP_NUMBER = TextChoice(
    "help_number",
    _("Help number"),
    _(
        "The telephone number that a family calls for help; printed on the card, the leaflet and "
        "the receipt."
    ),
    "",
    ChoiceArea.CARDS,
    "0.2.0",
    longest=40,
)

HELP_STEPS = TextChoice(
    "help_steps",
    _("What to do when there is a problem"),
    _(
        "Simple steps for a family that meets a problem at a health centre, one a line; printed "
        "on the back of the card, on the leaflet and on the receipt."
    ),
    "",
    ChoiceArea.CARDS,
    "0.2.0",
    longest=280,
    lines=5,
)

CARD_UNIT_HOUSEHOLD, CARD_UNIT_PERSON = "household", "person"
CARD_UNIT = OptionChoice(
    "card_unit",
    _("Who receives a card"),
    _("Whether a family has one card that names all of its persons, or each person has one."),
    CARD_UNIT_HOUSEHOLD,
    ChoiceArea.CARDS,
    "0.2.0",
    options={
        CARD_UNIT_HOUSEHOLD: _("One card per family"),
        CARD_UNIT_PERSON: _("One card per person"),
    },
)

RUNNING_SHARE_LIMIT = RateChoice(
    "running_share_limit",
    _("Limit of running costs"),
    _("The largest part of a contribution that may go to running costs without a written reason."),
    "0.30",
    ChoiceArea.CONTRIBUTIONS,
    "0.1.0",
)

ARREARS_BEFORE_REENTRY = FlagChoice(
    "arrears_before_reentry",
    _("Arrears are paid before a family comes back"),
    _(
        "Whether a family that comes back after days without cover first pays what it owes of "
        "earlier covers. Otherwise these arrears stay due beside the new cover."
    ),
    False,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)


def _share(subject: str, title: str, meaning: str, default: bool) -> FlagChoice:
    return FlagChoice(f"share_{subject}", title, meaning, default, ChoiceArea.NETWORK, "0.2.0")


SHARE_MEMBERSHIP = _share(
    "membership",
    _("Memberships are shared with the federation"),
    _("Whether the statutes share the numbers of families and persons, never their names."),
    True,
)
SHARE_CONTRIBUTIONS = _share(
    "contributions",
    _("Contributions are shared with the federation"),
    _("Whether the statutes share the figures of contributions and of their collection."),
    True,
)
SHARE_CARE = _share(
    "care",
    _("Care is shared with the federation"),
    _("Whether the statutes share the figures of care: use, mean cost, RSP."),
    True,
)
SHARE_FUNDS = _share(
    "funds",
    _("Funds are shared with the federation"),
    _("Whether the statutes share the figures of funds: running costs, autonomy, reserve."),
    False,
)
SMALL_MUTUAL_PERSONS = NumberChoice(
    "small_mutual_persons",
    _("Small number of persons"),
    _("Below so many persons covered, ratios are shown as fragile in comparisons."),
    1_000,
    ChoiceArea.NETWORK,
    "0.2.0",
)
RENEWAL_RATE_DAYS = NumberChoice(
    "renewal_rate_days",
    _("Days to renew"),
    _("A family that renews within so many days after its term counts as kept."),
    30,
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
    maximum=365,
)

BRIEFING_TARGET = RateChoice(
    "briefing_target",
    _("Groups informed before a tariff takes effect"),
    _(
        "The part of the partner groups that must have been told of a new tariff before it is "
        "approved; below it, whoever approves writes why."
    ),
    "0.80",
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)

EFFORT_LIMIT = RateChoice(
    "effort_limit",
    _("Effort above which families are flagged"),
    _(
        "The contribution as a part of the loan or of the declared income above which a tier of "
        "families is flagged in simulations and in the report of effort."
    ),
    "0.08",
    ChoiceArea.CONTRIBUTIONS,
    "0.2.0",
)

CHOICES: tuple[Choice[Any], ...] = (
    HELP_NUMBER,
    HELP_STEPS,
    CARD_UNIT,
    RUNNING_SHARE_LIMIT,
    ARREARS_BEFORE_REENTRY,
    RENEWAL_RATE_DAYS,
    SHARE_MEMBERSHIP,
    SHARE_CONTRIBUTIONS,
    SHARE_CARE,
    SHARE_FUNDS,
    SMALL_MUTUAL_PERSONS,
    BRIEFING_TARGET,
    EFFORT_LIMIT,
)


def choice_named(name: str) -> Choice[Any]:
    """The choice with this name; ``SETTING_UNKNOWN`` otherwise."""
    for choice in CHOICES:
        if choice.name == name:
            return choice
    raise Refusal("SETTING_UNKNOWN", place=f"settings.{name}", name=name)


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings if every name is a known choice with a value of its kind.

    Refused with every fault at once: ``SETTING_UNKNOWN``, and the faults of each kind.
    """
    faults: list[Finding] = []
    for name, value in settings.items():
        try:
            fault = choice_named(name).fault(value)
        except Refusal as unknown:
            fault = unknown.as_finding()
        if fault is not None:
            faults.append(fault)
    if faults:
        raise RefusedRows(tuple(faults))
    return dict(settings)


def running_share_limit(mutual: Mutual) -> Decimal:
    """The mutual's guard on the running-cost share of a contribution, between 0 and 1."""
    return RUNNING_SHARE_LIMIT.of(mutual)

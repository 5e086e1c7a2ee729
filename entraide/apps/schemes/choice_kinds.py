"""The kinds of choices: how a value is asked for, checked, kept and read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Generic, TypeVar

from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
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
    COLLECTION = "collection"
    CARE = "care"
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
        return {"yes": True, "no": False, "True": True, "False": False}.get(written, written)


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

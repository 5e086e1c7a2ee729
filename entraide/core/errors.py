"""Errors as values: a code with data, no prose.

The sentence is made at display time, in the reader's language, by ``entraide.messages``.
A single command raises a :class:`Refusal`; a batch collects :class:`Finding` values and never
stops at the first. Programmer errors are assertions and crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Refusal(Exception):
    """What was asked cannot be done: ``code`` names why, ``data`` fills the sentence.

    ``place`` says where the fault stands when the input has places: a key path such as
    ``"lines[2].quantity"`` or a ``"row 12, column birth_date"``.
    """

    def __init__(self, code: str, *, place: str = "", **data: Any) -> None:
        super().__init__(code, place, data)
        self.code = code
        self.place = place
        self.data: dict[str, Any] = data

    def __str__(self) -> str:
        return f"{self.code} {self.place} {self.data}".strip()

    def as_finding(self) -> Finding:
        """The same failure as a value, for a batch that goes on."""
        return Finding(self.code, place=self.place, data=self.data)


class RefusedRows(Refusal):
    """Several faults of one input, all shown at once; nothing was recorded."""

    def __init__(self, findings: tuple[Finding, ...], **data: Any) -> None:
        super().__init__("INPUT_REFUSED", count=len(findings), **data)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check has to say: a code, the amount it takes away (minor units), its data.

    ``amount_minor`` is 0 for a remark that costs nothing.
    """

    code: str
    amount_minor: int = 0
    place: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

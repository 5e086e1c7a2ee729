"""How one bank or operator writes its CSV statements: a YAML file, no Python.

The profiles stand in ``rules/countries/<country>/banks/``. A profile is dated by its sample file
in the tests: a bank that changes its columns gets a new profile, the old one stays readable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import CURRENCIES

_Header = Annotated[str, StringConstraints(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Titles(_Strict):
    """The name of the profile as people choose it."""

    fr: _Header
    en: _Header


class Columns(_Strict):
    """The header of each column. Headers are compared without case, accents' order or blanks.

    Either ``amount`` (signed) or both ``debit`` and ``credit``; ``fee`` is what the operator takes
    on top of the amount and becomes a line of its own. Several ``label`` columns are joined.
    """

    booked_on: _Header
    value_on: _Header | None = None
    label: Annotated[list[_Header], Field(min_length=1)]
    reference: _Header | None = None
    bank_reference: _Header | None = None
    bank_code: _Header | None = None
    amount: _Header | None = None
    debit: _Header | None = None
    credit: _Header | None = None
    fee: _Header | None = None
    balance: _Header | None = None
    status: _Header | None = None


class Statuses(_Strict):
    """What the status column may say; any other word is a fault, so that nothing is lost."""

    booked: Annotated[list[_Header], Field(min_length=1)]
    pending: list[_Header] = []
    ignored: list[_Header] = []


class Marks(_Strict):
    """Words that begin the rows around the lines; the value stands in a later cell of the row."""

    account: _Header | None = None
    opening: _Header | None = None
    closing: _Header | None = None
    ignored: list[_Header] = []


class BankProfile(_Strict):
    """One form of CSV statement. ``date_format`` is that of ``datetime.strptime``."""

    profile: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,49}$")]
    title: Titles
    kind: Literal["bank", "mobile_money", "microfinance"]
    currency: str
    encodings: Annotated[list[str], Field(min_length=1)] = ["utf-8-sig", "cp1252"]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ";"
    date_format: _Header = "%d/%m/%Y"
    decimal_mark: Literal[",", "."] = ","
    order: Literal["oldest_first", "newest_first"] = "oldest_first"
    columns: Columns
    statuses: Statuses | None = None
    marks: Marks = Marks()


def read_profile(path: Path) -> BankProfile:
    """The profile in a YAML file; refused with every fault at once (:class:`RefusedRows`)."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise Refusal("PROFILE_UNREADABLE", place=path.name, file=path.name) from None
    return parse_profile(document)


def parse_profile(document: object) -> BankProfile:
    """The same from a plain mapping. Codes: ``PROFILE_KEY``, ``PROFILE_AMOUNT_COLUMNS``,
    ``PROFILE_BALANCE``, ``PROFILE_STATUS``, ``PROFILE_ENCODING``, ``CURRENCY_UNKNOWN``."""
    try:
        profile = BankProfile.model_validate(document)
    except ValidationError as error:
        findings = [
            Finding(
                "PROFILE_KEY",
                place=".".join(str(step) for step in fault["loc"]),
                data={"value": str(fault["input"])[:60], "reason": fault["type"]},
            )
            for fault in error.errors(include_url=False)
        ]
        raise RefusedRows(tuple(findings)) from None
    faults = _contradictions(profile)
    if faults:
        raise RefusedRows(faults)
    return profile


def _contradictions(profile: BankProfile) -> tuple[Finding, ...]:
    columns, marks = profile.columns, profile.marks
    faults: list[Finding] = []
    has_both_sides = columns.debit is not None and columns.credit is not None
    has_one_side = (columns.debit is None) != (columns.credit is None)
    if (columns.amount is not None) == has_both_sides or has_one_side:
        faults.append(Finding("PROFILE_AMOUNT_COLUMNS", place="columns"))
    has_marks = marks.opening is not None and marks.closing is not None
    if columns.balance is None and not has_marks:
        faults.append(Finding("PROFILE_BALANCE", place="columns.balance"))
    if (columns.status is None) != (profile.statuses is None):
        faults.append(Finding("PROFILE_STATUS", place="statuses"))
    if profile.currency not in CURRENCIES:
        shown = {"currency": profile.currency}
        faults.append(Finding("CURRENCY_UNKNOWN", place="currency", data=shown))
    for index, encoding in enumerate(profile.encodings):
        try:
            "é".encode(encoding)
        except (LookupError, UnicodeEncodeError):
            place = f"encodings[{index}]"
            faults.append(Finding("PROFILE_ENCODING", place=place, data={"encoding": encoding}))
    return tuple(faults)

"""What a CSV statement of a profile looks like: its columns, and a row as a bank writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from entraide.core.money import currency
from entraide.files.bank_profile import BankProfile

_DAY = datetime(2025, 3, 7, 9, 30)  # noqa: DTZ001 - a statement's day has no time zone
_LABELS = ("Versement", "Section du marché", "Cotisations")
_RECEIVED, _BALANCE = Decimal(15_000), Decimal(265_000)


@dataclass(frozen=True, slots=True)
class ExampleColumn:
    """One column that the file must have: what it holds (a name of ``Columns``), an example."""

    header: str
    holds: str
    example: str


def example_columns(profile: BankProfile) -> tuple[ExampleColumn, ...]:
    """Every column that the reader asks of a file of this profile, in the profile's order.

    The example is one row, a sum received, in the profile's form of days and amounts: a file
    with these headers and this row is read. A bank may put its columns in any order.
    """
    columns = profile.columns
    received, balance = _written(_RECEIVED, profile), _written(_BALANCE, profile)
    day = _DAY.strftime(profile.date_format)
    examples = {
        "booked_on": day,
        "value_on": day,
        "reference": "REC-2025-00012",
        "bank_reference": "OP-4711",
        "bank_code": "VRS",
        "amount": received,
        "debit": "",
        "credit": received,
        "fee": _written(Decimal(0), profile),
        "balance": balance,
        "status": profile.statuses.booked[0] if profile.statuses else "",
    }
    found: list[ExampleColumn] = []
    for holds, headers in columns.model_dump(exclude_none=True).items():
        if holds == "label":
            found += [
                ExampleColumn(header, holds, _LABELS[min(rank, len(_LABELS) - 1)])
                for rank, header in enumerate(headers)
            ]
        else:
            found.append(ExampleColumn(headers, holds, examples[holds]))
    return tuple(found)


def _written(amount: Decimal, profile: BankProfile) -> str:
    """An amount in major units as the profile writes it, without grouping."""
    digits = currency(profile.currency).minor_digits
    return f"{amount:.{digits}f}".replace(".", profile.decimal_mark)

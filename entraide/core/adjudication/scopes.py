"""The keys under which the use of limits, deductibles and shared cases is counted.

A key says what is counted, whose, over what, and for which rule: ``amount:household:year:
ambulatory``. What several claims used adds up under the same key; a count adds one for each case
in which something was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from entraide.core.care_package import Deductible, Limit, Per, Whose

UNIT = 1000  # quantities are counted in thousandths of a unit
_CASE = f"case:{Whose.PERSON.value}:{Per.EPISODE.value}:"
_LIMIT_CASE = f"{_CASE}limit:"
_COUNTS = ("count:", _LIMIT_CASE)


def limit_key(limit: Limit) -> str:
    """Of a limit: minor units (``amount``), cases (``count``) or thousandths (``quantity``)."""
    kind = "quantity"
    if limit.amount_minor is not None:
        kind = "amount"
    elif limit.count is not None:
        kind = "count"
    return f"{kind}:{limit.whose.value}:{limit.per.value}:{limit.code}"


def deductible_key(deductible: Deductible) -> str:
    """Of a deductible over several claims: the minor units taken so far."""
    return f"deductible:{deductible.whose.value}:{deductible.per.value}:{deductible.code}"


def place_of(key: str) -> tuple[Whose, Per]:
    """Whose use a key counts, and over what."""
    _kind, whose, per, _code = key.split(":", 3)
    return Whose(whose), Per(per)


def is_count(key: str) -> bool:
    """Whether it counts the cases of a limit."""
    return key.startswith("count:")


def code_of(key: str) -> str:
    """The code of the limit or deductible that a key counts."""
    return key.split(":", 3)[3]


def case_key(device: str, category: str) -> str:
    """Of the case of a category in one episode.

    ``device``: ``deductible``, ``copayment``, ``flat_rate``, ``paid`` (minor units) or ``counted``
    (1 once a claim of the episode counted as a case).
    """
    return f"{_CASE}{device}:{category}"


def takes_once(key: str) -> bool:
    """Whether it counts what the family pays once, over lines or claims, and not line by line."""
    taken = ("deductible:", case_key("deductible", ""), case_key("copayment", ""))
    return key.startswith(taken)


def limit_case_key(code: str) -> str:
    """Of a limit of a number of cases: 1 once it counted a claim of the episode."""
    return f"{_LIMIT_CASE}{code}"


def thousandths(quantity: Decimal) -> int:
    """A quantity as it is counted."""
    return int(quantity * UNIT)


def of_lines(uses: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What the lines of one claim use together: a claim is one case, however many lines it has."""
    total: dict[str, int] = {}
    for line in uses:
        for key, value in line.items():
            is_count = key.startswith(_COUNTS)
            total[key] = max(total.get(key, 0), value) if is_count else total.get(key, 0) + value
    return total

"""The keys under which the use of limits, deductibles and shared cases is counted.

A key says what is counted and for which rule of the product. What several claims used adds up
under the same key; a count adds one for each claim in which something was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

UNIT = 1000  # quantities are counted in thousandths of a unit
_LIMIT_CASE = "case:limit:"
_COUNTS = ("count:", _LIMIT_CASE)


def amount_key(code: str) -> str:
    """Of a limit of an amount: minor units."""
    return f"amount:{code}"


def count_key(code: str) -> str:
    """Of a limit of a number of cases."""
    return f"count:{code}"


def quantity_key(code: str) -> str:
    """Of a limit of a number of units: thousandths."""
    return f"quantity:{code}"


def deductible_key(code: str) -> str:
    """Of a deductible over several claims: the minor units taken so far."""
    return f"deductible:{code}"


def case_key(device: str, category: str) -> str:
    """Of the case of a category in one episode. ``device``: ``deductible``, ``copayment``,
    ``flat_rate``,
    ``paid`` (minor units) or ``counted`` (1 once a claim of the episode counted as a case)."""
    return f"case:{device}:{category}"


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


def is_of_the_claim(key: str) -> bool:
    """Whether a claim uses it as a whole, and not line by line: deductibles and cases."""
    return key.startswith(("deductible:", "case:")) and not key.startswith(_LIMIT_CASE)


def after_review(uses: Mapping[str, int], payable_minor: int) -> dict[str, int]:
    """What a line uses once a person changed what is paid for it; nothing once nothing is."""
    if not payable_minor:
        return {}
    return {
        key: payable_minor if key.startswith("amount:") else value for key, value in uses.items()
    }

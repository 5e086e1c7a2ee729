"""What the last statement should have shown and did not.

An entry of the last days before a statement ends may well stand on the next one. An older one
is not on its way any more: the bank never received it, or the books tell what never happened.
"""

from __future__ import annotations

from datetime import date

from entraide.core.reconciliation.values import DEFAULT_WINDOW_DAYS


def is_overdue(on: date, closing_on: date, window_days: int = DEFAULT_WINDOW_DAYS) -> bool:
    """Whether a movement of the books stayed away from a statement for longer than the days by
    which a line and its movement may be apart (``window_days``)."""
    return (closing_on - on).days > window_days

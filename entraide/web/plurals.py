"""Words that agree with a number, whole or not: in French the plural begins at two."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language

from entraide.messages.wording import is_plural


def agreeing(value: Decimal | float | None) -> int:
    """1 or 2, for ``ngettext``, which knows whole numbers only: 1,21 is one, 2,4 is many."""
    shown = Decimal(str(value)) if isinstance(value, float) else value
    return 1 + is_plural(0 if shown is None else shown, get_language() or "fr")

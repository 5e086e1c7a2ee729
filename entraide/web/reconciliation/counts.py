"""What waits at reconciliation: the lines that nobody has answered for."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.banking.worksheet import lines_waiting
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Lines proposed, or without any answer; each needs a person."""
    count = lines_waiting(mutual)
    told = ngettext(
        "%(n)d statement line to look at", "%(n)d statement lines to look at", count
    ) % {"n": count}
    return Waiting(count, count > 0, (told,))

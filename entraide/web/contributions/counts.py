"""What waits at contributions: families late, slips to take to the bank."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.contributions.registers import late_total, slips_to_deposit_count
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Families late and slips not deposited; due today when a slip waits."""
    slips = slips_to_deposit_count(mutual)
    late = late_total(mutual, day).households_count
    told = []
    if slips:
        told.append(
            ngettext("%(n)d slip to deposit", "%(n)d slips to deposit", slips) % {"n": slips}
        )
    if late:
        told.append(ngettext("%(n)d family late", "%(n)d families late", late) % {"n": late})
    return Waiting(late + slips, slips > 0, tuple(told))

"""What waits at contributions: the check of the day, families late, slips to take to the bank."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.contributions.daily_check import to_explain_count
from entraide.apps.contributions.registers import late_total, slips_to_deposit_count
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """What the check of the day asks to explain, families late and slips not deposited; due today
    when the check or a slip waits."""
    to_explain = to_explain_count(mutual, day)
    slips = slips_to_deposit_count(mutual)
    late = late_total(mutual, day).households_count
    told = []
    if to_explain:
        told.append(
            ngettext(
                "%(n)d line of the check of the day to explain",
                "%(n)d lines of the check of the day to explain",
                to_explain,
            )
            % {"n": to_explain}
        )
    if slips:
        told.append(
            ngettext("%(n)d slip to deposit", "%(n)d slips to deposit", slips) % {"n": slips}
        )
    if late:
        told.append(ngettext("%(n)d family late", "%(n)d families late", late) % {"n": late})
    return Waiting(late + slips + to_explain, slips + to_explain > 0, tuple(told))

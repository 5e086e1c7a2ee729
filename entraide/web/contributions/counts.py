"""What waits at contributions: families late, slips to take to the bank."""

from __future__ import annotations

from datetime import date

from entraide.apps.contributions.registers import late_total, slips_to_deposit_count
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Families late and slips not deposited; due today when a slip waits."""
    slips_count = slips_to_deposit_count(mutual)
    return Waiting(late_total(mutual, day).households_count + slips_count, slips_count > 0)

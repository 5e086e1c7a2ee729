"""What waits at the step of the report, for the chain: gaps to the tariffs that lasted."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.planning.risk_board import alert_count
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """The alerts of the risk board, from the last export of the registers."""
    count = alert_count(mutual, day)
    told = ngettext("%(n)d gap to the tariff", "%(n)d gaps to the tariff", count) % {"n": count}
    return Waiting(count, count > 0, (told,) if count else ())

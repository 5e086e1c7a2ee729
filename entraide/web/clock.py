"""What day and hour it is: asked at the door only; all below takes them as arguments."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from entraide.apps.schemes.models import Mutual


def now(mutual: Mutual) -> time:
    """The hour and minute on the clock of a mutual: what a form proposes."""
    here = timezone.localtime(timezone=ZoneInfo(mutual.time_zone))
    return here.time().replace(second=0, microsecond=0)


def today(mutual: Mutual | None = None) -> date:
    """The local date of a mutual, in its own time zone (UTC for the network)."""
    zone = ZoneInfo(mutual.time_zone) if mutual is not None else None
    return timezone.localdate(timezone=zone)

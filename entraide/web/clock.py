"""What day it is: asked at the door only; everything below takes the day as an argument."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from entraide.apps.schemes.models import Mutual


def today(mutual: Mutual | None = None) -> date:
    """The local date of a mutual, in its own time zone (UTC for the network)."""
    zone = ZoneInfo(mutual.time_zone) if mutual is not None else None
    return timezone.localdate(timezone=zone)

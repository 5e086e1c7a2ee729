"""Why people do not join, do not renew, or leave: one list of reasons, for all three."""

from __future__ import annotations

from enum import StrEnum


class ObstacleReason(StrEnum):
    """A reason in the words of the field. Those of an exit are the same codes as its end reason."""

    PRICE = "price"  # too dear, or no money at that time of the year
    WELCOME = "welcome"  # badly received, at the health centre or at the mutual
    TRUST = "trust"  # does not trust the mutual, or a promise was not kept
    BENEFITS = "benefits"  # what is covered does not suit
    DISTANCE = "distance"  # no contracted provider near
    NOT_INFORMED = "not_informed"
    DUPLICATE_COVER = "duplicate_cover"  # covered elsewhere already
    GROUP_DECISION = "group_left"  # the group leaves, or decided against
    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"
    OTHER = "other"


class ObstacleKind(StrEnum):
    """When the reason was told."""

    JOINING = "joining"
    RENEWAL = "renewal"
    EXIT = "exit"

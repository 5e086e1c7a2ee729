"""Reasons not to join, not to renew and to leave, and how often each is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncMonth

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import (
    Household,
    HouseholdScore,
    Membership,
    Obstacle,
    PartnerGroup,
)
from entraide.apps.enrolment.services import REFINANCED, EndReason
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.obstacles import ObstacleKind, ObstacleReason

CUTS = ("kind", "area", "group_kind", "group", "segment", "month")
# Ends that nobody chose, or that say nothing of the field.
_NO_OBSTACLE = (EndReason.ENTERED_IN_ERROR.value, REFINANCED, "")


@command("record_obstacle", right=Right.ENROL)
def record_obstacle(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    kind: ObstacleKind,
    reason: ObstacleReason,
    told_on: date,
    name: str = "",
    household: Household | None = None,
    group: PartnerGroup | None = None,
    area: Area | None = None,
    note: str = "",
) -> Obstacle:
    """Somebody told why they do not join, or a family why it does not renew.

    The place and group of a family are its own. An exit is told with ``end_membership``. Refused
    with ``DATE_IN_FUTURE`` or ``OBSTACLE_OF_EXIT``.
    """
    if ObstacleKind(kind) is ObstacleKind.EXIT:
        raise Refusal("OBSTACLE_OF_EXIT", place="kind")
    require_not_future(told_on, on, "told_on")
    if household is not None:
        group, area = group or household.group, area or household.area
    return Obstacle.objects.create(
        mutual=mutual,
        kind=ObstacleKind(kind).value,
        reason=ObstacleReason(reason).value,
        told_on=told_on,
        name=name.strip()[:160],
        household=household,
        group=group,
        area=area,
        note=note.strip()[:200],
        recorded_by=actor,
    )


@dataclass(frozen=True, slots=True)
class ObstacleTable:
    """How often each reason was told: rows by a cut, columns by reason, most frequent first."""

    reasons: tuple[str, ...]
    rows: tuple[tuple[str, dict[str, int], int], ...]
    total: int


def obstacle_table(
    mutual: Mutual, start: date, until: date, by: str, *, within: Area | None = None
) -> ObstacleTable:
    """Reasons told in ``[start, until)`` cut by ``kind``, ``area``, ``group_kind``, ``group``,
    ``segment`` or ``month``. Two queries, whatever the number of rows.

    By ``area`` they are added up along the territory: a row is a place directly inside ``within``
    (the largest ones for None), its key the place's key as text; ``within`` itself stands for
    what was told of that very place. Two more queries, and one per level of the tree.
    """
    assert by in CUTS, by
    counted: Counter[tuple[str, str]] = Counter()
    for rows in (_told(mutual, start, until, by), _exits(mutual, start, until, by)):
        for key, reason, count in rows.order_by().values_list("key", "why", "count"):
            text = key.isoformat() if isinstance(key, date) else str(key or "")
            counted[text, reason] += count
    if by == "area":
        counted = _along_the_tree(counted, within)
    of_reason: Counter[str] = Counter()
    of_row: dict[str, dict[str, int]] = {}
    for (key, reason), count in counted.items():
        of_reason[reason] += count
        of_row.setdefault(key, {})[reason] = count
    rows_shown = [(key, counts, sum(counts.values())) for key, counts in of_row.items()]
    rows_shown.sort(key=lambda row: row[0] if by == "month" else (-row[2], row[0]))  # type: ignore[arg-type,return-value]
    reasons = tuple(reason for reason, _ in of_reason.most_common())
    return ObstacleTable(reasons, tuple(rows_shown), sum(of_reason.values()))


def _along_the_tree(
    counted: Counter[tuple[str, str]], within: Area | None
) -> Counter[tuple[str, str]]:
    """What was told of each place, carried up to the places directly inside ``within``."""
    above = _parents(int(key) for key, _reason in counted if key)
    summed: Counter[tuple[str, str]] = Counter()
    for (key, reason), count in counted.items():
        line = [int(key)] if key else []
        while line and (parent := above.get(line[-1])) is not None:
            line.append(parent)
        line.reverse()  # the largest place first
        if within is None:
            summed[str(line[0]) if line else "", reason] += count
        elif within.pk in line:
            deeper = line[line.index(within.pk) + 1 :]
            summed[str(deeper[0] if deeper else within.pk), reason] += count
    return summed


def _parents(keys: Iterable[int]) -> dict[int, int | None]:
    """Place → the place around it, for these places and all those around them."""
    above: dict[int, int | None] = {}
    wanted = set(keys)
    while wanted:
        found = dict(Area.objects.filter(pk__in=wanted).values_list("pk", "parent"))
        above |= found
        wanted = {each for each in found.values() if each is not None} - above.keys()
    return above


def _told(mutual: Mutual, start: date, until: date, by: str) -> QuerySet[Obstacle]:
    rows = Obstacle.objects.filter(mutual=mutual, told_on__gte=start, told_on__lt=until)
    key = {
        "kind": F("kind"),
        "area": F("area"),
        "group_kind": F("group__kind"),
        "group": F("group__name"),
        "segment": segment_of("household"),
        "month": TruncMonth("told_on"),
    }[by]
    return rows.annotate(key=key, why=F("reason")).values("key", "why").annotate(count=Count("pk"))


def _exits(mutual: Mutual, start: date, until: date, by: str) -> QuerySet[Membership]:
    rows = Membership.objects.filter(
        mutual=mutual, ended_on__gte=start, ended_on__lt=until
    ).exclude(end_reason__in=_NO_OBSTACLE)
    key = {
        "kind": Value(ObstacleKind.EXIT.value, output_field=CharField()),
        "area": F("household__area"),
        "group_kind": F("group__kind"),
        "group": F("group__name"),
        "segment": segment_of("household"),
        "month": TruncMonth("ended_on"),
    }[by]
    return (
        rows.annotate(key=key, why=F("end_reason")).values("key", "why").annotate(count=Count("pk"))
    )


def segment_of(field: str) -> Coalesce:
    """The latest segment of a family, empty for one without a scorecard."""
    latest = HouseholdScore.objects.filter(household=OuterRef(field)).order_by(
        "-answered_on", "-id"
    )
    return Coalesce(Subquery(latest.values("segment")[:1]), Value(""))


def obstacles_told(mutual: Mutual, start: date, until: date) -> QuerySet[Obstacle]:
    """The reasons told in ``[start, until)``, the latest first."""
    return (
        Obstacle.objects.filter(mutual=mutual, told_on__gte=start, told_on__lt=until)
        .select_related("household", "group", "area", "recorded_by")
        .order_by("-told_on", "-id")
    )

"""Who followed whom on which days: what a figure by animator is attributed by.

A family of a group is followed by whoever follows the group; one without group by whoever follows
its area, else the nearest area around it that somebody follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from entraide.apps.enrolment.models import Household, PortfolioAssignment
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import Period


@dataclass(frozen=True, slots=True)
class Followed:
    """Groups, and areas of families without group, that one person followed over some days."""

    period: Period
    groups: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()


def followed_days(mutual: Mutual) -> dict[int, tuple[Followed, ...]]:
    """For each animator (by primary key), what was followed and when.

    A query for the assignments, one for the areas where families live, and one a level of areas.
    """
    assignments = list(PortfolioAssignment.objects.filter(mutual=mutual).order_by("starts_on"))
    groups: dict[tuple[int, Period], set[int]] = defaultdict(set)
    areas: dict[tuple[int, Period], set[int]] = defaultdict(set)
    of_area: dict[int, list[tuple[Period, int]]] = defaultdict(list)
    for each in assignments:
        period = Period(each.starts_on, each.ends_on or date.max)
        if each.group_id is not None:
            groups[each.animator_id, period].add(each.group_id)
        else:
            of_area[each.area_id].append((period, each.animator_id))
    for area, chain in _chains(mutual, of_area).items():
        for period, animator in nearest_first([of_area.get(one, []) for one in chain]):
            areas[animator, period].add(area)
    found: dict[int, list[Followed]] = defaultdict(list)
    for animator, period in sorted({*groups, *areas}, key=lambda key: (key[0], key[1].start)):
        key = (animator, period)
        found[animator].append(
            Followed(period, frozenset(groups.get(key, ())), frozenset(areas.get(key, ())))
        )
    return {animator: tuple(each) for animator, each in found.items()}


def nearest_first(
    levels: Sequence[Iterable[tuple[Period, int]]],
) -> Iterator[tuple[Period, int]]:
    """The days of each animator where the first level that somebody holds decides."""
    held = [list(level) for level in levels]
    days = sorted({day for level in held for period, _ in level for day in period_ends(period)})
    for start, until in pairwise(days):
        for level in held:
            holder = next(
                (who for period, who in level if period.start <= start < period.until), None
            )
            if holder is not None:
                yield Period(start, until), holder
                break


def period_ends(period: Period) -> tuple[date, date]:
    """Its first day and the first day after it."""
    return period.start, period.until


def _chains(mutual: Mutual, assigned: Mapping[int, object]) -> dict[int, tuple[int, ...]]:
    """Each area where families without group live, with those around it, the nearest first."""
    if not assigned:
        return {}
    lived_in = set(
        Household.objects.filter(mutual=mutual, area__isnull=False)
        .order_by()
        .values_list("area_id", flat=True)
        .distinct()
    )
    parents: dict[int, int | None] = {}
    level = lived_in
    while level:
        parents.update(Area.objects.filter(pk__in=level).values_list("pk", "parent_id"))
        around = {parents[area] for area in level}
        level = {area for area in around if area is not None and area not in parents}
    chains = {}
    for area in lived_in:
        chain: list[int] = []
        here: int | None = area
        while here is not None and here not in chain:
            chain.append(here)
            here = parents.get(here)
        if any(one in assigned for one in chain):
            chains[area] = tuple(chain)
    return chains

"""The tree of the territory with its people: population, families covered, penetration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from entraide.apps.enrolment.focal_points import focal_points_on
from entraide.apps.enrolment.models import FocalPoint, Household, Membership, Person
from entraide.apps.enrolment.portfolios import assignments_on
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.nomenclature.models import Area, AreaState
from entraide.apps.nomenclature.places import areas_of
from entraide.apps.schemes.models import Mutual


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A place with what lies in it and in the places inside it, covers of the day."""

    area: Area
    inside_count: int  # places directly inside
    households_count: int
    persons_count: int
    population_count: int | None  # its own, else the sum of those inside that know theirs
    focal_points: tuple[FocalPoint, ...]
    animator: str

    @property
    def penetration(self) -> Decimal | None:
        """Persons covered ÷ population, at most 1; None where nobody counted the population."""
        if not self.population_count:
            return None
        return min(Decimal(1), Decimal(self.persons_count) / Decimal(self.population_count))


def area_rows(mutual: Mutual, parent: Area | None, on: date) -> list[AreaRow]:
    """The places directly inside one (the largest ones for None), by name.

    Eight queries however many places and families there are: families are counted by place in
    the database, and added up along the tree here.
    """
    tree = _Tree(mutual, on)
    areas = list(areas_of(mutual).filter(parent=parent).order_by("name"))
    points = focal_points_on(mutual, areas, on)
    animators = {
        each.area_id: str(each.animator)
        for each in assignments_on(mutual, on).filter(area__in=[area.pk for area in areas])
    }
    return [
        AreaRow(
            area,
            len(tree.inside.get(area.pk, ())),
            tree.sum_of(area.pk, tree.households),
            tree.sum_of(area.pk, tree.persons),
            tree.population(area.pk),
            tuple(points.get(area.pk, ())),
            animators.get(area.pk, ""),
        )
        for area in areas
    ]


def without_place(mutual: Mutual, on: date) -> tuple[int, int]:
    """The families under contract whose place is not known, and their persons. Two queries."""
    covering = _covering(mutual, on)
    families = Household.objects.filter(mutual=mutual, pk__in=covering, area__isnull=True)
    persons = Person.objects.filter(
        present_persons(on), mutual=mutual, household__in=covering, household__area__isnull=True
    )
    return families.count(), persons.count()


def _covering(mutual: Mutual, on: date) -> QuerySet[Membership, Any]:
    """The families that a contract covers on a day, by their keys."""
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    ).values("household")


class _Tree:
    """The places of a mutual's country, who lives in each, and who is covered there."""

    def __init__(self, mutual: Mutual, on: date) -> None:
        self.own_population: dict[int, int | None] = {}
        self.inside: dict[int | None, list[int]] = {}
        every = areas_of(mutual).select_related(None).order_by()
        for pk, above, count in every.values_list("pk", "parent_id", "population_count"):
            self.own_population[pk] = count
            self.inside.setdefault(above, []).append(pk)
        covering = _covering(mutual, on)
        covered = Household.objects.filter(mutual=mutual, pk__in=covering, area__isnull=False)
        self.households = Counter(
            dict(covered.order_by().values_list("area").annotate(count=Count("pk")))
        )
        persons = Person.objects.filter(
            present_persons(on),
            mutual=mutual,
            household__in=covering,
            household__area__isnull=False,
        )
        self.persons = Counter(
            dict(persons.order_by().values_list("household__area").annotate(count=Count("pk")))
        )

    def under(self, area: int) -> list[int]:
        """An area and all those inside it."""
        found, level = [area], [area]
        while level:
            level = [pk for each in level for pk in self.inside.get(each, ())]
            found += level
        return found

    def sum_of(self, area: int, counted: Counter[int]) -> int:
        """What is counted in an area and inside it."""
        return sum(counted[pk] for pk in self.under(area))

    def population(self, area: int) -> int | None:
        """Its own population, else that of the places inside that know theirs."""
        own = self.own_population[area]
        if own is not None:
            return own
        known = [self.population(pk) for pk in self.inside.get(area, ())]
        counted = [each for each in known if each is not None]
        return sum(counted) if counted else None


def without_focal_point(
    mutual: Mutual, on: date, *, everywhere: bool = False
) -> list[tuple[Area, int]]:
    """The places where families live and nobody is focal point, the most families first.

    ``everywhere``: the smallest places of the list too where no family lives yet.
    """
    lived = Household.objects.filter(mutual=mutual, area__isnull=False)
    counts = dict(lived.order_by().values_list("area").annotate(count=Count("pk")))
    asked = Q(pk__in=counts)
    if everywhere:
        holding = Area.objects.filter(parent__isnull=False).values("parent")
        asked |= Q(country=mutual.country) & ~Q(pk__in=holding)
    areas: Sequence[Area] = list(
        Area.objects.filter(asked, state=AreaState.ACCEPTED).select_related(
            "parent__parent__parent"
        )
    )
    known = focal_points_on(mutual, areas, on)
    missing = [(area, counts.get(area.pk, 0)) for area in areas if area.pk not in known]
    return sorted(missing, key=lambda each: (-each[1], each[0].name))

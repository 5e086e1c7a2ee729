"""Finding the place that somebody means: by its name, by another name, or by resemblance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from entraide.apps.access.models import User
from entraide.apps.nomenclature.models import Area, AreaAlias, AreaProposal, AreaState
from entraide.apps.schemes.models import Mutual
from entraide.core.places import place_key, place_parts

RESEMBLES = 78  # of 100, rapidfuzz's weighted ratio: « Adidogome » and « Adido gomé » reach it
PROPOSALS = 6
_ABOVE = "parent__parent__parent__parent"


class Matched(StrEnum):
    """How a place was found."""

    EXACT = "exact"
    ALIAS = "alias"
    PROPOSALS = "proposals"  # several may be meant, or only resemble
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """What a text may mean. ``area`` is sure; ``proposals`` wait for a choice, the likeliest first.

    ``name`` is the place's own name as it was typed, ``within`` the larger place said with it.
    """

    how: Matched
    area: Area | None
    proposals: tuple[Area, ...]
    name: str
    within: Area | None


def areas_of(mutual: Mutual) -> QuerySet[Area]:
    """The places that a mutual may choose: those of its country, and those that it proposed."""
    return Area.objects.filter(
        Q(state=AreaState.ACCEPTED) | Q(state=AreaState.PROPOSED, proposal__mutual=mutual),
        country__in=("", mutual.country),
    ).select_related(_ABOVE)


def match_area(text: str, *, mutual: Mutual, parent: Area | None = None) -> AreaMatch:
    """The place meant by a text among those of a mutual's country: exact, alias or proposals.

    ``"Agbodrafo, Aného"`` looks for Agbodrafo inside Aného; ``parent`` keeps to one larger place.
    A name that several places bear is proposed, not chosen. Spelling is compared by RapidFuzz
    (https://rapidfuzz.github.io/RapidFuzz/, weighted ratio) on keys without accents.
    """
    name, around = place_parts(text)
    key = place_key(name)
    if not key:
        return AreaMatch(Matched.NONE, None, (), name, None)
    places = areas_of(mutual)
    inside = [place_key(each) for each in around]

    def fits(area: Area) -> bool:
        above = line_of(area)[1:]
        keys = {each.name_key for each in above}
        return all(each in keys for each in inside) and (parent is None or parent in above)

    named = [area for area in places.filter(name_key=key) if fits(area)]
    if len(named) == 1:
        return AreaMatch(Matched.EXACT, named[0], (), name, None)
    called = [area for area in places.filter(aliases__name_key=key).distinct() if fits(area)]
    if not named and len(called) == 1:
        return AreaMatch(Matched.ALIAS, called[0], (), name, None)
    proposals = named + [area for area in called if area not in named]
    if not proposals:
        proposals = _resembling(key, places)
        proposals.sort(key=lambda area: not fits(area))  # stable: those inside come first
    within = _only(places.filter(name_key=inside[0]) if inside else ()) or parent
    how = Matched.PROPOSALS if proposals else Matched.NONE
    return AreaMatch(how, None, tuple(proposals[:PROPOSALS]), name, within)


def _only(areas: Iterable[Area]) -> Area | None:
    found = list(areas)
    return found[0] if len(found) == 1 else None


def _resembling(key: str, places: QuerySet[Area]) -> list[Area]:
    """The places whose name or other name resembles a key, the nearest first."""
    keys = dict(places.values_list("pk", "name_key"))
    aliases = AreaAlias.objects.filter(area__in=keys).values_list("area_id", "name_key")
    pairs = [*keys.items(), *aliases]
    near = process.extract(
        key,
        [each for _pk, each in pairs],
        scorer=fuzz.WRatio,
        score_cutoff=RESEMBLES,
        limit=2 * PROPOSALS,
    )
    wanted = list(dict.fromkeys(pairs[index][0] for _text, _score, index in near))
    found = {area.pk: area for area in places.filter(pk__in=wanted)}
    return [found[pk] for pk in wanted if pk in found]


def areas_resembling(area: Area, *, mutual: Mutual) -> list[Area]:
    """The approved places that a proposed one may be: the same name, or one that resembles it."""
    places = areas_of(mutual).filter(state=AreaState.ACCEPTED).exclude(pk=area.pk)
    return _resembling(area.name_key, places)[:PROPOSALS]


def areas_beginning(text: str, *, mutual: Mutual, limit: int = 12) -> list[Area]:
    """The places to offer while a name is typed: those that begin so, then those containing it."""
    key = place_key(place_parts(text)[0])
    if not key:
        return []
    places = areas_of(mutual).order_by("-level", "name")
    first = list(places.filter(Q(name_key__startswith=key))[:limit])
    if len(first) < limit:
        others = places.filter(Q(name_key__contains=key) | Q(aliases__name_key__startswith=key))
        known = {area.pk for area in first}
        first += [each for each in others.distinct()[:limit] if each.pk not in known]
    return first[:limit]


def line_of(area: Area) -> list[Area]:
    """An area and those around it, the smallest first."""
    line = [area]
    while line[-1].parent is not None and len(line) < 8:
        line.append(line[-1].parent)
    return line


def area_label(area: Area) -> str:
    """A place as forms show it: its name and the larger places, by commas."""
    return ", ".join(each.name for each in line_of(area))


def under(area: Area) -> list[int]:
    """The keys of an area and of all those inside it; one query per level."""
    found = [area.pk]
    level: Sequence[int] = found
    while level:
        level = list(Area.objects.filter(parent__in=level).values_list("pk", flat=True))
        found = [*found, *level]
    return found


def record_proposal(
    *,
    mutual: Mutual,
    actor: User,
    proposed_on: date,
    name: str,
    parent: Area | None,
    level: int,
) -> AreaProposal:
    """A place that no list knows, kept for approval; its mutual can choose its row at once."""
    area = Area(
        system="proposed",
        name=" ".join(name.split())[:160],
        level=level,
        parent=parent,
        country=mutual.country,
        state=AreaState.PROPOSED,
    )
    area.code = area.uid.hex
    area.save()
    return AreaProposal.objects.create(
        mutual=mutual, area=area, proposed_by=actor, proposed_on=proposed_on
    )

"""The levels of a country's areas, as its pack names them."""

from __future__ import annotations

from functools import lru_cache

from entraide.rulebook import country_path, read_country
from entraide.rulebook.countries import AreaLevel


@lru_cache(maxsize=32)
def area_levels(country: str) -> tuple[AreaLevel, ...]:
    """The levels from the largest (level 1) to the village or quarter."""
    return read_country(country_path(country)).area_levels


def level_title(country: str, level: int, language: str) -> str:
    """What an area of a level is called: ``Commune``; empty for a level that is not named."""
    levels = area_levels(country)
    if not 1 <= level <= len(levels):
        return ""
    titles = levels[level - 1].titles
    return titles.get(language) or titles.get("fr") or levels[level - 1].code

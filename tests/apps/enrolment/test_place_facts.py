"""What a place of the list counts and is called, with who said it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.contributions.territory import without_focal_point
from entraide.apps.enrolment.place_facts import change_place
from entraide.apps.nomenclature.changes import list_changes
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import Matched, match_area
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.builders import a_key
from tests.people import People

pytestmark = pytest.mark.requirement("R015", begun=True)
TODAY = date(2025, 6, 16)


@pytest.fixture
def village(mutual: Mutual) -> Area:
    return ensure_area(system="test", code="v", name="Kpogan", level=1, country="tg")


def changed(scoped: Mutual, people: People, village: Area, **other: Any) -> Any:
    said: dict[str, Any] = {
        "population_count": 1200, "aliases": ["Kpogan-Plage", " kpogan plage", "Kpogan", ""],
        "source": "Recensement", "stated_on": date(2022, 11, 8),
    } | other  # fmt: skip
    return change_place(
        mutual=scoped, actor=people.coordinator, on=TODAY, idempotency_key=a_key(), area=village,
        **said,
    )  # fmt: skip


def test_population_and_names_are_kept_with_their_source(
    scoped: Mutual, people: People, village: Area
) -> None:
    changed(scoped, people, village)
    village.refresh_from_db()
    assert village.population_count == 1200
    assert list(village.aliases.values_list("name", flat=True)) == ["Kpogan-Plage"]
    assert match_area("KPOGAN PLAGE", mutual=scoped).how is Matched.ALIAS
    (kept,) = list_changes(village.uid)
    assert (kept.source, kept.after["population"]) == ("Recensement", 1200)
    assert kept.after["stated_on"] == "2022-11-08"
    changed(scoped, people, village, aliases=[], population_count=None)
    assert not village.aliases.exists()


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"source": " "}, "SETTING_SOURCE_MISSING"),
        ({"stated_on": date(2025, 6, 17)}, "DATE_IN_FUTURE"),
        ({"aliases": [f"nom {n}" for n in range(21)]}, "PLACE_NAMES_TOO_MANY"),
        ({"population_count": None, "aliases": []}, "LIST_SAME"),
    ],
)
def test_what_is_refused(
    scoped: Mutual, people: People, village: Area, other: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        changed(scoped, people, village, **other)
    assert refused.value.code == code


def test_places_without_families_can_be_listed_too(scoped: Mutual, village: Area) -> None:
    assert without_focal_point(scoped, TODAY) == []
    assert without_focal_point(scoped, TODAY, everywhere=True) == [(village, 0)]

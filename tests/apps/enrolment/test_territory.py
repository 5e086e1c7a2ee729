"""Villages by name, alias and resemblance; a new one waits for approval and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.enrolment.territory import approve_area, merge_area, propose_area, refuse_area
from entraide.apps.nomenclature.models import Area, AreaState
from entraide.apps.nomenclature.places import Matched, area_label, areas_of, match_area
from entraide.apps.nomenclature.services import ensure_alias, ensure_area
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import a_household, a_key
from tests.people import People

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 16)


@pytest.fixture
def lome(scoped: Mutual) -> Area:
    region = ensure_area(system="test", code="tg-1", name="Maritime", level=1, country="tg")
    return ensure_area(system="test", code="tg-2", name="Golfe 5", level=2, parent=region)


def a_village(name: str, parent: Area) -> Area:
    return ensure_area(
        system="test", code=f"{parent.code}-{name}"[:40], name=name, level=5, parent=parent
    )


def act(people: People, who: str = "awa") -> dict[str, object]:
    return {"actor": getattr(people, who), "on": TODAY, "idempotency_key": a_key()}


def test_a_village_is_found_by_its_name_without_accents(scoped: Mutual, lome: Area) -> None:
    village = a_village("Adidogomé", lome)
    found = match_area("village d'adidogome", mutual=scoped)
    assert (found.how, found.area) == (Matched.EXACT, village)
    assert match_area(area_label(village), mutual=scoped).area == village


def test_a_village_is_found_by_another_name(scoped: Mutual, lome: Area) -> None:
    village = a_village("Agoè-Nyivé", lome)
    ensure_alias(village, "Agoenyive marché")
    assert match_area("AGOENYIVE MARCHE", mutual=scoped).how is Matched.ALIAS


def test_a_misspelt_village_is_proposed_not_chosen(scoped: Mutual, lome: Area) -> None:
    village = a_village("Adidogomé", lome)
    found = match_area("Adidogomme", mutual=scoped)
    assert (found.how, found.area) == (Matched.PROPOSALS, None)
    assert found.proposals[0] == village


def test_a_name_that_two_villages_bear_is_told_by_the_larger_place(
    scoped: Mutual, lome: Area
) -> None:
    other = ensure_area(system="test", code="tg-3", name="Vo", level=2, parent=lome.parent)
    here, there = a_village("Kpogan", lome), a_village("Kpogan", other)
    assert set(match_area("Kpogan", mutual=scoped).proposals) == {here, there}
    assert match_area("Kpogan, Vo", mutual=scoped).area == there
    assert match_area("Kpogan", mutual=scoped, parent=lome).area == here


def test_a_village_of_another_country_is_not_proposed(scoped: Mutual, lome: Area) -> None:
    ensure_area(system="test", code="bf-1", name="Adidogomé", level=1, country="bf")
    assert match_area("Adidogomé", mutual=scoped).how is Matched.NONE


def test_a_new_village_serves_its_mutual_at_once_and_waits_for_somebody_else(
    scoped: Mutual, other_mutual: Mutual, people: People, product: Product, lome: Area
) -> None:
    proposal = propose_area(mutual=scoped, name="Kpogan-Plage", within=lome, **act(people))
    again = propose_area(mutual=scoped, name="kpogan plage", within=lome, **act(people))
    assert again == proposal
    assert (proposal.area.state, proposal.area.level) == (AreaState.PROPOSED, 3)
    assert match_area("Kpogan plage", mutual=scoped).area == proposal.area
    with scope(mutual=other_mutual):
        assert proposal.area not in areas_of(other_mutual)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_area(
            mutual=scoped, proposal=proposal, name="Kpogan", level=5, within=lome, **act(people)
        )
    decided = approve_area(
        mutual=scoped, proposal=proposal, name="Kpogan Plage 1", level=5, within=lome,
        population_count=1200, **act(people, "coordinator"),
    )  # fmt: skip
    assert decided.area.state == AreaState.ACCEPTED
    assert match_area("Kpogan-Plage", mutual=scoped).area == decided.area  # by its first name


def test_whoever_proposes_does_not_approve(scoped: Mutual, people: People, lome: Area) -> None:
    proposal = propose_area(mutual=scoped, name="Zowla", within=lome, **act(people, "coordinator"))
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        approve_area(
            mutual=scoped, proposal=proposal, name="Zowla", level=5, within=lome,
            **act(people, "coordinator"),
        )  # fmt: skip


def test_a_village_joined_to_another_takes_its_families_there(
    scoped: Mutual, people: People, product: Product, lome: Area
) -> None:
    known = a_village("Adidogomé", lome)
    proposal = propose_area(mutual=scoped, name="Adido", within=lome, **act(people))
    household = a_household(scoped, people.awa, product, area=proposal.area)
    merge_area(mutual=scoped, proposal=proposal, into=known, **act(people, "coordinator"))
    household.refresh_from_db()
    assert household.area == known
    found = match_area("Adido", mutual=scoped)
    assert (found.how, found.area) == (Matched.ALIAS, known)


def test_a_refused_village_is_offered_no_more_and_the_family_keeps_its_word(
    scoped: Mutual, people: People, product: Product, lome: Area
) -> None:
    proposal = propose_area(mutual=scoped, name="Nulle-Part", within=lome, **act(people))
    household = a_household(scoped, people.awa, product, area=proposal.area)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        refuse_area(mutual=scoped, proposal=proposal, reason=" ", **act(people, "coordinator"))
    refuse_area(
        mutual=scoped, proposal=proposal, reason="N’existe pas", **act(people, "coordinator")
    )
    household.refresh_from_db()
    assert household.area is not None
    assert household.area.name == "Nulle-Part"
    assert match_area("Nulle-Part", mutual=scoped).area is None
    with pytest.raises(Refusal, match="AREA_ALREADY_DECIDED"):
        merge_area(mutual=scoped, proposal=proposal, into=lome, **act(people, "coordinator"))


def test_an_approved_village_stands_once_and_inside_a_larger_place(
    scoped: Mutual, people: People, lome: Area
) -> None:
    village = a_village("Kpogan", lome)
    proposal = propose_area(mutual=scoped, name="Kpogan II", within=lome, **act(people))
    for change, code in (
        ({"name": "KPOGAN"}, "AREA_ALREADY_THERE"),
        ({"within": None}, "AREA_WITHIN_REQUIRED"),
        ({"within": village}, "AREA_WITHIN_TOO_SMALL"),
        ({"level": 9}, "AREA_LEVEL_UNKNOWN"),
        ({"name": "…"}, "AREA_NAME_MISSING"),
    ):
        asked = {"name": "Kpogan II", "level": 5, "within": lome, **change}
        with pytest.raises(Refusal, match=code):
            approve_area(mutual=scoped, proposal=proposal, **asked, **act(people, "coordinator"))

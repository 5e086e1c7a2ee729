"""Each kind of anomaly on a pattern planted by hand, and honest claims left in peace."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.control.anomalies import (
    Act,
    Anomaly,
    Care,
    Covered,
    Kind,
    Period,
    all_anomalies,
    flagged_claims,
)
from entraide.core.control.attendance import attendance, should_be_by_telephone
from entraide.core.control.runs import chance_of_run, longest_run

MONDAY = date(2025, 3, 3)
ADULT = Covered(date(1988, 4, 12), "F", ((date(2024, 1, 1), None),))
_numbers = itertools.count(1)


def care(**more: object) -> Care:
    known: dict[str, object] = {
        "claim": f"c{next(_numbers)}", "person": "p", "household": "h", "provider": "post",
        "level": "primary", "on": MONDAY, "attestation": "", "stated_minor": 4_321,
        "acts": (Act("CONS"),),
    }  # fmt: skip
    return Care(**{**known, **more})  # type: ignore[arg-type]


def found(*claims: Care, kind: Kind, persons: dict[str, Covered] | None = None) -> list[Anomaly]:
    known = {each.person: ADULT for each in claims} | (persons or {})
    return [each for each in all_anomalies(Period(claims, known)) if each.kind is kind]


def test_two_places_on_one_day_but_not_the_pharmacy() -> None:
    first, second = care(), care(provider="clinic")
    [told] = found(first, second, kind=Kind.TWO_PLACES)
    assert told.claims == (first.claim, second.claim)
    assert told.facts["providers"] == ("clinic", "post")
    assert not found(first, care(provider="shop", level="pharmacy"), kind=Kind.TWO_PLACES)
    assert not found(first, care(), care(provider="clinic", person="q"), kind=Kind.TWO_PLACES)


def test_consecutive_numbers_of_one_family_over_several_days() -> None:
    book = [
        care(attestation=f"A-{number:04}", household=f"h{number}", person=f"p{number}",
             on=MONDAY + timedelta(days=number))
        for number in range(1, 200)
    ]  # fmt: skip
    assert not found(*book, kind=Kind.CONSECUTIVE)
    planted = [
        replace(each, household="x", person="x") if 50 <= place < 54 else each
        for place, each in enumerate(book)
    ]
    [told] = found(*planted, kind=Kind.CONSECUTIVE)
    assert told.who == "x"
    assert (told.facts["first"], told.facts["count"]) == ("A-0051", 4)
    assert told.p_value == pytest.approx(chance_of_run(199, 4, 4))
    one_day = [replace(each, on=MONDAY) for each in planted]
    assert not found(*one_day, kind=Kind.CONSECUTIVE)
    unnumbered = [replace(each, attestation="sans") for each in planted]
    assert not found(*unnumbered, kind=Kind.CONSECUTIVE)


def test_care_outside_the_cover_says_on_which_side() -> None:
    left = Covered(None, "M", ((date(2025, 1, 1), date(2025, 2, 1)),))
    [told] = found(care(), kind=Kind.AFTER_EXIT, persons={"p": left})
    assert told.facts["since"] == date(2025, 2, 1)
    coming = Covered(None, "M", ((date(2025, 4, 1), None),))
    [told] = found(care(), kind=Kind.BEFORE_ENTRY, persons={"p": coming})
    assert told.facts["from"] == date(2025, 4, 1)
    [told] = found(care(), kind=Kind.BEFORE_ENTRY, persons={"p": Covered(None, "", ())})
    assert "from" not in told.facts
    assert not found(care(), kind=Kind.AFTER_EXIT)


def test_the_day_of_exit_is_outside_and_the_day_before_inside() -> None:
    left = {"p": Covered(None, "", ((date(2025, 1, 1), MONDAY),))}
    assert found(care(), kind=Kind.AFTER_EXIT, persons=left)
    assert not found(care(on=MONDAY - timedelta(days=1)), kind=Kind.AFTER_EXIT, persons=left)


def test_impossible_for_sex_or_age() -> None:
    delivery = Act("ACCO", sex="F", min_age_years=12, max_age_years=55)
    man = {"p": replace(ADULT, sex="M")}
    assert [each.facts["act"] for each in found(care(acts=(delivery,)), kind=Kind.SEX, persons=man)]
    assert not found(care(acts=(delivery,)), kind=Kind.SEX)
    child = {"p": replace(ADULT, birth_on=date(2020, 1, 1))}
    [told] = found(care(acts=(delivery,)), kind=Kind.AGE, persons=child)
    assert told.facts["age"] == 5
    old = {"p": replace(ADULT, birth_on=date(1950, 1, 1))}
    assert found(care(acts=(delivery,)), kind=Kind.AGE, persons=old)
    unknown = {"p": Covered(None, "", ADULT.covers)}
    assert not found(care(acts=(delivery,)), kind=Kind.AGE, persons=unknown)
    assert not found(care(acts=(delivery,)), kind=Kind.SEX, persons=unknown)


def habit(provider: str, count: int, shown: int, **changed: object) -> list[Care]:
    """So many claims of a provider, the first ``shown`` of which show a habit."""
    return [
        care(provider=provider, person=f"{provider}{place}", household=f"{provider}{place}",
             **(changed if place < shown else {}))
        for place in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "changed"),
    [(Kind.WEEKEND, {"on": date(2025, 3, 8)}), (Kind.ROUND, {"stated_minor": 5_000})],
)
def test_a_habit_beyond_that_of_the_peers(kind: Kind, changed: dict[str, object]) -> None:
    peers = [*habit("a", 100, 10, **changed), *habit("b", 80, 12, **changed)]
    [told] = found(*peers, *habit("x", 60, 45, **changed), kind=kind)
    assert (told.who, len(told.claims), told.facts["claims"]) == ("x", 45, 60)
    assert told.p_value is not None
    assert told.p_value < 0.001
    assert not found(*peers, *habit("x", 60, 12, **changed), kind=kind)
    assert not found(*peers, *habit("x", 10, 9, **changed), kind=kind)  # too few to say
    assert not found(*habit("a", 100, 10), *habit("x", 60, 45, **changed), kind=kind)


def test_a_holiday_counts_as_a_weekend() -> None:
    claims = (*habit("a", 100, 0), *habit("b", 80, 0),
              *habit("x", 60, 45, on=date(2025, 5, 1)))  # fmt: skip
    known = {each.person: ADULT for each in claims}
    assert not [each for each in all_anomalies(Period(claims, known)) if each.kind is Kind.WEEKEND]
    told = all_anomalies(Period(claims, known, holidays=frozenset({date(2025, 5, 1)})))
    assert [each.who for each in told if each.kind is Kind.WEEKEND] == ["x"]


def test_families_whose_members_all_come_for_the_same() -> None:
    def visits(provider: str, count: int, joint: int) -> list[Care]:
        return [
            care(provider=provider, household=f"{provider}{place}",
                 person=f"{provider}{place}-{member}")
            for place in range(count)
            for member in range(3 if place < joint else 1)
        ]  # fmt: skip

    peers = [*visits("a", 60, 4), *visits("b", 50, 3)]
    [told] = found(*peers, *visits("x", 40, 25), kind=Kind.FAMILY)
    assert (told.who, len(told.claims), told.facts["count"]) == ("x", 75, 25)
    assert not found(*peers, *visits("x", 40, 3), kind=Kind.FAMILY)


def test_honest_claims_are_left_in_peace() -> None:
    chance = random.Random(7)
    told: list[Anomaly] = []
    for _month in range(30):
        claims = [
            care(
                provider=f"post{chance.randrange(6)}", person=f"p{who}", household=f"h{who // 4}",
                on=MONDAY + timedelta(days=chance.randrange(28)), attestation=f"B{number:05}",
                stated_minor=chance.randrange(20, 90) * 100,
            )
            for number, who in enumerate(chance.sample(range(2_000), 300))
        ]  # fmt: skip
        told += all_anomalies(Period(tuple(claims), {each.person: ADULT for each in claims}))
    assert len(told) <= 1


def test_every_kind_is_answered_with_the_claims_it_flags() -> None:
    first, second = care(), care(provider="clinic")
    anomalies = all_anomalies(Period((first, second), {"p": ADULT}))
    flagged = flagged_claims(anomalies)
    assert set(flagged) == set(Kind)
    assert flagged[Kind.TWO_PLACES] == {first.claim, second.claim}
    assert flagged[Kind.WEEKEND] == frozenset()
    assert anomalies[0].key == all_anomalies(Period((first, second), {"p": ADULT}))[0].key


@given(total=st.integers(1, 11), data=st.data())
def test_the_chance_of_a_run_counts_every_arrangement(total: int, data: st.DataObject) -> None:
    marked = data.draw(st.integers(0, total))
    length = data.draw(st.integers(1, 5))
    with_run = sum(
        len(longest_run(places)) >= length
        for places in itertools.combinations(range(total), marked)
    )
    assert chance_of_run(total, marked, length) == pytest.approx(
        with_run / math.comb(total, marked)
    )


def test_a_run_needs_sense() -> None:
    assert longest_run([]) == []
    assert longest_run([7, 3, 4, 4, 9, 8]) == [7, 8, 9]
    with pytest.raises(ValueError, match="marks within"):
        chance_of_run(3, 4, 2)


def test_sessions_that_stay_empty_become_calls() -> None:
    told = attendance([(4, 10_000), (0, 10_000)])
    assert (told.mean, told.cost_per_person_minor) == (2, 5_000)
    assert (attendance([]).mean, attendance([(0, 5)]).cost_per_person_minor) == (None, None)
    assert should_be_by_telephone([9, 1, 2, 0], fewest=3)
    assert not should_be_by_telephone([1, 2, 5], fewest=3)
    assert not should_be_by_telephone([1, 2], fewest=3)

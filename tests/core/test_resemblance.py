"""Who may be one person: names, births as far as they are known, twins, telephones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.resemblance import (
    AROUND,
    EXACT,
    PROPOSED_FROM,
    YEAR,
    Identity,
    NameLikeness,
    birth_likeness,
    resemblance,
)

AFI = Identity(date(2016, 9, 3), sex="F", household="F-1", phone="90112233")
SAME_NAME = NameLikeness(100, 100)


@pytest.mark.parametrize(
    ("birth_on", "precision", "likeness"),
    [
        (date(2016, 9, 3), "exact", 100),
        (date(2016, 3, 9), "exact", 85),
        (date(2016, 9, 30), "exact", 60),
        (date(2016, 1, 1), "exact", 40),
        (date(2015, 9, 3), "exact", 30),
        (date(2015, 9, 4), "exact", 0),
        (date(2016, 1, 1), YEAR, 90),
        (date(2017, 1, 1), YEAR, 60),
        (date(2018, 1, 1), YEAR, 0),
        (date(2012, 1, 1), AROUND, 60),
        (date(2011, 1, 1), AROUND, 0),
    ],
)
def test_births_agree_as_far_as_they_are_known(
    birth_on: date, precision: str, likeness: int
) -> None:
    assert birth_likeness(AFI, Identity(birth_on, precision)) == likeness


def test_twins_are_two_persons() -> None:
    twin = replace(AFI)
    assert resemblance(AFI, twin, NameLikeness(80, 40)) == 0
    assert resemblance(AFI, replace(twin, household="F-2"), NameLikeness(80, 40)) > PROPOSED_FROM
    assert resemblance(AFI, twin, SAME_NAME) == 100  # entered twice


def test_a_shared_telephone_alone_proves_nothing() -> None:
    neighbour = Identity(date(2016, 5, 20), sex="F", household="F-2", phone=AFI.phone)
    assert resemblance(AFI, neighbour, NameLikeness(50, 50)) < PROPOSED_FROM
    assert resemblance(AFI, replace(neighbour, sex="M"), SAME_NAME) < PROPOSED_FROM


identities = st.builds(
    Identity,
    birth_on=st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    precision=st.sampled_from(["exact", "year", "around"]),
    sex=st.sampled_from(["", "F", "M"]),
    household=st.sampled_from(["", "F-1", "F-2"]),
    phone=st.sampled_from(["", "90112233"]),
)
percents = st.integers(0, 100)


@given(identities, identities, percents, percents)
def test_it_does_not_matter_who_is_asked_first(
    first: Identity, second: Identity, whole: int, own: int
) -> None:
    names = NameLikeness(whole, own)
    assert resemblance(first, second, names) == resemblance(second, first, names)
    assert 0 <= resemblance(first, second, names) <= 100


@given(identities, identities, percents, percents, percents)
def test_a_name_more_alike_never_makes_less_likely(
    first: Identity, second: Identity, one: int, two: int, own: int
) -> None:
    low, high = sorted((one, two))
    less = resemblance(first, second, NameLikeness(low, own))
    assert less <= resemblance(first, second, NameLikeness(high, own))


def test_one_name_in_common_and_a_year_prove_nothing() -> None:
    """SAWADOGO and CONGO Mariam, both born « en 1980 »; with one day of birth, a name by marriage."""
    names = NameLikeness(whole=73, given=46)
    by_year = Identity(date(1980, 1, 1), YEAR, "F")
    assert resemblance(by_year, by_year, names) < PROPOSED_FROM
    by_day = Identity(date(1980, 6, 12), EXACT, "F")
    assert resemblance(by_day, by_day, names) >= PROPOSED_FROM

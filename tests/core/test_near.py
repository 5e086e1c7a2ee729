"""Distances on the globe against published ones, and which place is nearest."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.near import EARTH_RADIUS_KM, Point, distance_km, nearest


def at(latitude: str, longitude: str) -> Point:
    return Point(Decimal(latitude), Decimal(longitude))


@pytest.mark.requirement("R068", begun=True)
def test_distances_are_those_of_the_globe() -> None:
    # A degree of the meridian is a 360th of the circle; a quarter of it from the pole to 0°.
    degree = 2 * 3.141592653589793 * EARTH_RADIUS_KM / 360
    assert distance_km(at("0", "0"), at("1", "0")) == pytest.approx(degree)
    assert distance_km(at("90", "0"), at("0", "47")) == pytest.approx(90 * degree)
    assert distance_km(at("0", "179.5"), at("0", "-179.5")) == pytest.approx(
        degree
    )  # the date line
    # Sinnott's formula on its usual example: 36.12 N 86.67 W to 33.94 N 118.40 W, 2 886.4 km on a
    # radius of 6 371 km (R. W. Sinnott's values as computed in many languages).
    assert distance_km(at("36.12", "-86.67"), at("33.94", "-118.40")) == pytest.approx(
        2886.44, rel=1e-5
    )


def test_the_nearest_come_first() -> None:
    places = [(name, at("0", east)) for name, east in
              (("far", "9"), ("near", "1"), ("west", "-2"), ("same", "1"), ("mid", "3"))]  # fmt: skip
    assert [each.place for each in nearest(at("0", "0"), places)] == ["near", "same", "west"]
    assert nearest(at("0", "0"), []) == []


points = st.builds(
    Point,
    st.decimals(-90, 90, places=4),
    st.decimals(-180, 180, places=4),
)


@given(points, points)
def test_a_way_is_as_long_back(one: Point, other: Point) -> None:
    there = distance_km(one, other)
    assert there == pytest.approx(distance_km(other, one), abs=1e-6)
    assert 0 <= there <= 3.1416 * EARTH_RADIUS_KM

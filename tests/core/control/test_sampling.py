"""Samples: sizes from published tables, chances by hand, and estimates right on average."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.control.sampling import Unit, draw, extrapolated, sample_size

MANY = 1_000_000


@pytest.mark.parametrize(
    ("fault", "probability", "size"),
    # Discovery sampling: 59, 299 and 459 are the figures that every table of Arkin's gives.
    [("0.05", "0.95", 59), ("0.01", "0.95", 299), ("0.01", "0.99", 459), ("0.10", "0.90", 22),
     ("0.5", "0.5", 1)],
)  # fmt: skip
def test_sizes_are_those_of_the_tables(fault: str, probability: str, size: int) -> None:
    assert sample_size(Fraction(fault), Fraction(probability), population=MANY) == size


@given(fault=st.integers(1, 99), probability=st.integers(1, 99))
def test_one_claim_fewer_would_not_do(fault: int, probability: int) -> None:
    q, p = Fraction(fault, 100), Fraction(probability, 100)
    size = sample_size(q, p, population=MANY)
    assert 1 - (1 - q) ** size >= p
    assert size == 0 or 1 - (1 - q) ** (size - 1) < p


def test_never_more_than_there_are() -> None:
    assert sample_size(Fraction("0.05"), Fraction("0.95"), population=12) == 12
    with pytest.raises(ValueError, match="strictly"):
        sample_size(Fraction(0), Fraction("0.95"), population=12)


def units(sizes: list[int]) -> list[Unit]:
    return [Unit(f"claim-{place:03}", size) for place, size in enumerate(sizes)]


def test_who_knows_the_seed_draws_the_same_again() -> None:
    listed = units([100, 5, 70, 900, 30, 30, 41, 8])
    drawn = draw(listed, random_count=2, weighted_count=2, seed="2025-03")
    assert drawn == draw(list(reversed(listed)), random_count=2, weighted_count=2, seed="2025-03")
    others = {
        tuple(each.key for each in draw(listed, random_count=2, weighted_count=2, seed=str(n)))
        for n in range(20)
    }
    assert len(others) > 5
    with pytest.raises(ValueError, match="key of its own"):
        draw([Unit("a", 1), Unit("a", 2)], random_count=1, weighted_count=0, seed="x")


def test_what_is_larger_than_a_step_is_taken_for_certain() -> None:
    # 900 of 1 000, two to draw: the step is 500, so 900 is certain and the rest share one place.
    drawn = draw(units([900, 60, 40]), random_count=0, weighted_count=2, seed="s")
    chances = {each.key: each.chance for each in drawn}
    assert chances["claim-000"] == 1
    assert len(drawn) == 2
    assert {"claim-001": Fraction(3, 5), "claim-002": Fraction(2, 5)}.items() >= {
        key: chance for key, chance in chances.items() if key != "claim-000"
    }.items()


@given(
    sizes=st.lists(st.integers(0, 10_000), min_size=1, max_size=30),
    random_count=st.integers(0, 12),
    weighted_count=st.integers(0, 12),
    seed=st.text(max_size=8),
)
def test_each_part_has_its_number(
    sizes: list[int], random_count: int, weighted_count: int, seed: str
) -> None:
    drawn = draw(units(sizes), random_count=random_count, weighted_count=weighted_count, seed=seed)
    assert sum(each.at_random for each in drawn) == min(random_count, len(sizes))
    with_size = sum(1 for size in sizes if size)
    assert sum(each.by_size for each in drawn) == min(weighted_count, with_size)
    assert all(0 < each.chance <= 1 for each in drawn)


def test_claims_are_drawn_as_often_as_their_chance_says() -> None:
    listed, times = units([50, 30, 15, 5]), 4_000
    seen: dict[str, int] = {}
    chances: dict[str, Fraction] = {}
    for seed in range(times):
        for each in draw(listed, random_count=1, weighted_count=1, seed=f"seed-{seed}"):
            seen[each.key] = seen.get(each.key, 0) + 1
            chances[each.key] = each.chance
    assert chances["claim-000"] == 1 - Fraction(3, 4) * Fraction(1, 2)
    for key, chance in chances.items():
        assert seen[key] / times == pytest.approx(float(chance), abs=0.03)


def test_the_whole_is_right_on_average_and_its_band_holds_it() -> None:
    amounts = [1_000 * (1 + place % 7) for place in range(60)]
    faults = [amount if place % 5 == 0 else 0 for place, amount in enumerate(amounts)]
    listed, truth, times = units(amounts), sum(faults), 300
    estimates, inside = 0, 0
    for seed in range(times):
        drawn = draw(listed, random_count=12, weighted_count=12, seed=str(seed))
        looked_at = [(faults[int(each.key[-3:])], each.chance) for each in drawn]
        told = extrapolated(looked_at, random_count=12, is_random_clean=False)
        estimates += told.estimate_minor
        inside += told.low_minor <= truth <= told.high_minor
        assert told.found_minor == sum(amount for amount, _chance in looked_at)
        assert told.low_minor >= told.found_minor
    assert estimates / times == pytest.approx(truth, rel=0.05)
    assert inside / times >= 0.85  # a dozen faults are few: less than the 95 % of many


def test_a_census_says_exactly_what_it_found() -> None:
    told = extrapolated([(500, Fraction(1)), (0, Fraction(1))], random_count=2,
                        is_random_clean=False)  # fmt: skip
    assert (told.low_minor, told.estimate_minor, told.high_minor) == (500, 500, 500)
    assert told.most_faulty_share is None


def test_nothing_found_still_leaves_a_share_possible() -> None:
    told = extrapolated([(0, Fraction(1, 10))] * 59, random_count=59, is_random_clean=True)
    assert told.estimate_minor == told.high_minor == 0
    assert told.most_faulty_share == pytest.approx(0.0495, abs=0.0005)
    census = extrapolated([(0, Fraction(1))] * 8, random_count=8, is_random_clean=True)
    assert census.most_faulty_share == 0
    alone = extrapolated([(100, Fraction(1, 2))], random_count=1, is_random_clean=False)
    assert alone.high_minor > alone.estimate_minor == 200

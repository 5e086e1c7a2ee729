"""Acts that do not go together on one day: which of the two is refused."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.incompatible import Incompatible, clashes

DAY = date(2026, 3, 10)
NAMES = {1: "Échographie", 2: "Radiographie", 3: "Scanner"}
RULE = Incompatible(frozenset({1}), frozenset({2, 3}), date(2026, 1, 1), date(2026, 4, 1))


def test_in_one_claim_the_act_that_the_rule_keeps_is_kept() -> None:
    assert clashes([RULE], [2, 1], [], NAMES, DAY) == {2: "Échographie"}
    assert clashes([RULE], [2, 3], [], NAMES, DAY) == {}


def test_after_an_earlier_claim_whichever_comes_later_is_refused() -> None:
    assert clashes([RULE], [1], [3], NAMES, DAY) == {1: "Scanner"}
    assert clashes([RULE], [3], [1], NAMES, DAY) == {3: "Échographie"}
    assert clashes([RULE], [1], [1], NAMES, DAY) == {}  # a duplicate is another check


def test_a_rule_counts_from_its_first_day_and_no_more_from_its_last() -> None:
    for day, expected in (
        (date(2025, 12, 31), {}), (date(2026, 1, 1), {2: "Échographie"}),
        (date(2026, 3, 31), {2: "Échographie"}), (date(2026, 4, 1), {}),
    ):  # fmt: skip
        assert clashes([RULE], [1, 2], [], NAMES, day) == expected


ACTS = st.lists(st.integers(1, 6), max_size=5)
SIDES = st.frozensets(st.integers(1, 6), max_size=3)


@given(kept=SIDES, refused=SIDES, asked=ACTS, earlier=ACTS)
def test_only_what_is_asked_clashes_and_never_every_act_of_a_day(
    kept: frozenset[int], refused: frozenset[int], asked: list[int], earlier: list[int]
) -> None:
    rule = Incompatible(kept, refused - kept, DAY - timedelta(days=1))
    found = clashes([rule], asked, earlier, {}, DAY)
    assert found.keys() <= set(asked)
    assert found.keys() <= kept | refused
    if not earlier:
        assert not found.keys() & kept  # of one claim, what is kept is paid
    assert clashes([], asked, earlier, {}, DAY) == {}

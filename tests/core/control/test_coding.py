"""Operators who code otherwise than the others are named; those of few codings are not."""

from __future__ import annotations

import random

from entraide.core.control.coding import FEWEST_CODED, coding_differences


def test_who_codes_otherwise_is_named_with_both_bands() -> None:
    counts = {
        ("awa", "consultation"): 80, ("awa", "examinations"): 20,
        ("koffi", "consultation"): 85, ("koffi", "examinations"): 15,
        ("yao", "consultation"): 30, ("yao", "examinations"): 70,
        ("new", "other"): FEWEST_CODED - 1, ("awa", "rare"): 4,
    }  # fmt: skip
    found = {(each.operator, each.code): each for each in coding_differences(counts)}
    assert found["yao", "examinations"].is_more
    assert found["yao", "consultation"].is_less
    assert found["yao", "examinations"].own.estimate == 0.7
    assert found["yao", "examinations"].others.estimate == 35 / 233
    assert not any(operator == "new" or code == "rare" for operator, code in found)


def test_alone_nobody_is_compared() -> None:
    assert coding_differences({}) == ()
    assert coding_differences({("awa", "consultation"): 500}) == ()


def test_who_codes_alike_is_left_in_peace() -> None:
    chance = random.Random(5)
    named = 0
    for _month in range(200):
        counts: dict[tuple[str, str], int] = {}
        for operator in "abcd":
            for _claim in range(60):
                code = chance.choices(("consultation", "examinations", "dental"), (6, 3, 1))[0]
                counts[operator, code] = counts.get((operator, code), 0) + 1
        named += len(coding_differences(counts))
    assert named / (200 * 4 * 3) < 0.005

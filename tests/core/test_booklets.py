"""Holes and doubles of receipt booklets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.booklets import (
    KEY_LENGTH,
    BookletFault,
    BookletFaultKind,
    booklet_faults,
    paper_key,
    range_use,
)

GAP, DOUBLE = BookletFaultKind.GAP, BookletFaultKind.DOUBLE


@pytest.mark.requirement("R036", begun=True)
def test_a_missing_leaf_and_a_number_used_twice_are_named() -> None:
    used = ["A-00001", "a-00002", "A-00005", "B-00007", "A-00005", "B-00008"]
    assert booklet_faults(used) == (
        BookletFault(GAP, "A-", "A-00003", "A-00004", 2, ("A-00002", "A-00005")),
        BookletFault(DOUBLE, "A-", "A-00005", "A-00005", 2, ("A-00005",)),
    )


def test_a_receipt_taken_back_leaves_no_hole_and_its_number_may_serve_again() -> None:
    assert booklet_faults(["A-1", "A-3"], taken_back=["A-2"]) == ()
    assert booklet_faults(["A-1", "A-2"], taken_back=["A-2"]) == ()


def test_numbers_without_digits_and_empty_ones() -> None:
    assert booklet_faults(["", "", "sans numéro"]) == ()
    doubled = booklet_faults(["sans numéro", "Sans  Numéro"])
    assert [(fault.kind, fault.first) for fault in doubled] == [(DOUBLE, "SANSNUMÉRO")]


def test_a_slip_of_the_pen_is_one_hole_not_a_million_rows() -> None:
    (fault,) = booklet_faults(["A-7", "A-900000000000"])
    assert (fault.first, fault.last, fault.count) == ("A-8", "A-899999999999", 899_999_999_992)


@given(st.lists(st.integers(1, 60), min_size=1))
def test_holes_and_what_is_there_make_the_whole_booklet(ranks: list[int]) -> None:
    faults = booklet_faults(f"A-{rank:04d}" for rank in ranks)
    missing = sum(fault.count for fault in faults if fault.kind is GAP)
    assert missing == max(ranks) - min(ranks) + 1 - len(set(ranks))
    doubles = {fault.first: fault.count for fault in faults if fault.kind is DOUBLE}
    assert doubles == {
        f"A-{rank:04d}": ranks.count(rank) for rank in ranks if ranks.count(rank) > 1
    }


@given(
    used=st.lists(st.integers(1, 30), max_size=40),
    voided=st.sets(st.integers(1, 30), max_size=10),
)
def test_every_number_of_a_range_is_used_spoiled_missing_or_left(
    used: list[int], voided: set[int]
) -> None:
    use = range_use(1, 30, used, voided - set(used))
    assert use.used + use.voided + use.missing + use.left == 30
    holes = {rank for first, last in use.holes for rank in range(first, last + 1)}
    assert not holes & {*used, *voided}
    assert set(use.doubles) == {rank for rank in used if used.count(rank) > 1}


def test_a_range_handed_back_has_its_holes_and_nothing_left() -> None:
    use = range_use(1, 50, [1, 2, 5], [4], unused_from=10)
    assert (use.holes, use.left) == (((3, 3), (6, 9)), 0)
    assert use.used + use.voided + use.missing + use.returned == 50
    untouched = range_use(201, 300, [], unused_from=201)
    assert (untouched.holes, untouched.returned) == ((), 100)
    late = range_use(1, 50, [45], unused_from=10)  # a claim came with a number handed back
    assert late.used + late.missing + late.returned == 50


@pytest.mark.parametrize(
    "written", ["WEB-77", "web-77", "WEB 77", "WEB77", "WEB-077", "WEB\u201177", " Web – 77 "]
)
def test_one_number_has_one_key_however_it_is_written(written: str) -> None:
    assert paper_key(written) == "WEB-77"


def test_figures_that_signs_part_stay_apart() -> None:
    assert len({paper_key(text) for text in ("12-3", "1-23", "123", "A1-2", "A12")}) == 5
    assert paper_key("12/3") == paper_key("12 3") == "12-3"
    assert paper_key("***") == "***"
    assert paper_key("") == ""


def test_a_key_is_never_longer_than_its_column() -> None:
    by_turns = "a1" * 30
    assert len(paper_key(by_turns)) <= KEY_LENGTH
    assert paper_key(by_turns) == paper_key(by_turns.upper()) != paper_key("a1" * 29 + "b2")
    assert len(paper_key("\ufdfa" * 60)) <= KEY_LENGTH

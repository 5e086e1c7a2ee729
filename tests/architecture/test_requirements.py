"""The list of requirements is whole, and what a run says of each is told truly."""

from __future__ import annotations

import pytest

from tests.requirements_plugin import Ledger, read_requirements


def test_the_list_has_every_requirement_once_with_its_class() -> None:
    rows = read_requirements()
    assert list(rows) == [f"R{number:03}" for number in range(1, 258)]
    assert {row["class"] for row in rows.values()} == {"core", "next", "out"}


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], "unproven"),
        ([(True, True)], "proven"),
        ([(True, False)], "begun"),
        ([(True, False), (True, True)], "proven"),
        ([(True, True), (False, False)], "begun"),
        ([(False, True)], "begun"),
    ],
)
def test_a_requirement_is_proven_when_all_its_tests_pass_and_one_proves_it_whole(
    outcomes: list[tuple[bool, bool]], state: str
) -> None:
    ledger = Ledger()
    for passed, whole in outcomes:
        ledger.add("R001", passed=passed, whole=whole)
    assert ledger.state("R001") == state

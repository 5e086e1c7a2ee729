"""Which requirements the tests prove.

A test carries ``@pytest.mark.requirement("R025")``; ``begun=True`` says that it proves a part only.
A requirement is *proven* when all its tests passed and one of them proves it whole, *begun* when
it has tests but is not proven, *unproven* when no test names it. Every run ends with one line;
``pytest --requirements`` prints the rows.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[1] / "docs" / "reference" / "requirements.csv"
PROPERTY = "requirement"


def read_requirements(path: Path = REQUIREMENTS) -> dict[str, dict[str, str]]:
    """The rows of the list by number: ``section``, ``title``, ``class`` (core, next, out)."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["number"]: row for row in csv.DictReader(file, delimiter=";")}


class Ledger:
    """What the tests of this run said of each requirement: (the outcome, whether it proves whole)."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[tuple[bool, bool]]] = defaultdict(list)

    def add(self, number: str, *, passed: bool, whole: bool) -> None:
        self.outcomes[number].append((passed, whole))

    def state(self, number: str) -> str:
        """``proven``, ``begun`` or ``unproven``."""
        outcomes = self.outcomes.get(number)
        if not outcomes:
            return "unproven"
        all_passed = all(passed for passed, _whole in outcomes)
        return "proven" if all_passed and any(whole for _passed, whole in outcomes) else "begun"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements", action="store_true", help="list proven, begun and unproven requirements"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEDGER] = Ledger()
    config.pluginmanager.register(_Collector(config.stash[_LEDGER]), "requirements-collector")


_LEDGER = pytest.StashKey[Ledger]()


def _marks(item: pytest.Item) -> Iterator[tuple[str, bool]]:
    for mark in item.iter_markers("requirement"):
        for number in mark.args:
            yield number, not mark.kwargs.get("begun", False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = read_requirements()
    for item in items:
        for number, whole in _marks(item):
            if number not in known:
                raise pytest.UsageError(f"{item.nodeid}: there is no requirement {number}")
            item.user_properties.append((PROPERTY, f"{number}:{'whole' if whole else 'part'}"))


class _Collector:
    """Reads the reports, which also come from the workers of a parallel run."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return  # set-up and tear-down count only when they fail
        for name, value in report.user_properties:
            if name == PROPERTY:
                number, part = str(value).split(":")
                self.ledger.add(number, passed=report.passed, whole=part == "whole")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    ledger = config.stash[_LEDGER]
    rows = read_requirements()
    states: dict[str, list[str]] = {"proven": [], "begun": [], "unproven": []}
    for number, row in rows.items():
        if row["class"] != "out":
            states[ledger.state(number)].append(number)
    if config.getoption("--requirements"):
        for state, numbers in states.items():
            terminalreporter.section(f"requirements {state}: {len(numbers)}")
            for number in numbers:
                row = rows[number]
                terminalreporter.write_line(f"{number}  {row['class']:4}  {row['title']}")
    counts = ", ".join(f"{len(numbers)} {state}" for state, numbers in states.items())
    outside = sum(row["class"] == "out" for row in rows.values())
    terminalreporter.write_line(f"Requirements: {counts}, {outside} that no software can serve.")

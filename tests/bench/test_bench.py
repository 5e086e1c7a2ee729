"""The benchmark runs and says what it measured; how fast is never asserted."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from entraide.bench.figures import Aim, Figure, Limit, Timings
from entraide.bench.measures import names_to_run
from entraide.bench.raw import insert_limit, row_counts, rows_per_command


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", "bench", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.mark.slow
def test_a_short_run_measures_everything_on_a_real_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    names = ("eligibility", "claim", "post", "adjudicate")
    done = bench(*names, "--seconds", "0.4", "--households", "3", "--json")
    assert done.returncode == 0, done.stderr
    figures: list[dict[str, Any]] = json.loads(done.stdout)["figures"]
    assert [figure["name"] for figure in figures] == list(names)
    for figure in figures:
        assert figure["count"] > 0, done.stderr
        assert figure["failures"] == 0
        assert 0 < figure["p50_ms"] <= figure["p95_ms"]
        assert all(limit["per_second"] > 0 for limit in figure["limits"])
        assert 0 < figure["ratio"] < 1
    claim, post = figures[1], figures[2]
    assert claim["limits"][0]["rows"] >= 6  # claim, three lines, decision, journal
    assert post["limits"][0]["rows"] >= 4  # entry, two postings, journal
    assert list(tmp_path.iterdir()) == []


def test_the_table_is_for_people() -> None:
    done = bench("adjudicate", "--seconds", "0.2")
    assert done.returncode == 0, done.stderr
    head, row, *_rest = done.stdout.splitlines()
    assert "limite brute" in head
    assert row.startswith("adjudicate")


@pytest.mark.requirement("R026")
def test_a_tariff_is_tried_on_100_000_families() -> None:
    done = bench("simulate", "--seconds", "0.1", "--json")
    assert done.returncode == 0, done.stderr
    [figure] = json.loads(done.stdout)["figures"]
    assert figure["count"] >= 1
    assert any("100000 families" in note for note in figure["notes"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("fly",), 2),
        (("adjudicate", "--seconds", "nan"), 1),
        (("adjudicate", "--seconds", "0"), 1),
        (("adjudicate", "--households", "0"), 1),
    ],
)
def test_what_cannot_be_measured_is_refused(words: tuple[str, ...], code: int) -> None:
    done = bench(*words, "--json")
    assert done.returncode == code
    assert json.loads(done.stdout)["error"]["code"]


def a_figure(aim: Aim | None, seconds: tuple[float, ...], failures: int = 0) -> Figure:
    timings = Timings(seconds, wall_seconds=2.0, failures=failures)
    limits = (Limit("wide", 100.0), Limit("tight", 10.0))
    return Figure("x", "x", "claims", timings, limits, aim, units_per_success=3)


def test_a_figure_stands_beside_its_tightest_limit() -> None:
    figure = a_figure(None, (0.1, 0.2, 0.3, 0.4))
    assert figure.per_second == 6.0  # four claims of three lines in two seconds
    assert (figure.limit.what, figure.ratio) == ("tight", 0.6)
    assert figure.timings.quantile_ms(0.5) == pytest.approx(300)
    assert figure.timings.quantile_ms(0.95) == pytest.approx(400)


@pytest.mark.parametrize(
    ("aim", "seconds", "failures", "is_met"),
    [
        (None, (0.1,), 0, None),
        (Aim("per_second", 3.0), (0.1, 0.1), 0, True),
        (Aim("per_second", 3.1), (0.1, 0.1), 0, False),
        (Aim("p95_ms", 100.0), (0.1,), 0, True),
        (Aim("p95_ms", 99.0), (0.1,), 0, False),
        (Aim("p95_ms", 100.0), (), 0, False),
        (Aim("per_second", 1.0), (0.1, 0.1), 1, False),
        (Aim("seconds", 2.0), (2.0,), 0, True),
        (Aim("seconds", 1.9), (2.0,), 0, False),
    ],
)
def test_an_aim_is_met_or_not(
    aim: Aim | None, seconds: tuple[float, ...], failures: int, is_met: bool | None
) -> None:
    assert a_figure(aim, seconds, failures).is_met is is_met


def test_the_raw_limit_writes_the_same_rows_elsewhere() -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.sqlite3"
        with sqlite3.connect(base) as connection:
            connection.execute(
                "CREATE TABLE receipt (id INTEGER PRIMARY KEY AUTOINCREMENT, "
                "number TEXT NOT NULL UNIQUE, household INTEGER, day TEXT, UNIQUE (household, day))"
            )
            connection.execute("CREATE TABLE quiet (id INTEGER PRIMARY KEY)")
            connection.execute("INSERT INTO receipt VALUES (7, 'REC-2025-00001', 3, '2025-01-10')")
        before = {"receipt": 0, "quiet": 0}
        after = row_counts(base)
        rows = rows_per_command(before, after, commands=1)
        assert rows == {"receipt": 1}
        limit = insert_limit(base, {"receipt": 5}, seconds=0.05)
        assert limit.per_second > 0
        assert row_counts(base) == after
        assert [path.name for path in Path(folder).glob("raw*")] == []


def test_names_keep_the_order_of_the_catalogue() -> None:
    assert names_to_run(["post", "claim"]) == ("claim", "post")
    assert names_to_run([])[0] == "eligibility"

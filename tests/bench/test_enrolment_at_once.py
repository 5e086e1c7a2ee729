"""Eight clients enrol families at one moment over HTTP: none is lost, no number is missing."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from entraide.bench.clients import closed_loop
from entraide.bench.measures import Bench, scratch_base, scratch_environment
from entraide.bench.pages import enrolment_request
from entraide.bench.raw import SqliteRaw
from entraide.bench.server import PRODUCT, running_server

CLIENTS = 8


@pytest.mark.slow
def test_eight_clients_lose_no_family_and_no_receipt(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    environment = scratch_environment(tmp_path)
    raw = SqliteRaw(tmp_path / "entraide.sqlite3")
    bench = Bench(tmp_path, environment, scratch_base(environment, 3), 3.0, 3, raw)
    with running_server(PRODUCT, environment) as port:
        request = enrolment_request(bench.base, "at-once")
        timings = closed_loop(port, request, clients=CLIENTS, seconds=bench.seconds)
    joined = len(timings.seconds)
    assert timings.failures == 0
    assert joined >= CLIENTS
    with sqlite3.connect(raw.path) as database:
        for prefix, table, column in (
            ("F", "enrolment_household", "number"),
            ("REC", "contributions_contributionpayment", "document_number"),
        ):
            assert _numbers(database, table, column) == _issued(database, prefix)
        today = "SELECT count(*) FROM enrolment_household WHERE enrolled_on = ?"
        (made,) = database.execute(today, (bench.base["received_on"],)).fetchone()
    assert made == joined
    verified = subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", "verify", "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout
    assert not json.loads(verified.stdout).get("findings")


def _numbers(database: sqlite3.Connection, table: str, column: str) -> list[str]:
    """The numbers that stand in a register, in their order."""
    rows = database.execute(f"SELECT {column} FROM {table} ORDER BY {column}")
    return [number for (number,) in rows]


def _issued(database: sqlite3.Connection, prefix: str) -> list[str]:
    """Every number that the books say they gave, in the same order."""
    books = database.execute(
        "SELECT year, last_number FROM schemes_numberbook WHERE prefix = ? ORDER BY year", (prefix,)
    )
    return [
        f"{prefix}-{year}-{number:05d}" for year, last in books for number in range(1, last + 1)
    ]

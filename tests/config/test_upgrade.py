"""A filled base of an earlier version goes through the later migrations with all its rows.

The demonstration is taken back to what a base was before those of claims, providers and
settlement, as an installation of that time holds it, and upgraded as ``migrate`` upgrades any.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

HOUSEHOLDS = "20"
THEN = (("settlement", "0008"), ("providers", "0007"), ("claims", "0009"))
APPS = ("claims_", "providers_", "settlement_", "ledger_", "enrolment_", "contributions_")
# What a later migration reckons again from what stood in the row. The section of the family is told
# by the register, of the day of care: ``Claim.home_branch`` (tests/apps/claims/test_old_claims.py).
RECKONED = {"claims_claim": ("attestation_key",)}

Rows = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]


def _run(data: Path, *words: str) -> str:
    environment = {**os.environ, "ENTRAIDE_DATA": str(data)}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _rows(data: Path, of: Rows | None = None) -> Rows:
    """Every row of the tables of :data:`APPS`; ``of`` an earlier reading: its tables and columns
    only, with those that a migration reckons again."""
    with sqlite3.connect(data / "entraide.sqlite3") as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name.startswith(APPS) and "_search" not in name
        ]
        read: Rows = {}
        for name in sorted(names):
            known = [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
            columns = tuple(sorted(known))
            if of is not None:
                if name not in of:
                    continue
                wanted = {*of[name][0], *RECKONED.get(name, ())}
                columns = tuple(column for column in columns if column in wanted)
            listed = ", ".join(f'"{column}"' for column in columns)
            found = database.execute(f"SELECT {listed} FROM {name} ORDER BY id")
            read[name] = columns, found.fetchall()
    database.close()
    return read


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the base of one file")
def test_a_filled_base_of_an_earlier_version_keeps_its_rows_when_upgraded(tmp_path: Path) -> None:
    entraide = ("-m", "entraide.cli.main")
    _run(tmp_path, *entraide, "demo", "--households", HOUSEHOLDS, "--no-serve", "--json")
    now = _rows(tmp_path)
    for app, migration in THEN:
        _run(tmp_path, "manage.py", "migrate", app, migration, "--verbosity", "0")
    then = _rows(tmp_path)
    assert "settlement_incentiveaward" not in then
    assert "claims_committeesignature" not in then
    assert "attestation_key" not in then["claims_claim"][0]
    for name in ("claims_claim", "claims_decision", "settlement_payout", "providers_agreement"):
        assert then[name][1], f"{name} is filled"
    _run(tmp_path, "manage.py", "migrate", "--verbosity", "0")
    upgraded = _rows(tmp_path, of=then)
    meant = {
        name: [tuple(row[columns.index(column)] for column in upgraded[name][0]) for row in rows]
        for name, (columns, rows) in now.items()
        if name in upgraded
    }
    assert upgraded.keys() == then.keys()
    for name, (_columns, rows) in upgraded.items():
        assert rows == meant[name], name
    # Every entry, register, decision and trigger, as a base that was never taken back.
    _run(tmp_path, *entraide, "verify")

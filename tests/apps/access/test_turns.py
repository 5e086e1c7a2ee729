"""Writers of one SQLite file wait for each other shortly, and never for good."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from entraide.apps.access import turns
from entraide.apps.access.turns import in_turn


def _connection(path: str, *, vendor: str = "sqlite", in_atomic_block: bool = False) -> object:
    return SimpleNamespace(
        vendor=vendor, in_atomic_block=in_atomic_block, settings_dict={"NAME": path}
    )


def test_the_second_writer_begins_when_the_first_has_ended(tmp_path: Path) -> None:
    connection = _connection(str(tmp_path / "base.sqlite3"))
    told: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with in_turn(connection):
            told.append("second")

    other = threading.Thread(target=second)
    other.start()
    with in_turn(connection):
        inside.set()
        time.sleep(0.05)
        told.append("first")
    other.join()
    assert told == ["first", "second"]


def test_who_waits_too_long_goes_on_to_ask_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_WAIT_SECONDS", 0.02)
    connection = _connection(str(tmp_path / "base.sqlite3"))
    told: list[str] = []

    def second() -> None:
        with in_turn(connection):
            told.append("second")

    with in_turn(connection):
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=5)
        assert told == ["second"]
    with in_turn(connection):  # and the lock of the first is given back
        assert told == ["second"]


def test_a_failure_gives_the_turn_back(tmp_path: Path) -> None:
    connection = _connection(str(tmp_path / "base.sqlite3"))
    with pytest.raises(ValueError, match="no"), in_turn(connection):
        raise ValueError("no")
    began = time.monotonic()
    other = threading.Thread(target=lambda: _enter(connection))
    other.start()
    other.join(timeout=5)
    assert time.monotonic() - began < 1


def _enter(connection: object) -> None:
    with in_turn(connection):
        pass


@pytest.mark.parametrize(
    "connection",
    [
        _connection(":memory:"),
        _connection("file:memorydb_default?mode=memory&cache=shared"),
        _connection("/nowhere/at/all/base.sqlite3"),
        _connection("entraide", vendor="postgresql"),
        _connection("/tmp/inside.sqlite3", in_atomic_block=True),
    ],
    ids=["memory", "shared memory", "no folder", "another database", "inside a transaction"],
)
def test_where_there_is_no_turn_to_wait_for_nothing_is_made(connection: object) -> None:
    assert turns._handle(connection) is None
    _enter(connection)

"""A file that a command writes: whole or not at all, and never in the place of a device."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from entraide.cli.writing import replace_file


def test_the_former_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "rapport.xlsx"
    target.write_bytes(b"ancien")
    assert replace_file(target, b"nouveau") == target
    assert target.read_bytes() == b"nouveau"
    assert [path.name for path in tmp_path.iterdir()] == ["rapport.xlsx"]


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "tube"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="tube"):
        replace_file(pipe, b"x")
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["tube"]


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"too long|trop long"):
        replace_file(tmp_path / ("r" * 300), b"x")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from entraide.cli.writing import new_file
with new_file(Path(sys.argv[1]), is_secret=True) as file:
    file.write(b"la moiti")
    file.flush()
    print("written", flush=True)
    time.sleep(60)
"""


def half_written(target: Path) -> subprocess.Popen[str]:
    """A process that writes the file and stands still in the middle."""
    running = subprocess.Popen(
        (sys.executable, "-c", KILLED, str(target)), stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "written\n"
    return running


def test_what_a_killed_run_left_is_recognised_and_taken_away_by_the_next(tmp_path: Path) -> None:
    target = tmp_path / "mutuelle.jsonl"
    target.write_bytes(b"ancien")
    with half_written(target) as running:
        running.kill()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 2
    assert left[0].startswith(".mutuelle.jsonl.")
    assert left[0].endswith(".partiel")
    assert target.read_bytes() == b"ancien"
    replace_file(target, b"nouveau")
    assert [path.name for path in tmp_path.iterdir()] == ["mutuelle.jsonl"]
    assert target.read_bytes() == b"nouveau"


def test_what_another_run_is_writing_is_left_to_it(tmp_path: Path) -> None:
    target = tmp_path / "mutuelle.jsonl"
    with half_written(target) as running:
        replace_file(target, b"nouveau")
        assert len(list(tmp_path.iterdir())) == 2
        running.kill()


def test_the_content_is_on_the_disk_before_it_bears_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, seen = tmp_path / "rapport.xlsx", []
    settle = os.fsync

    def told(number: int) -> None:
        seen.append(target.exists())
        settle(number)

    monkeypatch.setattr(os, "fsync", told)
    replace_file(target, b"nouveau")
    assert seen == [False, True]  # the content, then the name of it in its folder

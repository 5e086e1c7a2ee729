"""A file that a command writes: whole or not at all, and never in the place of a device."""

from __future__ import annotations

import os
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

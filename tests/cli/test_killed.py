"""A command that is killed outright: the books hold, and the same command ends what it began."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "import sys; from entraide.cli.main import main; sys.exit(main())")
DEMO = ("demo", "--households", "20", "--no-serve", "--until", "2026-06-01")


def killed_at(marker: str, place: dict[str, str], *words: str) -> None:
    """Run a command, and kill it without warning as soon as its output shows the marker."""
    with subprocess.Popen(
        (*COMMAND, *words), env=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        assert any(marker in line for line in running.stdout), f"never said {marker}"
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL


def proven(place: dict[str, str]) -> list[str]:
    """The mutuals whose books and registers hold."""
    run = subprocess.run(
        (*COMMAND, "verify", "--json"), env=place, capture_output=True, text=True, check=True
    )
    answer = json.loads(run.stdout)
    assert answer["is_proven"] is True
    return [each["code"] for each in answer["mutuals"]]


@pytest.mark.parametrize("marker", ["2024", "Zems Laafi"])
def test_a_demonstration_that_was_killed_is_made_whole_by_the_next(
    marker: str, tmp_path: Path
) -> None:
    place = {**os.environ, "ENTRAIDE_DATA": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    place.pop("DATABASE_URL", None)
    killed_at(marker, place, *DEMO)
    assert len(proven(place)) < 6
    again = subprocess.run((*COMMAND, *DEMO), env=place, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert "Mot de passe" in again.stdout
    assert len(proven(place)) == 6

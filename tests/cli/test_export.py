"""``entraide export flat``: the files, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from entraide.apps.schemes.models import Mutual
from tests.cli.running import CommandLine
from tests.indicators.three_households import three_households
from tests.people import People


@pytest.fixture
def counted(mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch) -> Mutual:
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
    three_households(mutual, people)
    return mutual


def test_six_files_that_replace_the_former_ones(
    cli: CommandLine, counted: Mutual, tmp_path: Path
) -> None:
    folder = tmp_path / "nouveau" / "2025"
    assert cli.run("export", "flat", counted.code, str(folder)) == 0
    names = [
        "activites.csv",
        "adherents.csv",
        "cotisations.csv",
        "dictionnaire.csv",
        "ecritures.csv",
        "sinistres.csv",
    ]
    assert sorted(path.name for path in folder.iterdir()) == names
    whole = (folder / "ecritures.csv").read_bytes()
    assert cli.run("export", "flat", counted.code, str(folder), "--from", "2001-01") == 0
    assert sorted(path.name for path in folder.iterdir()) == names
    assert len((folder / "ecritures.csv").read_bytes()) < len(whole)


def test_what_it_refuses(cli: CommandLine, counted: Mutual, tmp_path: Path) -> None:
    file = tmp_path / "fichier"
    file.write_text("")
    for folder in (file, file / "dessous", Path("/proc/nowhere")):
        assert cli.run("export", "flat", counted.code, str(folder), "--json") == 1
        assert cli.document["error"]["code"] == "EXPORT_FOLDER_UNWRITABLE"
    for months in (("--from", "2025-13"), ("--from", "2025-03", "--to", "2025-02")):
        assert cli.run("export", "flat", counted.code, str(tmp_path), *months, "--json") == 1
        assert cli.document["error"]["code"].startswith("REPORT_MONTH")
    assert cli.run("export", "flat", "nowhere", str(tmp_path), "--json") == 1
    assert cli.document["error"]["code"] == "MUTUAL_UNKNOWN"
    assert sorted(tmp_path.iterdir()) == [file]

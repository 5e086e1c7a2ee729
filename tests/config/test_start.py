"""A start with a wrong environment is refused with a code and the variable, never a trace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from entraide.config.secret import read_or_make_secret_key
from entraide.config.start import updating
from entraide.core.errors import Refusal
from tests.cli.running import as_a_person


def test_our_own_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = read_or_make_secret_key(folder, "")
    assert len(key) > 60
    assert read_or_make_secret_key(folder, "") == key
    assert (folder / "secret_key").stat().st_mode & 0o077 == 0


def test_a_key_is_taken_from_the_environment_or_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a secret\n", encoding="utf-8")
    assert read_or_make_secret_key(tmp_path, f"file:{file}") == "a secret"
    assert read_or_make_secret_key(tmp_path, "itself") == "itself"


def test_one_step_is_one() -> None:
    assert updating(1) == "Base de données : une étape de mise à jour…"
    assert updating(12) == "Base de données : 12 étapes de mise à jour…"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_named_key_that_cannot_be_read_stops_the_start(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        read_or_make_secret_key(tmp_path, f"file:{file}")
    assert (refused.value.code, refused.value.place) == (
        "SECRET_KEY_UNREADABLE",
        "ENTRAIDE_SECRET_KEY",
    )
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("below", ["", "further"])
def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path, below: str) -> None:
    file = tmp_path / "data"
    file.touch()
    with pytest.raises(Refusal) as refused:
        read_or_make_secret_key(file / below, "")
    assert (refused.value.code, refused.value.place) == ("DATA_FOLDER_UNUSABLE", "ENTRAIDE_DATA")


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("DATABASE_URL", "nonsense", "ENVIRONMENT_INVALID"),
        ("ENTRAIDE_TRUSTED_PROXY_COUNT", "many", "ENVIRONMENT_INVALID"),
        ("ENTRAIDE_SECOND_FACTOR_ROLES", "directeur", "ENVIRONMENT_INVALID"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "DATABASE_UNREACHABLE"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3", "DATABASE_UNREACHABLE"),
        ("ENTRAIDE_SECRET_KEY", "file:nowhere", "SECRET_KEY_UNREADABLE"),
    ],
)
def test_a_wrong_environment_is_a_refusal(
    tmp_path: Path, variable: str, value: str, code: str
) -> None:
    environment = {
        name: text
        for name, text in os.environ.items()
        if name not in ("DATABASE_URL", "ENTRAIDE_SECRET_KEY", "ENTRAIDE_LANGUAGE")
    }
    environment |= {"ENTRAIDE_DATA": str(tmp_path), variable: value}
    done = as_a_person("verify", "--json", environment=environment)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], error["path"]) == (1, code, variable)
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "entraide.sqlite3").write_bytes(b"no database at all, only some text" * 40)
    environment = {**os.environ, "ENTRAIDE_DATA": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    done = as_a_person("verify", "--json", environment=environment)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (
        1,
        "DATABASE_UNREACHABLE",
    )

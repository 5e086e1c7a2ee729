"""``entraide demo`` and ``entraide serve``: what they answer and what they refuse."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from entraide.apps.schemes.models import Mutual
from entraide.cli.commands import demo as demo_command
from entraide.cli.commands import serve
from entraide.cli.main import main
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.demo import database
from tests.builders import a_federation, a_mutual

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "une-mutuelle-en-une-heure.md"


def demo(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command as a person would, in a folder of its own."""
    environment = {**os.environ, "ENTRAIDE_DATA": str(folder)}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", "demo", "--no-serve", "--json", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.requirement("R153")
def test_made_once_kept_afterwards_and_made_anew_only_when_told(tmp_path: Path) -> None:
    code, made = demo(tmp_path, "--households", "20", "--until", "2024-02-06")
    assert (code, made["is_new"], made["households"]) == (0, True, 20)
    assert made["mutuals"][0]["code"] == "atia-sante"
    assert len(made["mutuals"]) == 6
    assert len(made["password"]) > 10
    code, kept = demo(tmp_path)
    assert (code, kept["is_new"]) == (0, False)
    assert "password" not in kept
    assert kept["mutuals"] == made["mutuals"]
    code, anew = demo(tmp_path, "--reset", "--households", "21", "--until", "2024-02-06")
    assert (code, anew["is_new"], anew["households"]) == (0, True, 21)


def test_terminal_names_everybody_of_the_tutorial_and_how_to_open_the_office(
    tmp_path: Path,
) -> None:
    code, made = demo(tmp_path, "--households", "20", "--until", "2024-02-06")
    assert code == 0
    done = subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", "demo", "--no-serve"],
        env={**os.environ, "ENTRAIDE_DATA": str(tmp_path), "ENTRAIDE_LANGUAGE": "fr"},
        capture_output=True,
        text=True,
        check=True,
    )
    known = {person["username"] for person in made["people"]}
    in_tutorial = known & set(re.findall(r"`(\w+)`", TUTORIAL.read_text(encoding="utf-8")))
    assert {"tovo", "solofo", "boureima"} <= in_tutorial
    for username in in_tutorial:
        assert re.search(rf"\b{username} \(", done.stdout), username
    assert "make serve" in done.stdout.splitlines()[-1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--households", "3"], "DEMO_HOUSEHOLDS"),
        (["--households", "40000"], "DEMO_HOUSEHOLDS"),
        (["--until", "2023-05-01"], "DEMO_UNTIL"),
        (["--until", "2999-01-01"], "DEMO_UNTIL"),
    ],
)
def test_sizes_and_days_out_of_range(
    words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--json", "--no-serve", *words]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


@pytest.mark.django_db
def test_somebodys_database_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    a_mutual(a_federation(), "mutuelle-du-port", "Mutuelle du port")
    for words in ([], ["--reset"]):
        assert main(["demo", "--json", "--no-serve", *words]) == 1
        answer = json.loads(capsys.readouterr().out)
        assert answer["error"]["code"] == "DATABASE_NOT_DEMONSTRATION"
    assert Mutual.objects.count() == 1


@pytest.mark.django_db
def test_a_demonstration_is_served_to_its_own_machine_only() -> None:
    out = Output(as_json=False, language="fr")
    mutual = a_mutual(a_federation(), "essai", "Essai")
    Mutual.objects.filter(pk=mutual.pk).update(is_demonstration=True)
    for address in ("0.0.0.0", "192.0.2.7", "entraide.example"):
        with pytest.raises(Refusal) as refusal:
            serve.serve(address, 8000, out)
        assert refusal.value.code == "SERVE_DEMONSTRATION"


@pytest.mark.django_db
def test_a_demonstration_is_served_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(demo_command, "_check", lambda _arguments: None)
    monkeypatch.setattr(demo_command, "_require_same", lambda _arguments: None)
    monkeypatch.setattr(demo_command, "_show", lambda *_all, **_more: None)
    monkeypatch.setattr(database, "found", lambda: database.Found.FINISHED)

    def serve_there(address: str, port: int, _out: Output) -> int:
        asked.append((address, port))
        return 0

    monkeypatch.setattr(serve, "serve", serve_there)
    assert main(["demo", "--port", "8123", "--bind", "127.0.0.2"]) == 0
    assert main(["demo"]) == 0
    assert asked == [("127.0.0.2", 8123), ("127.0.0.1", 8000)]


@pytest.mark.django_db
def test_a_port_in_use_is_named() -> None:
    out = Output(as_json=False, language="fr")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refusal) as refusal:
            serve.serve("127.0.0.1", port, out)
    assert (refusal.value.code, refusal.value.data["port"]) == ("SERVE_PORT_TAKEN", port)
    for port in (0, 70_000):
        with pytest.raises(Refusal) as refusal:
            serve.serve("127.0.0.1", port, out)
        assert refusal.value.code == "SERVE_PORT"

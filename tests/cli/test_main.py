"""The frame of the command line: exit codes, languages, faults of the user and of the program."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from entraide.cli import main as frame
from entraide.core.errors import Finding, Refusal, RefusedRows
from tests.cli.running import CommandLine, as_a_person


def with_command(monkeypatch: pytest.MonkeyPatch, run: object, **traits: object) -> None:
    """Put a command ``trial`` in the frame that does what the test says."""
    module = SimpleNamespace(add_arguments=lambda parser: None, run=run, **traits)
    monkeypatch.setattr(frame, "COMMANDS", (frame.Command("trial", "trial_module", "trial"),))
    monkeypatch.setitem(sys.modules, "trial_module", module)


def refusing(refusal: Exception) -> object:
    def run(arguments: object, out: object) -> None:
        raise refusal

    return run


def test_no_command_is_wrong_usage(cli: CommandLine) -> None:
    assert cli.run() == 2
    assert cli.out == ""
    assert "il manque" in cli.err


def test_wrong_usage_in_json(cli: CommandLine) -> None:
    assert cli.run("fly", "--json") == 2
    assert cli.error["code"] == "USAGE"
    assert "fly" in cli.error["message"]


def test_help_is_french(cli: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.run("--help")
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert "mutuelle de santé" in told
    assert "affiche la version" in told


def test_another_language(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTRAIDE_LANGUAGE", "en")
    assert cli.run("calc", "ratios", "nowhere.json") == 1
    assert "does not exist" in cli.err


def test_a_refusal_is_said_and_written(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    with_command(monkeypatch, refusing(Refusal("CURRENCY_UNKNOWN", place="currency", currency="F")))
    assert cli.run("trial", "--json") == 1
    assert cli.error == {
        "code": "CURRENCY_UNKNOWN",
        "message": "currency\u00a0: La monnaie F n’est pas connue.",
        "path": "currency",
        "details": {"currency": "F", "path": "currency"},
    }
    assert cli.run("trial") == 1
    assert cli.out == ""
    assert "La monnaie F n’est pas connue." in cli.err


def test_refused_rows_name_each_row(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        Finding("AMOUNT_UNREADABLE", place="row 2", data={"row": 2, "text": "douze"}),
        Finding("CURRENCY_UNKNOWN", place="row 5", data={"row": 5, "currency": "F"}),
    )
    with_command(monkeypatch, refusing(RefusedRows(rows)))
    assert cli.run("--json", "trial") == 1
    assert [(each["row"], each["code"]) for each in cli.document["findings"]] == [
        (2, "AMOUNT_UNREADABLE"),
        (5, "CURRENCY_UNKNOWN"),
    ]
    assert "2 points sont à corriger" in cli.err


def test_a_fault_of_ours_shows_no_trace(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTRAIDE_DEBUG", raising=False)
    with_command(monkeypatch, refusing(ZeroDivisionError("by\nzero")))
    assert cli.run("trial", "--json") == 1
    assert cli.error["code"] == "UNEXPECTED"
    assert "Traceback" not in cli.err
    assert cli.err.count("\n") == 1


def test_the_trace_when_asked_for(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTRAIDE_DEBUG", "1")
    with_command(monkeypatch, refusing(ZeroDivisionError("by zero")))
    assert cli.run("trial") == 1
    assert "Traceback" in cli.err


def test_an_interruption_is_no_fault(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(arguments: object, out: object) -> None:
        raise KeyboardInterrupt

    with_command(monkeypatch, run)
    assert cli.run("trial") == 130
    assert "Interrompu" in cli.err


def test_the_database_is_prepared_only_when_needed(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(frame, "_prepare_database", lambda: prepared.append("yes"))
    with_command(monkeypatch, lambda arguments, out: None)
    assert cli.run("trial") == 0
    assert prepared == []
    with_command(monkeypatch, lambda arguments, out: 0, needs_database=True)
    assert cli.run("trial") == 0
    assert prepared == ["yes"]


def test_every_command_that_is_named_is_there() -> None:
    for command in frame.COMMANDS:
        source = frame.LOCALES.parent / (command.module.replace(".", "/") + ".py")
        assert source.is_file(), command.name


def test_calc_starts_fast_and_without_the_heavy_parts() -> None:
    watch = (
        "import sys; from entraide.cli.main import main; main(['calc', 'margin', '--example']); "
        "heavy = {'django', 'numpy', 'scipy', 'pydantic', 'ibis', 'babel'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, check=False)
    elapsed = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    assert elapsed < 2  # 0.1 s on a quiet machine; the promise is 0.5 s, the tests run together


def test_a_closed_pipe_is_silent() -> None:
    done = subprocess.run(
        f"{sys.executable} -m entraide.cli.main calc household-due --schema | true",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert done.stderr == ""


def test_a_terminal_without_accents_still_answers() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = as_a_person("calc", environment=environment)
    assert done.returncode == 0
    assert "contribution" in done.stdout

"""Run the command line in this process, or as a person does, and read what it answers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from entraide.cli.main import main


class CommandLine:
    """One test's command line: ``run`` answers the exit code, then ``out`` and ``err`` are set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.out = self.err = ""
        monkeypatch.setenv("LANGUAGE", "fr")

    def run(self, *words: str, given: bytes = b"") -> int:
        stream = SimpleNamespace(buffer=io.BytesIO(given), isatty=lambda: False)
        self._monkeypatch.setattr(sys, "stdin", stream)
        code = main(words)
        captured = self._capsys.readouterr()
        self.out, self.err = captured.out, captured.err
        return code

    def calculate(self, name: str, document: Any) -> Any:
        """The answer to a document; the calculation must succeed."""
        given = json.dumps(document, default=str).encode()
        assert self.run("calc", name, given=given) == 0, self.err
        return self.document

    @property
    def document(self) -> Any:
        """What stands on standard output, which must be one JSON document."""
        return json.loads(self.out, parse_float=Decimal)

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.document["error"])

    @property
    def places(self) -> list[str]:
        return [finding["path"] for finding in self.document["findings"]]


def as_a_person(
    *words: str, given: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", *words],
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=30,
    )

from __future__ import annotations

import pytest

from entraide.cli.main import COMMANDS
from entraide.cli.reference import PATH, reference_page


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTRAIDE_LANGUAGE", raising=False)


def test_the_page_of_the_command_line_is_current() -> None:
    written = PATH.read_text(encoding="utf-8")
    assert written == reference_page(), "write it again: python -m entraide.cli.reference"


def test_every_command_and_each_inner_one_is_described() -> None:
    page = reference_page()
    assert all(f"\n## `entraide {command.name}`\n" in page for command in COMMANDS)
    assert "\n### `entraide import statements`\n" in page

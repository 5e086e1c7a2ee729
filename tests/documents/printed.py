"""What is printed: the content that the setting of each paper is given, as the office makes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typst


def printed_papers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A list that grows by the content of every paper set from now on; papers are set as usual."""
    papers: list[dict[str, Any]] = []
    compiled = typst.compile

    def kept(main: Any, **options: Any) -> Any:
        inputs = options["sys_inputs"]
        papers.extend(json.loads(text) for text in inputs.values() if text.startswith("{"))
        return compiled(main, **options)

    monkeypatch.setattr("entraide.documents.setting.typst.compile", kept)
    return papers

"""Setting a written paper with Typst; where people only learn, each page says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import typst

from entraide.documents.glyphs import drawn
from entraide.messages import translate

_TRAINING: ContextVar[bool] = ContextVar("papers of a training mutual", default=False)

# Behind the text of every page, whatever its size.
_MARK = """
#set page(background: context rotate(-30deg, text(
  size: if page.width == auto { 24pt } else { page.width / 8 },
  fill: luma(218), weight: "bold", sys.inputs.training,
)))
"""


@contextmanager
def papers_for(*, is_training: bool) -> Iterator[None]:
    """Inside, papers bear the word that they count for nothing, where people only learn."""
    token = _TRAINING.set(is_training)
    try:
        yield
    finally:
        _TRAINING.reset(token)


def training_word(language: str) -> str:
    """FORMATION, in the reader’s language; empty where papers count."""
    return translate("TRAINING", language) if _TRAINING.get() else ""


def set_paper(
    template: Path, name: str, content: dict[str, Any], language: str, *, root: Path | None = None
) -> bytes:
    """The PDF of a content by its template, which reads it from ``sys.inputs`` under ``name``.

    What no font draws shows as a box (:mod:`entraide.documents.glyphs`).
    """
    inputs = {name: json.dumps(drawn(content), ensure_ascii=False)}
    source = template.read_bytes()
    if word := training_word(language):
        inputs["training"] = word
        source = _MARK.encode() + source
    if root is None:
        return typst.compile(source, format="pdf", sys_inputs=inputs)
    main = root / template.name
    main.write_bytes(source)
    return typst.compile(main, root=root, format="pdf", sys_inputs=inputs)

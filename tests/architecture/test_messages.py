"""Every code has its sentence, every sentence its French, with the same data in both."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from entraide.messages import LOCALES, areas, english_sentences
from entraide.messages.compile import merge

PACKAGE = Path(__file__).resolve().parents[2] / "entraide"
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# Calls whose texts in capitals are codes, by what their name says: Refusal, RowRefusal, _fault …
SAYS_A_CODE = re.compile(r"refus|finding|reduc|(?<!de)fault", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{(\w+)")
FRENCH = LOCALES / "fr"


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts_of(call: ast.Call) -> Iterator[ast.expr]:
    if SAYS_A_CODE.search(_name(call)):
        yield from call.args
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "code")


def codes_raised() -> dict[str, str]:
    """Each code that the program can say, with a place that says it."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for text in _texts_of(node):
                value = text.value if isinstance(text, ast.Constant) else None
                if isinstance(value, str) and len(value) > 3 and CODE.fullmatch(value):
                    found[value] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
    return found


def test_every_code_has_a_sentence() -> None:
    known = english_sentences()
    assert {code: where for code, where in codes_raised().items() if code not in known} == {}


def test_no_code_stands_in_two_areas() -> None:
    counted = Counter(code for area in areas().values() for code in area)
    assert [code for code, times in counted.items() if times > 1] == []


def test_no_sentence_is_without_use() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if "sentences" not in path.parts
    )
    used = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", sources))
    assert [code for code in english_sentences() if code not in used] == []


def test_the_french_catalogue_is_finished() -> None:
    _, faults = merge(FRENCH, "fr")
    assert faults == []


def test_every_sentence_is_in_french() -> None:
    merged, _ = merge(FRENCH, "fr")
    missing = [code for code, text in english_sentences().items() if text not in merged]
    assert missing == []


def test_french_names_the_same_data() -> None:
    merged, _ = merge(FRENCH, "fr")
    lost = {}
    for code, english in english_sentences().items():
        message = merged.get(english)
        if message is not None:
            unknown = set(PLACEHOLDER.findall(str(message.string))) - set(
                PLACEHOLDER.findall(english)
            )
            if unknown:
                lost[code] = unknown
    assert lost == {}

"""Any document, however wrong in one place, is calculated or refused with a code and a sentence."""

from __future__ import annotations

import copy
import io
import json
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraide.cli.commands.calc import CALCULATIONS
from entraide.cli.main import main

WRONG = (
    None, True, -1, 0, 10**15, 10**30, -(10**20), 1.5, "", "0.1", "-0", "NaN", "1e999", "٣", "\u0000",
    "2025-02-31", "0000-01-01", "9999-12-31", "2025-01-01", "x" * 1000, [], {}, [[]], ["a"], {"a": 1},
)  # fmt: skip
DROP, REPEAT, ADD = object(), object(), object()

Place = tuple[str | int, ...]


def places(document: Any, above: Place = ()) -> Iterator[Place]:
    """Every place of a document below its top."""
    children = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, child in children:
        yield (*above, key)
        yield from places(child, (*above, key))


def altered(document: Any, place: Place, change: object) -> Any:
    """A copy of the document with one place dropped, repeated, enlarged or replaced."""
    whole = copy.deepcopy(document)
    parent = whole
    for key in place[:-1]:
        parent = parent[key]
    if change is DROP:
        del parent[place[-1]]
    elif change is REPEAT and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[place[-1]]))  # type: ignore[call-overload]
    elif change is ADD and isinstance(parent, dict):
        parent["zzz"] = 1
    elif change not in (REPEAT, ADD):
        parent[place[-1]] = change
    return whole


@pytest.mark.parametrize("name", [each.name for each in CALCULATIONS])
def test_one_wrong_place_is_never_a_fault_of_the_program(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    assert main(["calc", name, "--example"]) == 0
    example = json.loads(capsys.readouterr().out)
    every = list(places(example))

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(every), st.sampled_from((*WRONG, DROP, REPEAT, ADD)))
    def hold(place: Place, change: object) -> None:
        typed = json.dumps(altered(example, place, change)).encode()
        stream = SimpleNamespace(buffer=io.BytesIO(typed), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stream)
        code = main(["calc", name, "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert code in (0, 1)
        if code == 1:
            assert answer["error"]["code"] not in ("", "UNEXPECTED")
            assert answer["error"]["message"]

    hold()

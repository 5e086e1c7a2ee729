"""The catalogue: each figure said in French, each part of a ratio a figure of its own."""

from __future__ import annotations

import pytest

from entraide.indicators.catalogue import BY_CODE, CATALOGUE
from entraide.indicators.reference import PATH, reference_page
from entraide.messages import LOCALES
from entraide.messages.compile import merge


def test_codes_are_unique() -> None:
    assert len(BY_CODE) == len(CATALOGUE)


def test_parts_are_figures() -> None:
    assert {part for each in CATALOGUE for part in each.parts} <= BY_CODE.keys()


def test_a_ratio_and_its_parts_are_cut_alike() -> None:
    assert "category" in BY_CODE["claims_incurred"].dimensions
    assert "category" not in BY_CODE["claims_ratio"].dimensions  # contributions know no category
    assert "group_kind" in BY_CODE["claims_ratio"].dimensions


@pytest.mark.requirement("R145")
def test_names_and_definitions_are_in_french() -> None:
    merged, _ = merge(LOCALES / "fr", "fr")
    texts = [text for each in CATALOGUE for text in (each.name, each.definition)]
    assert [text for text in texts if text not in merged] == []


@pytest.mark.requirement("R145")
def test_the_reference_page_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == reference_page()

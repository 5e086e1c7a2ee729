"""How amounts, rates and days are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from entraide.documents import writing

rates = st.decimals("-3", "3", places=6)


def test_points_are_those_between_the_figures_that_are_shown() -> None:
    now, before = Decimal("0.19755"), Decimal("0.20049")  # 0,294 points apart
    assert (writing.percent(now), writing.percent(before)) == ("19,8\u00a0%", "20,0\u00a0%")
    assert writing.points_between(now, before) == Decimal("-0.2")


@given(rates, rates)
def test_the_shown_figure_of_before_and_the_points_make_the_shown_figure_of_now(
    now: Decimal, before: Decimal
) -> None:
    shown = Decimal(writing.number(before * 100, "en", 1).replace(",", "").replace("−", "-"))
    assert writing.number(shown + writing.points_between(now, before), "fr", 1) == writing.number(
        now * 100, "fr", 1
    )


def test_a_birth_is_written_no_surer_than_it_is_known() -> None:
    on = date(1985, 1, 1)
    told = [writing.birth(on, each) for each in ("exact", "year", "around")]
    assert told == ["1er\u00a0janvier 1985", "1985", "vers\u00a01985"]
    assert writing.birth(on, "around", "en") == "about\u00a01985"
    assert writing.birth_year(on, "exact") == "1985"


def test_a_typed_sentence_takes_the_spaces_of_its_language() -> None:
    typed = "Une nuit : hospitalisation ; « palu » ?"
    told = "Une nuit\u00a0: hospitalisation\u202f; «\u00a0palu\u00a0»\u202f?"
    assert writing.typeset(typed) == told
    assert writing.typeset(told) == told
    assert writing.typeset(typed, "en") == typed

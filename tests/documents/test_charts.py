"""Charts say what they show, carry no style of their own, and hold any values."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.documents import charts, writing
from entraide.documents.charts import Axis, Bar, Words

WORDS = Words("c1", "RSP <de> 2025", "Douze mois & une cible")
AXIS = Axis(0, 100, (0, 50, 100), 1, " %")
VALUES = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=24)


def drawn(svg: str) -> ET.Element:
    """The drawing, which is well formed and has neither style nor script."""
    assert not re.search(r"style=|<style|<script|\son\w+=|nan|inf", svg)
    return ET.fromstring(svg)


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def test_a_line_names_its_target_and_writes_its_ends() -> None:
    root = drawn(
        charts.line_chart(
            WORDS, ["janv.", "févr."], [Decimal("81.5"), Decimal("98.2")], AXIS,
            target=95, target_label="cible 95 %", band=(85, 95), rest=[50, 60], rest_label="avant",
        )
    )  # fmt: skip
    assert root.findtext("title") == "RSP <de> 2025"
    assert root.findtext("desc") == "Douze mois & une cible"
    assert {"81,5\u00a0%", "98,2\u00a0%", "cible 95 %", "avant", "janv.", "févr."} <= set(
        texts(root)
    )


def test_a_bar_is_as_long_as_its_value() -> None:
    root = drawn(charts.bar_chart(WORDS, [Bar("A", 100, "100"), Bar("B", 50, "50", False)]))
    first, second = (float(bar.get("width", "")) for bar in root.iter("rect"))
    assert first == pytest.approx(2 * second, abs=0.2)
    assert [bar.get("class") for bar in root.iter("rect")] == ["c-bar", "c-bar--rest"]


def test_columns_before_the_promise_are_ours() -> None:
    root = drawn(
        charts.column_chart(
            WORDS, [("0–5", 12), ("5–10", 20), ("15+", 0)], promise=2, promise_label="promesse"
        )
    )
    assert [bar.get("class") for bar in root.iter("rect")] == ["c-bar", "c-bar", "c-bar--rest"]
    assert "promesse" in texts(root)


def test_the_parts_of_a_bar_fill_it() -> None:
    root = drawn(
        charts.split_bar("s", "parts", [(30, "c-bar"), (0, "c-bar--2"), (70, "c-bar--rest")])
    )
    parts = list(root.iter("rect"))
    assert len(parts) == 2
    end = float(parts[-1].get("x", "")) + float(parts[-1].get("width", ""))
    assert end == pytest.approx(598)


def test_a_fan_writes_what_may_come() -> None:
    series = {q: [50, 50 + q] for q in (5, 25, 50, 75, 95)}
    root = drawn(charts.fan_chart(WORDS, ["2025", "2026"], series, Axis(0, 150, (0, 150), 0)))
    assert {"100", "145", "55"} <= set(texts(root))


def test_a_small_change_is_not_drawn_as_a_fall() -> None:
    line = next(
        iter(drawn(charts.spark("s", "x", [Decimal("0.200"), Decimal("0.198")])).iter("polyline"))
    )
    ys = [float(point.split(",")[1]) for point in line.get("points", "").split()]
    assert 0 < ys[1] - ys[0] < 3  # of the 40 of its height
    halved = next(iter(drawn(charts.spark("s", "x", [2, 1])).iter("polyline")))
    ys = [float(point.split(",")[1]) for point in halved.get("points", "").split()]
    assert ys == [5, 35]


def test_one_point_is_no_trend() -> None:
    assert charts.spark("s", "rien", [3]) == ""
    assert len(list(drawn(charts.spark("s", "x", [3, 3, 3], target=4)).iter("polyline"))) == 1
    drawn(charts.cell_bar("b", "x", 120, 100, mark=95))


@given(VALUES)
def test_an_axis_holds_every_value_in_few_round_ticks(values: list[int]) -> None:
    axis = charts.nice_axis(values)
    assert float(axis.low) <= min(values)
    assert float(axis.high) >= max(values)
    assert 2 <= len(axis.ticks) <= 7


@given(VALUES)
def test_a_line_is_drawn_for_any_values(values: list[int]) -> None:
    labels = [str(place) for place in range(len(values))]
    root = drawn(charts.line_chart(WORDS, labels, values, charts.nice_axis(values)))
    points = next(iter(root.iter("polyline"))).get("points", "").split()
    assert len(points) == len(values)
    assert all(0 <= float(point.split(",")[1]) <= charts.HEIGHT for point in points)


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_a_number_is_written_rounded_once(value: Decimal, digits: int) -> None:
    text = writing.number(value, "fr", digits)
    back = Decimal(text.replace("\u202f", "").replace(",", ".").replace("\u2212", "-"))
    assert abs(back - value) <= Decimal("0.5").scaleb(-digits)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 800))
def test_a_period_names_its_last_day_or_month(start: date, days: int) -> None:
    until = start + timedelta(days=days)
    said = writing.period(start, until, "fr")
    assert str((until - timedelta(days=1)).year) in said

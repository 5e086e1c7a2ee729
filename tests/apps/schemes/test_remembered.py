"""Figures are remembered until a command changes the mutual, a day passes, or a minute."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entraide.apps.access.records import only_sections
from entraide.apps.schemes import remembered
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.remembered import Remembered
from tests.builders import a_household
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 16)


def test_a_figure_is_worked_out_once_until_a_command_is_carried_out(
    scoped: Mutual, people: People, product: Product
) -> None:
    drawn = count(1)
    ask = lambda: Remembered(scoped, ON).figure("drawn", lambda: next(drawn))  # noqa: E731
    assert [ask(), ask()] == [1, 1]
    a_household(scoped, people.awa, product)
    assert [ask(), ask()] == [2, 2]


def test_each_mutual_day_name_and_section_has_its_own(scoped: Mutual, other_mutual: Mutual) -> None:
    drawn = count(1)
    figure = lambda of, on=ON, name="a": Remembered(of, on).figure(name, lambda: next(drawn))  # noqa: E731
    assert figure(scoped) == 1
    assert figure(other_mutual) == 2
    assert figure(scoped, ON + timedelta(days=1)) == 3
    assert figure(scoped, name="b") == 4
    with only_sections(frozenset({1})):
        assert figure(scoped) == 5
        assert figure(scoped) == 5
    assert figure(scoped) == 1


def test_two_functions_under_one_name_do_not_answer_for_each_other(scoped: Mutual) -> None:
    now = Remembered(scoped, ON)
    assert now.figure("families late", partial(pow, 2, 3)) == 8
    assert now.figure("families late", partial(max, 2, 3)) == 3
    assert now.figure("families late", Mutual.objects.count) == Mutual.objects.count()
    assert now.figure("families late", partial(pow, 2, 3)) == 8


def test_a_figure_is_worked_out_again_after_a_minute(
    scoped: Mutual, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, now = count(1), [1000.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now[0])
    ask = lambda: Remembered(scoped, ON).figure("drawn", lambda: next(drawn))  # noqa: E731
    assert ask() == 1
    now[0] += 59
    assert ask() == 1
    now[0] += 1
    assert ask() == 2


def test_whatever_is_asked_costs_one_query(scoped: Mutual) -> None:
    for name in ("a", "b"):
        Remembered(scoped, ON).figure(name, lambda: 1)
    with CaptureQueriesContext(connection) as seen:
        now = Remembered(scoped, ON)
        assert now.figure("a", lambda: 2) + now.figure("b", lambda: 2) == 2
    assert len(seen) == 1

"""Compiled texts go straight to the driver, on both databases, unless somebody listens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entraide.apps.access.statements import Statement

pytestmark = pytest.mark.django_db


def test_a_text_answers_rows_and_percent_signs_stay() -> None:
    assert Statement("SELECT %s + 1, '100 %%'").rows(connection, [41]) == [(42, "100 %")]


def test_who_listens_hears_the_statement() -> None:
    with CaptureQueriesContext(connection) as caught:
        Statement("SELECT %s + 1").rows(connection, [41])
    assert len(caught) == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="what PostgreSQL keeps")
def test_the_server_keeps_the_text_prepared() -> None:
    text = "SELECT %s + 4711"
    for _time in range(3):
        Statement(text).rows(connection, [1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%4711%'")
        assert cursor.fetchone() == (1,)

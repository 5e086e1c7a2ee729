"""The frame of the tests of pages: signed-in browsers, and a day that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual
from entraide.messages.compile import main as compile_messages
from entraide.web import clock

Browser = Callable[[User], Client]


@pytest.fixture(scope="session", autouse=True)
def _french() -> None:
    """Pages are read in French: its sentences are compiled as they stand now."""
    assert compile_messages() == 0


@pytest.fixture(autouse=True)
def _still_day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    """Pages act on the day of the tests."""
    monkeypatch.setattr(clock, "today", lambda mutual=None: today)


@pytest.fixture
def signed_in(mutual: Mutual) -> Browser:
    """``signed_in(people.awa)``: a browser in which that person has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in

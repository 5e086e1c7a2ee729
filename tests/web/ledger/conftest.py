"""The books as the desk sees them: the bank opened with a million, half of it the mutual fund's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from tests.apps.banking.statements import an_expense, an_opening
from tests.people import People

Address = Callable[..., str]


@pytest.fixture
def address(mutual: Mutual) -> Address:
    """``address("entry", uid=…)``: a page of the mutual."""

    def find(page: str, **kwargs: object) -> str:
        return reverse(f"web:{page}", kwargs={"mutual": mutual.code, **kwargs})

    return find


@pytest.fixture
def opening(scoped: Mutual, people: People) -> Entry:
    """One million at the bank on 1 January 2025."""
    return an_opening(scoped, people.moussa)


@pytest.fixture
def rent(scoped: Mutual, people: People, opening: Entry) -> Entry:
    """Rent of 45 000 paid on 3 June 2025."""
    return an_expense(scoped, people.moussa, 45_000, date(2025, 6, 3))

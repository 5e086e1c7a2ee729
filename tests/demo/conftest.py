"""The smallest demonstration network, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from entraide.apps.access.services import system_user
from entraide.apps.schemes.models import Mutual
from entraide.demo import build

SIZE = build.Size(households=20, seed=3, until=date(2024, 6, 21))


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The smallest demonstration, a year and a half long, made once for the tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        system_user()
        build.build(SIZE, lambda *_: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def network(made: None) -> Iterator[list[Mutual]]:
    """Its mutuals; whatever a test does to it is undone."""
    with transaction.atomic():
        yield list(Mutual.objects.order_by("code"))
        transaction.set_rollback(True)

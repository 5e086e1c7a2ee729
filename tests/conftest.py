"""The frame of all tests: two mutuals, their people, a fixed day, and databases that stay guarded.

A test that reads or writes records of a mutual opens its scope itself, or takes ``scoped``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django_scopes import scope, scopes_disabled
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from entraide.apps.access.triggers import put_guards, take_guards_away
from entraide.apps.schemes.models import Federation, Mutual, Product
from tests.builders import a_federation, a_mutual, an_approved_product
from tests.migrated import keep_migrated_database
from tests.people import People, people

__all__ = ["people"]

pytest_plugins = ("tests.requirements_plugin",)

hypothesis_settings.register_profile("quick", max_examples=50, deadline=None)
hypothesis_settings.register_profile(
    "thorough",
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the test database is made: it may be a copy of the one that the last run migrated."""
    keep_migrated_database()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys in the browser come last: its loop makes Django refuse every test after them."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
TRANSACTION_FIXTURES = {"transactional_db", "live_server"}


def _uses(request: pytest.FixtureRequest, fixtures: set[str]) -> bool:
    """Whether a test names one of these fixtures, or asks for them by its ``django_db`` mark."""
    if fixtures & set(request.fixturenames):
        return True
    mark = request.node.get_closest_marker("django_db")
    return mark is not None and (mark.kwargs.get("transaction", False) or "db" in fixtures)


@pytest.fixture(autouse=True)
def _office_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Tests with a database write their files to a folder of their own and hash passwords fast."""
    if not _uses(request, DATABASE_FIXTURES):
        return
    settings: LazySettings = request.getfixturevalue("settings")
    folder: Path = tmp_path_factory.mktemp("office")
    settings.ENTRAIDE_DATA = folder
    settings.WAREHOUSE_FOLDER = folder / "warehouse"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_ROLES = []  # tests/web/test_second_factor.py asks for it


@pytest.fixture(autouse=True)
def _emptied_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real transactions is cleaned up by emptying tables, which the guards refuse."""
    if not _uses(request, TRANSACTION_FIXTURES):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    take_guards_away(connection)
    call_command("flush", interactive=False, verbosity=0)
    put_guards(connection)


@pytest.fixture
def today() -> date:
    """The day on which people of the tests act, unless a test says otherwise."""
    return date(2025, 6, 16)


@pytest.fixture
def federation(db: None) -> Federation:
    """The union of both mutuals."""
    return a_federation()


@pytest.fixture
def bare_mutual(federation: Federation) -> Mutual:
    """The first mutual, its books open, before anyone is appointed."""
    return a_mutual(federation, "essentielle-lome", "Mutuelle Essentielle de Lomé", "tg")


@pytest.fixture
def bare_other_mutual(federation: Federation) -> Mutual:
    """The other mutual, before anyone is appointed."""
    return a_mutual(federation, "essentielle-bobo", "Mutuelle Essentielle de Bobo", "bf")


@pytest.fixture
def mutual(bare_mutual: Mutual, people: People) -> Mutual:
    """The first mutual (Togo, XOF) with its people and the product ``essentielle`` approved."""
    an_approved_product(bare_mutual, entered_by=people.moussa, approved_by=people.director)
    return bare_mutual


@pytest.fixture
def other_mutual(bare_other_mutual: Mutual, people: People) -> Mutual:
    """The other mutual (Burkina Faso, XOF), with Fanta, Issa and the same product."""
    an_approved_product(bare_other_mutual, entered_by=people.fanta, approved_by=people.issa)
    return bare_other_mutual


@pytest.fixture
def product(mutual: Mutual) -> Product:
    """The product ``essentielle`` of the first mutual."""
    with scope(mutual=mutual):
        return Product.objects.get(code="essentielle")


@pytest.fixture
def scoped(mutual: Mutual) -> Iterator[Mutual]:
    """The first mutual, its scope open during the whole test."""
    with scope(mutual=mutual):
        yield mutual


@pytest.fixture
def unscoped() -> Iterator[None]:
    """For tests of the whole network: scopes are off during the whole test."""
    with scopes_disabled():
        yield

"""A centre under agreement, a family with a claim there, and pages to call."""

from __future__ import annotations

import pytest

from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_provider
from tests.people import People
from tests.web.households.conftest import Address, address

__all__ = ["Address", "address"]


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    """A health centre whose consultation costs 4 000."""
    return a_provider(scoped, people.moussa)

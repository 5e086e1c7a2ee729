"""A family, its receipt, and pages to call."""

from __future__ import annotations

import pytest

from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Household
from tests.builders import a_payment
from tests.people import People
from tests.web.households.conftest import address, household

__all__ = ["address", "household"]


@pytest.fixture
def receipt(household: Household, people: People) -> ContributionPayment:
    """5 000 received in cash by Awa on 10 January 2025."""
    return a_payment(household, people.awa, 5_000)

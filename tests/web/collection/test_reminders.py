"""Reminders on paper: the letters and the list of families late, suspended or not."""

from __future__ import annotations

import pytest

from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]


@pytest.mark.requirement("R032", begun=True)
@pytest.mark.parametrize("form", ["", "list"])
def test_letters_and_list_are_made_of_families_late(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    form: str,
) -> None:  # fmt: skip
    a_household(scoped, people.awa, product)
    a_payment(a_household(scoped, people.awa, product), people.awa, 1_000)
    answer = signed_in(people.awa).get(address("reminders-letters"), {"form": form})
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")

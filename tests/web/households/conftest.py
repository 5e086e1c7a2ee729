"""A family enrolled, and what its forms send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key
from tests.people import People

Address = Callable[..., str]

PAPER: tuple[tuple[str, str, str, str, str, bool], ...] = (
    ("Kodjovi", "Yawa", "12/06/1987", "F", "member", True),
    ("Kodjovi", "Komla", "03/11/1990", "M", "spouse", True),
    ("Kodjovi", "Afi", "2019", "F", "child", False),
)


@pytest.fixture
def address(mutual: Mutual) -> Address:
    """``address("household", uid=…)``: the address of a page of the first mutual."""

    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Éloïse Adjovi, Koffi and Afi, covered since 10 January 2025, 13 000 due and not paid."""
    return a_household(scoped, people.awa, product)


def typed(
    persons: tuple[tuple[str, str, str, str, str, bool], ...] = PAPER, **more: str
) -> dict[str, str]:
    """What a browser sends of the membership form; unfilled lines included."""
    sent = {
        "idempotency_key": a_key(),
        "act": "record",
        "product": "essentielle",
        "enrolled_on": "16/06/2025",
        "phone": "90 12 34 56",
        "address": "Bè, près du marché",
        "declared_size": "",
        "treasury": "",
        "amount": "",
        "external_reference": "",
        "persons-TOTAL_FORMS": "5",
        "persons-INITIAL_FORMS": "0",
    }
    usual = ("member", "spouse", "child", "child", "child")
    for row in range(5):
        name, given, birth, sex, relation, photo = (
            persons[row] if row < len(persons) else ("", "", "", "", usual[row], False)
        )
        sent |= {
            f"persons-{row}-name": name,
            f"persons-{row}-given_name": given,
            f"persons-{row}-birth": birth,
            f"persons-{row}-sex": sex,
            f"persons-{row}-relation": relation,
        }
        if photo:
            sent[f"persons-{row}-has_photo"] = "on"
    return sent | more

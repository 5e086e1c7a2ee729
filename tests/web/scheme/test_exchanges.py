"""Files for a national scheme: open mutual by mutual, audited, without an act or an illness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.approval import approve_claim
from entraide.apps.schemes.flags import SCHEME_EXCHANGE, Stage, set_flag
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser

Address = Callable[..., str]
MARCH = "?start=01/03/2025&until=31/03/2025&product="


@pytest.fixture
def address(mutual: Mutual) -> Address:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of


@pytest.fixture
def exchanging(scoped: Mutual, people: People) -> None:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=date(2025, 1, 1), idempotency_key=a_key(),
        flag=SCHEME_EXCHANGE.code, stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip


@pytest.fixture
def claimed(scoped: Mutual, people: People, product: Product) -> None:
    """A family of three, one consultation of 3 March 2025 approved for 3 000."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    provider = a_provider(scoped, people.moussa, prices={"consultation-1": 4000})
    claim = a_claim(household.persons.get(is_member=True), provider, people.awa)
    approve_claim(
        mutual=scoped, actor=people.coordinator, on=date(2025, 3, 20), idempotency_key=a_key(),
        claim=claim,
    )  # fmt: skip


@pytest.mark.requirement("R226")
def test_the_three_files_say_who_and_how_much_and_are_journalled(
    exchanging: None, claimed: None, people: People, signed_in: Browser, address: Address
) -> None:
    head = signed_in(people.coordinator)
    page = head.get(address("scheme") + MARCH).content.decode()
    assert "3 personnes" in page.replace("\u202f", " ").replace("\u00a0", " ")
    covered = head.get(address("scheme-covered")).content.decode("utf-8-sig").splitlines()
    assert len(covered) == 4
    assert "Adjovi" in covered[1]
    enrolled = head.get(address("scheme-enrolled") + MARCH.replace("/03/", "/01/"))
    assert len(enrolled.content.decode("utf-8-sig").splitlines()) == 2
    care = head.get(address("scheme-care") + MARCH).content.decode("utf-8-sig").splitlines()
    assert care[1].split(";")[4:] == ["4000", "3000", "0"]
    assert care[2].split(";")[4:] == ["4000", "3000", "0"]  # the total
    assert "onsultation" not in "".join(care)
    subjects = AuditEvent.objects.filter(kind=AuditKind.EXPORT).values_list("subject", flat=True)
    assert sum(subject.startswith("national scheme") for subject in subjects) == 3


def test_a_period_upside_down_is_told(
    exchanging: None, people: People, signed_in: Browser, address: Address
) -> None:
    upside_down = "?start=31/03/2025&until=01/03/2025&product="
    for name in ("scheme", "scheme-care", "scheme-enrolled"):
        answer = signed_in(people.coordinator).get(address(name) + upside_down)
        assert answer.status_code == 422
        assert "avant le premier" in answer.content.decode()


def test_it_is_closed_until_it_is_opened_and_to_others(
    claimed: None, people: People, signed_in: Browser, address: Address, scoped: Mutual
) -> None:
    assert signed_in(people.coordinator).get(address("scheme")).status_code == 409
    assert signed_in(people.awa).get(address("scheme-covered")).status_code == 403
    assert signed_in(people.fanta).get(address("scheme-covered")).status_code == 404

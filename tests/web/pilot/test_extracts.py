"""The page of extractions: who may take which file, of which months."""

from __future__ import annotations

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.schemes.models import Mutual
from tests.indicators.three_households import three_households
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address


@pytest.fixture
def counted(mutual: Mutual, people: People) -> Mutual:
    three_households(mutual, people)
    return mutual


@pytest.mark.requirement("R144", begun=True)
def test_a_person_takes_the_files_of_their_rights(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    moussa = signed_in(people.moussa)
    page = moussa.get(address("extracts")).content.decode()
    assert "sinistres.csv" in page
    assert "ecritures.csv" in page
    assert "numero_piece" in page
    taken = moussa.get(
        address("extract", register="ecritures"), {"from": "2025-01", "to": "2025-03"}
    )
    assert taken["Content-Type"].startswith("text/csv")
    assert "2025-01-2025-03.csv" in taken["Content-Disposition"]
    assert AuditEvent.objects.get(kind=AuditKind.EXPORT).actor == people.moussa

    awa = signed_in(people.awa)
    assert "ecritures.csv" not in awa.get(address("extracts")).content.decode()
    assert awa.get(address("extract", register="ecritures")).status_code == 404
    assert awa.get(address("extract", register="adherents")).status_code == 200
    assert signed_in(people.fanta).get(address("extract", register="adherents")).status_code == 404


def test_months_shown_are_those_of_the_files(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    moussa = signed_in(people.moussa)
    page = moussa.get(address("extracts")).content.decode()
    assert "Depuis le début" in page
    assert 'name="from" value=""' in page
    assert 'name="to" value=""' in page

    page = moussa.get(address("extracts"), {"from": "2025-02", "to": "2025-03"}).content.decode()
    assert "février – mars 2025" in page.replace("\u00a0", " ")
    assert 'name="from" value="2025-02"' in page
    assert 'name="to" value="2025-03"' in page
    assert "sinistres.csv?from=2025-02&amp;to=2025-03" in page


def test_columns_explain_their_codes(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.moussa).get(address("extracts")).content.decode()
    assert "claims (soins)" in page
    assert "consultation (consultation)" in page


def test_months_that_cannot_be_told(
    counted: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.moussa).get(address("extracts"), {"from": "2025-13"})
    assert answer.status_code == 422
    assert "n’est pas un mois" in answer.content.decode()
    assert signed_in(people.moussa).get(address("extract", register="nowhere")).status_code == 404

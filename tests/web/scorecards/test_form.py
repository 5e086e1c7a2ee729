"""The scorecard written row by row, approved by somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from entraide.apps.enrolment.models import ScorecardVersion
from entraide.apps.enrolment.scorecards import rules_of
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]
pytestmark = pytest.mark.requirement("R016", begun=True)


def shown(browser: Client, url: str) -> dict[str, Any]:
    """What the form holds before anything is typed, as a browser would send it."""
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


@pytest.fixture
def sent(scoped: Mutual, people: People, signed_in: Browser, address: Address) -> dict[str, Any]:
    return shown(signed_in(people.coordinator), address("scorecard-new")) | {
        "effective_from": "01/07/2025", "source": "AG du 3 mai 2025", "idempotency_key": a_key(),
    }  # fmt: skip


def test_words_and_points_change_without_a_line_of_code(
    sent: dict[str, Any], people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    sent["a0"] = "Tôle ou dur : 0\nPaille ou feuilles : 4 points\nRien du tout = 6"
    sent["q1"] = "Combien de repas hier ?"
    assert browser.post(address("scorecard-new"), sent).status_code == 302
    version = ScorecardVersion.objects.get()
    roof, meals, *_ = rules_of(version).card.questions
    assert [(each.code, each.points) for each in roof.answers] == [
        ("dur", 0), ("paille", 4), ("rien-du-tout", 6),
    ]  # fmt: skip
    assert roof.answers[0].titles["en"] == "Metal sheet or concrete"  # kept with its words
    assert meals.code == "combien-de-repas-hier"
    approval = address("scorecard-approve", uid=version.uid)
    assert browser.post(approval, {"idempotency_key": a_key()}).status_code == 403
    done = signed_in(people.director).post(approval, {"idempotency_key": a_key()})
    assert done.status_code == 302
    version.refresh_from_db()
    assert version.approved_by == people.director


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"a0": "Tôle"}, "écrivez la réponse, deux-points, puis ses points"),
        ({"a0": ""}, "Une question demande son texte et ses réponses"),
        ({"s0_from": ""}, "Dites à partir de combien de points"),
        ({"s0_from": "3"}, "0 point"),
        ({"q0": "", "a0": "", "q1": "", "a1": "", "q2": "", "a2": ""}, "questions"),
        ({"source": ""}, "form"),
    ],
)
def test_every_fault_stands_beside_its_row(
    sent: dict[str, Any], people: People, signed_in: Browser, address: Address,
    change: dict[str, str], said: str,
) -> None:  # fmt: skip
    answer = signed_in(people.coordinator).post(address("scorecard-new"), sent | change)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert not ScorecardVersion.objects.exists()

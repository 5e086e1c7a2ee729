"""The page of practices in two mutuals."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from entraide.apps.knowledge.models import Adoption, Practice
from entraide.apps.schemes.models import Mutual, Role
from tests.builders import a_key
from tests.people import People, person
from tests.web.conftest import Browser


def at(mutual: Mutual, name: str, **kwargs: object) -> str:
    return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})


@pytest.mark.requirement("R024")
def test_what_one_mutual_writes_another_adopts(
    mutual: Mutual, other_mutual: Mutual, people: People, signed_in: Browser
) -> None:
    director = signed_in(people.director)
    form = {
        "idempotency_key": a_key(), "title": "Payer en une fois", "since": "01/01/2024",
        "done": "La caisse retient la cotisation.\nPuis elle verse.", "evidence": "<b>18 %</b> → 2 %",
    }  # fmt: skip
    assert director.post(at(mutual, "practice-new"), {**form, "done": ""}).status_code == 422
    director.post(at(mutual, "practice-new"), form)
    practice = Practice.objects.get()
    elsewhere = signed_in(person("zo", "Zo", Role.DIRECTOR, mutual=other_mutual))
    page = elsewhere.get(at(other_mutual, "practices")).content.decode()
    assert "Payer en une fois" in page
    assert "<b>18 %</b>" not in page
    assert at(other_mutual, "practice-adopt", uid=practice.uid) in page
    assert elsewhere.get(at(other_mutual, "practice-withdraw", uid=practice.uid)).status_code == 404
    elsewhere.post(
        at(other_mutual, "practice-adopt", uid=practice.uid),
        {"idempotency_key": a_key(), "adopted_on": "02/06/2025", "note": "Par quinzaine"},
    )
    assert Adoption.objects.get().mutual == other_mutual
    read = html.unescape(director.get(at(mutual, "practices")).content.decode())
    read = read.replace("\u00a0", " ")
    assert f"Adoptée par {other_mutual.name} (2 juin 2025, Par quinzaine)" in read
    director.post(
        at(mutual, "practice-withdraw", uid=practice.uid),
        {"idempotency_key": a_key(), "reason": "Remplacée"},
    )
    elsewhere.get(at(other_mutual, "practices"))  # what it was told of its adoption
    assert "Payer en une fois" not in elsewhere.get(at(other_mutual, "practices")).content.decode()
    assert signed_in(people.awa).get(at(mutual, "practice-new")).status_code == 403

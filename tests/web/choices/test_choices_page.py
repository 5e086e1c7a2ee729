"""« Réglages »: everyone of the mutual reads them, who leads it changes them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from entraide.apps.schemes.choices import CHOICES, HELP_NUMBER, HELP_STEPS, RUNNING_SHARE_LIMIT
from entraide.apps.schemes.choosing import changes_of
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser


def url(mutual: Mutual, name: str = "") -> str:
    kwargs = {"mutual": mutual.code} | ({"name": name} if name else {})
    return reverse("web:choice-change" if name else "web:choices", kwargs=kwargs)


def sent(value: str, source: str = "Conseil du 2 juin") -> dict[str, str]:
    return {"value": value, "source": source, "idempotency_key": a_key()}


def test_every_choice_is_shown_with_its_meaning(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    page = signed_in(people.awa).get(url(mutual)).content.decode()
    assert "Réglages" in page
    assert page.count('<th scope="row">') == len(CHOICES)
    assert "Limite des frais de fonctionnement" in page
    assert "30\u00a0%" in page
    assert "Changer" not in page


@pytest.mark.requirement("R111", begun=True)
def test_a_change_shows_at_once_with_who_made_it(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    browser = signed_in(people.coordinator)
    steps = "Montrer la carte\r\nAppeler la mutuelle"
    answer = browser.post(url(scoped, "help_steps"), sent(steps), follow=True)
    page = answer.content.decode()
    assert "Le réglage est changé" in page
    assert "Montrer la carte<br>Appeler la mutuelle" in page
    assert "Kossi Agbeko" in page
    assert "Conseil du 2 juin" in page
    assert (
        HELP_STEPS.of(Mutual.objects.get(pk=scoped.pk)) == "Montrer la carte\nAppeler la mutuelle"
    )
    browser.post(url(scoped, "running_share_limit"), sent("25 %"))
    assert str(RUNNING_SHARE_LIMIT.of(Mutual.objects.get(pk=scoped.pk))) == "0.25"
    assert "25\u00a0%" in browser.get(url(scoped, "running_share_limit")).content.decode()


def test_what_is_wrong_is_said_beside_the_field(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    answer = signed_in(people.director).post(url(scoped, "help_number"), sent("9" * 50))
    assert answer.status_code == 422
    assert "trop long" in answer.content.decode()
    assert not changes_of(scoped).exists()
    again = signed_in(people.director).post(url(scoped, "card_unit"), sent("household"))
    assert "a déjà cette valeur" in again.content.decode()


def test_an_unknown_choice_is_not_there(scoped: Mutual, people: People, signed_in: Browser) -> None:
    assert signed_in(people.director).get(url(scoped, "wings")).status_code == 404


@pytest.mark.parametrize(("person", "status"), [("awa", 403), ("moussa", 403), ("fanta", 404)])
def test_others_do_not_change_it(
    scoped: Mutual, people: People, signed_in: Browser, person: str, status: int
) -> None:
    browser = signed_in(getattr(people, person))
    answer = browser.post(url(scoped, "help_number"), sent("8200"))
    assert answer.status_code == status
    assert HELP_NUMBER.of(Mutual.objects.get(pk=scoped.pk)) == ""

"""« Comment faire » names pages that are there, in the words that stand on the screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils.translation import override

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.web.rights.procedures import PROCEDURES, Procedure, begins_at
from entraide.web.rights.words import WORDS
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address

LOCALE = Path(__file__).parents[3] / "locale" / "fr"
QUOTED = re.compile("«[ \u00a0](.+?)[ \u00a0]»")


def screen_words() -> set[str]:
    """Every French text of the screens, those of this page left out."""
    with override("en"):
        own = {str(act) for each in PROCEDURES for act in each.acts}
    words = set()
    for path in LOCALE.glob("*.po"):
        with path.open("rb") as reading:
            words |= {
                str(message.string) for message in read_po(reading)
                if message.id and message.string and message.id not in own
            }  # fmt: skip
    return words


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: each.code)
def test_the_words_in_marks_are_those_of_the_screens(procedure: Procedure) -> None:
    known = screen_words()
    with override("fr"):
        told = [word for act in procedure.acts for word in QUOTED.findall(str(act))]
    assert [word for word in told if word not in known] == []


def test_every_part_of_the_register_is_told() -> None:
    codes = {each.code for each in PROCEDURES}
    asked = {"import", "disbursements", "doubles", "cards", "birth", "group", "tariff", "training"}
    assert asked <= codes
    assert len(codes) == len(PROCEDURES)


def test_each_procedure_begins_on_a_page_that_its_right_opens(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    by_right = {
        Right.ENROL: people.awa, Right.RECORD_PAYMENT: people.cashier,
        Right.MEND_REGISTER: people.coordinator, Right.PRINT_CARDS: people.awa,
        Right.ENTER_PRODUCT: people.moussa, Right.ADMINISTER: people.network_admin,
    }  # fmt: skip
    for each in PROCEDURES:
        url = begins_at(mutual, each)
        assert url, each.code
        if each.right in by_right:
            answer = signed_in(by_right[each.right]).get(url, follow=True)
            assert answer.status_code == 200, each.code


def test_the_director_reads_how_one_learns_and_the_administrator_begins_there(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    def told(who: User) -> str:
        page = signed_in(who).get(address("how-to")).content.decode()
        return page[page.index('id="training"') :].partition("</section>")[0]

    way = reverse("network:mutual-new")
    assert "demande à l’administrateur du réseau" in told(people.director)
    assert way not in told(people.director)
    assert way in told(people.network_admin)
    form = signed_in(people.network_admin).get(way).content.decode()
    assert "On y apprend sans risque" in form


def test_words_that_resemble_each_other_are_explained(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.awa).get(address("how-to")).content.decode()
    for word in ("Formule", "Tarif", "Prêteur, IMF", "Argent mobile"):
        assert f"<dt>{word}</dt>" in page, word
    section = page[page.index('id="words"') :].partition("</section>")[0]
    assert section.count("<dt>") == len(WORDS)

"""« Qui peut quoi » says what the rights matrix says."""

from __future__ import annotations

import pytest

from entraide.apps.schemes.models import Mutual, Role
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right
from entraide.web.names import ROLE_NAMES
from entraide.web.rights.views import GROUPS
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address


def test_every_right_stands_in_one_group() -> None:
    placed = [right for _name, rights in GROUPS for right in rights]
    assert sorted(placed) == sorted(Right)


def test_the_matrix_is_the_matrix(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).get(address("rights"))
    roles = [role for role in Role.values if ROLE_RIGHTS[role]]
    assert [str(name) for name, _mine in answer.context["heads"]] == [
        str(ROLE_NAMES[role]) for role in roles
    ]
    shown = [act for _name, acts in answer.context["groups"] for act in acts]
    rights = [right for _name, group in GROUPS for right in group]
    for act, right in zip(shown, rights, strict=True):
        assert [may for may, _mine in act.marks] == [right in ROLE_RIGHTS[role] for role in roles]
        assert act.is_mine == (right in ROLE_RIGHTS[Role.DATA_ENTRY_CLERK])


def test_people_stand_beside_their_roles(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.awa).get(address("rights"))
    page = answer.content.decode()
    assert "Qui peut quoi" in page
    assert "Moussa Adjavon" in page
    assert "Fanta" not in page  # of the other mutual
    assert "Toujours deux personnes" in page
    assert signed_in(people.fanta).get(address("rights")).status_code == 404


@pytest.mark.requirement("R234")
def test_matrix_procedure_and_training_are_known_to_the_whole_team(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    matrix = browser.get(address("rights")).content.decode()
    for word in ("Animation de terrain", "Saisie", "Finance", "Direction", "Valider des sinistres"):
        assert word in matrix, word
    # Every page leads to both, and a procedure leads to the page on which its work is done.
    home = browser.get(address("home")).content.decode()
    assert address("how-to") in home
    assert address("rights") in home
    answer = browser.get(address("how-to"))
    page = answer.content.decode()
    assert "Encaisser une cotisation" in page
    assert "Remettez le reçu. Une erreur se contrepasse, elle ne s’efface pas." in page
    procedures = [each for each in answer.context["procedures"] if each.url]
    assert procedures
    for each in procedures:
        assert browser.get(each.url).status_code == 200, each.procedure.code
    # Training: the same pages in a mutual where nothing counts, and which says so everywhere.
    assert "FORMATION" not in home
    Mutual.objects.filter(pk=scoped.pk).update(is_training=True)
    for name in ("home", "households", "household-new", "how-to"):
        assert "FORMATION" in browser.get(address(name)).content.decode(), name


def test_a_narrow_screen_lists_the_rights_of_each_role_instead_of_the_matrix(
    mutual: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.awa).get(address("rights")).content.decode()
    narrow = page.split('class="only-narrow')[1].split("</div>")[0]
    roles = [role for role in Role.values if ROLE_RIGHTS[role]]
    assert narrow.count("<details") == len(roles)
    assert narrow.count(" open>") == 1  # the reader's own
    assert narrow.count("<li>") == sum(len(ROLE_RIGHTS[role]) for role in roles)

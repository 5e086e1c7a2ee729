"""Another cover on a person's page, and what the counter sees of it."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.enrolment.models import Household, OtherCover
from entraide.apps.schemes.flags import OTHER_COVERS, Stage, set_flag
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

ON = date(2025, 1, 1)
SENT = {
    "kind": "national", "payer": "AMU", "number": "77-12", "order": "first",
    "effective_from": "01/02/2025", "effective_until": "", "source": "Carte vue",
}  # fmt: skip


@pytest.fixture
def noting(scoped: Mutual, people: People) -> Mutual:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        flag=OTHER_COVERS.code, stage=Stage.OPEN, effective_from=ON,
    )  # fmt: skip
    return scoped


@pytest.mark.requirement("R227")
def test_a_clerk_notes_another_cover_and_its_end(
    household: Household, noting: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    awa, person = signed_in(people.awa), household.persons.get(is_member=True)
    here = address("person", uid=person.uid)
    assert "Quelqu’un d’autre couvre aussi cette personne" in awa.get(here).content.decode()
    new = address("other-cover-new", uid=person.uid)
    page = awa.post(new, {**SENT, "idempotency_key": a_key()}, follow=True)
    assert page.redirect_chain == [(here, 302)]
    assert "AMU" in page.content.decode()
    cover = OtherCover.objects.get()
    assert (cover.pays_first, cover.number, cover.recorded_by) == (True, "77-12", people.awa)
    end = address("other-cover-end", uid=cover.uid)
    awa.post(end, {"effective_until": "01/03/2025", "idempotency_key": a_key()})
    cover.refresh_from_db()
    assert (cover.effective_until, cover.ended_by) == (date(2025, 3, 1), people.awa)
    assert "Ne couvre pas aujourd’hui" in awa.get(here).content.decode()


def test_faults_stand_beside_their_fields(
    household: Household, noting: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    person = household.persons.get(is_member=True)
    new = address("other-cover-new", uid=person.uid)
    sent = {**SENT, "payer": " ", "effective_until": "01/01/2025", "idempotency_key": a_key()}
    answer = signed_in(people.awa).post(new, sent)
    assert answer.status_code == 422
    assert not OtherCover.objects.exists()


def test_where_it_is_not_open_the_page_says_nothing_of_it(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    person = household.persons.get(is_member=True)
    awa = signed_in(people.awa)
    page = awa.get(address("person", uid=person.uid)).content.decode()
    assert "Autres couvertures" not in page
    new = address("other-cover-new", uid=person.uid)
    assert awa.post(new, {**SENT, "idempotency_key": a_key()}).status_code == 422


def test_others_may_not(
    household: Household, noting: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    person = household.persons.get(is_member=True)
    new = address("other-cover-new", uid=person.uid)
    for somebody in (people.moussa, people.fanta):
        answer = signed_in(somebody).post(new, {**SENT, "idempotency_key": a_key()})
        assert answer.status_code in (403, 404)
    assert not OtherCover.objects.exists()

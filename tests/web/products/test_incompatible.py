"""Acts that do not go together, on screen; the pre-control rule by rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import IncompatibleActs
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.apps.claims.test_incompatible import person, provider
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser

__all__ = ["person", "provider"]
SENT: dict[str, Any] = {
    "name": "Une seule consultation", "source": "Nomenclature, art. 7",
    "effective_from": "01/07/2025", "kept": ["consultation-1", ""], "refused": ["consultation-2"],
}  # fmt: skip


def at(mutual: Mutual, rest: str) -> str:
    return f"/m/{mutual.code}/{rest}"


@pytest.mark.usefixtures("provider")
@pytest.mark.requirement("R088")
def test_entered_by_one_approved_by_another_ended_tonight(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    officer, director = signed_in(people.moussa), signed_in(people.director)
    here = at(scoped, "paniers/incompatibles/")
    page = officer.post(here, {**SENT, "idempotency_key": a_key()}, follow=True).content.decode()
    rule = IncompatibleActs.objects.get()
    assert (rule.kept, rule.refused) == (["test:consultation-1"], ["test:consultation-2"])
    assert "à approuver" in page
    assert 'value="approve"' not in page
    act = at(scoped, f"paniers/incompatibles/{rule.uid}/")
    assert officer.post(act, {"act": "approve", "idempotency_key": a_key()}).status_code == 403
    director.post(act, {"act": "approve", "idempotency_key": a_key()})
    rule.refresh_from_db()
    assert rule.approved_by == people.director
    assert "à venir" in director.get(here).content.decode()
    director.post(act, {"act": "end", "idempotency_key": a_key()})
    rule.refresh_from_db()
    assert rule.effective_until == date(2025, 7, 2)


@pytest.mark.usefixtures("provider")
def test_faults_beside_their_fields_and_the_door_closed_to_others(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    officer, here = signed_in(people.moussa), at(scoped, "paniers/incompatibles/")
    sent = {**SENT, "effective_from": "16/06/2025", "refused": ["consultation-1"],
            "idempotency_key": a_key()}  # fmt: skip
    page = officer.post(here, sent)
    assert page.status_code == 422
    for words in ("demain au plus tôt", "des deux côtés"):
        assert words in page.content.decode()
    assert not IncompatibleActs.objects.exists()
    assert signed_in(people.awa).get(here).status_code == 200  # reads, enters nothing
    assert 'name="kept"' not in signed_in(people.awa).get(here).content.decode()
    assert signed_in(people.fanta).get(here).status_code == 404


@pytest.mark.requirement("R088")
def test_the_pre_control_names_every_rule_with_its_claims(
    scoped: Mutual, people: People, person: Person, provider: Provider, signed_in: Browser
) -> None:
    claim = a_claim(person, provider, people.awa, ("consultation-1", "1", 9000),
                    care_on=date(2025, 6, 2))  # fmt: skip
    doctor, period = (
        signed_in(people.medical_adviser),
        {"first": "01/06/2025", "last": "30/06/2025"},
    )
    page = doctor.get(at(scoped, "controle/pre-controle/"), period).content.decode()
    for words in ("1 des 1 sinistres reçus", "Actes qui ne vont pas ensemble", "Doublons",
                  "Plafond", "Tarif", "une personne regarde"):  # fmt: skip
        assert words.lower() in page.lower(), words
    rows = at(scoped, "controle/pre-controle/sinistres/")
    found = doctor.get(rows, {**period, "code": "ABOVE_TARIFF"}).content.decode()
    assert claim.document_number in found
    assert (
        claim.document_number
        not in doctor.get(rows, {**period, "code": "DUPLICATE"}).content.decode()
    )
    assert doctor.get(rows, {"code": "COPAYMENT"}).status_code == 404
    Claim.objects.filter(pk=claim.pk).update(received_on=date(2025, 4, 9))
    opened = doctor.get(at(scoped, "controle/pre-controle/"))  # no claim came since April
    assert (opened.context["asked"].from_, opened.context["found"].received) == (
        date(2025, 4, 1), 1,
    )  # fmt: skip
    assert signed_in(people.fanta).get(at(scoped, "controle/pre-controle/")).status_code == 404
    assert signed_in(people.elected_officer).get(rows).status_code == 403  # no names

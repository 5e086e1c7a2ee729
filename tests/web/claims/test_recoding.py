"""« Recoder » on screen: an act, an illness; both codes are read, by who may."""

from __future__ import annotations

import pytest

from entraide.apps.claims.models import DiagnosisRecoding, LineRecoding
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.apps.claims.test_recoding import ON, provider
from tests.apps.claims.test_referrals import family
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

__all__ = ["family", "provider"]
LINE = {
    "act": "line", "position": "1", "item": "dental-1", "category": "",
    "reason_code": "entry_error", "reason": "Le papier dit soin dentaire.",
}  # fmt: skip


@pytest.mark.requirement("R060")
def test_an_act_is_recoded_and_both_codes_are_shown(
    scoped: Mutual,
    people: People,
    family: list[Person],
    provider: Provider,
    signed_in: Browser,
    address: Address,
) -> None:
    claim = a_claim(family[0], provider, people.awa, care_on=ON)
    doctor, here = signed_in(people.medical_adviser), address("claim-recode", uid=claim.uid)
    assert "Recoder" in doctor.get(address("claim", uid=claim.uid)).content.decode()
    silent = doctor.post(here, {**LINE, "reason": "", "idempotency_key": a_key()})
    assert silent.status_code == 422
    nothing = doctor.post(here, {**LINE, "item": "xyz", "idempotency_key": a_key()})
    assert "Aucun acte ne porte ce nom" in nothing.content.decode()
    page = doctor.post(here, {**LINE, "idempotency_key": a_key()}, follow=True).content.decode()
    assert LineRecoding.objects.get().to_item.code == "dental-1"
    assert "codé à la saisie : Consultation-1".replace(" :", "\u00a0:") in page
    assert "Ligne 1 recodée par" in page
    told = doctor.get(here).content.decode()
    assert "Erreur de saisie" in told
    figures = doctor.get(
        address("control-statistics"), {"first": "01/01/2025", "last": "31/12/2025"}
    ).content.decode()
    assert "Codé à la saisie, recodé ensuite" in figures
    assert "Awa Kodjo" in figures.split("h-rec")[-1]


def test_the_illness_is_for_medical_roles_only(
    scoped: Mutual,
    people: People,
    family: list[Person],
    provider: Provider,
    signed_in: Browser,
    address: Address,
) -> None:
    palu = ensure_diagnosis(system="test", code="B54", label="Paludisme grave")
    ensure_diagnosis(system="test", code="J11", label="Grippe")
    claim = a_claim(family[0], provider, people.awa, care_on=ON, diagnosis=palu)
    here = address("claim-recode", uid=claim.uid)
    sent = {"act": "diagnosis", "diagnosis": "Grippe", "reason_code": "medical_reason",
            "reason": "Test négatif.", "idempotency_key": a_key()}  # fmt: skip
    officer = signed_in(people.monitoring_officer)
    assert "La maladie" not in officer.get(here).content.decode()
    officer.post(here, sent)
    assert not DiagnosisRecoding.objects.exists()
    doctor = signed_in(people.medical_adviser)
    page = doctor.post(here, sent, follow=True).content.decode()
    assert "Paludisme grave → Grippe" in page
    assert "Paludisme" not in officer.get(here).content.decode()


def test_the_door_is_closed_to_others(
    scoped: Mutual,
    people: People,
    family: list[Person],
    provider: Provider,
    signed_in: Browser,
    address: Address,
) -> None:
    claim = a_claim(family[0], provider, people.awa, care_on=ON)
    here = address("claim-recode", uid=claim.uid)
    assert signed_in(people.awa).get(here).status_code == 403
    assert signed_in(people.moussa).get(here).status_code == 403
    assert signed_in(people.fanta).get(here).status_code == 404

"""A claim held because its person was gone: told on its page, in both lists, decided again there."""

from __future__ import annotations

from datetime import date

from django_scopes import scope

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.exits import end_person, withdraw_exit
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

ON = date(2025, 3, 10)


def test_held_told_and_decided_again(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    mutual: Mutual,
) -> None:
    with scope(mutual=mutual):
        claim = a_claim(person, provider, people.awa, care_on=date(2025, 3, 3))
        act = {"mutual": mutual, "on": ON}
        approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
        end_person(
            actor=people.awa, idempotency_key=a_key(), person=person, exited_on=date(2025, 3, 2),
            successor=person.household.persons.filter(relation="spouse").first(), **act,
        )  # fmt: skip
    page, again = address("claim", uid=claim.uid), address("claim-decide-again", uid=claim.uid)
    accountant = signed_in(people.moussa)
    prepare = accountant.get(address("batch-new")).content.decode()
    assert "Retenus\u00a0: à décider de nouveau" in prepare
    assert claim.document_number in prepare
    shown = accountant.get(page).content.decode()
    assert "Ce sinistre est retenu." in shown
    assert again not in shown
    assert accountant.post(again, {"reason": "x", "idempotency_key": a_key()}).status_code == 403
    doctor = signed_in(people.medical_adviser)
    assert again in doctor.get(page).content.decode()
    assert claim.document_number in doctor.get(address("claim-worklists")).content.decode()
    silent = doctor.post(again, {"reason": "", "idempotency_key": a_key()}, follow=True)
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.APPROVED
    assert "motif" in silent.content.decode()
    sent = {"reason": "départ noté depuis", "idempotency_key": a_key()}
    done = doctor.post(again, sent, follow=True).content.decode()
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.REFUSED
    assert "Décidé de nouveau avec les droits connus depuis" in done
    assert "Ce sinistre est retenu." not in done
    with scope(mutual=mutual):
        withdraw_exit(
            actor=people.coordinator, idempotency_key=a_key(), person=person, reason="erreur", **act
        )
    assert "Le départ pour lequel il a été refusé est retiré." in doctor.get(page).content.decode()
    sent = {"reason": "départ retiré", "idempotency_key": a_key()}
    back = doctor.post(again, sent, follow=True).content.decode()
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.DECIDED
    assert "Le départ pour lequel" not in back
    assert "Validé tel que liquidé par les règles" in back  # what its first approval was stays told

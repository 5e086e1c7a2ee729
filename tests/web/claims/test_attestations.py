"""Booklets of attestations on screen: given, counted, a number lost, taken back."""

from __future__ import annotations

import pytest

from entraide.apps.claims.models import AttestationRange, SpoiltAttestation
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser


@pytest.mark.requirement("R058")
def test_a_booklet_from_its_giving_to_its_return(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    keeper = signed_in(people.coordinator)
    assert "Aucun carnet" in keeper.get(address("attestation-ranges")).content.decode()
    given = {
        "holder": f"p:{provider.uid}", "first_number": "B-001", "last_number": "B-050",
        "given_on": "02/06/2025", "idempotency_key": a_key(),
    }  # fmt: skip
    assert signed_in(people.awa).post(address("attestation-range-new"), given).status_code == 403
    keeper = signed_in(people.coordinator)
    keeper.post(address("attestation-range-new"), given)
    held = AttestationRange.objects.get()
    assert held.provider == provider
    again = keeper.post(address("attestation-range-new"), {**given, "idempotency_key": a_key()})
    assert again.status_code == 422
    a_claim(person, provider, people.awa, attestation_number="B-003")
    lost = {"number": "B-001", "kind": "lost", "reason": "égarée", "idempotency_key": a_key()}
    keeper.post(address("attestation-range-spoil", uid=held.uid), lost)
    assert SpoiltAttestation.objects.get().reason == "égarée"
    page = keeper.get(address("attestation-range", uid=held.uid)).content.decode()
    assert "égarée" in page
    assert "B-002" in page  # passed over
    back = {"returned_on": "03/06/2025", "unused_from": "", "idempotency_key": a_key()}
    keeper.post(address("attestation-range-return", uid=held.uid), back)
    held.refresh_from_db()
    assert held.unused_from == 4
    listed = keeper.get(address("attestation-ranges")).content.decode()
    assert "revenu le" in listed
    assert 'data-label="Rendus">47<' in listed, "three gone, the others came back unused"
    fanta = signed_in(people.fanta)
    assert fanta.get(address("attestation-range", uid=held.uid)).status_code in (403, 404)

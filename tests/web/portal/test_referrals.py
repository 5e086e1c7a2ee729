"""A first-level provider sends a person on; the hospital's attestation bears the number."""

from __future__ import annotations

from typing import Any

import pytest

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ReferralCancellation, ReferralVoucher
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_key, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.portal.conftest import Address, a_post
from tests.web.portal.test_portal import sent, text_of

SENT: dict[str, Any] = {
    "provider": "", "category": "", "effective_until": "01/07/2025", "note": "",
}  # fmt: skip


@pytest.fixture
def hospital(scoped: Mutual, people: People) -> Provider:
    provider = a_provider(scoped, people.moussa, code="chd-1")
    provider.level = "district"
    provider.save(update_fields=["level"])
    return provider


@pytest.fixture
def first_level(provider: Provider) -> Provider:
    provider.level = "primary"
    provider.save(update_fields=["level"])
    return provider


@pytest.fixture
def surgeon(scoped: Mutual, hospital: Provider, people: People) -> User:
    return a_post(scoped, hospital, people, username="komlan", display_name="Komlan Mensah")


@pytest.mark.usefixtures("first_level")
@pytest.mark.requirement("R063")
def test_sent_on_by_the_centre_received_at_the_hospital(
    nurse: User, surgeon: User, person: Person, hospital: Provider, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    at_centre, at_hospital = signed_in(nurse), signed_in(surgeon)
    answered = at_centre.post(address("desk"), {"code": person.number})
    assert "Envoyer à un niveau supérieur" in text_of(answered)
    issued = at_centre.post(
        address("referral-new"),
        {**SENT, "card": person.number, "provider": str(hospital.uid), "idempotency_key": a_key()},
        follow=True,
    )
    voucher = ReferralVoucher.objects.get()
    assert voucher.document_number in text_of(issued)
    assert voucher.referred_by is not None
    assert at_centre.get(address("referral-paper", uid=voucher.uid)).content.startswith(b"%PDF")
    told = text_of(at_hospital.post(address("desk"), {"code": person.number}))
    assert f"Bon de référence : {voucher.document_number}" in told
    assert "Envoyer à un niveau supérieur" not in told
    assert voucher.document_number in text_of(at_hospital.get(address("referrals")))
    page = sent(
        at_hospital, address, person, attestation_number="HD-1", care_on="16/06/2025",
        referral_number=voucher.document_number.lower(),
    )  # fmt: skip
    assert page.status_code == 302, text_of(page)
    assert Claim.objects.get().referral_id == voucher.pk


@pytest.mark.usefixtures("first_level")
def test_a_hospital_sends_nobody_on_and_takes_back_nothing_of_another(
    nurse: User, surgeon: User, person: Person, hospital: Provider, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    at_hospital = signed_in(surgeon)
    refused = at_hospital.post(
        address("referral-new"), {**SENT, "card": person.number, "idempotency_key": a_key()}
    )
    assert refused.status_code == 422
    assert "n’est pas d’un premier niveau" in text_of(refused)
    signed_in(nurse).post(
        address("referral-new"), {**SENT, "card": person.number, "provider": str(hospital.uid),
                                  "idempotency_key": a_key()},
    )  # fmt: skip
    voucher = ReferralVoucher.objects.get()
    back = {"reason": "non", "idempotency_key": a_key()}
    here = address("referral-cancel", uid=voucher.uid)
    assert at_hospital.post(here, back).status_code == 404
    assert not ReferralCancellation.objects.exists()
    signed_in(nurse).post(here, {**back, "idempotency_key": a_key()})
    assert ReferralCancellation.objects.get().voucher_id == voucher.pk


@pytest.mark.usefixtures("first_level")
def test_a_provider_sees_no_voucher_that_concerns_others(
    nurse: User, scoped: Mutual, people: People, person: Person, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    signed_in(nurse).post(
        address("referral-new"), {**SENT, "card": person.number, "idempotency_key": a_key()}
    )
    voucher = ReferralVoucher.objects.get()
    other = a_provider(scoped, people.moussa, code="csps-2")
    stranger = signed_in(a_post(scoped, other, people, username="edem", display_name="Edem Tossou"))
    assert stranger.get(address("referral", uid=voucher.uid)).status_code == 404
    assert voucher.document_number not in text_of(stranger.get(address("referrals")))
    assert signed_in(people.awa).get(address("referrals")).status_code == 403

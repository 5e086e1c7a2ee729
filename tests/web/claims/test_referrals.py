"""« Bons de référence » in the office: issued, printed, used at entry, cancelled, counted."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.models import Claim, ReferralCancellation, ReferralVoucher
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.apps.claims.test_referrals import ON, a_voucher, centre, family, hospital
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

__all__ = ["centre", "family", "hospital"]
SENT = {
    "provider": "", "category": "", "effective_from": "01/06/2025", "effective_until": "01/07/2025",
    "note": "fauteuil",
}  # fmt: skip


def _entry(person: Person, provider: Provider, number: str, **more: str) -> dict[str, str]:
    return {
        "card": person.number, "care_on": "16/06/2025", "received_on": "16/06/2025",
        "provider": str(provider.uid), "circuit": "third_party_payment", "referral_number": number,
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-item": "consultation-1",
        "lines-0-quantity": "1", "lines-0-unit_price": "4000", "act": "record",
        "idempotency_key": a_key(), **more,
    }  # fmt: skip


@pytest.mark.requirement("R063")
def test_issued_printed_used_at_entry_and_counted(
    scoped: Mutual,
    people: People,
    family: list[Person],
    hospital: Provider,
    signed_in: Browser,
    address: Address,
) -> None:
    doctor, clerk = signed_in(people.medical_adviser), signed_in(people.awa)
    page = doctor.post(
        address("referral-new"),
        {**SENT, "card": family[0].number, "provider": str(hospital.uid),
         "idempotency_key": a_key()},
        follow=True,
    )  # fmt: skip
    voucher = ReferralVoucher.objects.get()
    assert voucher.document_number in page.content.decode()
    assert voucher.effective_until == date(2025, 7, 2)
    paper = clerk.get(address("referral-paper", uid=voucher.uid))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    typed = _entry(family[0], hospital, voucher.document_number)
    shown = clerk.post(address("claim-new"), {**typed, "act": "check"}).content.decode()
    assert voucher.document_number in shown.split('id="patient"')[1][:4000]
    answer = clerk.post(address("claim-new"), typed)
    assert answer.status_code == 302, answer.content.decode()
    claim = Claim.objects.get()
    assert (claim.referral_id, claim.care_path, claim.payable_minor) == (
        voucher.pk, "referred", 3_000,
    )  # fmt: skip
    assert "Utilisé" in clerk.get(address("referral", uid=voucher.uid)).content.decode()
    a_claim(family[1], hospital, people.awa, care_on=ON)
    period = {"first": "01/06/2025", "last": "30/06/2025"}
    told = doctor.get(address("care-path-respect"), period).content.decode()
    assert "50\u00a0% des sinistres" in told
    assert "1 ÷ 2" in told
    rows = clerk.get(address("care-path-rows"), {**period, "standing": "out_of_path"})
    assert family[1].full_name in rows.content.decode()
    assert family[0].full_name not in rows.content.decode()


def test_cancelled_with_a_reason_and_kept(
    scoped: Mutual, people: People, family: list[Person], signed_in: Browser, address: Address
) -> None:
    voucher = a_voucher(family[0], people)
    doctor, here = signed_in(people.medical_adviser), address("referral-cancel", uid=voucher.uid)
    silent = doctor.post(here, {"reason": "", "idempotency_key": a_key()}, follow=True)
    assert "Dites pourquoi le bon est annulé" in silent.content.decode()
    doctor.post(here, {"reason": "guéri", "idempotency_key": a_key()})
    assert ReferralCancellation.objects.get().reason == "guéri"
    page = doctor.get(address("referrals"), {"state": "cancelled"}).content.decode()
    assert voucher.document_number in page
    assert (
        voucher.document_number
        not in doctor.get(address("referrals"), {"state": "open"}).content.decode()
    )
    assert doctor.get(address("referral-paper", uid=voucher.uid)).status_code == 200


def test_every_fault_beside_its_field(
    scoped: Mutual, people: People, family: list[Person], signed_in: Browser, address: Address
) -> None:
    doctor = signed_in(people.medical_adviser)
    sent = {**SENT, "card": family[0].number, "effective_until": "01/05/2025",
            "idempotency_key": a_key()}  # fmt: skip
    page = doctor.post(address("referral-new"), sent)
    assert page.status_code == 422
    assert "Le dernier jour du bon" in page.content.decode()
    nobody = doctor.post(address("referral-new"), {**sent, "card": "XX"})
    assert "Personne, ou plusieurs" in nobody.content.decode()
    assert not ReferralVoucher.objects.exists()


def test_the_clerk_reads_the_finance_officer_too_and_only_the_doctor_issues(
    scoped: Mutual, people: People, family: list[Person], signed_in: Browser, address: Address
) -> None:
    voucher = a_voucher(family[0], people)
    awa, moussa, fanta = map(signed_in, (people.awa, people.moussa, people.fanta))
    for browser in (awa, moussa):
        assert browser.get(address("referrals")).status_code == 200
        assert browser.get(address("care-path-respect")).status_code == 200
        assert browser.get(address("referral-new")).status_code == 403
        here = address("referral-cancel", uid=voucher.uid)
        assert browser.post(here, {"idempotency_key": a_key()}).status_code == 403
    for page in ("referral", "referral-paper"):
        assert fanta.get(address(page, uid=voucher.uid)).status_code == 404
    assert fanta.get(address("referrals")).status_code == 404


def test_a_voucher_is_put_on_a_claim_in_review_from_its_page(
    scoped: Mutual,
    people: People,
    family: list[Person],
    hospital: Provider,
    signed_in: Browser,
    address: Address,
) -> None:
    claim = a_claim(family[0], hospital, people.awa, care_on=ON)
    voucher = a_voucher(family[0], people)
    doctor, clerk = signed_in(people.medical_adviser), signed_in(people.awa)
    page = doctor.get(address("claim", uid=claim.uid)).content.decode()
    assert "Y mettre un bon de référence" in page
    assert "Hors parcours" in page
    sent = {"voucher": str(voucher.uid), "reason": "Bon vu.", "idempotency_key": a_key()}
    here = address("claim-referral", uid=claim.uid)
    assert clerk.post(here, sent).status_code == 403
    assert doctor.post(here, {**sent, "voucher": "x"}).status_code == 404
    shown = doctor.post(here, sent, follow=True).content.decode()
    assert f"Bon de référence {voucher.document_number} mis sur le sinistre" in shown
    claim.refresh_from_db()
    assert claim.payable_minor == 3_000

"""A mutual inside a microfinance institution: its clients, its agencies, its savings accounts."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Membership
from entraide.apps.enrolment.sections import move_to_section
from entraide.apps.enrolment.services import create_group
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.network import create_branch
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.takeover.models import LenderClient
from entraide.core.ledger import AccountRole
from entraide.exchange.registers.running import carry_out, plan_file, prepare_import
from tests.builders import (
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
    an_approved_product,
)
from tests.files.workbooks import csv_of
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)
HEADER = ("N° client", "Nom et prénoms", "N° prêt", "Montant du prêt", "Décaissé le",
          "Compte épargne", "Téléphone")  # fmt: skip


@pytest.mark.requirement("R210")
def test_clients_and_loans_come_in_care_is_served_and_refunded_on_the_savings_account(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    loans = an_approved_product(scoped, people.moussa, people.director, "zems").product
    lender = create_group(
        mutual=scoped, actor=people.awa, on=date(2025, 1, 2), idempotency_key=a_key(),
        code="ZEMS", name="Coopérative des zems", kind="lender", product=loans,
    )  # fmt: skip
    person = PersonEntry(name="Ado Koffi", birth_on=date(1985, 5, 5), sex="M", has_photo=True)
    family = a_household(
        scoped, people.awa, loans, enrolled_on=date(2024, 5, 1), persons=(person,), group=lender,
        loan_minor=500_000, loan_reference="P0", phone="90 12 34 56",
    )  # fmt: skip
    a_payment(family, people.awa, 21_000, paid_on=date(2024, 5, 1))
    elsewhere = a_household(scoped, people.awa, product)
    # Clients and loans: the lender's file is read, and left as it is.
    content = csv_of(HEADER, ("C-1", "Ado Koffi", "P1", "500 000", "02/05/2025", "EP-77",
                              "90 12 34 56"))  # fmt: skip
    sent = bytes(content)
    common = {"mutual": scoped, "actor": people.awa, "on": ON}
    opened, plan = plan_file(**common, content=content, profile="", options={"group": "ZEMS"})
    assert not plan.faults
    draft = prepare_import(
        **common, idempotency_key=a_key(), file_name="prets.csv", content=content,
        profile=opened.profile.profile, options={"group": "ZEMS"},
    )  # fmt: skip
    carry_out(draft, actor=people.awa, on=ON, idempotency_key=a_key())
    assert content == sent
    assert LenderClient.objects.get(number="C-1").household == family
    assert Membership.objects.filter(household=family, loan_reference="P1").exists()
    # The agency: families belong to it, and refunds are paid there.
    agency = create_branch(
        mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        code="agence-be", name="Agence de Bè",
    )  # fmt: skip
    move_to_section(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
        household=family, branch=agency,
    )  # fmt: skip
    listed = signed_in(people.awa).get(address("households"), {"section": agency.code})
    assert family.number in listed.content.decode()
    assert elsewhere.number not in listed.content.decode()
    member, provider = family.persons.get(), a_provider(scoped, people.moussa)
    a_claim(member, provider, people.awa, care_on=date(2025, 6, 3), circuit=Circuit.REIMBURSEMENT)
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    bank = account_for(scoped, AccountRole.MICROFINANCE)
    officer, cashier = signed_in(people.moussa), signed_in(people.cashier)
    officer.post(
        address("batch-new"),
        {
            "idempotency_key": a_key(), "account": str(bank.uid),
            "claims": [str(member.claims.get().uid)],
        },
    )  # fmt: skip
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(
        address("batch-authorise", uid=batch.uid),
        {"idempotency_key": a_key(), "overdraft": "99999"},
    )
    # The savings account of the family, in a file for the program of the institution.
    transfers = cashier.get(address("batch-transfers", uid=batch.uid)).content.decode("utf-8-sig")
    payout = batch.payouts.get()
    (row,) = (each.split(";") for each in transfers.splitlines()[1:])
    assert row[0] == payout.document_number
    assert row[2:5] == ["Coopérative des zems", "EP-77", "Ado Koffi"]
    paid = {
        "idempotency_key": a_key(), "paid_on": "16/06/2025", "minutes": "12",
        "payouts": [str(payout.uid)],
    }  # fmt: skip
    # A transfer is made at no counter: cash that an agency gives goes through the refund desk.
    url = address("batch-pay", uid=batch.uid)
    assert cashier.post(url, {**paid, "place": "agency"}).status_code == 422
    cashier.post(url, {**paid, "place": "transfer"})
    payout.refresh_from_db()
    assert (payout.paid_on, payout.place) == (ON, "transfer")
    assert "Par virement" in cashier.get(address("payout-places")).content.decode()
    assert not verify(scoped).findings

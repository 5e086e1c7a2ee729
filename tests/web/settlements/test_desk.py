"""The cash desk: searched, signed on the screen or on paper, printed; of the right people only."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import FloatMovement, Payout, PayoutReceipt
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.core.ledger import AccountRole
from tests.apps.settlement.test_desk import a_picture
from tests.builders import a_claim, a_household, a_key, a_payment, a_treasury_account
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)


@pytest.fixture
def box(scoped: Mutual, people: People) -> Account:
    return a_treasury_account(scoped, people.moussa, AccountRole.CASH, "agence", "Caisse agence")


@pytest.fixture
def due(person: Person, provider: Provider, people: People, scoped: Mutual) -> Payout:
    """A refund of 3 000 to be given at the agency."""
    return _due(person, provider, people, scoped)


def _due(
    person: Person, provider: Provider, people: People, scoped: Mutual, day: int = 1
) -> Payout:
    a_claim(
        person, provider, people.awa, care_on=date(2025, 3, day), circuit=Circuit.REIMBURSEMENT,
        channel="agency",
    )  # fmt: skip
    act = {"mutual": scoped, "on": ON}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
    cash = account_for(scoped, AccountRole.CASH)
    batch = prepare_batch(
        actor=people.moussa, idempotency_key=a_key(), treasury_account=cash, **act
    )
    authorise_batch(actor=people.director, idempotency_key=a_key(), batch=batch, **act)
    return payouts_of(batch)[0]


def given(
    signed_in: Browser, people: People, address: Address, box: Account, scoped: Mutual,
    amount: str = "5 000",
) -> None:  # fmt: skip
    """5 000 from the empty bank into the field agent's hands: the overdraft is confirmed."""
    officer = signed_in(people.moussa)
    form = {
        "idempotency_key": a_key(), "holder": str(people.field_agent.uid),
        "cash_account": str(box.uid), "amount_minor": amount,
        "other_account": str(account_for(scoped, AccountRole.BANK).uid),
    }  # fmt: skip
    refused = officer.post(address("agent-floats"), form)
    assert refused.status_code == 422
    assert "Cochez le découvert" in refused.content.decode()
    officer.post(address("agent-floats"), {**form, "idempotency_key": a_key(), "overdraft": "on"})


@pytest.mark.requirement("R055")
def test_an_agent_finds_signs_gives_and_prints(
    signed_in: Browser,
    people: People,
    address: Address,
    due: Payout,
    person: Person,
    box: Account,
    scoped: Mutual,
) -> None:
    agent = signed_in(people.field_agent)
    here = address("refund-give", uid=due.uid)
    assert "Vous ne détenez pas d’argent" in agent.get(here).content.decode()
    given(signed_in, people, address, box, scoped)
    assert FloatMovement.objects.get().holder == people.field_agent
    agent = signed_in(people.field_agent)
    assert agent.get(address("settlements")).url == address("refund-desk")
    assert here in agent.get(address("refund-desk") + "?q=adjovi").content.decode()
    page = agent.get(here).content.decode()
    assert 'canvas class="sign"' in page
    form = {
        "idempotency_key": a_key(), "box": str(box.uid), "received_by": str(person.uid), "place": "agency",
        "minutes": "15",
    }  # fmt: skip
    unsigned = agent.post(here, form)
    assert unsigned.status_code == 422
    assert "Faites signer" in unsigned.content.decode()
    drawn = "data:image/png;base64," + base64.b64encode(a_picture()).decode()
    answers = [agent.post(here, {**form, "signature": drawn}, follow=True) for _time in range(2)]
    assert f"remis à {person.full_name}" in answers[0].content.decode()
    due.refresh_from_db()
    assert (due.paid_by, due.from_account) == (people.field_agent, box)
    assert PayoutReceipt.objects.get().proof_kind == "signature"
    assert agent.get(address("refund-proof", uid=due.uid))["Content-Type"] == "image/jpeg"
    for format_ in ("a5", "t58"):
        printed = agent.get(address("refund-receipt", uid=due.uid) + f"?format={format_}")
        assert printed.content.startswith(b"%PDF")
    text = agent.get(address("refund-receipt", uid=due.uid) + "?format=text").content.decode()
    assert due.document_number in text
    assert "PAS ENCORE PAYÉ" not in text


def test_without_javascript_the_signed_paper_is_photographed(
    signed_in: Browser,
    people: People,
    address: Address,
    due: Payout,
    person: Person,
    box: Account,
    scoped: Mutual,
) -> None:
    given(signed_in, people, address, box, scoped)
    agent = signed_in(people.field_agent)
    text = agent.get(address("refund-receipt", uid=due.uid) + "?format=text").content.decode()
    assert "PAS ENCORE PAYÉ" in text
    form = {
        "idempotency_key": a_key(), "box": str(box.uid), "received_by": str(person.uid), "place": "agency",
        "is_thumbprint": "on", "witness": "Le chef du village",
    }  # fmt: skip
    picture = SimpleUploadedFile("empreinte.png", a_picture(), "image/png")
    agent.post(address("refund-give", uid=due.uid), {**form, "picture": picture})
    receipt = PayoutReceipt.objects.get()
    assert (receipt.proof_kind, receipt.witness) == ("thumbprint", "Le chef du village")


def test_a_float_that_lacks_is_told_beside_its_field(
    signed_in: Browser,
    people: People,
    address: Address,
    due: Payout,
    person: Person,
    box: Account,
    scoped: Mutual,
) -> None:
    given(signed_in, people, address, box, scoped)
    Payout.objects.filter(pk=due.pk).update(amount_minor=9000)
    drawn = "data:image/png;base64," + base64.b64encode(a_picture()).decode()
    form = {
        "idempotency_key": a_key(), "box": str(box.uid), "received_by": str(person.uid), "place": "agency",
        "signature": drawn,
    }  # fmt: skip
    answer = signed_in(people.field_agent).post(address("refund-give", uid=due.uid), form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["box"]
    assert "cash_account" not in answer.content.decode()


def test_only_who_gives_refunds_enters_and_only_their_mutuals(
    signed_in: Browser, people: People, address: Address, due: Payout
) -> None:
    for page in ("refund-give", "refund-receipt", "refund-proof"):
        url = address(page, uid=due.uid)
        assert signed_in(people.awa).get(url).status_code == 403
        assert signed_in(people.fanta).get(url).status_code == 404
    assert signed_in(people.director).get(address("refund-desk")).status_code == 403
    assert signed_in(people.field_agent).get(address("agent-floats")).status_code == 403


@pytest.mark.requirement("R055")
def test_another_person_leaves_a_mandate_on_the_receipt_and_in_the_journal(
    signed_in: Browser,
    people: People,
    address: Address,
    due: Payout,
    box: Account,
    scoped: Mutual,
) -> None:
    given(signed_in, people, address, box, scoped)
    agent, here = signed_in(people.field_agent), address("refund-give", uid=due.uid)
    form = {
        "idempotency_key": a_key(), "box": str(box.uid), "place": "home", "received_by": "other",
        "signature": "data:image/png;base64," + base64.b64encode(a_picture()).decode(),
    }  # fmt: skip
    for wrong in ("Une inconnue", "", str(people.awa.uid)):
        assert agent.post(here, {**form, "received_by": wrong}).status_code == 422
    refused = agent.post(here, form)
    assert refused.status_code == 422
    assert {"name", "link", "paper_number"} <= set(refused.context["form"].errors)
    agent.post(
        here,
        {
            **form, "name": "Koffi Ado", "link": "voisin", "paper_kind": "national_card",
            "paper_number": "0123-456",
            "mandate": SimpleUploadedFile("carte.png", a_picture(2), "image/png"),
        },
    )  # fmt: skip
    due.refresh_from_db()
    assert (due.place, due.from_account) == ("home", box)
    text = agent.get(address("refund-receipt", uid=due.uid) + "?format=text").content.decode()
    for told in ("Koffi Ado", "voisin", "0123-456"):
        assert told in text
    journal = agent.get(address("refunds-given")).content.decode()
    for told in (
        "Koffi Ado",
        "procuration",
        "voisin",
        "0123-456",
        "À domicile",
        str(people.field_agent),
    ):
        assert told in journal
    assert agent.get(address("refund-mandate", uid=due.uid))["Content-Type"] == "image/jpeg"
    for page in (address("refunds-given"), address("refund-mandate", uid=due.uid)):
        assert signed_in(people.awa).get(page).status_code == 403
    assert signed_in(people.fanta).get(address("refund-mandate", uid=due.uid)).status_code == 404


@pytest.mark.requirement("R055")
def test_a_paper_that_receives_for_two_families_is_told(
    signed_in: Browser, people: People, address: Address, due: Payout, box: Account,
    scoped: Mutual, provider: Provider, product: Product,
) -> None:  # fmt: skip
    given(signed_in, people, address, box, scoped, "6 000")
    other = a_household(scoped, people.awa, product)
    a_payment(other, people.awa, 13000)
    second = _due(other.persons.get(is_member=True), provider, people, scoped)
    agent = signed_in(people.field_agent)
    for rank, payout in enumerate((due, second), start=1):
        drawn = base64.b64encode(a_picture(rank)).decode()
        agent.post(
            address("refund-give", uid=payout.uid),
            {
                "idempotency_key": a_key(), "box": str(box.uid), "place": "home",
                "received_by": "other", "name": "Koffi Ado", "link": "voisin",
                "paper_kind": "passport", "paper_number": "0123-456",
                "signature": f"data:image/png;base64,{drawn}",
            },
        )  # fmt: skip
        told = agent.get(address("refunds-given")).content.decode()
        assert ("la même pièce a reçu pour une autre famille" in told) is (rank == 2)
    # The list of a batch records no cash of a family, whatever is posted to it.
    third = _due(other.persons.get(is_member=True), provider, people, scoped, day=2)
    Payout.objects.filter(pk=third.pk).update(channel="cash")
    form = {
        "idempotency_key": a_key(), "paid_on": "16/06/2025", "place": "office",
        "payouts": [str(third.uid)],
    }  # fmt: skip
    url = address("batch-pay", uid=third.batch.uid)
    assert signed_in(people.cashier).post(url, form).status_code == 422
    third.refresh_from_db()
    assert third.paid_on is None

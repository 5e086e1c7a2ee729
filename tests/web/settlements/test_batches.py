"""From approved claims to the money: prepared, authorised and paid by three persons."""

from __future__ import annotations

import html
from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.invoices import attach_claims, receive_invoice
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Appointment, Mutual
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.takeover.clients import note_payout_account
from entraide.core.ledger import AccountRole
from entraide.web.settlements.counts import waiting
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)


@pytest.fixture
def approved(person: Person, provider: Provider, people: People, scoped: Mutual) -> list[Claim]:
    """Two claims of a provider and the reimbursement of a family: 9 000 in all."""
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 1)),
        a_claim(person, provider, people.awa, care_on=date(2025, 3, 2)),
        a_claim(
            person, provider, people.awa, care_on=date(2025, 3, 3), circuit=Circuit.REIMBURSEMENT
        ),
    ]
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    return claims


@pytest.fixture
def bank(scoped: Mutual) -> str:
    return str(account_for(scoped, AccountRole.BANK).uid)


def sheet(bank: str, *claims: Claim) -> dict[str, object]:
    """The form that prepares a batch of these claims."""
    return {
        "idempotency_key": a_key(),
        "account": bank,
        "claims": [str(claim.uid) for claim in claims],
    }


def signature() -> dict[str, str]:
    """The form that authorises a batch, the bank's overdraft confirmed."""
    return {"idempotency_key": a_key(), "overdraft": "9000"}


@pytest.mark.requirement("R057")
def test_three_persons_take_a_claim_to_its_payment(
    signed_in: Browser,
    people: People,
    address: Address,
    approved: list[Claim],
    bank: str,
    mutual: Mutual,
) -> None:
    officer = signed_in(people.moussa)
    assert waiting(mutual, ON).count == 1
    opened = officer.get(address("batch-new"))
    assert [payee.total_minor for payee in opened.context["payees"]] == [6000, 3000]
    account = account_for(mutual, AccountRole.BANK)
    assert f"{account.number} · {account.label_fr}" in html.unescape(opened.content.decode())
    answer = officer.post(address("batch-new"), sheet(bank, *approved), follow=True)
    batch = SettlementBatch.objects.get()
    assert batch.total_minor == 9000
    assert f"Bordereau {batch.document_number} préparé" in answer.content.decode()
    assert waiting(mutual, ON).is_due

    director = signed_in(people.director)
    director.post(address("batch-authorise", uid=batch.uid), signature())
    batch.refresh_from_db()
    assert batch.state == BatchState.AUTHORISED

    payouts = [str(payout.uid) for payout in payouts_of(batch)]
    paid = {"idempotency_key": a_key(), "paid_on": "16/06/2025", "payouts": payouts}
    cashier = signed_in(people.cashier)
    for _time in range(2):  # sent twice, paid once
        answer = cashier.post(address("batch-pay", uid=batch.uid), paid, follow=True)
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID
    assert "2 paiements enregistrés" in answer.content.decode()
    assert "pointé avec eux par leurs numéros" in answer.content.decode()
    assert {claim.state for claim in Claim.objects.all()} == {ClaimState.PAID}
    assert waiting(mutual, ON).count == 0


@pytest.mark.requirement("R057")
def test_one_franc_is_followed_from_the_claim_to_the_payment_and_back(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    payout = payouts_of(batch).get(provider__isnull=False)
    recorded = signed_in(people.cashier).post(
        address("batch-pay", uid=batch.uid),
        {"idempotency_key": a_key(), "paid_on": "16/06/2025", "payouts": [str(payout.uid)]},
        follow=True,
    )
    assert "pointé avec lui par son numéro" in recorded.content.decode()
    auditor = signed_in(people.auditor)
    claim_text = auditor.get(address("claim", uid=approved[0].uid)).content.decode()
    for way in (address("batch", uid=batch.uid), address("payout", uid=payout.uid)):
        assert f'href="{way}"' in claim_text
    payout_text = auditor.get(address("payout", uid=payout.uid)).content.decode()
    assert f'href="{address("claim", uid=approved[0].uid)}"' in payout_text
    assert f'href="{address("batch", uid=batch.uid)}"' in payout_text
    assert "pas encore pointé" in payout_text
    paper = auditor.get(address("batch-paper", uid=batch.uid)).content.decode()
    assert "Signature et cachet de la mutuelle" in paper
    assert "empreinte avec le nom d’un témoin" in paper
    assert approved[0].document_number in paper
    assert f"{people.cashier}, 16 juin" in paper.replace("\u00a0", " ")


def test_what_is_unticked_waits_for_another_batch(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer, form = signed_in(people.moussa), sheet(bank, approved[0])
    answers = [officer.post(address("batch-new"), form) for _time in range(2)]
    assert answers[0].url == answers[1].url
    assert SettlementBatch.objects.get().total_minor == 3000
    assert Claim.objects.filter(state=ClaimState.APPROVED).count() == 2


def test_faults_of_the_form_are_said_and_nothing_is_recorded(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    answer = signed_in(people.moussa).post(address("batch-new"), sheet("", *()))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"account", "claims"}
    assert "Cochez au moins un sinistre." in answer.content.decode()
    assert not SettlementBatch.objects.exists()


def test_a_claim_that_is_paid_already_is_refused_by_name(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer = signed_in(people.moussa)
    officer.post(address("batch-new"), sheet(bank, approved[0]))
    answer = officer.post(address("batch-new"), sheet(bank, approved[0]))
    assert answer.status_code == 422
    assert approved[0].document_number in answer.content.decode()
    assert SettlementBatch.objects.count() == 1


def test_a_payment_before_its_authorisation_keeps_what_was_typed(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    payout = payouts_of(batch)[0]
    data = {"idempotency_key": a_key(), "paid_on": "10/06/2025", "payouts": [str(payout.uid)]}
    answer = signed_in(people.cashier).post(address("batch-pay", uid=batch.uid), data)
    assert answer.status_code == 422
    assert "paid_on" in answer.context["form"].errors
    assert 'value="10/06/2025"' in answer.content.decode()
    assert answer.context["ticked"] == [str(payout.uid)]


def test_a_batch_given_up_frees_its_claims(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer = signed_in(people.moussa)
    officer.post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    url = address("batch-cancel", uid=batch.uid)
    text = officer.post(url, {"idempotency_key": a_key()}, follow=True).content.decode()
    assert f"Bordereau {batch.document_number} annulé" in text
    assert Claim.objects.filter(state=ClaimState.APPROVED).count() == 3


def test_each_act_is_another_persons(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer, cashier = signed_in(people.moussa), signed_in(people.cashier)
    officer.post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    key = {"idempotency_key": a_key()}
    assert officer.post(address("batch-authorise", uid=batch.uid), key).status_code == 403
    assert cashier.post(address("batch-authorise", uid=batch.uid), key).status_code == 403
    assert (
        signed_in(people.director).post(address("batch-pay", uid=batch.uid), key).status_code == 403
    )
    assert signed_in(people.awa).get(address("settlements")).status_code == 403
    refusals = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="FORBIDDEN")
    assert {event.actor for event in refusals} >= {people.moussa, people.cashier, people.director}
    batch.refresh_from_db()
    assert batch.state == BatchState.PREPARED


def test_an_elected_officer_signs_without_reading_who_was_ill(
    signed_in: Browser,
    people: People,
    address: Address,
    approved: list[Claim],
    bank: str,
    person: Person,
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    elected = signed_in(people.elected_officer)
    text = elected.get(address("batch", uid=batch.uid)).content.decode()
    assert approved[0].document_number in text
    assert person.full_name not in text
    assert address("claim", uid=approved[0].uid) not in text
    answer = elected.post(address("batch-authorise", uid=batch.uid), signature(), follow=True)
    assert "autorisé" in answer.content.decode()


def test_a_stranger_finds_nothing(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    payout = payouts_of(batch)[0]
    stranger = signed_in(people.fanta)
    for one in (
        address("settlements"),
        address("batch", uid=batch.uid),
        address("batch-paper", uid=batch.uid),
        address("payout", uid=payout.uid),
    ):
        assert stranger.get(one).status_code == 404
    assert stranger.post(address("batch-new"), sheet(bank, approved[0])).status_code == 404


def test_batches_are_listed_by_state(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer = signed_in(people.moussa)
    officer.post(address("batch-new"), sheet(bank, *approved))
    shown = officer.get(f"{address('settlements')}?state=prepared")
    assert len(shown.context["page"]) == 1
    assert not officer.get(f"{address('settlements')}?state=paid").context["page"].object_list
    assert "Ce qui attend" in shown.content.decode()


def test_a_batch_is_prepared_for_one_means_of_payment_at_a_time(
    signed_in: Browser,
    people: People,
    address: Address,
    approved: list[Claim],
    scoped: Mutual,
) -> None:
    family = approved[-1]
    Claim.objects.filter(pk=family.pk).update(channel="cash")
    officer = signed_in(people.moussa)
    opened = officer.get(address("batch-new"))
    assert [(tab.name, tab.count) for tab in opened.context["channels"]] == [
        ("Virement", 2),
        ("Espèces", 1),
    ]
    assert [payee.total_minor for payee in opened.context["payees"]] == [6000]
    assert "un seul moyen" in opened.content.decode()
    in_cash = officer.get(address("batch-new"), {"channel": "cash"})
    assert [payee.total_minor for payee in in_cash.context["payees"]] == [3000]
    cash = account_for(scoped, AccountRole.CASH)
    assert in_cash.context["form"]["account"].initial == str(cash.uid)
    typed = sheet(str(cash.uid), family) | {"channel": "cash"}
    officer.post(address("batch-new"), typed)
    assert [each.channel for each in SettlementBatch.objects.get().payouts.all()] == ["cash"]
    assert officer.get(address("batch-new")).context["channels"] == []


def test_a_form_cannot_mix_means_nor_name_what_is_no_claim(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    Claim.objects.filter(pk=approved[-1].pk).update(channel="cash")
    officer = signed_in(people.moussa)
    answer = officer.post(address("batch-new"), sheet(bank, *approved))
    assert answer.status_code == 422
    assert "Préparez un bordereau pour chacun" in answer.content.decode()
    strange = sheet(bank, *approved) | {"claims": ["zzz"]}
    assert officer.post(address("batch-new"), strange).status_code == 422
    assert not SettlementBatch.objects.exists()


def test_who_entered_a_claim_does_not_pay_it(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    Claim.objects.filter(pk=approved[0].pk).update(entered_by=people.cashier)
    signed_in(people.cashier).post(
        address("batch-pay", uid=batch.uid),
        {
            "idempotency_key": a_key(),
            "payouts": [str(each.uid) for each in batch.payouts.all()],
            "paid_on": "16/06/2025",
        },
    )
    mine = batch.payouts.filter(claims__claim=approved[0]).get()
    assert mine.paid_on is None
    assert AuditEvent.objects.filter(code="SEPARATION_OF_DUTIES", actor=people.cashier).exists()


def test_who_prepared_a_batch_does_not_pay_it(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    """One person may hold two roles in a small mutual, never two steps of one record."""
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    SettlementBatch.objects.update(prepared_by=people.cashier)
    browser = signed_in(people.cashier)
    page = browser.get(address("batch", uid=batch.uid)).content.decode()
    assert "Vous avez préparé ce bordereau" in page
    assert address("batch-pay", uid=batch.uid) not in page
    browser.post(
        address("batch-pay", uid=batch.uid),
        {
            "idempotency_key": a_key(),
            "payouts": [str(each.uid) for each in batch.payouts.all()],
            "paid_on": "16/06/2025",
        },
    )
    assert not batch.payouts.filter(paid_on__isnull=False).exists()
    assert AuditEvent.objects.filter(code="SEPARATION_OF_DUTIES", actor=people.cashier).exists()


def test_the_account_that_a_family_asked_for_is_shown_to_who_pays_not_to_who_signs(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str,
    person: Person, scoped: Mutual,
) -> None:  # fmt: skip
    note_payout_account(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        household=person.household, institution="Mvola", number="034 00", holder_name="Ado Koffi",
    )  # fmt: skip
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    payout = payouts_of(batch).get(household__isnull=False)
    pages = (
        address("batch", uid=batch.uid), address("batch-paper", uid=batch.uid),
        address("payout", uid=payout.uid),
    )  # fmt: skip
    for url in pages:
        assert "Mvola 034 00, Ado Koffi" in signed_in(people.moussa).get(url).content.decode()
        assert "Ado Koffi" not in signed_in(people.elected_officer).get(url).content.decode()
    export = address("batch-transfers", uid=batch.uid)
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    assert export in signed_in(people.moussa).get(pages[0]).content.decode()
    assert export not in signed_in(people.elected_officer).get(pages[0]).content.decode()
    rows = signed_in(people.cashier).get(export).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + payouts_of(batch).count()
    (refund,) = [row.split(";") for row in rows if row.startswith(payout.document_number)]
    assert refund[2:5] == ["Mvola", "034 00", "Ado Koffi"]
    assert refund[6:8] == [str(payout.amount_minor), "XOF"]
    for stranger in (people.elected_officer, people.fanta):
        assert signed_in(stranger).get(export).status_code in (403, 404)


def test_the_total_follows_what_is_ticked(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    """By script as it is ticked; without, the page comes back with the true total first."""
    officer = signed_in(people.moussa)
    form = sheet(bank, approved[0]) | {"shown_minor": "9000"}
    asked = officer.post(address("batch-new"), form | {"preview": "1"})
    assert (asked.status_code, asked.context["total_minor"]) == (200, 3000)
    back = officer.post(address("batch-new"), form)
    assert back.status_code == 422
    assert "Ce qui est coché a changé" in back.content.decode()
    assert 'name="shown_minor" value="3000"' in back.content.decode()
    assert not SettlementBatch.objects.exists()
    officer.post(address("batch-new"), form | {"shown_minor": "3000"})
    assert SettlementBatch.objects.get().total_minor == 3000


def test_the_balance_is_told_at_each_step_and_an_overdraft_confirmed(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer = signed_in(people.moussa)
    opened = officer.get(address("batch-new"))
    assert "La banque devrait prêter" in opened.content.decode()
    cash = account_for(approved[0].mutual, AccountRole.CASH)
    assert str(cash.uid) not in opened.content.decode()
    officer.post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    director = signed_in(people.director)
    page = director.get(address("batch", uid=batch.uid)).content.decode()
    assert "La banque devrait prêter" in page
    assert 'name="overdraft" value="9000"' in page
    key = {"idempotency_key": a_key()}
    told = director.post(address("batch-authorise", uid=batch.uid), key, follow=True)
    assert "Cochez le découvert" in told.content.decode()
    key = {"idempotency_key": a_key(), "overdraft": "9000"}
    director.post(address("batch-authorise", uid=batch.uid), key)
    batch.refresh_from_db()
    assert batch.state == BatchState.AUTHORISED
    page = signed_in(people.cashier).get(address("batch", uid=batch.uid)).content.decode()
    assert "La banque devrait prêter" in page


def test_what_agents_give_is_left_to_the_desk(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], scoped: Mutual
) -> None:
    Claim.objects.filter(pk=approved[-1].pk).update(channel="agency")
    cash = account_for(scoped, AccountRole.CASH)
    form = sheet(str(cash.uid), approved[-1]) | {"channel": "agency"}
    signed_in(people.moussa).post(address("batch-new"), form)
    batch = SettlementBatch.objects.get()
    sign = {"idempotency_key": a_key()}
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), sign)
    cashier = signed_in(people.cashier)
    page = cashier.get(address("batch", uid=batch.uid)).content.decode()
    assert "au guichet des remboursements" in page
    assert address("batch-pay", uid=batch.uid) not in page
    payout = payouts_of(batch)[0]
    data = {"idempotency_key": a_key(), "paid_on": "16/06/2025", "payouts": [str(payout.uid)]}
    assert cashier.post(address("batch-pay", uid=batch.uid), data).status_code == 422
    payout.refresh_from_db()
    assert payout.paid_on is None


@pytest.fixture
def lone_director(people: People) -> None:
    """The director alone may authorise."""
    Appointment.objects.filter(user=people.elected_officer).update(effective_until=ON)


def test_a_claim_that_nobody_could_authorise_is_left_out_of_the_batch(
    signed_in: Browser,
    people: People,
    address: Address,
    approved: list[Claim],
    lone_director: None,
) -> None:
    Claim.objects.filter(pk=approved[0].pk).update(approved_by=people.director)
    page = signed_in(people.moussa).get(address("batch-new"))
    assert [str(approved[0].uid)] == sorted(
        {str(each.uid) for each in approved} - set(page.context["ticked"])
    )
    assert page.context["total_minor"] == 6000
    text = page.content.decode()
    assert "Un sinistre est laissé de côté" in text
    assert f"Peuvent l’autoriser\u00a0: {people.director}" in text


def test_who_approves_is_told_that_nobody_could_authorise(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    lone_director: None,
) -> None:
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 3, 1))
    url = address("claim", uid=claim.uid)
    told = "personne ne pourra en autoriser le paiement"
    assert told in signed_in(people.director).get(url).content.decode()
    assert told not in signed_in(people.coordinator).get(url).content.decode()


def test_words_for_who_pays_follow_the_account(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], scoped: Mutual
) -> None:
    Claim.objects.filter(pk=approved[-1].pk).update(channel="cash")
    cash = account_for(scoped, AccountRole.CASH)
    form = sheet(str(cash.uid), approved[-1]) | {"channel": "cash"}
    signed_in(people.moussa).post(address("batch-new"), form)
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    url = address("batch", uid=batch.uid)
    page = signed_in(people.cashier).get(url).content.decode()
    assert "sur le virement" not in page
    # A family signs for its cash: who received it is asked at the desk.
    assert "au guichet des remboursements" in page
    assert f'href="{address("refund-give", uid=batch.payouts.get().uid)}"' in page
    assert 'name="payouts"' not in page
    assert "lire son fichier" not in page
    bank = account_for(scoped, AccountRole.BANK)
    SettlementBatch.objects.update(treasury_account=bank)
    batch.payouts.update(channel="bank")
    page = signed_in(people.cashier).get(url).content.decode()
    assert "sur le virement" in page
    assert f'href="{address("import-returns")}?batch={batch.uid}"' in page


def test_a_claim_whose_invoice_does_not_add_up_is_unticked_and_needs_a_reason(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str,
    provider: Provider, scoped: Mutual,
) -> None:  # fmt: skip
    invoice = receive_invoice(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), provider=provider,
        provider_number="392", period_from=date(2025, 3, 1), period_until=date(2025, 4, 1),
        received_on=ON, stated_count=2, stated_minor=8500,
    )  # fmt: skip
    attach_claims(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), invoice=invoice,
        claims=[approved[0]],
    )  # fmt: skip
    officer = signed_in(people.moussa)
    page = officer.get(address("batch-new"))
    assert str(approved[0].uid) not in page.context["ticked"]
    assert str(approved[1].uid) in page.context["ticked"]
    told = html.unescape(page.content.decode())
    assert "leur facture ne tombe pas juste" in told
    assert address("invoice", uid=invoice.uid) in told
    refused = officer.post(address("batch-new"), sheet(bank, approved[0]))
    assert refused.status_code == 422
    assert "Son sinistre attend" in html.unescape(refused.content.decode())
    assert not SettlementBatch.objects.exists()
    sent = {**sheet(bank, approved[0]), "invoice_reason": "le centre ferme demain"}
    officer.post(address("batch-new"), sent)
    batch = SettlementBatch.objects.get()
    shown = officer.get(address("batch", uid=batch.uid)).content.decode()
    assert "le centre ferme demain" in html.unescape(shown)


@pytest.mark.requirement("R057")
def test_what_other_batches_were_promised_is_named_before_a_signature(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    officer = signed_in(people.moussa)
    for each in approved[:2]:
        officer.post(address("batch-new"), sheet(bank, each))
    first, second = SettlementBatch.objects.order_by("id")
    here = address("batch", uid=second.uid)
    director = signed_in(people.director)
    assert "Déjà promis" not in director.get(here).content.decode()
    director.post(
        address("batch-authorise", uid=first.uid),
        {"idempotency_key": a_key(), "overdraft": str(first.total_minor)},
    )
    shown = director.get(here)
    assert "Déjà promis" in shown.content.decode()
    assert shown.context["holding"].promised_minor == first.total_minor
    told = {"idempotency_key": a_key(), "overdraft": str(second.total_minor)}
    director.post(address("batch-authorise", uid=second.uid), told)
    second.refresh_from_db()
    assert second.state == BatchState.PREPARED, "the bank would lend both"


@pytest.mark.requirement("R057")
def test_a_form_of_payment_sent_again_answers_its_first_result_or_says_what_differs(
    signed_in: Browser, people: People, address: Address, approved: list[Claim], bank: str
) -> None:
    signed_in(people.moussa).post(address("batch-new"), sheet(bank, *approved))
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(address("batch-authorise", uid=batch.uid), signature())
    here, pay = address("batch", uid=batch.uid), address("batch-pay", uid=batch.uid)
    first, second = (str(each.uid) for each in payouts_of(batch))
    form = {
        "idempotency_key": a_key(), "paid_on": "16/06/2025", "payouts": [first],
        "place": "transfer", "minutes": "5",
    }  # fmt: skip
    cashier = signed_in(people.cashier)
    for _time in range(2):
        answer = cashier.post(pay, form)
        assert (answer.status_code, answer.headers["Location"]) == (302, here)
    other = cashier.post(pay, {**form, "payouts": [second]})
    assert other.status_code == 422
    assert "autre contenu" in html.unescape(other.content.decode())
    assert payouts_of(batch).get(uid=second).paid_on is None
    rest = {**form, "idempotency_key": a_key(), "payouts": [second]}
    for _time in range(2):  # the second finds the batch paid
        answer = cashier.post(pay, rest)
        assert (answer.status_code, answer.headers["Location"]) == (302, here)
    for wrong, told in (
        ({**rest, "minutes": "6"}, "autre contenu"),
        ({**rest, "payouts": [first]}, "autre contenu"),
        ({**rest, "idempotency_key": a_key()}, "déjà été enregistré"),
        ({**rest, "payouts": []}, "Cochez au moins un paiement"),
    ):
        answer = cashier.post(pay, wrong, follow=True)
        assert answer.redirect_chain == [(here, 302)]
        assert told in html.unescape(answer.content.decode()), told
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID

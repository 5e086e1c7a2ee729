"""The State's share of care: 40 % of each consultation of 4 000, invoiced, received, passed on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from entraide.apps.claims.approval import approve_decided_claims, reverse_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Posting
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.flags import Stage, set_flag
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.apps.settlement.models import SubsidyInvoice, SubsidyLine, SubsidyReceipt
from entraide.apps.settlement.subsidies import (
    cancel_subsidy_invoice,
    issue_subsidy_invoice,
    pass_subsidy_on,
    prepare_subsidy_invoice,
    receive_subsidy,
)
from entraide.apps.settlement.subsidy_credits import (
    cancel_subsidy_credit,
    issue_subsidy_credit,
    offset_subsidy,
    prepare_subsidy_credit,
    reverse_subsidy_receipt,
)
from entraide.apps.settlement.subsidy_figures import left_minor, payees, received_minor
from entraide.apps.settlement.subsidy_shares import shares_to_invoice, state_share_minor
from entraide.apps.what_if.running import waive_trial
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.rulebook import product_path, read_product
from tests.apps.settlement.conftest import ON, Act
from tests.builders import OPENED_ON, a_claim, a_key
from tests.people import People

MARCH = {"period_from": date(2025, 3, 1), "period_until": date(2025, 4, 1)}


@pytest.fixture
def shared(scoped: Mutual, people: People, product: object) -> None:
    """From June 2024 the State pays 40 % of a consultation."""
    document = read_product(product_path("essentielle")).document
    document["benefits"]["consultation"]["state_share_rate"] = {
        "unit": "1",
        "values": [{"from": date(2024, 1, 1), "value": "0.40", "source": "Arrêté 2024"}],
    }
    version = enter_product_version(
        mutual=scoped, actor=people.moussa, on=OPENED_ON, idempotency_key=a_key(),
        document=document, effective_from=date(2024, 6, 1), source="AG 2024",
        running_share_reason="Démarrage",
    )  # fmt: skip
    waive_trial(
        mutual=scoped, actor=people.moussa, on=OPENED_ON, idempotency_key=a_key(),
        product=version.product, document=document, effective_from=date(2024, 6, 1),
        reason="Pas encore de sinistres",
    )  # fmt: skip
    approve_product_version(
        mutual=scoped, actor=people.director, on=OPENED_ON, idempotency_key=a_key(), version=version
    )


@pytest.fixture
def opened(scoped: Mutual, people: People, act: Act) -> None:
    act(
        set_flag, people.network_admin, flag="state_share", stage=Stage.OPEN,
        effective_from=date(2025, 1, 1),
    )  # fmt: skip


@pytest.fixture
def claims(shared: None, approved: Any) -> list[Claim]:
    """Two of the provider and one that the family paid: the State's share of each is 1 600."""
    made: list[Claim] = approved(1, 2, home=(3,), channel="cash")
    return made


@pytest.fixture
def invoice(claims: list[Claim], opened: None, people: People, act: Act) -> SubsidyInvoice:
    return act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **MARCH)


@pytest.fixture
def issued(invoice: SubsidyInvoice, people: People, act: Act) -> SubsidyInvoice:
    return act(issue_subsidy_invoice, people.director, invoice=invoice)


def balance(mutual: Mutual, role: str) -> int:
    rows = Posting.objects.filter(mutual=mutual, account__role=role)
    return sum(row.amount_minor if row.side == "debit" else -row.amount_minor for row in rows)


@pytest.mark.requirement("R225")
def test_from_decided_claims_to_the_providers_account(
    claims: list[Claim],
    issued: SubsidyInvoice,
    provider: Provider,
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    """4 000: 1 600 the State's, 600 the family's, 1 800 payable; 4 800 of the State in all."""
    assert [claim.payable_minor for claim in claims] == [1800, 1800, 1800]
    assert (issued.document_number, issued.total_minor) == ("FSE-2025-00001", 4800)
    assert balance(scoped, "care_payers_receivable") == 4800
    assert balance(scoped, "care_shares_due") == -4800
    assert not shares_to_invoice(scoped, date(2025, 1, 1), date(2026, 1, 1))
    assert verify(scoped).findings == ()
    bank = account_for(scoped, AccountRole.BANK)
    pay = {"invoice": issued, "treasury_account": bank}
    with pytest.raises(Refusal, match="SUBSIDY_NOT_RECEIVED"):
        act(pass_subsidy_on, people.cashier, provider=provider, **pay)
    part = {**pay, "received_on": ON, "reference": "TRESOR 12"}
    act(receive_subsidy, people.moussa, amount_minor=4000, **part)
    with pytest.raises(Refusal, match="SUBSIDY_AMOUNT"):
        act(receive_subsidy, people.moussa, amount_minor=801, **part)
    assert (received_minor(issued), balance(scoped, "care_payers_receivable")) == (4000, 800)
    paid = act(pass_subsidy_on, people.cashier, provider=provider, **pay)
    assert (paid.amount_minor, balance(scoped, "bank")) == (3200, 800)
    with pytest.raises(Refusal, match="SUBSIDY_PASSED_ON"):
        act(pass_subsidy_on, people.cashier, provider=provider, **pay)
    household = claims[2].household
    with pytest.raises(Refusal, match="SUBSIDY_NOT_RECEIVED"):
        act(pass_subsidy_on, people.cashier, household=household, **pay)
    act(receive_subsidy, people.moussa, amount_minor=800, **part)
    act(pass_subsidy_on, people.cashier, household=household, **pay)
    assert [each.payment is not None for each in payees(issued)] == [True, True]
    assert (balance(scoped, "care_shares_due"), balance(scoped, "bank")) == (0, 0)
    assert verify(scoped).findings == ()
    with pytest.raises(IntegrityError, match="never changed"):
        SubsidyReceipt.objects.update(amount_minor=1)


def test_a_claim_stands_on_one_invoice_until_it_is_given_up(
    invoice: SubsidyInvoice, scoped: Mutual, people: People, act: Act
) -> None:
    again = {"payer_name": "Ministère", **MARCH}
    with pytest.raises(Refusal, match="NOTHING_TO_INVOICE"):
        act(prepare_subsidy_invoice, people.moussa, **again)
    act(cancel_subsidy_invoice, people.moussa, invoice=invoice)
    with pytest.raises(Refusal, match="SUBSIDY_NOT_PREPARED"):
        act(issue_subsidy_invoice, people.director, invoice=invoice)
    second = act(prepare_subsidy_invoice, people.moussa, **again)
    assert (second.document_number, second.total_minor) == ("FSE-2025-00002", 4800)
    assert verify(scoped).findings == ()


def test_three_persons_and_only_where_it_is_open(
    claims: list[Claim], provider: Provider, scoped: Mutual, people: People, act: Act
) -> None:
    """Closed until the network opens it; who prepares does not issue, neither passes on."""
    ask = {"payer_name": "Ministère", **MARCH}
    with pytest.raises(Refusal, match="FEATURE_NOT_OPEN"):
        act(prepare_subsidy_invoice, people.moussa, **ask)
    act(
        set_flag, people.network_admin, flag="state_share", stage=Stage.PILOT,
        effective_from=date(2025, 1, 1),
    )  # fmt: skip
    for stranger in (people.awa, people.fanta, people.director):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(prepare_subsidy_invoice, stranger, **ask)
    with pytest.raises(Refusal, match="SUBSIDY_PERIOD"):
        act(
            prepare_subsidy_invoice, people.moussa, payer_name="Ministère",
            period_from=date(2025, 3, 1), period_until=date(2025, 3, 1),
        )  # fmt: skip
    invoice = act(prepare_subsidy_invoice, people.moussa, **ask)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(issue_subsidy_invoice, people.moussa, invoice=invoice)
    bank = account_for(scoped, AccountRole.BANK)
    with pytest.raises(Refusal, match="SUBSIDY_NOT_ISSUED"):
        act(
            receive_subsidy, people.moussa, invoice=invoice, amount_minor=1, received_on=ON,
            treasury_account=bank,
        )  # fmt: skip
    act(issue_subsidy_invoice, people.director, invoice=invoice)
    for stranger in (people.director, people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(
                pass_subsidy_on, stranger, invoice=invoice, provider=provider,
                treasury_account=bank,
            )  # fmt: skip


def test_verify_sees_an_invoice_that_was_altered(issued: SubsidyInvoice, scoped: Mutual) -> None:
    SubsidyLine.objects.filter(invoice=issued).update(amount_minor=1)
    assert "SUBSIDY_DIFFERS" in {each.code for each in verify(scoped).findings}


@pytest.mark.parametrize(
    ("code", "borne_by", "share"),
    [
        ("STATE_SHARE", "other", 1600),
        ("COPAYMENT", "other", 1600),
        ("COPAYMENT", "member", 0),
        ("PAID_BY_OTHER", "other", 0),
        ("FREE_CARE", "other", 0),
    ],
)
def test_what_passes_by_the_mutual(code: str, borne_by: str, share: int) -> None:
    """What another payer paid already, or pays to the provider itself, is nobody's to collect."""
    line = {"reductions": [{"code": code, "borne_by": borne_by, "amount_minor": 1600}]}
    assert state_share_minor({"lines": [line]}) == share
    assert state_share_minor(None) == 0


@pytest.mark.parametrize(
    ("kept", "cut", "share"), [(2400, 0, 1600), (0, 2400, 0), (1200, 1200, 800)]
)
def test_the_state_pays_no_more_than_the_mutual_of_what_a_person_took_away(
    kept: int, cut: int, share: int
) -> None:
    """An act of 4 000 that was not done: nothing; half of it: half."""
    reductions = [{"code": "STATE_SHARE", "borne_by": "other", "amount_minor": 1600}]
    if cut:
        reductions.append({"code": "MEDICAL_REVIEW", "borne_by": "provider", "amount_minor": cut})
    line = {"reductions": reductions, "payable_minor": kept}
    assert state_share_minor({"lines": [line]}) == share


def test_a_claim_undone_holds_its_invoice_back_and_is_passed_on_to_nobody(
    claims: list[Claim], invoice: SubsidyInvoice, scoped: Mutual, people: People, act: Act
) -> None:
    Claim.objects.filter(pk=claims[0].pk).update(state=ClaimState.REVERSED)
    with pytest.raises(Refusal, match="SUBSIDY_CLAIM_UNDONE"):
        act(issue_subsidy_invoice, people.director, invoice=invoice)
    Claim.objects.filter(pk=claims[0].pk).update(state=ClaimState.APPROVED)
    issued = act(issue_subsidy_invoice, people.director, invoice=invoice)
    before = sum(each.amount_minor for each in payees(issued))
    Claim.objects.filter(pk=claims[0].pk).update(state=ClaimState.REVERSED)
    assert sum(each.amount_minor for each in payees(issued)) == before - 1600


def test_what_the_state_bears_whole_is_invoiced_though_nothing_is_left_to_the_mutual(
    claims: list[Claim], scoped: Mutual
) -> None:
    Claim.objects.filter(pk=claims[0].pk).update(state=ClaimState.REFUSED)
    shares = shares_to_invoice(scoped, date(2025, 1, 1), date(2026, 1, 1))
    assert claims[0] in [share.claim for share in shares]


def _undo(claim: Claim, people: People, act: Act) -> None:
    act(reverse_claim, people.moussa, claim=claim, reason="acte non fait")


@pytest.mark.requirement("R225")
def test_what_was_asked_for_a_claim_undone_since_is_given_back_by_a_credit_note(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    """4 800 asked; a claim undone: 1 600 given back, 3 200 left, and the books agree."""
    with pytest.raises(Refusal, match="SUBSIDY_NOTHING_UNDONE"):
        act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="avant")
    _undo(claims[0], people, act)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(prepare_subsidy_credit, people.moussa, invoice=issued, reason=" ")
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    assert (credit.document_number, credit.total_minor) == ("ASE-2025-00001", 1600)
    assert left_minor(issued) == 4800  # nothing before another person issues it
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(issue_subsidy_credit, people.moussa, credit=credit)
    with pytest.raises(Refusal, match="SUBSIDY_NOTHING_UNDONE"):
        act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="encore")
    act(cancel_subsidy_credit, people.moussa, credit=credit)
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    act(issue_subsidy_credit, people.director, credit=credit)
    with pytest.raises(Refusal, match="SUBSIDY_CREDIT_NOT_PREPARED"):
        act(issue_subsidy_credit, people.director, credit=credit)
    assert left_minor(issued) == 3200
    assert balance(scoped, "care_payers_receivable") == 3200
    assert balance(scoped, "care_shares_due") == -3200
    bank = account_for(scoped, AccountRole.BANK)
    with pytest.raises(Refusal, match="SUBSIDY_AMOUNT"):
        act(
            receive_subsidy, people.moussa, invoice=issued, amount_minor=3201, received_on=ON,
            treasury_account=bank,
        )  # fmt: skip
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R225")
def test_what_was_paid_and_passed_on_before_is_kept_back_of_the_next_invoice(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act, person: Person,
) -> None:  # fmt: skip
    bank = account_for(scoped, AccountRole.BANK)
    money = {"treasury_account": bank, "received_on": ON}
    act(receive_subsidy, people.moussa, invoice=issued, amount_minor=4800, **money)
    pay = {"treasury_account": bank, "provider": provider}
    act(pass_subsidy_on, people.cashier, invoice=issued, **pay)
    _undo(claims[0], people, act)
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    act(issue_subsidy_credit, people.director, credit=credit)
    assert left_minor(issued) == -1600
    for day in (4, 5):
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day), on=ON)
    act(approve_decided_claims, people.moussa)
    following = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **MARCH)
    with pytest.raises(Refusal, match="SUBSIDY_NOT_ISSUED"):
        act(offset_subsidy, people.moussa, invoice=issued, to=following)
    act(issue_subsidy_invoice, people.director, invoice=following)
    with pytest.raises(Refusal, match="SUBSIDY_NO_SURPLUS"):
        act(offset_subsidy, people.moussa, invoice=following, to=issued)
    counted = act(offset_subsidy, people.moussa, invoice=issued, to=following)
    assert counted.amount_minor == 1600
    assert (left_minor(issued), left_minor(following)) == (0, 1600)
    act(receive_subsidy, people.moussa, invoice=following, amount_minor=1600, **money)
    [payee] = payees(following)
    assert (payee.amount_minor, payee.payable_minor, payee.kept_minor) == (3200, 1600, 1600)
    paid = act(pass_subsidy_on, people.cashier, invoice=following, **pay)
    assert paid.amount_minor == 1600
    assert balance(scoped, "care_payers_receivable") == 0
    assert balance(scoped, "care_shares_due") == -1600  # the family's, of the first invoice
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R225")
def test_a_receipt_recorded_by_mistake_is_taken_back_before_it_is_passed_on(
    issued: SubsidyInvoice, provider: Provider, scoped: Mutual, people: People, act: Act
) -> None:
    bank = account_for(scoped, AccountRole.BANK)
    money = {"invoice": issued, "treasury_account": bank, "received_on": ON}
    wrong = act(receive_subsidy, people.moussa, amount_minor=4000, **money)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(reverse_subsidy_receipt, people.moussa, receipt=wrong, reason="")
    back = act(reverse_subsidy_receipt, people.moussa, receipt=wrong, reason="virement d’un autre")
    assert back.entry.reverses == wrong.entry
    assert (received_minor(issued), left_minor(issued)) == (0, 4800)
    assert balance(scoped, "bank") == 0
    with pytest.raises(Refusal, match="SUBSIDY_RECEIPT_REVERSED"):
        act(reverse_subsidy_receipt, people.moussa, receipt=wrong, reason="encore")
    right = act(receive_subsidy, people.moussa, amount_minor=4800, **money)
    act(pass_subsidy_on, people.cashier, invoice=issued, provider=provider, treasury_account=bank)
    with pytest.raises(Refusal, match="SUBSIDY_SPENT"):
        act(reverse_subsidy_receipt, people.moussa, receipt=right, reason="trop tard")
    assert verify(scoped).findings == ()

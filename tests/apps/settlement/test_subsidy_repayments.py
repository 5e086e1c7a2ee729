"""Paying back to the State what it paid too much: three persons, once, and never beside netting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from entraide.apps.claims.approval import approve_decided_claims, reverse_claim
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.papers import paper_of
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import RepaymentState, SubsidyInvoice, SubsidyRepayment
from entraide.apps.settlement.subsidies import (
    issue_subsidy_invoice,
    pass_subsidy_on,
    prepare_subsidy_invoice,
    receive_subsidy,
)
from entraide.apps.settlement.subsidy_credits import (
    issue_subsidy_credit,
    offset_subsidy,
    prepare_subsidy_credit,
    reverse_subsidy_receipt,
)
from entraide.apps.settlement.subsidy_figures import left_minor, surplus_minor
from entraide.apps.settlement.subsidy_repayments import (
    approve_subsidy_repayment,
    cancel_subsidy_repayment,
    pay_subsidy_repayment,
    prepare_subsidy_repayment,
    reverse_subsidy_repayment,
)
from entraide.apps.settlement.subsidy_statement import state_statement
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.apps.settlement.test_subsidies import (
    MARCH,
    balance,
    claims,
    invoice,
    issued,
    opened,
    shared,
)
from tests.builders import a_claim, a_treasury_account
from tests.people import People

__all__ = ["claims", "invoice", "issued", "opened", "shared"]


@pytest.fixture
def paid_too_much(
    claims: list[Claim], issued: SubsidyInvoice, scoped: Mutual, people: People, act: Act
) -> SubsidyInvoice:
    """4 800 asked and paid; one claim undone and its 1 600 given back by a credit note."""
    bank = account_for(scoped, AccountRole.BANK)
    act(
        receive_subsidy, people.moussa, invoice=issued, amount_minor=4800, received_on=ON,
        treasury_account=bank,
    )  # fmt: skip
    act(reverse_claim, people.moussa, claim=claims[0], reason="acte non fait")
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    act(issue_subsidy_credit, people.director, credit=credit)
    return issued


@pytest.mark.requirement("R225")
def test_the_state_gets_back_what_it_paid_too_much_by_three_persons(
    paid_too_much: SubsidyInvoice, scoped: Mutual, people: People, act: Act
) -> None:
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(prepare_subsidy_repayment, people.moussa, invoice=paid_too_much, reason=" ")
    ask = {"invoice": paid_too_much, "reason": "dernière facture"}
    repayment = act(prepare_subsidy_repayment, people.moussa, **ask)
    assert (repayment.document_number, repayment.amount_minor) == ("RBE-2025-00001", 1600)
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_WAITS"):
        act(prepare_subsidy_repayment, people.moussa, **ask)
    bank = account_for(scoped, AccountRole.BANK)
    pay = {"repayment": repayment, "treasury_account": bank, "paid_on": ON}
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_STATE"):
        act(pay_subsidy_repayment, people.cashier, **pay)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        act(approve_subsidy_repayment, people.moussa, repayment=repayment)
    act(approve_subsidy_repayment, people.director, repayment=repayment)
    for stranger in (people.director, people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(pay_subsidy_repayment, stranger, **pay)
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        act(pay_subsidy_repayment, people.cashier, **{**pay, "paid_on": ON + timedelta(days=1)})
    with pytest.raises(Refusal, match="PAID_BEFORE_AUTHORISATION"):
        act(pay_subsidy_repayment, people.cashier, **{**pay, "paid_on": ON - timedelta(days=1)})
    paid = act(pay_subsidy_repayment, people.cashier, reference="OV 7", **pay)
    assert (paid.state, paid.paid_by) == (RepaymentState.PAID, people.cashier)
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_STATE"):
        act(pay_subsidy_repayment, people.cashier, **pay)
    assert (left_minor(paid_too_much), surplus_minor(paid_too_much)) == (0, 0)
    assert (balance(scoped, "bank"), balance(scoped, "care_payers_receivable")) == (3200, 0)
    told = [(each.more_minor, each.less_minor) for each in state_statement(scoped, ON)]
    assert told == [(4800, 0), (0, 4800), (0, 1600), (1600, 0)]
    assert [each.balance_minor for each in state_statement(scoped, ON)] == [4800, 0, -1600, 0]
    assert paper_of(paid.entry).uid == paid_too_much.uid  # type: ignore[union-attr]
    assert verify(scoped).findings == ()
    with pytest.raises(IntegrityError, match="never changed"):
        SubsidyRepayment.objects.update(amount_minor=1)


@pytest.mark.requirement("R225")
def test_a_repayment_that_waits_counts_for_no_other_invoice(
    paid_too_much: SubsidyInvoice, scoped: Mutual, people: People, act: Act, person: Person,
    provider: Provider,
) -> None:  # fmt: skip
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 4), on=ON)
    act(approve_decided_claims, people.moussa)
    following = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **MARCH)
    act(issue_subsidy_invoice, people.director, invoice=following)
    repayment = act(prepare_subsidy_repayment, people.moussa, invoice=paid_too_much, reason="fin")
    net = {"invoice": paid_too_much, "to": following}
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_WAITS"):
        act(offset_subsidy, people.moussa, **net)
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_WAITS"):
        act(
            reverse_subsidy_receipt, people.moussa, receipt=paid_too_much.receipts.get(),
            reason="erreur",
        )  # fmt: skip
    act(cancel_subsidy_repayment, people.moussa, repayment=repayment)
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_STATE"):
        act(approve_subsidy_repayment, people.director, repayment=repayment)
    act(offset_subsidy, people.moussa, **net)
    with pytest.raises(Refusal, match="SUBSIDY_NO_SURPLUS"):
        act(prepare_subsidy_repayment, people.moussa, invoice=paid_too_much, reason="fin")
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R225")
def test_a_repayment_that_came_back_is_reversed_and_may_be_made_again(
    paid_too_much: SubsidyInvoice, scoped: Mutual, people: People, act: Act
) -> None:
    bank = account_for(scoped, AccountRole.BANK)

    def repaid() -> SubsidyRepayment:
        made = act(prepare_subsidy_repayment, people.moussa, invoice=paid_too_much, reason="fin")
        act(approve_subsidy_repayment, people.director, repayment=made)
        paid = {"repayment": made, "treasury_account": bank, "paid_on": ON}
        return act(pay_subsidy_repayment, people.cashier, **paid)  # type: ignore[no-any-return]

    back = {"repayment": repaid(), "reason": "compte fermé"}
    act(reverse_subsidy_repayment, people.moussa, **back)
    with pytest.raises(Refusal, match="SUBSIDY_REPAYMENT_STATE"):
        act(reverse_subsidy_repayment, people.moussa, **back)
    assert (left_minor(paid_too_much), balance(scoped, "bank")) == (-1600, 4800)
    assert verify(scoped).findings == ()
    repaid()
    assert (left_minor(paid_too_much), balance(scoped, "bank")) == (0, 3200)
    assert verify(scoped).findings == ()


@pytest.mark.requirement("R225")
def test_who_was_passed_on_too_much_keeps_nobody_else_waiting(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    """The provider had 3 200 before one claim was undone; the family's 1 600 were received."""
    bank = account_for(scoped, AccountRole.BANK)
    money = {"invoice": issued, "treasury_account": bank}
    act(receive_subsidy, people.moussa, amount_minor=4800, received_on=ON, **money)
    act(pass_subsidy_on, people.cashier, provider=provider, **money)
    act(reverse_claim, people.moussa, claim=claims[0], reason="acte non fait")
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    act(issue_subsidy_credit, people.director, credit=credit)
    repayment = act(prepare_subsidy_repayment, people.moussa, invoice=issued, reason="fin")
    act(approve_subsidy_repayment, people.director, repayment=repayment)
    act(
        pay_subsidy_repayment, people.cashier, repayment=repayment, treasury_account=bank,
        paid_on=ON,
    )  # fmt: skip
    paid = act(pass_subsidy_on, people.cashier, household=claims[2].household, **money)
    assert paid.amount_minor == 1600
    assert balance(scoped, "care_shares_due") == 1600  # what the provider owes back
    assert verify(scoped).findings == ()


def test_money_to_or_of_the_state_leaves_an_account_by_the_one_rule(
    claims: list[Claim], paid_too_much: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    """A cash box gives what it holds; a bank lends what who pays confirmed."""
    box = a_treasury_account(scoped, people.moussa, AccountRole.CASH, "vide", "Caisse vide")
    empty = a_treasury_account(scoped, people.moussa, AccountRole.BANK, "vide", "Banque vide")
    with pytest.raises(Refusal, match="ACCOUNT_TOO_SMALL"):
        act(
            pass_subsidy_on, people.cashier, invoice=paid_too_much, provider=provider,
            treasury_account=box,
        )  # fmt: skip
    repayment = act(prepare_subsidy_repayment, people.moussa, invoice=paid_too_much, reason="fin")
    act(approve_subsidy_repayment, people.director, repayment=repayment)
    pay = {"repayment": repayment, "paid_on": ON}
    with pytest.raises(Refusal, match="ACCOUNT_TOO_SMALL"):
        act(pay_subsidy_repayment, people.cashier, treasury_account=box, **pay)
    lends = {**pay, "treasury_account": empty}
    with pytest.raises(Refusal, match="ACCOUNT_OVERDRAWS"):
        act(pay_subsidy_repayment, people.cashier, seen_overdraft_minor=1599, **lends)
    act(pay_subsidy_repayment, people.cashier, seen_overdraft_minor=1600, **lends)
    assert verify(scoped).findings == ()

"""A claim decided again after its share was invoiced: the State gets back, or is asked, the rest."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_claim, reverse_claim
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.claims.recoding import recode_line
from entraide.apps.claims.review import LineReview, review_claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.subsidy_checks import check_subsidies
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import SubsidyInvoice
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
    prepare_subsidy_credit,
)
from entraide.apps.settlement.subsidy_figures import left_minor, payees
from entraide.apps.settlement.subsidy_shares import share_changes, shares_to_invoice
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
from tests.builders import a_care_item, a_claim
from tests.people import People

__all__ = ["claims", "invoice", "issued", "opened", "shared"]


def decided_again(claim: Claim, share: int, people: People) -> None:
    """A new decision in force by which the State bears ``share`` of the claim, the family the
    rest of both."""
    claim.refresh_from_db()
    current = Decision.objects.get(claim=claim, number=claim.decision_number)
    outcome: Any = deepcopy(current.outcome)
    for line in outcome["lines"]:
        for reduction in line["reductions"]:
            other = {"STATE_SHARE": share, "COPAYMENT": 2200 - share}
            reduction["amount_minor"] = other.get(reduction["code"], reduction["amount_minor"])
    number = claim.decision_number + 1
    Decision.objects.create(
        mutual=claim.mutual, claim=claim, number=number, made_by=people.medical_adviser,
        made_on=ON, product_version=current.product_version, context=current.context,
        outcome=outcome, claimed_minor=current.claimed_minor, payable_minor=current.payable_minor,
        reason="décidé à nouveau",
    )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(decision_number=number)


@pytest.mark.requirement("R225")
def test_less_goes_back_by_a_credit_note_for_the_part(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    """1 600 asked, 1 000 by the new decision: 600 back, with the claim and the decision."""
    decided_again(claims[0], 1000, people)
    assert [each.amount_minor for each in payees(issued)] == [2600, 1600]
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="décidé à nouveau")
    [part] = credit.lines.all()
    assert (part.line.claim, part.amount_minor, part.decision_number) == (claims[0], 600, 2)
    decided_again(claims[0], 1600, people)
    with pytest.raises(Refusal, match="SUBSIDY_CREDIT_CHANGED"):
        act(issue_subsidy_credit, people.director, credit=credit)
    act(cancel_subsidy_credit, people.moussa, credit=credit)
    with pytest.raises(Refusal, match="SUBSIDY_NOTHING_UNDONE"):
        act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="encore")
    decided_again(claims[0], 1000, people)
    credit = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="décidé à nouveau")
    act(issue_subsidy_credit, people.director, credit=credit)
    assert (credit.total_minor, left_minor(issued)) == (600, 4200)
    assert balance(scoped, "care_shares_due") == -4200
    assert not [each for each in share_changes(scoped) if not each.is_even]
    assert not list(check_subsidies(scoped))
    act(reverse_claim, people.moussa, claim=claims[0], reason="acte non fait")
    rest = act(prepare_subsidy_credit, people.moussa, invoice=issued, reason="acte non fait")
    act(issue_subsidy_credit, people.director, credit=rest)
    assert (rest.total_minor, left_minor(issued)) == (1000, 3200)
    assert not list(check_subsidies(scoped))


@pytest.mark.requirement("R225")
def test_more_is_asked_on_the_next_invoice_beside_its_period(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    """1 600 asked in March, 2 000 by the new decision: 400 more, on an invoice of later care."""
    decided_again(claims[0], 2000, people)
    later = {"period_from": ON, "period_until": MARCH["period_until"]}  # no care of its own
    again = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **later)
    [line] = again.lines.all()
    assert (line.claim, line.amount_minor, line.is_supplement) == (claims[0], 400, True)
    assert line.decision_number == 2
    decided_again(claims[0], 1800, people)
    with pytest.raises(Refusal, match="SUBSIDY_CLAIM_CHANGED"):
        act(issue_subsidy_invoice, people.director, invoice=again)
    act(cancel_subsidy_invoice, people.moussa, invoice=again)
    again = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **later)
    act(issue_subsidy_invoice, people.director, invoice=again)
    assert again.total_minor == 200
    assert not shares_to_invoice(scoped, **_of_all())
    [owed] = payees(again)
    assert (owed.provider, owed.payable_minor) == (provider, 200)
    assert not list(check_subsidies(scoped))
    decided_again(claims[0], 1500, people)  # the supplement goes back whole, then 100 of the first
    back = [
        act(prepare_subsidy_credit, people.moussa, invoice=each, reason="décidé à nouveau")
        for each in (again, issued)
    ]
    assert [each.total_minor for each in back] == [200, 100]
    for credit in back:
        act(issue_subsidy_credit, people.director, credit=credit)
    assert not list(check_subsidies(scoped))


def _of_all() -> dict[str, Any]:
    first = MARCH["period_from"]
    return {"from_": first.replace(month=1), "until": first.replace(year=2026)}


@pytest.mark.requirement("R225")
def test_what_was_passed_on_before_the_new_decision_is_kept_back(
    claims: list[Claim], issued: SubsidyInvoice, provider: Provider, scoped: Mutual,
    people: People, act: Act,
) -> None:  # fmt: skip
    bank = account_for(scoped, AccountRole.BANK)
    money = {"invoice": issued, "treasury_account": bank}
    act(receive_subsidy, people.moussa, amount_minor=4800, received_on=ON, **money)
    act(pass_subsidy_on, people.cashier, provider=provider, **money)
    decided_again(claims[0], 1000, people)
    decided_again(claims[1], 1900, people)
    told = payees(issued)[0]
    assert (told.amount_minor, told.kept_minor, told.over_minor) == (2600, 0, 600)
    following = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **MARCH)
    act(issue_subsidy_invoice, people.director, invoice=following)
    [payee] = payees(following)
    assert (payee.amount_minor, payee.payable_minor) == (300, 0)  # 600 are owed back
    assert not list(check_subsidies(scoped))


@pytest.mark.requirement("R225")
def test_a_claim_whose_share_is_invoiced_is_decided_again_by_the_rules(
    shared: None, opened: None, scoped: Mutual, people: People, act: Act, person: Person,
    provider: Provider,
) -> None:  # fmt: skip
    """Half of the act was justified: nothing is known until it is approved, then half goes back."""
    claim = a_claim(person, provider, people.awa, care_on=MARCH["period_from"], on=ON)
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.REFUSED)  # nothing left to the mutual
    prepared = act(prepare_subsidy_invoice, people.moussa, payer_name="Ministère", **MARCH)
    act(issue_subsidy_invoice, people.director, invoice=prepared)
    act(
        recode_line, people.medical_adviser, claim=claim, position=1, reason_code="entry_error",
        reason="Autre acte", item=a_care_item("consultation-2"),
    )  # fmt: skip
    claim.refresh_from_db()
    assert claim.decision_number == 2
    [change] = share_changes(scoped, [claim.pk])
    assert change.lines[0].invoice == prepared
    assert change.waits
    assert [each.amount_minor for each in payees(prepared)] == [1600]
    half = LineReview("1", "moitié justifiée", less_minor=900)
    act(review_claim, people.medical_adviser, claim=claim, changes=[half])
    act(approve_claim, people.director, claim=claim)
    [change] = share_changes(scoped, [claim.pk])
    assert (change.waits, change.owed_minor, change.excess_minor) == (False, 800, 800)
    credit = act(prepare_subsidy_credit, people.moussa, invoice=prepared, reason="moitié")
    act(issue_subsidy_credit, people.director, credit=credit)
    assert (credit.total_minor, left_minor(prepared)) == (800, 800)
    assert not list(check_subsidies(scoped))

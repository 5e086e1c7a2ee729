"""Paying back to the State what it paid too much, where no further invoice takes it.

Prepared by one person, approved by another, paid by a third. What a repayment takes counts for no
other invoice while it waits; given up or come back, it may again.
"""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.holdings import require_held, require_overdraft_confirmed
from entraide.apps.settlement.models import (
    RepaymentState,
    SubsidyInvoice,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.apps.settlement.subsidies import PAYER, locked_invoice, treasury_of
from entraide.apps.settlement.subsidy_credits import require_surplus
from entraide.apps.settlement.subsidy_figures import surplus_minor
from entraide.core import subsidy_postings
from entraide.core.errors import Refusal

REPAYMENT_PREFIX = "RBE"


@command("prepare_subsidy_repayment", right=Right.PREPARE_BATCH)
def prepare_subsidy_repayment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: SubsidyInvoice,
    reason: str,
) -> SubsidyRepayment:
    """All that the State paid too much of an invoice, to be paid back to it.

    Refused: ``REASON_MISSING``, ``SUBSIDY_NOT_ISSUED``, ``SUBSIDY_NO_SURPLUS``,
    ``SUBSIDY_REPAYMENT_WAITS`` (another waits already).
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    invoice = locked_invoice(invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    surplus = surplus_minor(invoice)
    require_surplus(invoice, surplus)
    return SubsidyRepayment.objects.create(
        mutual=mutual,
        invoice=invoice,
        document_number=next_number(mutual=mutual, prefix=REPAYMENT_PREFIX, on=on),
        state=RepaymentState.PREPARED,
        amount_minor=surplus,
        reason=reason.strip()[:200],
        prepared_on=on,
        prepared_by=actor,
    )


@command("approve_subsidy_repayment", right=Right.AUTHORISE_BATCH)
def approve_subsidy_repayment(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, repayment: SubsidyRepayment
) -> SubsidyRepayment:
    """Another person lets the money go back. ``SUBSIDY_REPAYMENT_STATE``,
    ``SEPARATION_OF_DUTIES``."""
    held = _locked(repayment, RepaymentState.PREPARED)
    require_other_person(actor, held.prepared_by, step="prepare")
    held.state, held.approved_on, held.approved_by = RepaymentState.APPROVED, on, actor
    held.save(update_fields=["state", "approved_on", "approved_by"])
    return held


@command("cancel_subsidy_repayment", right=Right.PREPARE_BATCH)
def cancel_subsidy_repayment(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, repayment: SubsidyRepayment
) -> SubsidyRepayment:
    """Given up before it is paid; its number stays used, its amount may count for another invoice.
    ``SUBSIDY_REPAYMENT_STATE``."""
    held = _locked(repayment, RepaymentState.PREPARED, RepaymentState.APPROVED)
    held.state = RepaymentState.CANCELLED
    held.save(update_fields=["state"])
    return held


@command("pay_subsidy_repayment", right=Right.RECORD_PAYOUT)
def pay_subsidy_repayment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    repayment: SubsidyRepayment,
    treasury_account: Account,
    paid_on: date,
    reference: str = "",
    seen_overdraft_minor: int | None = None,
) -> SubsidyRepayment:
    """The money has gone back to the State: posted under the number of the repayment.

    Refused: ``SUBSIDY_REPAYMENT_STATE`` (not approved, or paid already), ``SEPARATION_OF_DUTIES``
    for who prepared or approved it, ``DATE_IN_FUTURE``, ``PAID_BEFORE_AUTHORISATION``,
    ``NOT_A_TREASURY_ROLE``, ``ACCOUNT_TOO_SMALL``, ``ACCOUNT_OVERDRAWS`` (a bank would lend more
    than was confirmed; None: nobody was asked).
    """
    held = _locked(repayment, RepaymentState.APPROVED)
    require_other_person(actor, held.prepared_by, step="prepare")
    require_other_person(actor, held.approved_by, step="authorise")
    if paid_on > on:
        raise Refusal("DATE_IN_FUTURE", place="paid_on", day=paid_on, on=on)
    assert held.approved_on is not None, "what is approved has its day"
    if paid_on < held.approved_on:
        raise Refusal("PAID_BEFORE_AUTHORISATION", place="paid_on", on=held.approved_on)
    treasury = treasury_of(treasury_account)
    require_held(mutual, treasury_account, held.amount_minor, paid_on, on)
    require_overdraft_confirmed(
        mutual, treasury_account, held.amount_minor, on, seen_overdraft_minor
    )
    entry = subsidy_postings.share_repaid(
        document_number=held.document_number,
        occurred_on=paid_on,
        treasury=treasury,
        payer=PAYER,
        amount_minor=held.amount_minor,
        label=f"{held.invoice.document_number} {reference or held.reason}".strip()[:200],
    )
    held.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    held.state, held.paid_on, held.paid_by = RepaymentState.PAID, paid_on, actor
    held.treasury_account, held.reference = treasury_account, reference.strip()[:80]
    held.save(
        update_fields=["entry", "state", "paid_on", "paid_by", "treasury_account", "reference"]
    )
    return held


@command("reverse_subsidy_repayment", right=Right.REVERSE)
def reverse_subsidy_repayment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    repayment: SubsidyRepayment,
    reason: str,
) -> SubsidyRepayment:
    """It came back from the bank, or was recorded by mistake: its entry is reversed, and the State
    has paid too much again. ``REASON_MISSING``, ``SUBSIDY_REPAYMENT_STATE``."""
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = _locked(repayment, RepaymentState.PAID)
    assert held.entry is not None, "what is paid is posted"
    reverse_posted(mutual=mutual, entry=held.entry, actor=actor, on=on, reason=reason.strip())
    held.state, held.returned_on, held.returned_by = RepaymentState.RETURNED, on, actor
    held.return_reason = reason.strip()[:200]
    held.save(update_fields=["state", "returned_on", "returned_by", "return_reason"])
    return held


def _locked(repayment: SubsidyRepayment, *states: RepaymentState) -> SubsidyRepayment:
    """The repayment, locked after its invoice, in one of these states."""
    locked_invoice(repayment.invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    held = (
        SubsidyRepayment.objects.select_for_update(of=("self",))
        .select_related("invoice", "prepared_by", "approved_by", "entry")
        .get(pk=repayment.pk)
    )
    if held.state not in states:
        raise Refusal("SUBSIDY_REPAYMENT_STATE", repayment=held.document_number)
    return held

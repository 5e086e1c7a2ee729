"""Giving back to the State: claims undone or decided again after their share was asked, receipts
noted by mistake.

A credit note is prepared by one person and issued by another, as invoices are. What the State had
paid too much by then counts for another of its invoices.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.models import (
    SubsidyCredit,
    SubsidyCreditLine,
    SubsidyInvoice,
    SubsidyOffset,
    SubsidyReceipt,
    SubsidyReceiptReversal,
    SubsidyState,
)
from entraide.apps.settlement.subsidies import PAYER, locked_invoice
from entraide.apps.settlement.subsidy_figures import (
    excess_lines,
    left_minor,
    party_of,
    passed_minor,
    settled_minor,
    surplus_minor,
    waiting_repayment,
)
from entraide.apps.settlement.subsidy_shares import share_changes
from entraide.core import subsidy_postings
from entraide.core.errors import Refusal

CREDIT_PREFIX = "ASE"


@command("prepare_subsidy_credit", right=Right.PREPARE_BATCH)
def prepare_subsidy_credit(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: SubsidyInvoice,
    reason: str,
) -> SubsidyCredit:
    """A numbered credit note of all that the invoice asks too much since it was issued: claims
    undone, or decided again so that the State owes less.

    Refused: ``REASON_MISSING``, ``SUBSIDY_NOT_ISSUED``, ``SUBSIDY_NOTHING_UNDONE``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    invoice = locked_invoice(invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    lines = excess_lines(invoice)
    if not lines:
        raise Refusal("SUBSIDY_NOTHING_UNDONE", invoice=invoice.document_number)
    credit = SubsidyCredit.objects.create(
        mutual=mutual,
        invoice=invoice,
        document_number=next_number(mutual=mutual, prefix=CREDIT_PREFIX, on=on),
        state=SubsidyState.PREPARED,
        total_minor=sum(amount for _line, amount in lines),
        reason=reason.strip()[:200],
        prepared_on=on,
        prepared_by=actor,
    )
    SubsidyCreditLine.objects.bulk_create(
        SubsidyCreditLine(
            mutual=mutual,
            credit=credit,
            line=line,
            amount_minor=amount,
            decision_number=line.claim.decision_number,
        )
        for line, amount in lines
    )
    return credit


@command("issue_subsidy_credit", right=Right.AUTHORISE_BATCH)
def issue_subsidy_credit(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, credit: SubsidyCredit
) -> SubsidyCredit:
    """Another person sends it: the State owes that much less from now on.

    Refused: ``SUBSIDY_CREDIT_NOT_PREPARED``, ``SEPARATION_OF_DUTIES``, ``SUBSIDY_CREDIT_CHANGED``
    (a claim of it was decided again: give it up and prepare it again).
    """
    locked_invoice(credit.invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    credit = _prepared(credit)
    require_other_person(actor, credit.prepared_by, step="prepare")
    given: dict[str, int] = defaultdict(int)
    lines = credit.lines.select_related("line__provider", "line__household", "line__claim")
    changes = share_changes(mutual, [each.line.claim_id for each in lines], besides=credit)
    due = {line.pk: amount for change in changes for line, amount in change.excess}
    for each in lines:
        if due.get(each.line_id) != each.amount_minor:
            claim = each.line.claim.document_number
            raise Refusal("SUBSIDY_CREDIT_CHANGED", credit=credit.document_number, claim=claim)
        given[party_of(each.line)] += each.amount_minor
    entry = subsidy_postings.share_credited(
        document_number=credit.document_number,
        occurred_on=on,
        payer=PAYER,
        amounts_minor=given,
        label=f"{credit.invoice.document_number} {credit.reason}"[:200],
    )
    credit.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    credit.state, credit.issued_on, credit.issued_by = SubsidyState.ISSUED, on, actor
    credit.save(update_fields=["entry", "state", "issued_on", "issued_by"])
    return credit


@command("cancel_subsidy_credit", right=Right.PREPARE_BATCH)
def cancel_subsidy_credit(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, credit: SubsidyCredit
) -> SubsidyCredit:
    """Given up before it is issued; its number stays used. ``SUBSIDY_CREDIT_NOT_PREPARED``."""
    credit = _prepared(credit)
    credit.lines.update(is_cancelled=True)
    credit.state = SubsidyState.CANCELLED
    credit.save(update_fields=["state"])
    return credit


def _prepared(credit: SubsidyCredit) -> SubsidyCredit:
    held = (
        SubsidyCredit.objects.select_for_update(of=("self",))
        .select_related("prepared_by", "invoice")
        .get(pk=credit.pk)
    )
    if held.state != SubsidyState.PREPARED:
        raise Refusal("SUBSIDY_CREDIT_NOT_PREPARED", credit=held.document_number)
    return held


@command("offset_subsidy", right=Right.RECORD_DEPOSIT)
def offset_subsidy(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: SubsidyInvoice,
    to: SubsidyInvoice,
) -> SubsidyOffset:
    """What the State paid too much of ``invoice`` counts for ``to``, as far as that one goes.

    Refused: ``SUBSIDY_NOT_ISSUED``, ``SUBSIDY_NO_SURPLUS``, ``SUBSIDY_REPAYMENT_WAITS`` (it is
    being paid back), ``SUBSIDY_NOTHING_LEFT`` (the other is paid already),
    ``SUBSIDY_ANOTHER_PAYER`` (it goes to somebody else).
    """
    pair = {
        held.pk: held
        for each in sorted((invoice, to), key=lambda one: one.pk)  # one order of locks
        for held in (locked_invoice(each, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED"),)
    }
    source, target = pair[invoice.pk], pair[to.pk]
    surplus, left = surplus_minor(source), left_minor(target)
    require_surplus(source, surplus)
    if left <= 0:
        raise Refusal("SUBSIDY_NOTHING_LEFT", place="to", invoice=target.document_number)
    if source.payer_name != target.payer_name:
        raise Refusal("SUBSIDY_ANOTHER_PAYER", place="to", payer=target.payer_name)
    return SubsidyOffset.objects.create(
        mutual=mutual, from_invoice=source, to_invoice=target, amount_minor=min(surplus, left),
        recorded_on=on, recorded_by=actor,
    )  # fmt: skip


def require_surplus(invoice: SubsidyInvoice, surplus_minor: int) -> None:
    """``SUBSIDY_REPAYMENT_WAITS`` where a repayment takes what was paid too much, else
    ``SUBSIDY_NO_SURPLUS`` where nothing was."""
    if surplus_minor > 0:
        return
    waits = waiting_repayment(invoice)
    if waits is not None:
        raise Refusal("SUBSIDY_REPAYMENT_WAITS", repayment=waits.document_number)
    raise Refusal("SUBSIDY_NO_SURPLUS", invoice=invoice.document_number)


@command("reverse_subsidy_receipt", right=Right.REVERSE)
def reverse_subsidy_receipt(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    receipt: SubsidyReceipt,
    reason: str,
) -> SubsidyReceiptReversal:
    """A receipt of the State was recorded by mistake: its entry is reversed, the State owes again.

    Refused: ``REASON_MISSING``, ``SUBSIDY_RECEIPT_REVERSED``, ``SUBSIDY_SPENT`` (what it paid was
    passed on, paid back or counts for another invoice already), ``SUBSIDY_REPAYMENT_WAITS``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    invoice = locked_invoice(receipt.invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    if SubsidyReceiptReversal.objects.filter(receipt=receipt).exists():
        raise Refusal("SUBSIDY_RECEIPT_REVERSED", receipt=receipt.document_number)
    waits = waiting_repayment(invoice)
    if waits is not None:
        raise Refusal("SUBSIDY_REPAYMENT_WAITS", repayment=waits.document_number)
    if settled_minor(invoice) - receipt.amount_minor < passed_minor(invoice):
        raise Refusal("SUBSIDY_SPENT", receipt=receipt.document_number)
    entry = reverse_posted(
        mutual=mutual, entry=receipt.entry, actor=actor, on=on, reason=reason.strip()
    )
    return SubsidyReceiptReversal.objects.create(
        mutual=mutual, receipt=receipt, reason=reason.strip()[:200], reversed_on=on,
        reversed_by=actor, entry=entry,
    )  # fmt: skip

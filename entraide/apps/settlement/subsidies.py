"""The State's share of care: invoiced by period, received, passed on to who is owed it (R225).

The rules decide the share of each claim (``STATE_SHARE``, a copayment that another payer takes
over); here it is only asked for and followed. Open in a mutual by its feature.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.models import Circuit, ClaimState
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.services import post_entry
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.flags import STATE_SHARE, require_open
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.holdings import require_held
from entraide.apps.settlement.models import (
    SubsidyInvoice,
    SubsidyLine,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyState,
)
from entraide.apps.settlement.subsidy_figures import (
    left_minor,
    may_pass_minor,
    party_of,
    payees,
)
from entraide.apps.settlement.subsidy_shares import Share, share_changes, shares_to_invoice
from entraide.core import subsidy_postings
from entraide.core.errors import Refusal
from entraide.core.ledger import TREASURY_ROLES, AccountRole
from entraide.core.posting_rules import Treasury

INVOICE_PREFIX, RECEIPT_PREFIX, PAYMENT_PREFIX = "FSE", "RSE", "VSE"
PAYER = "payer:state"  # the State as a party of the books


@command("prepare_subsidy_invoice", right=Right.PREPARE_BATCH)
def prepare_subsidy_invoice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    period_from: date,
    period_until: date,
    payer_name: str,
) -> SubsidyInvoice:
    """The shares of a period on one numbered invoice, for another person to issue; with them what
    earlier claims that were decided again leave beside what was asked.

    Refused: ``FEATURE_NOT_OPEN``, ``SUBSIDY_PERIOD`` (it ends before it begins, or is to come),
    ``SUBSIDY_PAYER_MISSING``, ``NOTHING_TO_INVOICE``.
    """
    require_open(mutual, STATE_SHARE, on)
    if not period_from < period_until or period_from > on:
        raise Refusal("SUBSIDY_PERIOD", place="period_until")
    if not payer_name.strip():
        raise Refusal("SUBSIDY_PAYER_MISSING", place="payer_name")
    Mutual.objects.select_for_update(no_key=True).get(pk=mutual.pk)
    shares = shares_to_invoice(mutual, period_from, period_until)
    if not shares:
        raise Refusal("NOTHING_TO_INVOICE")
    invoice = SubsidyInvoice.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=INVOICE_PREFIX, on=on),
        state=SubsidyState.PREPARED,
        payer_name=payer_name.strip()[:160],
        period_from=period_from,
        period_until=period_until,
        total_minor=sum(share.amount_minor for share in shares),
        prepared_on=on,
        prepared_by=actor,
    )
    SubsidyLine.objects.bulk_create(_line(invoice, share) for share in shares)
    return invoice


def _line(invoice: SubsidyInvoice, share: Share) -> SubsidyLine:
    is_direct = share.claim.circuit == Circuit.THIRD_PARTY_PAYMENT
    return SubsidyLine(
        mutual_id=invoice.mutual_id,
        invoice=invoice,
        claim=share.claim,
        provider_id=share.claim.provider_id if is_direct else None,
        household_id=None if is_direct else share.claim.household_id,
        amount_minor=share.amount_minor,
        decision_number=share.claim.decision_number,
        is_supplement=share.is_supplement,
    )


@command("issue_subsidy_invoice", right=Right.AUTHORISE_BATCH)
def issue_subsidy_invoice(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, invoice: SubsidyInvoice
) -> SubsidyInvoice:
    """Another person sends it: the State owes it from now on.

    Refused: ``FEATURE_NOT_OPEN``, ``SUBSIDY_NOT_PREPARED``, ``SEPARATION_OF_DUTIES``,
    ``SUBSIDY_CLAIM_UNDONE`` (a claim of it was reversed) or ``SUBSIDY_CLAIM_CHANGED`` (decided
    again, for another share): give it up and prepare it again.
    """
    require_open(mutual, STATE_SHARE, on)
    invoice = locked_invoice(invoice, SubsidyState.PREPARED, "SUBSIDY_NOT_PREPARED")
    require_other_person(actor, invoice.prepared_by, step="prepare")
    for change in share_changes(mutual, invoice=invoice.pk):
        if not change.is_even:
            is_undone = change.claim.state == ClaimState.REVERSED
            code = "SUBSIDY_CLAIM_UNDONE" if is_undone else "SUBSIDY_CLAIM_CHANGED"
            raise Refusal(code, claim=change.claim.document_number)
    for role in (AccountRole.CARE_PAYERS_RECEIVABLE, AccountRole.CARE_SHARES_DUE):
        ensure_account(mutual, role)
    owed: dict[str, int] = defaultdict(int)
    for line in invoice.lines.select_related("provider", "household"):
        owed[party_of(line)] += line.amount_minor
    entry = subsidy_postings.share_invoiced(
        document_number=invoice.document_number,
        occurred_on=on,
        payer=PAYER,
        amounts_minor=owed,
        label=invoice.payer_name,
    )
    invoice.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    invoice.state, invoice.issued_on, invoice.issued_by = SubsidyState.ISSUED, on, actor
    invoice.save(update_fields=["entry", "state", "issued_on", "issued_by"])
    return invoice


@command("cancel_subsidy_invoice", right=Right.PREPARE_BATCH)
def cancel_subsidy_invoice(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, invoice: SubsidyInvoice
) -> SubsidyInvoice:
    """Given up before it is issued: its claims wait for another. ``SUBSIDY_NOT_PREPARED``."""
    invoice = locked_invoice(invoice, SubsidyState.PREPARED, "SUBSIDY_NOT_PREPARED")
    invoice.lines.update(is_cancelled=True)
    invoice.state = SubsidyState.CANCELLED
    invoice.save(update_fields=["state"])
    return invoice


@command("receive_subsidy", right=Right.RECORD_DEPOSIT)
def receive_subsidy(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: SubsidyInvoice,
    amount_minor: int,
    received_on: date,
    treasury_account: Account,
    reference: str = "",
) -> SubsidyReceipt:
    """Money of the State for an invoice, whole or a part.

    Refused: ``SUBSIDY_NOT_ISSUED``, ``SUBSIDY_AMOUNT`` (above zero, at most what is left),
    ``NOT_A_TREASURY_ROLE``, ``DATE_IN_FUTURE``, ``RETURNED_BEFORE`` the day it was issued.
    """
    invoice = locked_invoice(invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    left = left_minor(invoice)
    if not 0 < amount_minor <= left:
        raise Refusal(
            "SUBSIDY_AMOUNT", place="amount_minor", most_minor=left, currency=mutual.currency
        )
    if received_on > on:
        raise Refusal("DATE_IN_FUTURE", place="received_on", day=received_on, on=on)
    if invoice.issued_on is not None and received_on < invoice.issued_on:
        raise Refusal("SUBSIDY_BEFORE_INVOICE", place="received_on", on=invoice.issued_on)
    number = next_number(mutual=mutual, prefix=RECEIPT_PREFIX, on=on)
    entry = subsidy_postings.share_received(
        document_number=number,
        occurred_on=received_on,
        treasury=treasury_of(treasury_account),
        payer=PAYER,
        amount_minor=amount_minor,
        label=f"{invoice.document_number} {reference}".strip()[:200],
    )
    return SubsidyReceipt.objects.create(
        mutual=mutual,
        invoice=invoice,
        document_number=number,
        amount_minor=amount_minor,
        received_on=received_on,
        reference=reference.strip()[:80],
        treasury_account=treasury_account,
        recorded_by=actor,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )


@command("pass_subsidy_on", right=Right.RECORD_PAYOUT)
def pass_subsidy_on(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    invoice: SubsidyInvoice,
    treasury_account: Account,
    provider: Provider | None = None,
    household: Household | None = None,
) -> SubsidyPayment:
    """What the State paid goes to one provider or family, whole, once, less what it owes back of
    claims undone since it was paid.

    Refused: ``SUBSIDY_NOT_ISSUED``, ``SUBSIDY_NOBODY`` (it is owed nothing of this invoice),
    ``SUBSIDY_PASSED_ON``, ``SUBSIDY_OWED_BACK`` (it owes as much back), ``SUBSIDY_NOT_RECEIVED``
    (the State has not paid enough yet), ``ACCOUNT_TOO_SMALL``, ``SEPARATION_OF_DUTIES`` for who
    prepared or issued it.
    """
    invoice = locked_invoice(invoice, SubsidyState.ISSUED, "SUBSIDY_NOT_ISSUED")
    require_other_person(actor, invoice.prepared_by, step="prepare")
    require_other_person(actor, invoice.issued_by, step="authorise")
    payee = next(
        (
            each
            for each in payees(invoice)
            if (each.provider, each.household) == (provider, household)
        ),
        None,
    )
    if payee is None:
        raise Refusal("SUBSIDY_NOBODY", place="payee")
    if payee.payment is not None:
        raise Refusal("SUBSIDY_PASSED_ON", number=payee.payment.document_number)
    if payee.payable_minor <= 0:
        raise Refusal("SUBSIDY_OWED_BACK", place="payee")
    if payee.payable_minor > may_pass_minor(invoice):
        raise Refusal("SUBSIDY_NOT_RECEIVED", place="payee")
    require_held(mutual, treasury_account, payee.payable_minor, on)
    number = next_number(mutual=mutual, prefix=PAYMENT_PREFIX, on=on)
    party = f"provider:{provider.uid}" if provider else f"household:{household.uid}"  # type: ignore[union-attr]
    entry = subsidy_postings.share_passed_on(
        document_number=number,
        occurred_on=on,
        treasury=treasury_of(treasury_account),
        party=party,
        amount_minor=payee.payable_minor,
        label=invoice.document_number,
    )
    return SubsidyPayment.objects.create(
        mutual=mutual,
        invoice=invoice,
        document_number=number,
        provider=provider,
        household=household,
        amount_minor=payee.payable_minor,
        paid_on=on,
        paid_by=actor,
        treasury_account=treasury_account,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )


def treasury_of(account: Account) -> Treasury:
    """The account as the posting rules see it; ``NOT_A_TREASURY_ROLE``."""
    if account.role not in TREASURY_ROLES:
        raise Refusal("NOT_A_TREASURY_ROLE", role=account.role, allowed=sorted(TREASURY_ROLES))
    return Treasury(AccountRole(account.role), account.key)


def locked_invoice(invoice: SubsidyInvoice, state: SubsidyState, code: str) -> SubsidyInvoice:
    """The invoice, locked, which must be in this state; refused with ``code``."""
    held = (
        SubsidyInvoice.objects.select_for_update(of=("self",))
        .select_related("prepared_by", "issued_by")
        .get(pk=invoice.pk)
    )
    if held.state != state:
        raise Refusal(code, invoice=held.document_number)
    return held


def invoices(mutual: Mutual) -> QuerySet[SubsidyInvoice]:
    """The invoices of a mutual, the latest first."""
    rows = SubsidyInvoice.objects.filter(mutual=mutual)
    return rows.select_related("prepared_by", "issued_by", "entry").order_by("-id")

"""What the page of an invoice of the State's share tells of what is given back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import (
    RepaymentState,
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.apps.settlement.subsidy_figures import left_minor, surplus_minor
from entraide.apps.settlement.subsidy_shares import share_changes
from entraide.web.office import OfficeRequest

STATES: dict[str, tuple[str, Any]] = {
    SubsidyState.PREPARED: ("wait", gettext_lazy("To be issued")),
    SubsidyState.ISSUED: ("ok", gettext_lazy("Issued")),
    SubsidyState.CANCELLED: ("plain", gettext_lazy("Cancelled")),
}

OF_CREDITS: dict[str, tuple[str, Any]] = {
    SubsidyState.PREPARED: ("wait", gettext_lazy("To be issued")),
    SubsidyState.ISSUED: ("ok", pgettext_lazy("credit note", "Issued")),
    SubsidyState.CANCELLED: ("plain", pgettext_lazy("credit note", "Cancelled")),
}


OF_REPAYMENTS: dict[str, tuple[str, Any]] = {
    RepaymentState.PREPARED: ("wait", pgettext_lazy("repayment", "To be approved")),
    RepaymentState.APPROVED: ("wait", pgettext_lazy("repayment", "To be paid")),
    RepaymentState.PAID: ("ok", pgettext_lazy("repayment", "Paid back")),
    RepaymentState.CANCELLED: ("plain", pgettext_lazy("repayment", "Given up")),
    RepaymentState.RETURNED: ("bad", pgettext_lazy("repayment", "Came back")),
}


def giving_back(request: OfficeRequest, invoice: SubsidyInvoice, left: int) -> dict[str, Any]:
    """Credit notes, what counts for another invoice, and who may do what; ``left`` of it."""
    is_issued = invoice.state == SubsidyState.ISSUED
    changes = share_changes(request.mutual, invoice=invoice.pk)
    back = {
        line.pk: amount
        for change in changes
        for line, amount in change.excess
        if line.invoice_id == invoice.pk
    }
    undone = sum(back.values())
    surplus = surplus_minor(invoice) if is_issued and left < 0 else 0
    return {
        "undone_minor": undone,
        "back": back,
        "is_stale": invoice.state == SubsidyState.PREPARED
        and any(not each.is_even for each in changes),
        "surplus_minor": surplus,
        "credits": [
            (
                each,
                *OF_CREDITS[each.state],
                each.state == SubsidyState.PREPARED
                and Right.AUTHORISE_BATCH in request.rights
                and each.prepared_by_id != request.user.pk,
                each.state == SubsidyState.PREPARED and Right.PREPARE_BATCH in request.rights,
            )
            for each in invoice.credits.select_related("prepared_by", "issued_by")
            .prefetch_related("lines__line__claim")
            .order_by("id")
        ],
        "repayments": [_repayment(request, each) for each in _repayments(invoice)],
        "may_repay": surplus > 0 and Right.PREPARE_BATCH in request.rights,
        "offsets_in": invoice.offsets_in.select_related("from_invoice").order_by("id"),
        "offsets_out": invoice.offsets_out.select_related("to_invoice").order_by("id"),
        "may_credit": is_issued and undone > 0 and Right.PREPARE_BATCH in request.rights,
        "targets": _targets(invoice) if surplus and Right.RECORD_DEPOSIT in request.rights else [],
        "may_take_back": Right.REVERSE in request.rights,
    }


def changes_told(mutual: Mutual) -> dict[str, Any]:
    """What is left to do: the credit notes and repayments that wait for a hand, the invoices of
    which something goes back, what the next one asks beside."""
    changes = share_changes(mutual)
    to_give_back: dict[SubsidyInvoice, int] = {}
    for change in changes:
        for line, amount in change.excess:
            if line.invoice.state == SubsidyState.ISSUED:
                to_give_back[line.invoice] = to_give_back.get(line.invoice, 0) + amount
    repayments = SubsidyRepayment.objects.filter(
        mutual=mutual, state__in=(RepaymentState.PREPARED, RepaymentState.APPROVED)
    )
    credits_ = SubsidyCredit.objects.filter(mutual=mutual, state=SubsidyState.PREPARED)
    return {
        "in_hand": [
            *(
                (each, OF_CREDITS[each.state][1], each.total_minor)
                for each in credits_.select_related("invoice").order_by("id")
            ),
            *(
                (each, OF_REPAYMENTS[each.state][1], each.amount_minor)
                for each in repayments.select_related("invoice").order_by("id")
            ),
        ],
        "to_give_back": sorted(to_give_back.items(), key=lambda each: each[0].pk),
        "to_add_minor": sum(each.added_minor for each in changes),
        "to_add": [each for each in changes if each.added_minor],
    }


def _targets(invoice: SubsidyInvoice) -> list[SubsidyInvoice]:
    """The issued invoices of the same payer of which something is left."""
    others = SubsidyInvoice.objects.filter(
        mutual=invoice.mutual, state=SubsidyState.ISSUED, payer_name=invoice.payer_name
    ).exclude(pk=invoice.pk)
    return [each for each in others.order_by("id") if left_minor(each) > 0]


def _repayments(invoice: SubsidyInvoice) -> QuerySet[SubsidyRepayment]:
    rows = invoice.repayments.select_related(
        "prepared_by", "approved_by", "paid_by", "treasury_account", "returned_by"
    )
    return rows.order_by("id")


def _repayment(request: OfficeRequest, each: SubsidyRepayment) -> dict[str, Any]:
    """A repayment, its state in words and what this person may do with it."""
    kind, word = OF_REPAYMENTS[each.state]
    waits = each.state in (RepaymentState.PREPARED, RepaymentState.APPROVED)
    me, rights = request.user.pk, request.rights
    return {
        "row": each,
        "kind": kind,
        "word": word,
        "may_approve": each.state == RepaymentState.PREPARED
        and Right.AUTHORISE_BATCH in rights
        and each.prepared_by_id != me,
        "may_cancel": waits and Right.PREPARE_BATCH in rights,
        "may_pay": each.state == RepaymentState.APPROVED
        and Right.RECORD_PAYOUT in rights
        and me not in (each.prepared_by_id, each.approved_by_id),
        "may_reverse": each.state == RepaymentState.PAID and Right.REVERSE in rights,
    }

"""What the page of an invoice of the State's share tells of what is given back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SubsidyInvoice, SubsidyState
from entraide.apps.settlement.subsidy_figures import left_minor, undone_lines
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


def giving_back(request: OfficeRequest, invoice: SubsidyInvoice, left: int) -> dict[str, Any]:
    """Credit notes, what counts for another invoice, and who may do what; ``left`` of it."""
    is_issued = invoice.state == SubsidyState.ISSUED
    undone = sum(each.amount_minor for each in undone_lines(invoice))
    surplus = max(0, -left) if is_issued else 0
    return {
        "undone_minor": undone,
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
            for each in invoice.credits.select_related("prepared_by", "issued_by").order_by("id")
        ],
        "offsets_in": invoice.offsets_in.select_related("from_invoice").order_by("id"),
        "offsets_out": invoice.offsets_out.select_related("to_invoice").order_by("id"),
        "may_credit": is_issued and undone > 0 and Right.PREPARE_BATCH in request.rights,
        "targets": _targets(invoice) if surplus and Right.RECORD_DEPOSIT in request.rights else [],
        "may_take_back": Right.REVERSE in request.rights,
    }


def _targets(invoice: SubsidyInvoice) -> list[SubsidyInvoice]:
    """The issued invoices of the same payer of which something is left."""
    others = SubsidyInvoice.objects.filter(
        mutual=invoice.mutual, state=SubsidyState.ISSUED, payer_name=invoice.payer_name
    ).exclude(pk=invoice.pk)
    return [each for each in others.order_by("id") if left_minor(each) > 0]

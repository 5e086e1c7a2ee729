"""The transfers of a batch as a file, for the program of a bank or a telephone company."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.selectors import batch_for, payouts_of
from entraide.apps.takeover.clients import payout_accounts
from entraide.files.flat_csv import amount, csv_file
from entraide.web.office import OfficeRequest, office_view

TRANSFERRERS = frozenset({Right.PREPARE_BATCH, Right.RECORD_PAYOUT})


@require_safe
@office_view(right=TRANSFERRERS)
def transfers(request: OfficeRequest, uid: str) -> HttpResponse:
    """One row for each payment, with the account that the family asked for its refunds."""
    batch = batch_for(request.mutual, uid)
    payouts = list(payouts_of(batch))
    accounts = payout_accounts(each.household for each in payouts if each.household is not None)
    currency = request.mutual.currency
    rows = []
    for each in payouts:
        account = accounts.get(each.household_id or 0)
        if each.provider is not None:
            name, phone = each.provider.name, ""
        else:
            assert each.household is not None, "a payout has a payee"
            name = _("Family {number}").format(number=each.household.number)
            phone = each.household.phone
        rows.append(
            (
                each.document_number,
                name,
                account.institution if account is not None else "",
                account.number if account is not None else "",
                account.holder_name if account is not None else "",
                phone,
                amount(each.amount_minor, currency),
                currency,
                each.paid_on,
            )
        )
    heads = (
        _("Payment"), pgettext("transfer", "Payee"), _("Institution"), _("Account number"),
        pgettext("transfer", "Holder"), _("Telephone"), _("Amount"),
        pgettext("transfer", "Currency"), _("Paid on"),
    )  # fmt: skip
    file = f"virements-{batch.document_number}.csv"
    return HttpResponse(
        csv_file(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )

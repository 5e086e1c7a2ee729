"""What families paid beyond what they owe, gathered, with the receipts to give back or to move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from entraide.apps.contributions.models import ContributionPayment, Payer
from entraide.apps.contributions.overpayments import Overpaid, OverpaidWhy, overpaid
from entraide.apps.contributions.registers import members_of
from entraide.apps.schemes.rights import Right
from entraide.web.office import OfficeRequest, office_view

ROWS_PER_PAGE = 50
RECEIPTS_SHOWN = 3
READERS = (Right.READ_REGISTERS, Right.READ_BOOKS)
WHY_WORDS: dict[OverpaidWhy, str | Promise] = {
    OverpaidWhy.NEVER_BEGUN: _("Paid for a cover that never began."),
    OverpaidWhy.CORRECTED: _("Paid before a correction that lowered the price."),
}


@require_GET
@office_view(right=READERS)
def overpayment_list(request: OfficeRequest) -> HttpResponse:
    """Each family to give something back to: how much, since when, why, by which receipts."""
    rows = overpaid(request.mutual)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown: list[Overpaid] = list(page.object_list)
    members = members_of([row.household for row in shown])
    receipts = _last_receipts(shown)
    context = {
        "page": page,
        "rows": [
            (row, members.get(row.household.pk), WHY_WORDS[row.why], receipts[row.household.pk])
            for row in shown
        ],
        "total_minor": sum(row.amount_minor for row in rows),
        "may_reverse": Right.REVERSE in request.rights,
    }
    return render(request, "web/collection/overpayments.html", context)


def _last_receipts(rows: Sequence[Overpaid]) -> dict[int, list[ContributionPayment]]:
    """The last standing receipts of each family: what would be reversed or moved. One query."""
    found: dict[int, list[ContributionPayment]] = defaultdict(list)
    standing = ContributionPayment.objects.filter(
        household__in=[row.household.pk for row in rows],
        payer=Payer.HOUSEHOLD,
        reversed_on__isnull=True,
    )
    for receipt in standing.order_by("-paid_on", "-id"):
        if len(found[receipt.household_id]) < RECEIPTS_SHOWN:
            found[receipt.household_id].append(receipt)
    return found

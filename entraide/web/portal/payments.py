"""What the mutual paid to a provider, payment by payment, with the attestations of each."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from entraide.apps.portal.selectors import claims_paid_by, payout_of_place, payouts_of_place
from entraide.apps.settlement.recoveries import deductions_by_payout
from entraide.web.claims.reasons import CHANNELS
from entraide.web.portal.frame import PortalRequest, portal_view, shown

PER_PAGE = 25


@require_safe
@portal_view
def payment_list(request: PortalRequest) -> HttpResponse:
    """The payments that are signed, the latest first."""
    page = Paginator(payouts_of_place(request.place), PER_PAGE).get_page(request.GET.get("page"))
    return shown(request, "web/portal/payments.html", {"page": page})


@require_safe
@portal_view
def payment(request: PortalRequest, uid: str) -> HttpResponse:
    """One payment and what it pays: the paper to hold beside one's own register."""
    payout = payout_of_place(request.place, uid)
    rows = claims_paid_by(payout)
    context = {
        "payout": payout,
        "rows": rows,
        "channel": CHANNELS.get(payout.channel, payout.channel),
        "claimed_minor": sum(each.claim.claimed_minor for each in rows),
        "paid_minor": sum(each.amount_minor for each in rows),
        "kept_back": deductions_by_payout([payout]).get(payout.pk, []),
    }
    return shown(request, "web/portal/payment.html", context)

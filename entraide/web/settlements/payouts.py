"""One payment: what it pays, what it keeps back, and what is done when it went wrong."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.care_control.campaigns import left_to_ask
from entraide.apps.claims.selectors import claim_for
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.incentives import additions_by_payout, discounts_by_payout
from entraide.apps.settlement.models import AwardState, BatchState, Payout
from entraide.apps.settlement.recoveries import ask_overpayment_back, deductions_by_payout
from entraide.apps.settlement.returns import receipt_of, return_payout, reverse_payout
from entraide.apps.settlement.selectors import claims_of_payout, payout_for, payout_of_claim
from entraide.core.ledger import AccountRole
from entraide.core.settlement_channels import is_in_hand
from entraide.documents import writing
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.settlements.forms import AskBackForm, ReasonForm, ReturnForm, return_name
from entraide.web.settlements.given import shown_receipt
from entraide.web.settlements.payees import members_of, shown_payout
from entraide.web.settlements.views import ACCOUNT_READERS
from entraide.web.settlements.without_account import account_way, without_account
from entraide.web.ways import BATCH_READERS, entry_way, open_to, statement_ways


def may_come_back(payout: Payout) -> bool:
    """Whether the payment went, or was let go, and did not come back."""
    states = (BatchState.AUTHORISED, BatchState.PAID)
    return payout.batch.state in states and payout.returned_on is None


@require_safe
@office_view(right=BATCH_READERS)
def payout(request: OfficeRequest, uid: str) -> HttpResponse:
    """One payment: the claims that it pays, its entry, the line of the bank statement."""
    payout = payout_for(request.mutual, uid)
    is_told = bool(request.rights & ACCOUNT_READERS)
    kept = deductions_by_payout([payout]).get(payout.pk, ())
    shown = shown_payout(
        payout, claims_of_payout(payout), kept, tells_account=is_told,
        discounts=discounts_by_payout([payout]).get(payout.pk, ()),
        additions=additions_by_payout([payout]).get(payout.pk, ()),
        member=members_of([payout]).get(payout.household_id or 0, ""),
    )  # fmt: skip
    receipt = receipt_of(payout)
    is_giver = receipt is not None and receipt.recorded_by_id == request.user.pk
    entry = None if payout.entry is None else entry_way(request.mutual, payout.entry)
    context = {
        "payout": payout,
        "shown": shown,
        "batch": payout.batch,
        "entry": entry and open_to(entry, request.rights, Right.READ_BOOKS),
        "without_account": without_account(request, [payout]),
        "account_url": "" if is_in_hand(payout.channel) else account_way(request, payout),
        "statement_lines": [
            (on, minor, open_to(way, request.rights, Right.READ_BOOKS, Right.MATCH))
            for on, minor, way in statement_ways(request.mutual, payout.entry)
        ],
        "lapses": payout.lapses.exclude(state=AwardState.CANCELLED),
        "may_read_claims": Right.READ_REGISTERS in request.rights,
        "return_name": return_name(payout.return_code),
        "may_return": Right.RECORD_PAYOUT in request.rights
        and receipt is None
        and may_come_back(payout),
        "given": shown_receipt(payout),
        "is_cash": (payout.from_account or payout.batch.treasury_account).role == AccountRole.CASH,
        "may_reverse": Right.REVERSE in request.rights and payout.stands_paid and not is_giver,
        "may_ask_back": Right.REVERSE in request.rights and payout.stands_paid,
    }
    return render(request, "web/settlements/payout.html", context)


@office_view(right=Right.RECORD_PAYOUT)
def come_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """The bank or operator did not pay, or nobody was reached: what it paid is payable again."""
    payout = payout_for(request.mutual, uid)
    here = office_url(request, "payout", uid=payout.uid)
    form = ReturnForm(request.POST or None, day=request.day)
    marks_it = ""
    if getattr(payout, "destination", None) is not None:
        marks_it = " " + _("Nothing more is transferred to its account until it is confirmed.")
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data
        if carried_out(
            form, lambda: return_payout(payout=payout, **content, **command_arguments(request))
        ):
            _tell_returned(request, payout)
            return redirect(here)
    return form_page(
        request, form, title=_("The payment came back"), verb=_("Record the return"),
        lede=_("Its claims wait for another batch; what it kept back is owed again.") + marks_it,
        back=here, way=payout.document_number,
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip


@office_view(right=Right.REVERSE)
def undo(request: OfficeRequest, uid: str) -> HttpResponse:
    """The payment was recorded by mistake: its entry is reversed, its claims are payable again."""
    payout = payout_for(request.mutual, uid)
    here = office_url(request, "payout", uid=payout.uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form, lambda: reverse_payout(payout=payout, reason=reason, **command_arguments(request))
        ):
            _tell_returned(request, payout)
            return redirect(here)
    return form_page(
        request, form, title=_("Take the payment back"), verb=_("Reverse the payment"),
        lede=_("For a payment that was recorded and not made. Its entry is reversed."),
        back=here, way=payout.document_number,
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip


def _tell_returned(request: OfficeRequest, payout: Payout) -> None:
    notify(
        request,
        _("Payment {number} came back").format(number=payout.document_number),
        detail=_("Its claims wait for another batch."),
    )


@office_view(right=Right.REVERSE)
def ask_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """A paid claim was paid too much: the payee's next payments keep the difference back."""
    claim = claim_for(request.mutual, uid)
    payout = payout_of_claim(claim)
    most = left_to_ask(claim)
    back = office_url(request, "claim", uid=claim.uid)
    if payout is not None:
        back = office_url(request, "payout", uid=payout.uid)
    form = AskBackForm(request.POST or None, currency=request.mutual.currency)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data
        if carried_out(
            form, lambda: ask_overpayment_back(claim=claim, **content, **command_arguments(request))
        ):
            notify(
                request,
                _("{amount} asked back").format(
                    amount=writing.money(
                        content["amount_minor"], request.mutual.currency, request.LANGUAGE_CODE
                    )
                ),
                detail=_("The next payments of the payee keep it back, line by line."),
                links=[(_("Amounts asked back"), office_url(request, "control-recoveries"))],
            )
            return redirect(back)
    left = writing.money(most, request.mutual.currency, request.LANGUAGE_CODE)
    return form_page(
        request, form, title=_("Ask an overpayment back"), verb=_("Ask it back"),
        lede=_("Claim {claim} paid; {left} at most can be asked back.").format(
            claim=claim.document_number, left=left
        ),
        back=back, way=payout.document_number if payout else claim.document_number,
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip

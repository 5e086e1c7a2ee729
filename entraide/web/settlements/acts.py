"""What people do with settlements: prepare, authorise, cancel, say that the money has gone."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from entraide.apps.claims.held import held_ids, held_invoices
from entraide.apps.claims.selectors import claims_of, decided_by_rules
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts, treasury_balance
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.batch_terms import batch_terms
from entraide.apps.settlement.payees import usual_channels
from entraide.apps.settlement.recoveries import outstanding_of
from entraide.apps.settlement.selectors import batch_for, claims_to_settle, payouts_of
from entraide.apps.settlement.services import (
    authorise_batch,
    cancel_batch,
    prepare_batch,
    record_payout,
)
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from entraide.core.settlement_channels import TREASURY_OF_CHANNEL
from entraide.documents.writing import money
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.claims.reasons import language
from entraide.web.ledger.wording import account_choice
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.settlements.forms import BatchForm, PaidForm
from entraide.web.settlements.payees import (
    by_payee,
    channel_tabs,
    usual_channel,
)
from entraide.web.settlements.views import batch_page
from entraide.web.ways import page_way


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.PREPARE_BATCH)
def prepare(request: OfficeRequest) -> HttpResponse:
    """Choose the account and the claims; the batch is numbered when it is recorded."""
    mutual = request.mutual
    waiting = list(claims_to_settle(mutual))
    ways = usual_channels(mutual, waiting)
    asked = request.POST.get("channel") or request.GET.get("channel", "")
    channel = usual_channel(ways.values(), asked)
    offered = [each for each in waiting if ways[each.pk] == channel]
    held = held_invoices(mutual, offered)
    kept_back = held_ids(held)
    claims = [each for each in offered if each.pk not in kept_back]
    accounts = {str(each.uid): each for each in treasury_accounts(mutual)}
    is_posted = request.method == "POST"
    form = BatchForm(
        request.POST if is_posted else None,
        accounts=[(uid, account_choice(each)) for uid, each in accounts.items()],
        # A form sent twice names claims that its first sending has put on the batch.
        claims=request.POST.getlist("claims") if is_posted else [str(each.uid) for each in offered],
        initial={"account": _usual_account(accounts, channel)},
    )
    if is_posted and form.is_valid():
        try:
            batch = prepare_batch(
                **command_arguments(request),
                treasury_account=accounts[form.cleaned_data["account"]],
                claims=claims_of(mutual, form.cleaned_data["claims"]),
                invoice_reason=form.cleaned_data["invoice_reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(
                request,
                _("Batch {batch} prepared: {total}").format(
                    batch=batch.document_number,
                    total=money(batch.total_minor, mutual.currency, language()),
                ),
                detail=_("Another person authorises it now."),
                links=[
                    (_("Print the paper"), office_url(request, "batch-paper", uid=batch.uid)),
                ],
            )
            return redirect(office_url(request, "batch", uid=batch.uid))
    ticked = form.data.getlist("claims") if is_posted else [str(each.uid) for each in claims]  # type: ignore[attr-defined]
    terms = batch_terms(mutual, claims, ways, request.day)
    payees = by_payee(claims, ways, outstanding_of(mutual, claims), terms)
    context = {
        "form": form,
        "channel": channel,
        "channels": channel_tabs(ways.values(), channel),
        "payees": payees,
        "held": held,
        "may_open_invoices": may_open_invoices(request),
        "kept_minor": sum(each.kept_minor for each in payees),
        "ticked": set(ticked),
        "accounts": [
            (each, treasury_balance(mutual, request.day, account=account, fund=FundCode.MUTUAL))
            for each, account in zip(form["account"], accounts.values(), strict=True)
        ],
        "total_minor": sum(each.total_minor for each in payees),
        "claim_count": len(claims),
        "by_rules": decided_by_rules(mutual),
    }
    return render(
        request, "web/settlements/prepare.html", context, status=422 if is_posted else 200
    )


def _usual_account(accounts: Mapping[str, Account], channel: str) -> str:
    """The account whose money travels by this channel; the bank when there is none."""
    usual = TREASURY_OF_CHANNEL.get(channel, AccountRole.BANK)
    for role in (usual, AccountRole.BANK):
        for uid, account in accounts.items():
            if account.role == role:
                return uid
    return next(iter(accounts), "")


@require_POST
@office_view(right=Right.AUTHORISE_BATCH)
def authorise(request: OfficeRequest, uid: str) -> HttpResponse:
    """Let the money go: another person than who prepared it."""
    batch = batch_for(request.mutual, uid)
    here = office_url(request, "batch", uid=batch.uid)
    try:
        authorise_batch(
            **command_arguments(request),
            batch=batch,
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(here)
    notify(
        request,
        _("Batch {batch} authorised").format(batch=batch.document_number),
        detail=_("The cashier pays it and records each payment."),
        links=[(_("Print the paper"), office_url(request, "batch-paper", uid=batch.uid))],
    )
    return redirect(here)


@require_POST
@office_view(right=Right.PREPARE_BATCH)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """Give a batch up before it is authorised: its claims wait for another one."""
    batch = batch_for(request.mutual, uid)
    try:
        cancel_batch(
            **command_arguments(request),
            batch=batch,
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(
            request,
            _("Batch {batch} cancelled").format(batch=batch.document_number),
            detail=_("Its claims wait for another batch; its number stays used."),
            links=[(_("Prepare another batch"), office_url(request, "batch-new"))],
        )
    return redirect(office_url(request, "batch", uid=batch.uid))


@require_POST
@office_view(right=Right.RECORD_PAYOUT)
def pay(request: OfficeRequest, uid: str) -> HttpResponse:
    """Record that the money of these payments has gone, each under its own number."""
    batch = batch_for(request.mutual, uid)
    payouts = {str(each.uid): each for each in payouts_of(batch)}
    form = PaidForm(request.POST, payouts=payouts.values(), day=request.day)
    if not form.is_valid():
        return batch_page(request, batch, form=form)
    key = request.POST.get("idempotency_key", "")
    paid = []
    try:
        for chosen in form.cleaned_data["payouts"]:
            paid.append(
                record_payout(
                    mutual=request.mutual,
                    actor=request.user,
                    on=request.day,
                    idempotency_key=f"{key}:{chosen}" if key else "",
                    payout=payouts[chosen],
                    paid_on=form.cleaned_data["paid_on"],
                    place=form.cleaned_data["place"],
                    minutes=form.cleaned_data["minutes"],
                )
            )
    except Refusal as refusal:
        if not paid:
            show_refusal(form, refusal)
            return batch_page(request, batch, form=form)
        notify(request, told(refusal), kind="bad")  # what went before it is recorded and stays
    total_minor = sum(each.amount_minor for each in paid)
    text = ngettext(
        "{count} payment recorded: {total}", "{count} payments recorded: {total}", len(paid)
    )
    fund = page_way(request.mutual, _("See the mutual fund"), "ledger")
    may_see = Right.READ_BOOKS in request.rights and fund.url
    notify(
        request,
        text.format(count=len(paid), total=money(total_minor, request.mutual.currency, language())),
        detail=ngettext(
            "The bank statement will be matched with it by its number.",
            "The bank statement will be matched with them by their numbers.",
            len(paid),
        ),
        links=[(fund.words, fund.url)] if may_see else (),
    )
    return redirect(office_url(request, "batch", uid=batch.uid))

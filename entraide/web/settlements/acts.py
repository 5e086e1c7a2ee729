"""What people do with settlements: prepare, authorise, cancel, say that the money has gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from entraide.apps.claims.left_before import held_claims
from entraide.apps.claims.selectors import claims_of, decided_by_rules
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.batch_terms import awards_named
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.apps.settlement.selectors import batch_for, payouts_of, payouts_under
from entraide.apps.settlement.services import (
    authorise_batch,
    cancel_batch,
    is_signed_for,
    prepare_batch,
    record_payout,
)
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.settlement_channels import TREASURY_OF_CHANNEL
from entraide.documents.writing import money
from entraide.web.claims.reasons import language
from entraide.web.ledger.wording import account_choice
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.settlements.choice import batch_choice
from entraide.web.settlements.forms import BatchForm, PaidForm
from entraide.web.settlements.views import batch_page
from entraide.web.ways import page_way


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.PREPARE_BATCH)
def prepare(request: OfficeRequest) -> HttpResponse:
    """Choose the account and the claims; the batch is numbered when it is recorded.

    The total follows what is ticked; whoever reads no script sees it before the batch is made.
    """
    mutual = request.mutual
    choice = batch_choice(request)
    is_posted = request.method == "POST"
    is_asked_only = is_posted and bool(request.POST.get("preview"))
    form = BatchForm(
        request.POST if is_posted else None,
        accounts=[(uid, account_choice(each)) for uid, each in choice.accounts.items()],
        # A form sent twice names claims that its first sending has put on the batch.
        claims=request.POST.getlist("claims") if is_posted else choice.offered,
        awards=request.POST.getlist("awards") if is_posted else choice.awarded,
        initial={"account": _usual_account(choice.accounts, choice.channel)},
    )
    is_confirmed = request.POST.get("shown_minor") in (None, str(choice.total_minor))
    if is_posted and not is_asked_only and is_confirmed and form.is_valid():
        try:
            batch = prepare_batch(
                **command_arguments(request),
                treasury_account=choice.accounts[form.cleaned_data["account"]],
                claims=claims_of(mutual, form.cleaned_data["claims"]),
                awards=awards_named(mutual, form.cleaned_data["awards"]),
                invoice_reason=form.cleaned_data["invoice_reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            _tell_prepared(request, batch)
            return redirect(office_url(request, "batch", uid=batch.uid))
    context = {
        "form": form,
        **choice.context(request, form),
        "by_rules": decided_by_rules(mutual),
        "is_to_confirm": is_posted and not is_asked_only and not is_confirmed,
        "gone": held_claims(mutual),
    }
    status = 422 if is_posted and not is_asked_only else 200
    return render(request, "web/settlements/prepare.html", context, status=status)


def _tell_prepared(request: OfficeRequest, batch: SettlementBatch) -> None:
    notify(
        request,
        _("Batch {batch} prepared: {total}").format(
            batch=batch.document_number,
            total=money(batch.total_minor, request.mutual.currency, language()),
        ),
        detail=_("Another person authorises it now."),
        links=[(_("Print the paper"), office_url(request, "batch-paper", uid=batch.uid))],
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
            seen_overdraft_minor=_seen_overdraft(request),
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


def _seen_overdraft(request: OfficeRequest) -> int:
    """By how much the page said that the bank would lend, where that was ticked; else nothing."""
    told = request.POST.get("overdraft", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0


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
    payouts = {str(each.uid): each for each in payouts_of(batch) if not is_signed_for(each)}
    form = PaidForm(request.POST, payouts=payouts.values(), day=request.day)
    if not form.is_valid():
        return _not_paid(request, batch, form)
    key = request.POST.get("idempotency_key", "")
    paid = []
    try:
        _require_same_payouts(request, key, form.cleaned_data["payouts"])
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
            return _not_paid(request, batch, form)
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
        detail=_what_follows(batch, len(paid)),
        links=[(fund.words, fund.url)] if may_see else (),
    )
    return redirect(office_url(request, "batch", uid=batch.uid))


def _require_same_payouts(request: OfficeRequest, key: str, chosen: Sequence[str]) -> None:
    """``IDEMPOTENCY_CONFLICT`` when this form recorded another payment before. What it asked for
    and was refused then may be asked again; day and place are held to by each payment itself."""
    if key and not payouts_under(request.mutual, key) <= set(chosen):
        raise Refusal("IDEMPOTENCY_CONFLICT", key=key)


def _not_paid(request: OfficeRequest, batch: SettlementBatch, form: PaidForm) -> HttpResponse:
    """The page with what is wrong beside the form; where nothing is left to pay and the page has no
    form, back to the batch with the same said above it."""
    batch.refresh_from_db()
    if batch.state == BatchState.AUTHORISED:
        return batch_page(request, batch, form=form)
    for errors in form.errors.values():
        for each in errors:
            notify(request, str(each), kind="bad")
    return redirect(office_url(request, "batch", uid=batch.uid))


def _what_follows(batch: SettlementBatch, count: int) -> str:
    """What becomes of payments recorded, by the account that paid them."""
    role = batch.treasury_account.role
    if role == AccountRole.CASH:
        return _("The cash book has it: keep the paper that the payee signed with it.")
    if role == AccountRole.MOBILE_MONEY:
        return _("The operator’s statement will be matched with it by the payment’s number.")
    return ngettext(
        "The bank statement will be matched with it by its number.",
        "The bank statement will be matched with them by their numbers.",
        count,
    )

"""Reading settlements: what waits, one batch, one payment, the paper to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.access.models import User
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.apps.settlement.account_changes import changed_accounts
from entraide.apps.settlement.batch_figures import CAME_BACK, money_in_all, money_of
from entraide.apps.settlement.hands import has_handled_a_claim
from entraide.apps.settlement.holdings import promised_minor, room
from entraide.apps.settlement.incentives import additions_by_payout, discounts_by_payout
from entraide.apps.settlement.inclusions import inclusions_of
from entraide.apps.settlement.models import BatchState, Payout, SettlementBatch
from entraide.apps.settlement.recoveries import deductions_by_payout
from entraide.apps.settlement.returned_accounts import Marks, confirmed_accounts, marks
from entraide.apps.settlement.selectors import (
    batch_for,
    batches,
    batches_to_authorise,
    batches_to_pay,
    claims_by_payout,
    payouts_of,
    waiting_for_batch,
)
from entraide.apps.settlement.services import is_signed_for
from entraide.core.account_room import AccountRoom
from entraide.core.batch_money import BatchMoney
from entraide.core.ledger import AccountRole
from entraide.documents import writing
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.names import state_of
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.settlements.forms import PaidForm, account_label
from entraide.web.settlements.marked import payee_name, shown_marks
from entraide.web.settlements.payees import ShownPayout, members_of, shown_payout, sums_of
from entraide.web.settlements.transfers import TRANSFERRERS
from entraide.web.settlements.without_account import without_account
from entraide.web.ways import BATCH_READERS

PER_PAGE = 50
FLOAT_READERS = frozenset({Right.RECORD_DEPOSIT, Right.READ_BOOKS})
ACCOUNT_READERS = frozenset({Right.READ_REGISTERS, Right.PREPARE_BATCH, Right.RECORD_PAYOUT})


@require_safe
@office_view(right=BATCH_READERS | {Right.GIVE_REFUND})
def overview(request: OfficeRequest) -> HttpResponse:
    """What waits to be prepared, signed, paid; then every batch, the latest first. Whoever only
    gives refunds is led to those."""
    if not BATCH_READERS & request.rights:
        return redirect(office_url(request, "refund-desk"))
    state = request.GET.get("state", "")
    if state not in (*BatchState.values, CAME_BACK):
        state = ""
    rows = batches(request.mutual, state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    to_authorise, to_pay = (
        list(batches_to_authorise(request.mutual)), list(batches_to_pay(request.mutual)),
    )  # fmt: skip
    context: dict[str, Any] = {
        "page": page,
        "state": state,
        "rows": with_money(page),
        "sum": money_in_all(rows),
    }
    if request.htmx:
        return render(request, "web/settlements/_rows.html", context)
    context |= {
        "waiting": waiting_for_batch(request.mutual),
        "to_authorise": to_authorise,
        "to_pay": with_money(to_pay),
        "states": [
            *({"code": each, "word": state_of("batch", each).word} for each in BatchState),
            {"code": CAME_BACK, "word": _("With a payment that came back")},
        ],
        "may_prepare": Right.PREPARE_BATCH in request.rights,
        "may_authorise": Right.AUTHORISE_BATCH in request.rights,
        "may_pay": Right.RECORD_PAYOUT in request.rights,
    }
    return render(request, "web/settlements/overview.html", context)


def with_money(rows: Iterable[SettlementBatch]) -> list[tuple[SettlementBatch, BatchMoney, str]]:
    """Batches with what became of their money and the state to be said of each."""
    rows = list(rows)
    money = money_of(rows)
    return [(each, money[each.pk], money[each.pk].told_state(each.state)) for each in rows]


@require_safe
@office_view(right=BATCH_READERS)
def batch(request: OfficeRequest, uid: str) -> HttpResponse:
    """One batch: its payments, the claims of each, the next signature."""
    return batch_page(request, batch_for(request.mutual, uid))


def batch_page(
    request: OfficeRequest, batch: SettlementBatch, *, form: PaidForm | None = None
) -> HttpResponse:
    """The page, with the form that was refused when there is one."""
    shown = shown_payouts(batch, request.rights)
    all_open = [each.payout for each in shown if each.payout.is_open]
    by_agents = [each for each in all_open if is_signed_for(each)]
    open_payouts = [each for each in all_open if not is_signed_for(each)]
    remaining_minor = sum(each.amount_minor for each in open_payouts)
    may_pay = batch.state == BatchState.AUTHORISED and Right.RECORD_PAYOUT in request.rights
    is_refused = form is not None
    if form is None and may_pay:
        form = PaidForm(payouts=open_payouts, day=request.day)
    is_preparer = batch.prepared_by_id == request.user.pk
    waits = batch.state == BatchState.PREPARED
    may_sign = waits and Right.AUTHORISE_BATCH in request.rights
    is_barred = may_sign and not is_preparer and has_handled_a_claim(request.user, batch)
    context = {
        **_common(request, batch, shown),
        "form": form if may_pay else None,
        "ticked": _ticked(form, open_payouts, marks(request.mutual)),
        "remaining_minor": remaining_minor,
        "remaining_count": len(open_payouts),
        "by_agents": by_agents,
        "may_give": Right.GIVE_REFUND in request.rights,
        "holding": _holding(request, batch, waits=waits, may_pay=may_pay, left=remaining_minor),
        "may_authorise": may_sign and not is_preparer and not is_barred,
        "is_own": may_sign and is_preparer,
        "is_signatory_barred": is_barred,
        "signatories": _signatories(request, batch) if is_barred else (),
        "may_transfer": batch.state == BatchState.AUTHORISED
        and batch.treasury_account.role != AccountRole.CASH
        and bool(TRANSFERRERS & request.rights),
        "tells_accounts": bool(request.rights & ACCOUNT_READERS),
        "changed_accounts": changed_accounts(batch, open_payouts),
        **_returned_accounts(request, batch, open_payouts),
        "inclusions": list(inclusions_of(batch)),
        "may_open_invoices": may_open_invoices(request),
        "without_account": without_account(request, [each.payout for each in shown]),
        "is_cash": batch.treasury_account.role == AccountRole.CASH,
        "may_read_returns": Right.RECORD_PAYOUT in request.rights
        and batch.state in (BatchState.AUTHORISED, BatchState.PAID)
        and batch.treasury_account.role != AccountRole.CASH,
        "is_mobile_money": batch.treasury_account.role == AccountRole.MOBILE_MONEY,
        "may_cancel": waits and Right.PREPARE_BATCH in request.rights,
        "is_authoriser": may_pay and batch.authorised_by_id == request.user.pk,
        "is_payer_barred": may_pay
        and request.user.pk in (batch.authorised_by_id, batch.prepared_by_id),
    }
    return render(request, "web/settlements/batch.html", context, status=422 if is_refused else 200)


def _returned_accounts(
    request: OfficeRequest, batch: SettlementBatch, payouts: Iterable[Payout]
) -> dict[str, Any]:
    """Of the payments still to go: to accounts from which a transfer came back, and to those that
    a person confirmed since."""
    if batch.state not in (BatchState.PREPARED, BatchState.AUTHORISED):
        return {}
    known = marks(request.mutual)
    found = [mark for each in payouts if (mark := known.on_payout(each)) is not None]
    return {
        "marks": shown_marks(request, found),
        "confirmed": [
            (payee_name(payout), confirmation) for payout, confirmation in confirmed_accounts(batch)
        ],
    }


def _holding(
    request: OfficeRequest, batch: SettlementBatch, *, waits: bool, may_pay: bool, left: int
) -> AccountRoom | None:
    """What the account holds beside what is to leave it, for who prepares, authorises and pays;
    what other batches were promised counts until this one is authorised. None once nothing is to
    leave it, or for whoever does neither."""
    asked_minor = batch.total_minor if waits else left
    if not (may_pay or waits) or not asked_minor:
        return None
    account = batch.treasury_account
    promised = promised_minor(request.mutual, account, besides=batch) if waits else 0
    return room(request.mutual, account, asked_minor, request.day, promised)


def _signatories(request: OfficeRequest, batch: SettlementBatch) -> list[User]:
    """Who may authorise a batch: has the right, and had no hand in it before."""
    people = people_who_may(request.mutual, Right.AUTHORISE_BATCH, request.day)
    return [
        each
        for each in people
        if each.pk != batch.prepared_by_id and not has_handled_a_claim(each, batch)
    ]


def shown_payouts(batch: SettlementBatch, rights: frozenset[Right]) -> list[ShownPayout]:
    """The payments of a batch with their claims and the accounts they go to: six queries.

    Whoever only signs is not told in whose name an account is.
    """
    claims, payouts = claims_by_payout(batch), list(payouts_of(batch))
    kept = deductions_by_payout(payouts)
    off, added = discounts_by_payout(payouts), additions_by_payout(payouts)
    members = members_of(payouts)
    return [
        shown_payout(
            each,
            claims.get(each.pk, ()),
            kept.get(each.pk, ()),
            discounts=off.get(each.pk, ()),
            additions=added.get(each.pk, ()),
            tells_account=bool(rights & ACCOUNT_READERS),
            member=members.get(each.household_id or 0, ""),
        )
        for each in payouts
    ]


def _ticked(form: PaidForm | None, payouts: list[Payout], known: Marks) -> list[str]:
    """What is ticked at first: all, but what would go to an account that sent a transfer back."""
    if form is not None and form.is_bound:
        return form.data.getlist("payouts")  # type: ignore[attr-defined]
    return [str(each.uid) for each in payouts if known.on_payout(each) is None]


def _common(
    request: OfficeRequest, batch: SettlementBatch, shown: list[ShownPayout]
) -> dict[str, Any]:
    money = money_of([batch])[batch.pk]
    return {
        "batch": batch,
        "money": money,
        "told_state": money.told_state(batch.state),
        "payers": list(
            dict.fromkeys(
                (each.payout.paid_by, each.payout.paid_on)
                for each in shown
                if each.payout.stands_paid
            )
        ),
        "shown": shown,
        "claim_count": sum(len(each.claims) for each in shown),
        "sums": sums_of(shown),
        "account": account_label(batch.treasury_account),
        "may_read_claims": Right.READ_REGISTERS in request.rights,
    }


@require_safe
@office_view(right=BATCH_READERS)
def paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The batch as the paper that is signed, stamped and given with the money."""
    batch = batch_for(request.mutual, uid)
    shown = shown_payouts(batch, request.rights)
    paid_by = [
        f"{each.payout.paid_by}, {writing.day(each.payout.paid_on, request.LANGUAGE_CODE)}"
        for each in shown
        if each.payout.paid_on is not None
    ]
    return render(
        request,
        "web/settlements/paper.html",
        {**_common(request, batch, shown), "paid_by": list(dict.fromkeys(paid_by))},
    )

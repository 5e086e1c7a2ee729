"""Receiving a contribution, its receipt on paper, and taking one back."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.cards.receipts import receipt_code
from entraide.apps.contributions.accounts import (
    HouseholdAccount,
    household_accounts,
)
from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.families import (
    FamilyRow,
    families_listed,
    family_rows,
    members_by_family,
)
from entraide.apps.contributions.models import Channel, ContributionPayment, Payer
from entraide.apps.contributions.payments import record_contribution_payment
from entraide.apps.contributions.prints import check_code
from entraide.apps.contributions.registers import (
    members_of,
    receipts_list,
)
from entraide.apps.contributions.selectors import payment_for
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.selectors import household_by_number, household_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.documents.amount_words import amount_in_words
from entraide.documents.receipt_pdf import qr_svg
from entraide.web.contributions.forms import PaymentForm, ReassignForm, ReversalForm
from entraide.web.contributions.receipt_papers import parts_named
from entraide.web.contributions.standing import receipt_message, standing_words
from entraide.web.contributions.wording import (
    CHANNEL_NAMES,
    account_name,
    channel_name,
    due_name,
    due_state,
    payer_name,
)
from entraide.web.fields import read_day
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to, statement_ways

ROWS_PER_PAGE = 50
CHOICES_SHOWN = 20


@office_view(right=Right.RECORD_PAYMENT)
def choose(request: OfficeRequest) -> HttpResponse:
    """Whose contribution: the family is searched; a single find opens its form at once."""
    text = request.GET.get("q", "").strip()
    rows: list[tuple[FamilyRow, Person | None]] = []
    if text:
        found = families_listed(request.mutual, request.day, text=text)[: CHOICES_SHOWN + 1]
        families = family_rows(found, request.day)
        if len(families) == 1:
            return redirect(office_url(request, "payment-new", uid=families[0].uid))
        shown = families[:CHOICES_SHOWN]
        members = members_by_family(each.pk for each in shown)
        rows = [(each, members.get(each.pk)) for each in shown]
    context = {"text": text, "rows": rows, "is_cut": len(rows) == CHOICES_SHOWN}
    return render(request, "web/contributions/choose.html", context)


@office_view(right=Right.RECORD_PAYMENT)
def receive(request: OfficeRequest, uid: str) -> HttpResponse:
    """Money received for a family: what it owes is shown, the amount is filled in."""
    household = household_for(request.mutual, uid)
    accounts = _accounts(household, request.day)
    payers = tuple(payer for payer, account in accounts.items() if account.remaining_minor > 0) or (
        Payer.HOUSEHOLD.value,
    )
    account = accounts[Payer.HOUSEHOLD]
    form = PaymentForm(
        request.POST or None,
        mutual=request.mutual,
        day=request.day,
        payers=payers,
        initial={"amount": accounts[payers[0]].expected_minor or None},
    )
    is_double = False
    if request.method == "POST" and form.is_valid():
        is_double = form.cleaned_data["double_confirmed"]
        try:
            payment = _record(request, household, form)
        except Refusal as refusal:
            is_double |= refusal.code == "PAPER_NUMBER_USED"
            show_refusal(form, refusal, {"amount_minor": "amount", "treasury_account": "treasury"})
        else:
            notify(
                request,
                _("Receipt %(number)s is recorded.") % {"number": payment.document_number},
                links=_next_steps(request, payment),
            )
            return redirect(office_url(request, "receipt", uid=payment.uid))
    context = {
        "form": form,
        "is_double": is_double,
        "household": household,
        "member": members_of([household]).get(household.pk),
        "account": account,
        "dues": [
            (due, due_name(due, len(account.dues)), due_state(due, request.day))
            for due in account.dues
            if due.cancelled_on is None and due.paid_minor < due.amount_minor
        ],
        "others": [
            (payer_name(payer), each)
            for payer, each in accounts.items()
            if payer != Payer.HOUSEHOLD and each.remaining_minor > 0
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/receive.html", context, status=status)


def _accounts(household: Household, on: date) -> dict[str, HouseholdAccount]:
    return {payer.value: each for payer, each in household_accounts(household, on).items()}


def _record(request: OfficeRequest, household: Household, form: PaymentForm) -> ContributionPayment:
    known = form.cleaned_data
    return record_contribution_payment(
        **command_arguments(request),
        household=household,
        amount_minor=known["amount"],
        channel=form.channel(),
        treasury_account=form.accounts[known["treasury"]],
        paid_on=known["paid_on"],
        external_reference=known["external_reference"],
        payer=form.payer_chosen(),
        payer_name=known["payer_name"],
        paper_number=known["paper_number"],
        double_confirmed=known["double_confirmed"],
    )


def _next_steps(request: OfficeRequest, payment: ContributionPayment) -> list[tuple[str, str]]:
    links = [(_("Receive another contribution"), office_url(request, "payment-choose"))]
    if payment.channel == Channel.CASH and Right.PREPARE_SLIP in request.rights:
        links.append((_("Prepare the slip"), office_url(request, "slip-new")))
    return links


@office_view(right=Right.READ_REGISTERS)
def receipt_list(request: OfficeRequest) -> HttpResponse:
    """Every receipt, searched and filtered by channel and days."""
    asked = request.GET
    from_, until = _days_asked(asked.get("from", "")), _days_asked(asked.get("until", ""))
    channel = asked.get("channel", "")
    found = receipts_list(
        request.mutual,
        from_=from_,
        until=until,
        channel=channel if channel in CHANNEL_NAMES else "",
        text=asked.get("q", ""),
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(asked.get("page"))
    households = [each.household for each in page.object_list if each.household is not None]
    members = members_of(households)
    context = {
        "page": page,
        "rows": [
            (each, members.get(each.household_id), channel_name(each.channel))
            for each in page.object_list
        ],
        "channel": channel,
        "channels": CHANNEL_NAMES.items(),
        "from_text": asked.get("from", ""),
        "until_text": asked.get("until", ""),
        "text": asked.get("q", ""),
    }
    if request.htmx:
        return render(request, "web/contributions/_receipt_rows.html", context)
    return render(request, "web/contributions/receipts.html", context)


def _days_asked(typed: str) -> date | None:
    try:
        return read_day(typed) if typed.strip() else None
    except Refusal:
        return None


@office_view(right=Right.READ_REGISTERS)
def receipt(request: OfficeRequest, uid: str) -> HttpResponse:
    """The receipt as the family takes it home, and the documents before and after it."""
    payment = payment_for(request.mutual, uid)
    return _receipt_page(request, payment, _reversal_form(request, payment))


def _reversal_form(request: OfficeRequest, payment: ContributionPayment) -> ReversalForm:
    """What is asked to take a receipt back: more once its cash is at the bank."""
    form = _unasked(request, payment)
    if request.method != "POST":
        return form
    return ReversalForm(request.POST, mutual=request.mutual, is_deposited=form.is_deposited)


def _receipt_page(
    request: OfficeRequest,
    payment: ContributionPayment,
    form: ReversalForm,
    move_form: ReassignForm | None = None,
) -> HttpResponse:
    household = payment.household
    named = parts_named(payment, request.day)
    parts = [part for part, _name in named]
    may_correct = Right.REVERSE in request.rights and payment.reversed_on is None
    standing = standing_words(request, payment)
    prints = list(payment.prints.select_related("printed_by").order_by("copy"))
    context = {
        "payment": payment,
        "check_code": check_code(payment),
        "qr": qr_svg(receipt_code(request.mutual, payment)),
        "words": amount_in_words(
            payment.amount_minor, request.mutual.currency, request.LANGUAGE_CODE
        ),
        "prints": prints,
        "standing": standing,
        "message": receipt_message(request, payment, standing),
        "moves": list(
            payment.reassignments.select_related("from_household", "to_household").order_by("pk")
        ),
        "refund": getattr(payment, "refund", None),
        "move_form": move_form or ReassignForm(prefix="move"),
        "lump_sum": payment.group_payment,
        "household": household,
        "member": members_of([household]).get(household.pk) if household else None,
        "channel": channel_name(payment.channel),
        "treasury": account_name(payment.treasury_account),
        "payer": payer_name(payment.payer),
        "parts": named,
        "fund_minor": sum(part.fund_share_minor for part in parts),
        "running_minor": sum(part.running_share_minor for part in parts),
        "slip": payment.slip,
        "entry_way": open_to(
            entry_way(request.mutual, payment.entry), request.rights, Right.READ_BOOKS
        ),
        "statement_ways": [
            (on, minor, open_to(way, request.rights, Right.READ_BOOKS, Right.MATCH))
            for on, minor, way in statement_ways(request.mutual, payment.entry)
        ],
        "form": form,
        "may_reverse": may_correct,
        "may_prepare": Right.PREPARE_SLIP in request.rights
        and payment.treasury_account.role == AccountRole.CASH
        and payment.group_payment_id is None
        and payment.slip_id is None
        and payment.reversed_on is None,
    }
    status = 422 if form.errors or (move_form is not None and move_form.errors) else 200
    return render(request, "web/contributions/receipt.html", context, status=status)


@office_view(right=Right.REVERSE)
def reverse_receipt(request: OfficeRequest, uid: str) -> HttpResponse:
    """A receipt taken back by a reversal entry, with its reason; its calls are unpaid again."""
    payment = payment_for(request.mutual, uid)
    here = redirect(office_url(request, "receipt", uid=payment.uid))
    if request.method != "POST":
        return here
    form = _reversal_form(request, payment)
    if not form.is_valid():
        return _receipt_page(request, payment, form)
    try:
        reverse_payment(
            **command_arguments(request),
            payment=payment,
            reason=form.cleaned_data["reason"],
            refund_account=form.account(),
            given_to=form.cleaned_data.get("given_to", ""),
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _receipt_page(request, payment, form)
    notify(
        request,
        _("Receipt %(number)s is reversed; its calls are to be paid again.")
        % {"number": payment.document_number},
    )
    return here


@office_view(right=Right.REVERSE)
def reassign_receipt(request: OfficeRequest, uid: str) -> HttpResponse:
    """A receipt written for the wrong family is moved: number, day, money and slip stay."""
    payment = payment_for(request.mutual, uid)
    here = redirect(office_url(request, "receipt", uid=payment.uid))
    if request.method != "POST":
        return here
    form = ReassignForm(request.POST, prefix="move")
    household = None
    if form.is_valid():
        household = household_by_number(request.mutual, form.cleaned_data["household"])
        if household is None:
            form.add_error("household", _("No family bears this number."))
    if household is None:
        return _receipt_page(request, payment, _unasked(request, payment), form)
    try:
        reassign_payment(
            **command_arguments(request),
            payment=payment,
            household=household,
            reason=form.cleaned_data["reason"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal, {"amount_minor": "household"})
        return _receipt_page(request, payment, _unasked(request, payment), form)
    notify(
        request,
        _("Receipt %(number)s is now for family %(family)s.")
        % {"number": payment.document_number, "family": household.number},
    )
    return here


def _unasked(request: OfficeRequest, payment: ContributionPayment) -> ReversalForm:
    slip = payment.slip
    is_deposited = slip is not None and slip.deposited_on is not None
    return ReversalForm(mutual=request.mutual, is_deposited=is_deposited)

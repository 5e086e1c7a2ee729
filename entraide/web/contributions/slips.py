"""Collection slips: the cash of receipts handed in together, and its deposit at the bank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.access.models import User
from entraide.apps.contributions.custody import loose_lump_sums, loose_repayments, repayment_for
from entraide.apps.contributions.models import (
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    ShortageSettlement,
)
from entraide.apps.contributions.registers import (
    lump_sums_of_slip,
    members_of,
    receipts_of_slip,
    receipts_of_slip_elsewhere,
    slips_list,
)
from entraide.apps.contributions.selectors import (
    lump_sum_for,
    payment_for,
    receipts_without_slip,
    slip_for,
)
from entraide.apps.contributions.slips import prepare_slip, record_deposit, split_slip
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows
from entraide.documents.receipt_pdf import slip_pdf
from entraide.messages import sentence
from entraide.web.contributions.forms import DepositForm
from entraide.web.contributions.papers import slip_content
from entraide.web.contributions.wording import account_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to, statement_ways

ROWS_PER_PAGE = 50
InHand = ContributionPayment | GroupPayment | ShortageSettlement  # cash that one person holds


@office_view(right=Right.READ_REGISTERS)
def slip_list(request: OfficeRequest) -> HttpResponse:
    """Every slip, those to deposit first asked by a filter."""
    show = request.GET.get("show", "")
    found = slips_list(request.mutual, show=show, text=request.GET.get("q", ""))
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "text": request.GET.get("q", ""),
        "may_prepare": Right.PREPARE_SLIP in request.rights,
    }
    template = "_slip_rows" if request.htmx else "slips"
    return render(request, f"web/contributions/{template}.html", context)


@dataclass(frozen=True, slots=True)
class Purse:
    """The cash that one person holds in one box, on no slip yet."""

    holder: User
    box: Account
    box_name: str
    receipts: tuple[InHand, ...]

    @property
    def total_minor(self) -> int:
        """What the person has to hand in."""
        return sum(receipt.amount_minor for receipt in self.receipts)

    @property
    def key(self) -> str:
        """A name for the form's fields."""
        return f"{self.holder.pk}-{self.box.pk}"


def purses(receipts: Iterable[InHand]) -> list[Purse]:
    """Receipts put together by who holds their cash and where: one slip each."""
    by_holder: dict[tuple[int, int], list[InHand]] = {}
    for receipt in receipts:
        key = (receipt.received_by_id, receipt.treasury_account_id)
        by_holder.setdefault(key, []).append(receipt)
    return [
        Purse(
            group[0].received_by,
            group[0].treasury_account,
            account_name(group[0].treasury_account),
            tuple(group),
        )
        for group in by_holder.values()
    ]


@office_view(right=Right.PREPARE_SLIP)
def prepare(request: OfficeRequest) -> HttpResponse:
    """The receipts that are on no slip, by person and box; those ticked make a slip."""
    faults: list[str] = []
    names = ("receipts", "lump_sums", "repayments")
    ticked = {uid for name in names for uid in request.POST.getlist(name)}
    if request.method == "POST":
        try:
            slip = prepare_slip(
                **command_arguments(request),
                receipts=tuple(
                    payment_for(request.mutual, uid) for uid in request.POST.getlist("receipts")
                ),
                lump_sums=tuple(
                    lump_sum_for(request.mutual, uid) for uid in request.POST.getlist("lump_sums")
                ),
                repayments=tuple(
                    repayment_for(request.mutual, uid) for uid in request.POST.getlist("repayments")
                ),
            )
        except Refusal as refusal:
            if refusal.code in ("FORBIDDEN", "NOT_FOUND"):
                raise
            faults = _told(refusal)
        else:
            notify(
                request,
                _("Slip %(number)s is prepared.") % {"number": slip.document_number},
                detail=_("Print it, have it signed, and take the cash to the bank."),
            )
            return redirect(office_url(request, "slip", uid=slip.uid))
    waiting = list(receipts_without_slip(request.mutual))
    lump_sums = loose_lump_sums(request.mutual).select_related("received_by", "treasury_account")
    repayments = loose_repayments(request.mutual).select_related(
        "received_by", "treasury_account", "shortage__holder"
    )
    members = members_of({each.household for each in waiting if each.household is not None})
    context = {
        "purses": [
            (
                purse,
                [
                    (each, members.get(getattr(each, "household_id", None)))
                    for each in purse.receipts
                ],
            )
            for purse in purses([*waiting, *lump_sums, *repayments])
        ],
        "ticked": ticked,
        "is_refused": bool(faults),
        "faults": faults,
    }
    status = 422 if faults else 200
    return render(request, "web/contributions/prepare.html", context, status=status)


def _told(refusal: Refusal) -> list[str]:
    if not isinstance(refusal, RefusedRows):
        return [told(refusal)]
    language = get_language() or "fr"
    return [sentence(each.code, each.data, language) for each in refusal.findings]


@office_view(right=Right.READ_REGISTERS)
def slip(request: OfficeRequest, uid: str) -> HttpResponse:
    """The slip as it is signed, its receipts, and its deposit."""
    shown = slip_for(request.mutual, uid)
    form = DepositForm(mutual=request.mutual, day=request.day)
    return _slip_page(request, shown, form)


def _slip_page(
    request: OfficeRequest,
    shown: CollectionSlip,
    form: DepositForm,
    faults: list[str] | None = None,
) -> HttpResponse:
    receipts = list(receipts_of_slip(shown))
    members = members_of([each.household for each in receipts if each.household is not None])
    lump_sums = list(lump_sums_of_slip(shown))
    repayments = list(shown.repayments.select_related("shortage__holder").order_by("pk"))
    elsewhere = receipts_of_slip_elsewhere(shown)
    context = {
        "slip": shown,
        "box": account_name(shown.cash_account),
        "bank": account_name(shown.deposit_account) if shown.deposit_account else "",
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        )
        if shown.entry
        else None,
        "statement_ways": [
            (on, minor, open_to(way, request.rights, Right.READ_BOOKS, Right.MATCH))
            for on, minor, way in statement_ways(request.mutual, shown.entry)
        ],
        "receipts": [(each, members.get(each.household_id)) for each in receipts],
        "lump_sums": lump_sums,
        "repayments": repayments,
        "elsewhere": elsewhere,
        "shortages": list(shown.shortages.select_related("holder").order_by("pk")),
        "pieces": len(receipts) + len(lump_sums) + len(repayments) + elsewhere.pieces_count,
        "may_book_missing": shown.deposited_on is None
        and shown.held_minor > 0
        and (shown.holder_id == request.user.pk or Right.POST_OPERATION in request.rights),
        "handovers": list(
            shown.handovers.select_related("handover__giver", "handover__receiver").order_by("pk")
        ),
        "faults": faults or [],
        "may_split": Right.PREPARE_SLIP in request.rights
        and shown.deposited_on is None
        and not shown.missing_minor
        and len(receipts) > 1,
        "form": form,
        "may_deposit": Right.RECORD_DEPOSIT in request.rights
        and shown.deposited_on is None
        and shown.held_minor > 0,
    }
    status = 422 if form.errors or faults else 200
    return render(request, "web/contributions/slip.html", context, status=status)


@office_view(right=Right.READ_REGISTERS)
def slip_paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The slip on A4, to be signed and stamped on both sides."""
    shown = slip_for(request.mutual, uid)
    receipts = list(receipts_of_slip(shown))
    members = members_of([each.household for each in receipts if each.household is not None])
    content = slip_content(request, shown, receipts, list(lump_sums_of_slip(shown)), members)
    answer = HttpResponse(slip_pdf(content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{shown.document_number}.pdf"'
    return answer


@office_view(right=Right.PREPARE_SLIP)
def split(request: OfficeRequest, uid: str) -> HttpResponse:
    """The receipts ticked leave the slip for a new one."""
    shown = slip_for(request.mutual, uid)
    if request.method != "POST":
        return redirect(office_url(request, "slip", uid=shown.uid))
    try:
        new = split_slip(
            **command_arguments(request),
            slip=shown,
            receipts=tuple(
                payment_for(request.mutual, each) for each in request.POST.getlist("receipts")
            ),
        )
    except Refusal as refusal:
        if refusal.code in ("FORBIDDEN", "NOT_FOUND"):
            raise
        form = DepositForm(mutual=request.mutual, day=request.day)
        return _slip_page(request, shown, form, [told(refusal)])
    notify(
        request,
        _("Slip %(number)s holds what left %(old)s.")
        % {"number": new.document_number, "old": shown.document_number},
    )
    return redirect(office_url(request, "slip", uid=new.uid))


@office_view(right=Right.RECORD_DEPOSIT)
def deposit(request: OfficeRequest, uid: str) -> HttpResponse:
    """The cash of a slip reaches the bank: the entry bears the slip's number."""
    shown = slip_for(request.mutual, uid)
    here = redirect(office_url(request, "slip", uid=shown.uid))
    if request.method != "POST":
        return here
    form = DepositForm(request.POST, mutual=request.mutual, day=request.day)
    if not form.is_valid():
        return _slip_page(request, shown, form)
    try:
        record_deposit(
            **command_arguments(request),
            slip=shown,
            bank_account=form.account(),
            deposited_on=form.cleaned_data["deposited_on"],
            amount_minor=form.cleaned_data["amount"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _slip_page(request, shown, form)
    notify(
        request,
        _("The deposit of slip %(number)s is recorded.") % {"number": shown.document_number},
        detail=_("The bank statement will bear this number: it is matched by it."),
    )
    return here

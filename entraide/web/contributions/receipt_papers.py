"""A receipt printed, its reversal's paper, the check of a paper that somebody shows."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.cards.receipts import ensure_receipt_key, receipt_proof
from entraide.apps.contributions.corrections import parts_standing
from entraide.apps.contributions.models import ContributionPayment, PaymentAllocation
from entraide.apps.contributions.prints import check_paper, print_receipt
from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.selectors import payment_for
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.rights import Right
from entraide.core.cards import SEPARATOR
from entraide.core.errors import Refusal
from entraide.core.receipt_codes import (
    UNSIGNED,
    SignedReceipt,
    is_receipt_code,
    read_receipt_code,
)
from entraide.documents.receipt_pdf import (
    ReceiptContent,
    ReceiptFormat,
    receipt_pdf,
    receipt_text,
)
from entraide.web.contributions.papers import receipt_content, reversal_content
from entraide.web.contributions.wording import channel_name, proof_told
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


def parts_shown(payment: ContributionPayment) -> list[PaymentAllocation]:
    """What a receipt pays now, call by call; parts moved to another family are left out."""
    standing = {part.key: part for part in parts_standing(payment)}
    rows = payment.allocations.select_related("due").order_by(
        "due__due_on", "due__document_number", "-pk"
    )
    shown: dict[int, PaymentAllocation] = {}
    for row in rows:
        if row.due_id in standing and row.due_id not in shown:
            part = standing[row.due_id]
            row.amount_minor = part.amount_minor
            row.fund_share_minor = part.fund_share_minor
            row.running_share_minor = part.running_share_minor
            shown[row.due_id] = row
    return list(shown.values())


@office_view(right=Right.READ_REGISTERS)
def print_paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The receipt on the paper chosen; each printing is kept, the second is a duplicate."""
    payment = payment_for(request.mutual, uid)
    if request.method != "POST":
        return redirect(office_url(request, "receipt", uid=payment.uid))
    asked = request.POST.get("format", "")
    format_ = ReceiptFormat(asked) if asked in list(ReceiptFormat) else ReceiptFormat.A4
    ensure_receipt_key(request.mutual, request.user, request.day)
    printed = print_receipt(**command_arguments(request), payment=payment)
    content = receipt_content(request, payment, parts_shown(payment), copy=printed.copy)
    return _paper(content, format_)


def _paper(content: ReceiptContent, format_: ReceiptFormat) -> HttpResponse:
    if format_ is ReceiptFormat.TEXT:
        answer = HttpResponse(receipt_text(content), content_type="text/plain; charset=utf-8")
        name = f"{content.number}.txt"
    else:
        answer = HttpResponse(receipt_pdf(content, format_), content_type="application/pdf")
        name = f"{content.number}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@office_view(right=Right.READ_REGISTERS)
def reversal_paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The paper that cancels a receipt and names it; ``NOT_FOUND`` for one that stands."""
    payment = payment_for(request.mutual, uid)
    reversal = Entry.objects.filter(mutual=request.mutual, reverses=payment.entry_id).first()
    if payment.reversed_on is None or reversal is None:
        raise Refusal("NOT_FOUND", record="reversal", key=str(uid))
    refund = getattr(payment, "refund", None)
    number = refund.document_number if refund is not None else reversal.document_number
    content = reversal_content(request, payment, number, reversal.label)
    return _paper(content, ReceiptFormat.A5)


@office_view(right=Right.READ_REGISTERS)
def check(request: OfficeRequest) -> HttpResponse:
    """Whether a paper that somebody shows is ours: its number and its code, or what its QR says."""
    number, code, signed = _typed(request)
    checked = check_paper(request.mutual, number, code) if number else None
    payment = checked.payment if checked else None
    member = None
    if payment is not None and payment.household is not None:
        member = members_of([payment.household]).get(payment.household_id)
    context = {
        "number": number,
        "code": code,
        "checked": checked,
        "proof": None if signed is None else proof_told(receipt_proof(request.mutual, signed)),
        "payment": payment,
        "member": member,
        "channel": channel_name(payment.channel) if payment else "",
        "title": _("Check a receipt"),
    }
    return render(request, "web/contributions/check_receipt.html", context)


def _typed(request: OfficeRequest) -> tuple[str, str, SignedReceipt | None]:
    """The number and the code, typed or read from the QR by a scanner that types; with the
    signature of a QR that bears one."""
    number = request.GET.get("number", "").strip()
    if is_receipt_code(number):
        try:
            signed = read_receipt_code(number)
        except Refusal:
            return number[:60], "", None
        return signed.payload.number, signed.payload.check_code, signed
    parts = number.split(SEPARATOR)
    if len(parts) == 7 and parts[0] == UNSIGNED:
        return parts[2], parts[6], None
    return number, request.GET.get("code", "").strip(), None

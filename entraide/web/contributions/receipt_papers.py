"""A receipt printed, its reversal's paper, the check of a paper that somebody shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.access.records import whole_mutual
from entraide.apps.cards.receipts import ensure_receipt_key, receipt_proof
from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.corrections import parts_standing
from entraide.apps.contributions.models import ContributionPayment, Payer, PaymentAllocation
from entraide.apps.contributions.prints import PaperChecked, check_paper, print_receipt
from entraide.apps.contributions.registers import members_of
from entraide.apps.contributions.selectors import payment_for
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.rights import Right
from entraide.core.cards import SEPARATOR, Proof
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
from entraide.web.contributions.wording import Word, channel_name, due_name, proof_told
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


def parts_named(payment: ContributionPayment, on: date) -> list[tuple[PaymentAllocation, str]]:
    """What a receipt pays, each part with its name, the same on the screen and on every paper:
    with its month where the family pays in several parts."""
    parts = parts_shown(payment)
    account = household_account(payment.household, on, payer=Payer(payment.payer))
    return [(part, due_name(part.due, len(account.dues))) for part in parts]


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
    content = receipt_content(
        request, payment, parts_named(payment, request.day), copy=printed.copy
    )
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
    number, code, said, signed = _typed(request)
    is_foreign = said is not None and said.mutual_code != request.mutual.code
    checked = check_paper(request.mutual, number, code) if number and not is_foreign else None
    payment = checked.payment if checked else None
    member = None
    if payment is not None and payment.household is not None:
        member = members_of([payment.household]).get(payment.household_id)
    if is_foreign and said is not None:
        words = [_foreign(said)]
    elif checked is not None:
        proof = None if signed is None else receipt_proof(request.mutual, signed)
        words = _words(request, _Paper(number, code, said, proof), checked)
    else:
        words = []
    context = {
        "number": number,
        "code": code,
        "words": words,
        "payment": payment,
        "member": member,
        "channel": channel_name(payment.channel) if payment else "",
        "title": _("Check a receipt"),
    }
    return render(request, "web/contributions/check_receipt.html", context)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the QR of a paper says of the receipt, as it is written there."""

    mutual_code: str
    amount_minor: str
    currency: str
    received_on: str


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper as it was typed or scanned, and what its signature proves when it bears one."""

    number: str
    code: str
    said: _Said | None
    proof: Proof | None


def _words(request: OfficeRequest, paper: _Paper, checked: PaperChecked) -> list[Word]:
    """What is to be told of a paper. A good word only when nothing speaks against it."""
    payment = checked.payment
    bad: list[Word] = []
    if paper.proof not in (None, Proof.GENUINE):
        bad.append(proof_told(paper.proof))
    if payment is None:
        return [*bad, _not_found(request, paper.number)]
    if paper.code and not checked.is_genuine:
        bad.append(("bad", "cross", _(
            "The code is not that of this receipt: the paper was copied wrongly, or it is not ours."
        )))  # fmt: skip
    bad += _differences(request, paper.said, payment)
    if bad:
        return [*bad, ("", "info", _("The register holds this number: its lines are below."))]
    if not paper.code:
        return [("", "info", _(
            "The number exists. Without the code of the paper, compare each line with it."
        ))]  # fmt: skip
    good: list[Word] = [] if paper.proof is None else [proof_told(paper.proof)]
    return [*good, ("ok", "check", _(
        "The code is right: this paper comes from this register. Compare what it says with the "
        "lines below."
    ))]  # fmt: skip


def _foreign(said: _Said) -> Word:
    told = _("This paper names another mutual (code {code}): that mutual checks it.")
    return "warn", "alert", told.format(code=said.mutual_code[:60])


def _not_found(request: OfficeRequest, number: str) -> Word:
    """Nobody's number, or that of a family of another section: nothing of it is told."""
    if request.sections is not None:
        with whole_mutual():
            is_there = check_paper(request.mutual, number, "").payment is not None
        if is_there:
            return "", "info", _(
                "This number is of another section of the mutual: that section checks the paper."
            )  # fmt: skip
    told = _("No receipt of this mutual bears the number %(number)s.")
    return "bad", "cross", told % {"number": number}


def _differences(
    request: OfficeRequest, said: _Said | None, payment: ContributionPayment
) -> Iterator[Word]:
    if said is None:
        return
    registered = (str(payment.amount_minor), request.mutual.currency)
    if (said.amount_minor, said.currency) != registered:
        told = _("The amount of the paper is not that of the register. Keep the paper.")
        yield "bad", "cross", told
    if said.received_on != payment.paid_on.isoformat():
        yield "bad", "cross", _("The day of the paper is not that of the register. Keep the paper.")


def _typed(request: OfficeRequest) -> tuple[str, str, _Said | None, SignedReceipt | None]:
    """The number and the code, typed or read from the QR by a scanner that types; what a QR says
    besides, and the signature of one that bears one."""
    number = request.GET.get("number", "").strip()
    if is_receipt_code(number):
        try:
            signed = read_receipt_code(number)
        except Refusal:
            return number[:60], "", None, None
        told = signed.payload
        said = _Said(
            told.mutual_code, str(told.amount_minor), told.currency, told.received_on.isoformat()
        )
        return told.number, told.check_code, said, signed
    parts = number.split(SEPARATOR)
    if len(parts) == 7 and parts[0] == UNSIGNED:
        return parts[2], parts[6], _Said(parts[1], *parts[3:6]), None
    return number, request.GET.get("code", "").strip(), None, None

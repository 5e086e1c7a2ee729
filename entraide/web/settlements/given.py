"""Refunds given into a hand: who received each, by which right, from whose cash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import Payout, PayoutReceipt, ProofKind, RefundReceiver
from entraide.apps.settlement.selectors import payout_for
from entraide.web.households.wording import DOCUMENT_KINDS
from entraide.web.ledger.wording import account_choice
from entraide.web.office import OfficeRequest, office_view
from entraide.web.settlements.forms import place_name
from entraide.web.ways import BATCH_READERS

PER_PAGE = 50
READERS = BATCH_READERS | {Right.GIVE_REFUND, Right.READ_AUDIT}


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """A receipt in words: ``right`` says by which right the person received, ``told`` each fact of
    a mandate and of the paper that was signed, ``box`` whose cash it left."""

    receipt: PayoutReceipt
    right: str
    told: tuple[tuple[str, str], ...]
    box: str
    place: str
    proof: str
    has_mandate: bool
    other_families: int = 0  # for which the same identity paper received too


def shown_receipt(payout: Payout) -> ShownReceipt | None:
    """Who received a refund, or None while nobody did."""
    receipt = _receipts(payout.mutual).filter(payout=payout).first()
    return None if receipt is None else _shown(receipt)


def _receipts(mutual: Mutual) -> QuerySet[PayoutReceipt]:
    return (
        PayoutReceipt.objects.filter(mutual=mutual)
        .select_related(
            "receiver__person", "recorded_by", "payout__household", "payout__from_account",
            "payout__batch__treasury_account",
        )
        .defer("proof", "receiver__mandate")
        .order_by("-pk")
    )  # fmt: skip


def _families_by_paper(mutual: Mutual, papers: Iterable[str]) -> dict[str, int]:
    """Identity paper of a mandate → for how many families it received. One query."""
    rows = RefundReceiver.objects.filter(
        mutual=mutual, person__isnull=True, paper_number__in=set(papers)
    )
    told = rows.order_by().values_list("paper_number")
    return dict(told.annotate(count=Count("receipt__payout__household", distinct=True)))


def _shown(receipt: PayoutReceipt, families: Mapping[str, int] | None = None) -> ShownReceipt:
    told: list[tuple[str, str]] = []
    receiver: RefundReceiver | None = getattr(receipt, "receiver", None)
    right, has_mandate = _("not said"), False
    if receiver is not None and receiver.person is not None:
        is_member = receiver.person.is_member
        right = pgettext("receiver", "member") if is_member else pgettext("receiver", "adult")
    elif receiver is not None:
        kind = str(dict(DOCUMENT_KINDS).get(receiver.paper_kind, receiver.paper_kind))
        right = _("mandate")
        has_mandate = receiver.mandate is not None
        told += [
            (_("Link to the family"), receiver.link),
            (kind, receiver.paper_number),
        ]
    if receiver is not None and receiver.slip_number:
        told.append((_("Paper signed"), receiver.slip_number))
    if receipt.witness:
        told.append((_("Witness"), receipt.witness))
    payout = receipt.payout
    if payout.from_account is None:
        box = _("till of the batch, {box}").format(
            box=account_choice(payout.batch.treasury_account)
        )
    else:
        box = _("refund money, {box}").format(box=account_choice(payout.from_account))
    proofs = {
        ProofKind.SIGNATURE.value: _("signature"),
        ProofKind.SCAN.value: _("signed paper"),
        ProofKind.THUMBPRINT.value: _("thumbprint"),
    }
    return ShownReceipt(
        receipt, right, tuple(told), box, place_name(payout.place), proofs[receipt.proof_kind],
        has_mandate, max((families or {}).get(_paper(receipt), 0) - 1, 0),
    )  # fmt: skip


def _paper(receipt: PayoutReceipt) -> str:
    receiver = getattr(receipt, "receiver", None)
    return receiver.paper_number if receiver is not None else ""


@require_safe
@office_view(right=READERS)
def journal(request: OfficeRequest) -> HttpResponse:
    """Every refund given into a hand, the latest first; those taken back since stay, and say so."""
    page = Paginator(_receipts(request.mutual), PER_PAGE).get_page(request.GET.get("page"))
    papers = [paper for each in page if (paper := _paper(each))]
    families = _families_by_paper(request.mutual, papers)
    context = {"page": page, "rows": [_shown(each, families) for each in page]}
    return render(request, "web/settlements/given.html", context)


@require_safe
@office_view(right=READERS)
def mandate(request: OfficeRequest, uid: str) -> HttpResponse:
    """The picture of a mandate or of the paper that proved who came."""
    payout = payout_for(request.mutual, uid)
    kept = RefundReceiver.objects.filter(mutual=request.mutual, mandate__isnull=False)
    held = found(kept, receipt__payout=payout)
    return HttpResponse(
        bytes(held.mandate or b""),
        content_type="image/jpeg",
        headers={"Cache-Control": "private, no-store"},
    )

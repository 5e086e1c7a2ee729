"""What people decide on claims: an opinion, an approval, a reversal."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from entraide.apps.claims.approvable import to_approve_by
from entraide.apps.claims.approval import (
    approve_claim,
    approve_decided_claims,
    approve_decided_together,
    reverse_claim,
)
from entraide.apps.claims.committee import decide_in_committee
from entraide.apps.claims.deciding_again import decide_claim_again
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.review import LineReview, readmit_claim, review_claim
from entraide.apps.claims.selectors import claim_for, next_to_review
from entraide.apps.claims.worklists import next_waiting
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents.writing import money
from entraide.web.care_control.opinions import write_opinion
from entraide.web.claims.forms import ReversalForm, ReviewForm
from entraide.web.claims.reasons import language
from entraide.web.claims.sheet import claim_sheet
from entraide.web.claims.views import claim_page, committee_of
from entraide.web.notices import notify
from entraide.web.office import (
    OfficeRequest,
    command_arguments,
    office_url,
    office_view,
    points_of,
    told,
)
from entraide.web.refusals import show_refusal


@require_POST
@office_view(right=(Right.REVIEW_CLAIM, Right.APPROVE_CLAIM))
def review(request: OfficeRequest, uid: str) -> HttpResponse:
    """Give an opinion: confirm, take away, grant in spite of a ceiling, or say that the care was
    given twice; then the next claim. In a session of the committee: what it decided."""
    claim = claim_for(request.mutual, uid)
    sheet = claim_sheet(claim)
    form = ReviewForm(request.POST, sheet=sheet, currency=request.mutual.currency)
    if not form.is_valid():
        return claim_page(request, claim, review=form)
    changes, said = form.changes(), form.cleaned_data["reason"]
    once = command_arguments(request)
    session = committee_of(request)
    keeps_register = session is None and Right.READ_MEDICAL in request.rights
    if keeps_register:
        form.require_code()
        if form.errors:
            return claim_page(request, claim, review=form)
    try:
        if session is not None and not form.is_readmission:
            claim = decide_in_committee(
                **once, session=session, claim=claim, changes=changes, reason=said
            )
        else:
            with transaction.atomic():
                if form.is_readmission:
                    claim = readmit_claim(**once, claim=claim, reason=said)
                else:
                    claim = review_claim(**once, claim=claim, changes=changes, reason=said)
                if keeps_register:
                    write_opinion(request, claim, form)
    except Refusal as refusal:
        show_refusal(form, refusal, {each.line_key: _field_of(each) for each in changes})
        return claim_page(request, claim, review=form)
    code = request.POST.get("list", "")
    following = (
        next_waiting(request.mutual, request.day, after=claim, code=code)
        if code
        else next_to_review(request.mutual, after=claim)
    )
    here = office_url(request, "claim", uid=claim.uid)
    notify(
        request,
        _("Opinion recorded on {claim}").format(claim=claim.document_number),
        detail=_("{payable} payable out of {claimed}.").format(
            payable=money(claim.payable_minor, request.mutual.currency, language()),
            claimed=money(claim.claimed_minor, request.mutual.currency, language()),
        ),
        links=[(_("Open this claim again"), here)],
    )
    if session is not None:
        return redirect(office_url(request, "committee", uid=session.uid))
    if following is None or "stay" in request.POST:
        return redirect(here)
    more = f"?list={code}" if code else ""
    return redirect(office_url(request, "claim", uid=following.uid) + more)


def _field_of(change: LineReview) -> str:
    """The field that says how much of a line changes."""
    return "amount" if change.justified_quantity is None else "quantity"


@require_POST
@office_view(right=Right.APPROVE_CLAIM)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """Approve one decided claim: it becomes a debt of the mutual fund."""
    claim = claim_for(request.mutual, uid)
    here = office_url(request, "claim", uid=claim.uid)
    try:
        claim = approve_claim(
            **command_arguments(request),
            claim=claim,
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
        return redirect(here)
    links = []
    if Right.PREPARE_BATCH in request.rights:
        links.append((_("Prepare the settlement batch"), office_url(request, "batch-new")))
    following = (ClaimState.DECIDED.value, _("See the others to approve"))
    links.append((following[1], f"{office_url(request, 'claims')}?state={following[0]}"))
    notify(
        request,
        _("Claim {claim} approved").format(claim=claim.document_number),
        detail=_("{payable} more for the mutual fund to pay.").format(
            payable=money(claim.payable_minor, request.mutual.currency, language())
        ),
        links=links,
    )
    return redirect(here)


@require_POST
@office_view(right=(Right.PREPARE_BATCH, Right.APPROVE_CLAIM))
def approve_decided(request: OfficeRequest) -> HttpResponse:
    """Post all claims that the rules alone decided, in one act."""
    prepares = Right.PREPARE_BATCH in request.rights
    approve_all = approve_decided_claims if prepares else approve_decided_together
    before = to_approve_by(request.mutual, request.user).by_rules
    try:
        approve_all(**command_arguments(request))
    except Refusal as refusal:
        for point in points_of(refusal) or [told(refusal)]:
            notify(request, point, kind="bad")
        return redirect(office_url(request, "claims"))
    left = to_approve_by(request.mutual, request.user).by_rules
    if approved := before.count - left.count:
        payable_minor = before.payable_minor - left.payable_minor
        notify(
            request,
            ngettext(
                "{count} claim decided by the rules is approved",
                "{count} claims decided by the rules are approved",
                approved,
            ).format(count=approved),
            detail=_("{payable} more for the mutual fund to pay.").format(
                payable=money(payable_minor, request.mutual.currency, language())
            ),
            links=[(_("Prepare the settlement batch"), office_url(request, "batch-new"))]
            if prepares
            else [],
        )
    return redirect(office_url(request, "claims"))


@require_POST
@office_view(right=Right.REVIEW_CLAIM)
def decide_again(request: OfficeRequest, uid: str) -> HttpResponse:
    """The rules decide a claim again: its person had left or died before the care."""
    claim = claim_for(request.mutual, uid)
    try:
        claim = decide_claim_again(
            **command_arguments(request), claim=claim, reason=request.POST.get("reason", "")[:300]
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(
            request,
            _("Claim {claim} decided again").format(claim=claim.document_number),
            detail=_("{payable} payable out of {claimed}.").format(
                payable=money(claim.payable_minor, request.mutual.currency, language()),
                claimed=money(claim.claimed_minor, request.mutual.currency, language()),
            ),
            links=[(_("See the others"), office_url(request, "claim-worklists"))],
        )
    return redirect(office_url(request, "claim", uid=claim.uid))


@require_POST
@office_view(right=Right.REVERSE)
def reverse(request: OfficeRequest, uid: str) -> HttpResponse:
    """Undo a claim that was not paid: its entry is reversed, its use of ceilings given back."""
    claim = claim_for(request.mutual, uid)
    form = ReversalForm(request.POST)
    if not form.is_valid():
        return claim_page(request, claim, reversal=form)
    try:
        claim = reverse_claim(
            **command_arguments(request),
            claim=claim,
            reason=form.cleaned_data["reason"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return claim_page(request, claim, reversal=form)
    notify(
        request,
        _("Claim {claim} reversed").format(claim=claim.document_number),
        detail=_("What it had used of the ceilings is given back."),
    )
    return redirect(office_url(request, "claim", uid=claim.uid))

"""Reading claims: worklists by state, and the page of one claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.claims.approvable import approvers_of, bars_of, to_approve_by
from entraide.apps.claims.committee import session_for, sittings_of
from entraide.apps.claims.exceptions import EXCEPTION_ASKED
from entraide.apps.claims.held import held_at, held_invoices
from entraide.apps.claims.left_before import PAYS_NOTHING, is_held, is_regained
from entraide.apps.claims.medical import medical_detail
from entraide.apps.claims.models import Claim, ClaimState, CommitteeSession, ReferralVoucher
from entraide.apps.claims.paid_elsewhere import paid_instead
from entraide.apps.claims.referrals import open_vouchers_of
from entraide.apps.claims.selectors import (
    StateCount,
    claim_for,
    claims_by_state,
    claims_list,
    decision_in_force,
)
from entraide.apps.enrolment.selectors import kept_household
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.hands import hands_on, signatories_left
from entraide.apps.settlement.selectors import payout_of_claim
from entraide.core.care_path import PathStanding
from entraide.web.claims.counts import APPROVERS, mine
from entraide.web.claims.forms import ClaimFilter, ReversalForm, ReviewForm
from entraide.web.claims.history import history, sitting_way
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.claims.reasons import BARS, CIRCUITS, SECTORS
from entraide.web.claims.referral_forms import STANDINGS
from entraide.web.claims.sheet import ClaimSheet, claim_sheet
from entraide.web.claims.state_share import asked_of_state
from entraide.web.fields import is_uid
from entraide.web.names import state_of
from entraide.web.office import OfficeRequest, office_url, office_view

PER_PAGE = 50
ALL = "all"
SORTS = {
    "number": "document_number",
    "care": "care_on",
    "received": "received_on",
    "claimed": "claimed_minor",
    "payable": "payable_minor",
}
OPEN_STATES = (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.REFUSED)
HELD_STATES = (ClaimState.DECIDED, ClaimState.APPROVED)
SETTLED_STATES = (ClaimState.IN_BATCH, ClaimState.PAID, ClaimState.REVERSED)


@dataclass(frozen=True, slots=True)
class Tab:
    """One worklist: its state, its word, how many claims are in it."""

    state: str
    word: str
    count: int
    is_current: bool


def default_state(request: OfficeRequest, counts: dict[str, StateCount]) -> str:
    """The worklist that a person opens first: what waits for their own act."""
    for right, state in (
        (Right.REVIEW_CLAIM, ClaimState.IN_REVIEW),
        (Right.APPROVE_CLAIM, ClaimState.DECIDED),
        (Right.PREPARE_BATCH, ClaimState.DECIDED),
    ):
        if right in request.rights and state in counts:
            return state
    return ALL


@require_safe
@office_view(right=Right.READ_REGISTERS)
def claim_list(request: OfficeRequest) -> HttpResponse:
    """The worklists: claims by state, searched, sorted, fifty a page."""
    counts = claims_by_state(request.mutual)
    filters = ClaimFilter(request.GET)
    wanted = filters.cleaned()
    # What is looked for by name or number is looked for in every worklist.
    elsewhere = ALL if wanted["text"] else default_state(request, counts)
    state = request.GET.get("state") or elsewhere
    rows = claims_list(request.mutual, state="" if state == ALL else state, **wanted)
    if order := _order(request.GET.get("sort", "")):
        rows = rows.order_by(order, "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "paid_instead": paid_instead(page),
        "state": state,
        "filters": filters,
        "is_filtered": any(wanted.values()),
    }
    if request.htmx:
        return render(request, "web/claims/_rows.html", context)
    decided = counts.get(ClaimState.DECIDED)
    held = held_at(request.mutual, ClaimState.DECIDED) if decided else []
    found = to_approve_by(request.mutual, request.user)
    is_approver = bool(request.rights & APPROVERS)
    own = mine(found, request.rights)
    context |= {
        "tabs": _tabs(counts, state),
        "waiting": counts.get(ClaimState.IN_REVIEW),
        "by_rules": found.by_rules,
        "decided": decided,
        "mine": own if is_approver else None,
        "to_others": found.others.count + found.mine.count - own.count,
        "found": found,
        "held": held if state == ClaimState.DECIDED else [],
        "may_open_invoices": may_open_invoices(request),
        "may_enter": Right.ENTER_CLAIM in request.rights,
        "may_approve_decided": is_approver and found.by_rules.count > 0,
        # Who approves under their own name authorises no payment of it.
        "is_signatory": Right.AUTHORISE_BATCH in request.rights
        and Right.PREPARE_BATCH not in request.rights,
    }
    return render(request, "web/claims/list.html", context)


def _order(asked: str) -> str:
    field = SORTS.get(asked.removeprefix("-"), "")
    return f"-{field}" if field and asked.startswith("-") else field


def _tabs(counts: dict[str, StateCount], current: str) -> list[Tab]:
    """Every worklist that holds something, the one shown, and all together."""
    tabs = [
        Tab(
            state,
            str(state_of("claim", state).word),
            counts[state].count if state in counts else 0,
            state == current,
        )
        for state in ClaimState.values
        if state in counts or state == current
    ]
    total = sum(each.count for each in counts.values())
    return [*tabs, Tab(ALL, _("All claims"), total, current == ALL)]


@require_safe
@office_view(right=Right.READ_REGISTERS)
def claim(request: OfficeRequest, uid: str) -> HttpResponse:
    """One claim: its decision line by line, who bears what, what is left, what happened."""
    return claim_page(request, claim_for(request.mutual, uid))


def claim_page(
    request: OfficeRequest,
    claim: Claim,
    *,
    review: ReviewForm | None = None,
    reversal: ReversalForm | None = None,
) -> HttpResponse:
    """The page, with the form that was refused when there is one."""
    sheet = claim_sheet(claim)
    payout = payout_of_claim(claim)
    session = committee_of(request)
    acts = acts_on(request, claim, in_committee=session is not None)
    if claim.state == ClaimState.REFUSED and not sheet.exception_minor:
        acts["may_review"] = False  # nothing is paid and no ceiling took anything: all is said
    if acts["may_review"]:
        review = review or ReviewForm(sheet=sheet, currency=request.mutual.currency)
    is_refused = any(form is not None and form.is_bound for form in (review, reversal))
    sittings = {
        key: (held, sitting_way(claim, held, request.rights))
        for key, held in sittings_of((sheet.decision,)).items()
    }
    context = {
        "claim": claim,
        "paid_instead": paid_instead([claim]),
        "sheet": sheet,
        "events": history(sheet, payout, request.rights),
        "payout": payout,
        "review": review if acts["may_review"] else None,
        "reversal": reversal or ReversalForm(),
        "circuit": CIRCUITS[claim.circuit],
        "sector": SECTORS.get(claim.provider.sector, ""),
        "held": held_invoices(request.mutual, [claim]) if claim.state in HELD_STATES else [],
        "may_open_invoices": may_open_invoices(request),
        "asked_of_state": asked_of_state(request, claim),
        "days_waiting": (request.day - claim.received_on).days,
        "committee": session,
        "sitting": sittings.get(sheet.decision.pk),
        "path_word": STANDINGS.get(claim.care_path, ""),
        "vouchers": _vouchers(claim, acts),
        "worklist": (request.POST.get("list") or request.GET.get("list", ""))[:60],
        "household_url": office_url(request, "household", uid=kept_household(claim.household).uid),
        **acts,
        **_approval(request, claim, sheet, acts),
        **_medical(request, claim, sheet),
    }
    return render(request, "web/claims/claim.html", context, status=422 if is_refused else 200)


def _vouchers(claim: Claim, acts: dict[str, bool]) -> list[ReferralVoucher]:
    """The vouchers that may be put on an open claim that stands on none."""
    is_asked = claim.care_path == PathStanding.OUT_OF_PATH.value or any(
        code.startswith("REFERRAL_") for code in claim.review_codes
    )
    if not (acts["may_review"] and is_asked and claim.referral_id is None):
        return []
    return open_vouchers_of(claim.person, claim.care_on)


def committee_of(request: OfficeRequest) -> CommitteeSession | None:
    """The open session of the committee in which a claim is looked at, if any."""
    named = request.POST.get("committee") or request.GET.get("committee", "")
    if not is_uid(named) or Right.APPROVE_CLAIM not in request.rights:
        return None
    session = session_for(request.mutual, named)
    return session if session.closed_on is None else None


def acts_on(request: OfficeRequest, claim: Claim, *, in_committee: bool = False) -> dict[str, bool]:
    """What this person may do with this claim as it stands."""
    is_own = claim.entered_by_id == request.user.pk
    may_judge = in_committee or Right.REVIEW_CLAIM in request.rights
    may_decide = claim.state in OPEN_STATES and may_judge
    may_approve = claim.state == ClaimState.DECIDED and Right.APPROVE_CLAIM in request.rights
    is_unpaid = claim.state in PAYS_NOTHING and claim.decision_number > 1
    is_back = is_unpaid and is_regained(claim, decision_in_force(claim))
    bar = bars_of(claim).get(request.user.pk) if may_approve else None
    return {
        "is_held": is_held(claim),
        "is_regained": is_back,
        "may_decide_again": (is_held(claim) or is_back)
        and Right.REVIEW_CLAIM in request.rights
        and not is_own,
        "is_own": is_own and may_decide,
        "may_review": may_decide and not is_own,
        "is_signatory": Right.AUTHORISE_BATCH in request.rights,
        "may_approve": may_approve and bar is None and not is_held(claim),
        "may_reverse": Right.REVERSE in request.rights and claim.state not in SETTLED_STATES,
        "may_recode": Right.RECODE_CLAIM in request.rights and claim.state != ClaimState.REVERSED,
        "may_settle": claim.state == ClaimState.APPROVED
        and Right.PREPARE_BATCH in request.rights
        and not is_held(claim),
        "may_ask_exception": Right.ENTER_CLAIM in request.rights
        and claim.state in (ClaimState.DECIDED, ClaimState.REFUSED)
        and EXCEPTION_ASKED not in claim.review_codes,
    }


def _approval(
    request: OfficeRequest, claim: Claim, sheet: ClaimSheet, acts: dict[str, bool]
) -> dict[str, Any]:
    """Who approves a decided claim, for those who do not; who could then authorise its payment,
    for those who do."""
    if claim.state == ClaimState.DECIDED and acts["may_approve"]:
        hands = {request.user.pk, *hands_on([claim])[claim.pk]}
        return {
            "waits_for_others": False,
            "signatories": signatories_left(request.mutual, hands, request.day),
        }
    if claim.state != ClaimState.DECIDED:
        return {"waits_for_others": False}
    bar = bars_of(claim).get(request.user.pk) if Right.APPROVE_CLAIM in request.rights else None
    return {
        "waits_for_others": not acts["is_held"],
        "bar": BARS.get(bar, "") if bar else "",
        "approvers": approvers_of(claim, request.day),
        "may_approve_together": sheet.is_by_rules and Right.PREPARE_BATCH in request.rights,
    }


def _medical(request: OfficeRequest, claim: Claim, sheet: ClaimSheet) -> dict[str, Any]:
    """The medical part: open at once to who must give an opinion, else when asked for.

    Every opening is journaled, so it is not opened without need.
    """
    if Right.READ_MEDICAL not in request.rights:
        return {"may_read_medical": False}
    is_needed = claim.state == ClaimState.IN_REVIEW and Right.REVIEW_CLAIM in request.rights
    is_opened = is_needed or "medical" in request.GET
    return {
        "may_read_medical": True,
        "is_medical_opened": is_opened,
        "medical": medical_detail(claim, request.user, request.day) if is_opened else None,
    }

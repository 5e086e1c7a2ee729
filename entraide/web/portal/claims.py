"""A provider's own attestations: where each stands, what is paid of it and why not the rest."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.paid_elsewhere import borne_elsewhere, paid_instead
from entraide.apps.claims.selectors import decision_explained
from entraide.apps.portal.selectors import (
    PAID_INSTEAD,
    claim_of_place,
    claims_of_place,
    coded_reasons,
    own_diagnosis,
    payment_of,
    states_of_place,
)
from entraide.core.adjudication.decision import BorneBy
from entraide.web.care_control.wording import REASONS as REASON_WORDS
from entraide.web.claims.provider_words import provider_state
from entraide.web.claims.reasons import category_names, told_in_cell
from entraide.web.claims.sheet import quantity_written
from entraide.web.portal.answers import of_place, reasons_told
from entraide.web.portal.frame import PortalRequest, portal_view, shown

PER_PAGE = 25


@require_safe
@portal_view
def claim_list(request: PortalRequest) -> HttpResponse:
    """The attestations sent, the latest care first, by state; printable as it stands."""
    states = states_of_place(request.place)
    asked = request.GET.get("state", "")
    asked = asked if asked in (*ClaimState.values, PAID_INSTEAD) else ""
    listed = claims_of_place(request.place, state=asked, apart=True)
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    instead, borne = paid_instead(page), borne_elsewhere(page)
    context = {
        "states": [
            (each, provider_state(each.state, is_paid_instead=each.state == PAID_INSTEAD))
            for each in states
        ],
        "asked": asked,
        "page": page,
        "rows": [
            (
                each,
                provider_state(each.state, is_paid_instead=each.pk in instead),
                borne.get(each.pk, 0),
            )
            for each in page
        ],
    }
    return shown(request, "web/portal/claims.html", context)


@require_safe
@portal_view
def claim(request: PortalRequest, uid: str) -> HttpResponse:
    """One attestation: its decision line by line with every reason, and its payment."""
    shown_claim = claim_of_place(request.place, uid)
    decision, explained = decision_explained(shown_claim)
    names = category_names()
    closed = reasons_told(decision.claim_findings)
    lines = []
    for each in explained:
        label = names.get(each.decided.category, each.decided.category)
        if each.line is not None:
            label = each.line.act.label
            if each.line.recoded_item is None and each.line.stated_as:
                label = each.line.stated_as  # the words of the paper: no list has the act
            if each.line.quantity != 1:
                label = f"{label} ×\u00a0{quantity_written(each.line.quantity)}"
        why = [
            (
                " ".join(closed)
                if cut.code == "NOT_COVERED" and closed
                else told_in_cell(cut.code, of_place(request.place, cut.data), names),
                cut.amount_minor,
            )
            for cut in each.decided.reductions
        ]
        lines.append((label, each.decided, why))
    context = {
        "claim": shown_claim,
        "state": provider_state(shown_claim.state, is_paid_instead=decision.is_paid_instead),
        "lines": lines,
        "reasons": closed,
        "member_minor": decision.borne_minor(BorneBy.MEMBER),
        "provider_minor": decision.borne_minor(BorneBy.PROVIDER),
        "other_minor": decision.borne_minor(BorneBy.OTHER),
        "diagnosis": own_diagnosis(request.place, shown_claim, request.user),
        "opinions": [REASON_WORDS.get(code, code) for code in coded_reasons(shown_claim)],
        "payment": payment_of(shown_claim),
        "is_read_by_a_person": shown_claim.state == ClaimState.IN_REVIEW,
    }
    return shown(request, "web/portal/claim.html", context)

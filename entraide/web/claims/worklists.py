"""« À décider »: what waits for a person, by reason; each claim opened, or confirmed one by one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.hands import decided_without_a_hand, last_months
from entraide.apps.claims.left_before import held_claims
from entraide.apps.claims.models import Claim
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.worklists import (
    NO_REASON,
    waiting_claims,
    worklists,
)
from entraide.apps.schemes.commands import key_of_step
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.care_control.opinions import write_confirmation
from entraide.web.claims.reasons import reason_name
from entraide.web.fields import is_uid, read_count
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

PER_PAGE = 50


def code_name(code: str) -> str:
    """What a worklist is called."""
    return _("Without a coded reason") if code == NO_REASON else reason_name(code)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def to_decide(request: OfficeRequest) -> HttpResponse:
    """The worklists, and the claims of the one chosen; filters by provider and age."""
    everything = waiting_claims(request.mutual, request.day)
    lists = worklists(everything)
    asked = request.GET.get("reason", "")
    code = asked if asked in {each.code for each in lists} else ""
    provider = request.GET.get("provider", "")
    days = read_count(request.GET.get("days", ""), most=9999)
    rows = [
        each
        for each in everything
        if each.days >= days
        and (not code or code in each.codes)
        and (not provider or str(each.claim.provider.uid) == provider)
    ]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    share = decided_without_a_hand(request.mutual, *last_months(request.day))
    context: dict[str, Any] = {
        "lists": [
            (each, code_name(each.code), (request.day - each.oldest_on).days) for each in lists
        ],
        "code": code,
        "code_name": code_name(code) if code else "",
        "provider": provider,
        "days": days,
        "providers": sorted(
            {(str(each.claim.provider.uid), each.claim.provider.name) for each in everything},
            key=lambda each: each[1],
        ),
        "page": page,
        "rows": [
            (each, [code_name(one) for one in each.codes], each.claim.entered_by_id)
            for each in page.object_list
        ],
        "total": len(everything),
        "gone": held_claims(request.mutual)[:PER_PAGE],
        "share": share,
        "may_review": Right.REVIEW_CLAIM in request.rights,
        "may_sit": Right.APPROVE_CLAIM in request.rights,
    }
    return render(request, "web/claims/worklists.html", context)


@require_POST
@office_view(right=Right.REVIEW_CLAIM)
def confirm(request: OfficeRequest) -> HttpResponse:
    """Confirm the decision of the rules on each claim ticked, one act each: one that is refused
    keeps none of the others back, and is named."""
    reason = request.POST.get("reason", "").strip()[:300]
    code = request.POST.get("list", "")
    back = f"{office_url(request, 'claim-worklists')}?reason={code}"
    chosen = [uid for uid in request.POST.getlist("claim") if is_uid(uid)][:PER_PAGE]
    if not chosen or not reason:
        notify(request, _("Tick claims and give the reason."), kind="bad")
        return redirect(back)
    once = command_arguments(request)
    done, kept_back = 0, []
    for claim in Claim.objects.filter(mutual=request.mutual, uid__in=chosen).order_by("pk"):
        key = key_of_step(once["idempotency_key"], str(claim.uid))
        own = {**once, "idempotency_key": key}
        try:
            with transaction.atomic():
                decided = review_claim(**own, claim=claim, reason=reason)
                if Right.READ_MEDICAL in request.rights:
                    write_confirmation(request, decided, own)
        except Refusal as refusal:
            kept_back.append(f"{claim.document_number}\u00a0: {told(refusal)}")
        else:
            done += 1
    if done:
        text = ngettext("{n} claim is decided.", "{n} claims are decided.", done)
        notify(request, text.format(n=done))
    for each in kept_back:
        notify(request, each, kind="bad")
    return redirect(back)

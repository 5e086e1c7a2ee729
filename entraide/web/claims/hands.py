"""« Sans intervention »: the claims behind the share decided without a hand, and its formula."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.claims.hands import (
    BY_RULES,
    WAITS,
    decided_without_a_hand,
    last_months,
    received_between,
)
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.rights import Right
from entraide.web.fields import read_count
from entraide.web.office import OfficeRequest, office_view

PER_PAGE = 50
CHOICES = (3, 6, 12)
WAYS: dict[str, tuple[str, str | Promise]] = {
    "rules": ("ok", _("By the rules alone")),
    "waits": ("wait", _("Waits for a person")),
    "touched": ("plain", _("A person touched it")),
}


def _way(claim: Claim) -> str:
    if claim.state == ClaimState.IN_REVIEW:
        return "waits"
    return "rules" if claim.decision_number == 1 else "touched"


@require_safe
@office_view(right=Right.READ_REGISTERS)
def rows(request: OfficeRequest) -> HttpResponse:
    """Each claim of the period, and whether a hand touched it; narrowed to one of the three."""
    asked = read_count(request.GET.get("months", ""), most=12)
    months = asked if asked in CHOICES else CHOICES[0]
    from_, until = last_months(request.day, months)
    share = decided_without_a_hand(request.mutual, from_, until)
    claims = received_between(request.mutual, from_, until).select_related("person", "provider")
    way = request.GET.get("way", "")
    if way == "rules":
        claims = claims.filter(BY_RULES)
    elif way == "waits":
        claims = claims.filter(WAITS)
    elif way == "touched":
        claims = claims.exclude(BY_RULES).exclude(WAITS)
    page = Paginator(claims, PER_PAGE).get_page(request.GET.get("page"))
    counts = {"": share.received, "rules": share.by_rules, "waits": share.waiting,
              "touched": share.touched}  # fmt: skip
    context = {
        "share": share,
        "months": months,
        "choices": CHOICES,
        "way": way if way in WAYS else "",
        "ways": [("", _("All claims"), counts[""])]
        + [(key, word, counts[key]) for key, (_kind, word) in WAYS.items()],
        "page": page,
        "rows": [(each, *WAYS[_way(each)]) for each in page.object_list],
    }
    return render(request, "web/claims/hands.html", context)

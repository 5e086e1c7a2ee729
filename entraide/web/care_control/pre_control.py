"""« Pré-contrôle »: every rule that all claims pass, by name, with what it found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.care_control.pre_control import claims_found_by, last_received_on, pre_control
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import NEEDS_REVIEW
from entraide.core.claim_warnings import WARNINGS
from entraide.core.control.pre_control import CONTROLLED, FAMILIES
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.care_control.periods import Asked, asked_period
from entraide.web.claims.reasons import reason_name
from entraide.web.office import OfficeRequest, office_url, office_view

PER_PAGE = 50
FAMILY_NAMES: dict[str, Any] = {
    "eligibility": pgettext_lazy("pre-control", "Rights and person"),
    "package": pgettext_lazy("pre-control", "Care package and agreements"),
    "path": pgettext_lazy("pre-control", "Path of care"),
    "tariff": pgettext_lazy("pre-control", "Convention, prices and sums"),
    "duplicate": pgettext_lazy("pre-control", "Duplicates and attestations"),
    "incompatibility": pgettext_lazy("pre-control", "Acts that do not go together"),
    "frequency": pgettext_lazy("pre-control", "Frequency and quantity"),
    "ceilings": pgettext_lazy("pre-control", "Ceilings"),
}
# What is odd about a paper (``core.claim_warnings``) always asks for a person.
_WARNINGS = frozenset(WARNINGS)


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.READ_REPORTS))
def rules(request: OfficeRequest) -> HttpResponse:
    """The rules by family, each with its claims, lines and what it took away."""
    asked = asked_period(request, months=1, last_on=last_received_on(request.mutual, request.day))
    found = pre_control(request.mutual, asked.from_, asked.until)
    days = _days(asked)
    here = office_url(request, "pre-control-rows")
    context = {
        "asked": asked,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "found": found,
        "families": [
            (
                FAMILY_NAMES[family],
                [
                    (
                        reason_name(code),
                        found.rules[code],
                        code in NEEDS_REVIEW | _WARNINGS,
                        f"{here}?{urlencode({**days, 'code': code})}",
                    )
                    for code in codes
                ],
            )
            for family, codes in FAMILIES
        ],
        "rule_count": len(CONTROLLED),
        "may_open": Right.READ_REGISTERS in request.rights,
    }
    return render(request, "web/care_control/pre_control.html", context)


def _days(asked: Asked) -> dict[str, str]:
    return {
        "first": f"{asked.from_:%d/%m/%Y}",
        "last": f"{asked.until - timedelta(days=1):%d/%m/%Y}",
    }


@require_safe
@office_view(right=Right.READ_REGISTERS)
def rule_claims(request: OfficeRequest) -> HttpResponse:
    """The claims in which one rule found something; ``NOT_FOUND`` for no rule of the control."""
    code = request.GET.get("code", "")
    if code not in CONTROLLED:
        raise Refusal("NOT_FOUND", record="rule", key=code)
    asked = asked_period(request, months=1)
    rows = claims_found_by(request.mutual, asked.from_, asked.until, code)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rule": reason_name(code),
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "page": page,
        "back": urlencode(_days(asked)),
    }
    return render(request, "web/care_control/pre_control_rows.html", context)

"""Figures of medical control for reports and the committee: no person, no small group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Sum

from entraide.apps.access.models import User
from entraide.apps.care_control.models import ControlFinding, Recovery, SampledClaim
from entraide.apps.claims.models import ClaimLine, ClaimState
from entraide.apps.schemes.models import Mutual
from entraide.core.control.coding import Coded, coding_differences
from entraide.core.control.reasons import FINDINGS
from entraide.core.suppression import ProtectedTable, protected


@dataclass(frozen=True, slots=True)
class FoundTable:
    """Findings of signed and open campaigns by provider (rows) and code (columns)."""

    providers: tuple[str, ...]
    codes: tuple[str, ...]
    table: ProtectedTable
    drawn: int
    looked_at: int
    asked_minor: int


def findings_by_provider(mutual: Mutual, from_: date, until: date) -> FoundTable:
    """What controls found in ``[from_, until)``; small cells are hidden, so are their totals."""
    rows = (
        ControlFinding.objects.filter(mutual=mutual, found_on__gte=from_, found_on__lt=until)
        .order_by()
        .values_list("sampled__claim__provider__name", "code")
        .annotate(count=Count("pk"))
    )
    counted = {(provider, code): count for provider, code, count in rows}
    providers = tuple(sorted({provider for provider, _code in counted}))
    used = {code for _provider, code in counted}
    codes = tuple(each.code for each in FINDINGS if each.code in used)
    sampled = SampledClaim.objects.filter(
        mutual=mutual, campaign__opened_on__gte=from_, campaign__opened_on__lt=until
    )
    asked = Recovery.objects.filter(mutual=mutual, asked_on__gte=from_, asked_on__lt=until)
    return FoundTable(
        providers,
        codes,
        protected([[counted.get((who, code), 0) for code in codes] for who in providers]),
        sampled.count(),
        sampled.filter(finding__isnull=False).count(),
        asked.aggregate(total=Sum("amount_minor"))["total"] or 0,
    )


def coding_by_operator(
    mutual: Mutual, from_: date, until: date
) -> tuple[tuple[Coded, ...], dict[str, str]]:
    """The categories that an operator uses otherwise than the others, with the names by uid.

    Counted on the lines entered for care in ``[from_, until)``; reversed claims are left out.
    """
    rows = (
        ClaimLine.objects.filter(mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until)
        .exclude(claim__state=ClaimState.REVERSED)
        .exclude(claim__entered_by__is_system=True)
        .order_by()
        .values_list("claim__entered_by__uid", "category__code")
        .annotate(count=Count("pk"))
    )
    counts = {(str(operator), code): count for operator, code, count in rows}
    found = coding_differences(counts)
    named = User.objects.filter(uid__in={UUID(each.operator) for each in found})
    return found, {str(each.uid): str(each) for each in named}

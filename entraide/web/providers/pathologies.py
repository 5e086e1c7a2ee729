"""What the most frequent pathologies cost, by sector: for sensitisation sessions.

Only counts and medians leave here, and none of fewer than :data:`SMALLEST_SHOWN` persons: nobody is
recognised by a rare illness. The reading of diagnoses is journalled all the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.claims.models import ClaimState, MedicalDetail
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.periods import add_months
from entraide.core.suppression import SMALLEST_SHOWN
from entraide.web.office import OfficeRequest, office_view
from entraide.web.providers.wording import SECTOR_CHOICES

MOST_SHOWN = 10
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Pathology:
    """One row: what it is, its cases, the median of all, that of each sector as the page has them.

    A sector's median is None where fewer than :data:`SMALLEST_SHOWN` persons were treated, as where
    nobody was: which of the two is not told.
    """

    label: str
    code: str
    claims_count: int
    median_minor: int
    by_sector: tuple[int | None, ...]

    @property
    def cells(self) -> list[tuple[Any, int | None]]:
        """Each sector in words with its median."""
        words = (word for _key, word in SECTOR_CHOICES)
        return list(zip(words, self.by_sector, strict=True))


def costs_of_pathologies(mutual: Mutual, start: date, until: date) -> list[Pathology]:
    """The most frequent pathologies of care given during ``[start, until)``; one query.

    The cost of a case is what its provider states on the claim, whoever pays it: reversed claims
    are left out, those without diagnosis too.
    """
    rows = (
        MedicalDetail.objects.filter(
            mutual=mutual, diagnosis__isnull=False, claim__care_on__gte=start,
            claim__care_on__lt=until,
        )
        .exclude(claim__state=ClaimState.REVERSED)
        .values_list(
            "diagnosis__code", "diagnosis__label", "claim__provider__sector",
            "claim__person_id", "claim__stated_minor",
        )
    )  # fmt: skip
    amounts: dict[tuple[str, str], list[int]] = defaultdict(list)
    persons: dict[tuple[str, str], set[int]] = defaultdict(set)
    labels: dict[str, str] = {}
    for code, label, sector, person, stated_minor in rows:
        labels[code] = label
        for key in ((code, sector), (code, "")):
            amounts[key].append(stated_minor)
            persons[key].add(person)

    def median_of(code: str, sector: str) -> int | None:
        key = (code, sector)
        is_shown = len(persons[key]) >= SMALLEST_SHOWN
        return round(median(amounts[key])) if is_shown else None

    frequent = sorted(labels, key=lambda code: (-len(amounts[code, ""]), code))
    return [
        Pathology(
            labels[code], code, len(amounts[code, ""]), whole,
            tuple(median_of(code, sector) for sector, _word in SECTOR_CHOICES),
        )
        for code in frequent
        if (whole := median_of(code, "")) is not None
    ][:MOST_SHOWN]  # fmt: skip


@require_safe
@office_view(right=(Right.READ_REPORTS, Right.READ_MEDICAL), of_whole_mutual=True)
def pathologies(request: OfficeRequest) -> HttpResponse:
    """The cost of the ten most frequent pathologies of the last twelve whole months."""
    until = request.day.replace(day=1)
    start = add_months(until, -MONTHS)
    record_audit(
        kind=AuditKind.MEDICAL_READING, mutual=request.mutual, actor=request.user,
        subject="costs of pathologies",
    )  # fmt: skip
    context = {
        "rows": costs_of_pathologies(request.mutual, start, until),
        "sectors": [word for _key, word in SECTOR_CHOICES],
        "start": start,
        "until": until,
        "smallest": SMALLEST_SHOWN,
    }
    return render(request, "web/providers/pathologies.html", context)

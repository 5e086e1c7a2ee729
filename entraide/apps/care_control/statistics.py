"""Figures of medical control for reports and the committee: no person, no small group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.care_control.models import ControlFinding, Recovery, SampledClaim
from entraide.apps.claims.models import ClaimLine, ClaimState, LineRecoding
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

    Counted on the lines entered for care in ``[from_, until)``, as they were coded at entry;
    reversed claims are left out.
    """
    rows = (
        _entered(mutual, from_, until)
        .values_list("claim__entered_by__uid", "category__code")
        .annotate(count=Count("pk"))
    )
    counts = {(str(operator), code): count for operator, code, count in rows}
    for operator, _count, moves in _recodings(mutual, from_, until).values():
        for (at_entry, now), count in moves.items():
            counts[operator, now] = counts.get((operator, now), 0) - count
            counts[operator, at_entry] = counts.get((operator, at_entry), 0) + count
    found = coding_differences(counts)
    named = User.objects.filter(uid__in={UUID(each.operator) for each in found})
    return found, {str(each.uid): str(each) for each in named}


def _entered(mutual: Mutual, from_: date, until: date) -> QuerySet[ClaimLine]:
    lines = ClaimLine.objects.filter(
        mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until
    )
    return (
        lines.exclude(claim__state=ClaimState.REVERSED)
        .exclude(claim__entered_by__is_system=True)
        .order_by()
    )


Moves = dict[tuple[str, str], int]
"""How many lines went from one category, as coded at entry, to another one in force."""


def _recodings(mutual: Mutual, from_: date, until: date) -> dict[str, tuple[str, int, Moves]]:
    """Operator → (operator, lines recoded, how their categories moved). One query."""
    rows = (
        LineRecoding.objects.filter(
            mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until
        )
        .exclude(claim__state=ClaimState.REVERSED)
        .order_by("pk")
        .values_list(
            "claim_id", "position", "claim__entered_by__uid", "from_category__code",
            "to_category__code",
        )
    )  # fmt: skip
    lines: dict[tuple[int, int], tuple[str, str, str]] = {}
    for claim, position, operator, before, after in rows:
        first = lines.get((claim, position))
        lines[claim, position] = (str(operator), first[1] if first else before, after)
    found: dict[str, tuple[str, int, Moves]] = {}
    for operator, before, after in lines.values():
        _operator, count, moves = found.get(operator, (operator, 0, {}))
        moves[before, after] = moves.get((before, after), 0) + 1
        found[operator] = (operator, count + 1, moves)
    return found


@dataclass(frozen=True, slots=True)
class Recoded:
    """Lines that an operator entered, how many were coded otherwise later, and the commonest way:
    from a category to another, or within one (another act)."""

    operator: str
    entered: int
    recoded: int
    before: str
    after: str

    @property
    def rate(self) -> Decimal:
        """Recoded ÷ entered."""
        return Decimal(self.recoded) / self.entered


def recoded_by_operator(mutual: Mutual, from_: date, until: date) -> list[Recoded]:
    """Original against recoded, for care in ``[from_, until)``: the operators of whom a line was
    coded otherwise, the highest rate first. Three queries."""
    recodings = _recodings(mutual, from_, until)
    entered = dict(
        _entered(mutual, from_, until)
        .values_list("claim__entered_by__uid")
        .annotate(count=Count("pk"))
    )
    named = {str(each.uid): str(each) for each in User.objects.filter(uid__in=set(entered))}
    rows = []
    for operator, (_same, count, moves) in recodings.items():
        before, after = max(sorted(moves), key=lambda move: moves[move])
        total = entered.get(UUID(operator), 0)
        if total:
            rows.append(Recoded(named.get(operator, ""), total, count, before, after))
    return sorted(rows, key=lambda each: (-each.rate, each.operator))

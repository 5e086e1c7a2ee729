"""Care that a section paid for the families of another, and what they owe each other for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Sum

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.models import Branch, Mutual

OWED = (ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Claims of families of ``home`` at providers that ``care`` pays, in minor units."""

    home: Branch
    care: Branch
    claims_count: int
    payable_minor: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What a section paid for others, what others paid for its families; they sum to 0."""

    branch: Branch
    paid_for_others_minor: int
    paid_by_others_minor: int

    @property
    def due_minor(self) -> int:
        """What the others owe this section; below 0, what it owes them."""
        return self.paid_for_others_minor - self.paid_by_others_minor


def exchanges(mutual: Mutual, start: date, until: date) -> list[Exchange]:
    """Care of ``[start, until)`` approved or paid, outside the family's own section. Two queries.

    A claim whose family or provider is in no section is the mutual's own, and is left out.
    """
    rows = (
        Claim.objects.filter(
            mutual=mutual,
            state__in=OWED,
            care_on__gte=start,
            care_on__lt=until,
            home_branch__isnull=False,
            care_branch__isnull=False,
        )
        .exclude(home_branch=F("care_branch"))
        .order_by()
        .values_list("home_branch", "care_branch")
        .annotate(count=Count("pk"), total=Sum("payable_minor"))
    )
    named = {each.pk: each for each in Branch.objects.filter(mutual=mutual)}
    found = [Exchange(named[home], named[care], count, total) for home, care, count, total in rows]
    return sorted(found, key=lambda each: (each.home.name, each.care.name))


def balances(found: list[Exchange]) -> list[Balance]:
    """What each section is owed or owes, by name."""
    given: dict[int, int] = defaultdict(int)
    taken: dict[int, int] = defaultdict(int)
    branches: dict[int, Branch] = {}
    for each in found:
        given[each.care.pk] += each.payable_minor
        taken[each.home.pk] += each.payable_minor
        branches |= {each.care.pk: each.care, each.home.pk: each.home}
    rows = [Balance(branch, given[key], taken[key]) for key, branch in branches.items()]
    return sorted(rows, key=lambda row: row.branch.name)

"""Recounting what was used of the ceilings, from the decisions in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from entraide.apps.claims.counters import scopes_of
from entraide.apps.claims.desk import cover_year_start
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, UseCounter
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding

Counter = tuple[int, int | None, str, date]  # household, person, category, year


def recounted(mutual: Mutual) -> dict[Counter, tuple[int, int]]:
    """Amount and number of cases of every counter, from the lines of the claims that stand."""
    years = {
        pk: (household, person, care_on, effective_from)
        for pk, household, person, care_on, effective_from in Claim.objects.filter(
            mutual=mutual, membership__isnull=False, payable_minor__gt=0
        )
        .exclude(state=ClaimState.REVERSED)
        .values_list("pk", "household", "person", "care_on", "membership__effective_from")
    }
    paid: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = ClaimLine.objects.filter(mutual=mutual, payable_minor__gt=0).values_list(
        "claim_id", "category__code", "payable_minor"
    )
    for claim_id, category, payable_minor in lines.order_by():
        if claim_id in years:
            paid[claim_id][category] += payable_minor
    totals: dict[Counter, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for claim_id, by_category in paid.items():
        household, person, care_on, effective_from = years[claim_id]
        year = cover_year_start(effective_from, care_on)
        for (whose, category), (amount, cases) in scopes_of(person, by_category).items():
            counter = (household, whose, category, year)
            before = totals[counter]
            totals[counter] = (before[0] + amount, before[1] + cases)
    return totals


def check_counters(mutual: Mutual) -> Iterator[Finding]:
    """Every counter against the decisions in force, the first household first."""
    expected = recounted(mutual)
    found = {
        (row.household_id, row.person_id, row.category_code, row.year_from): (
            row.amount_minor,
            row.case_count,
        )
        for row in UseCounter.objects.filter(mutual=mutual).order_by("id")
    }
    for counter in sorted(
        expected.keys() | found.keys(), key=lambda key: (key[0], key[1] or 0, key[2], key[3])
    ):
        held, due = found.get(counter, (0, 0)), expected.get(counter, (0, 0))
        if held != due:
            household, person, category, year = counter
            document = f"{household}/{person or '-'}/{category or '*'}/{year.isoformat()}"
            yield Finding(
                "USE_COUNTER_DIFFERS",
                place=document,
                data={
                    "kind": "use_counter",
                    "document": document,
                    "found_minor": held[0],
                    "expected_minor": due[0],
                    "found_count": held[1],
                    "expected_count": due[1],
                    "currency": mutual.currency,
                },
            )

"""The effect of ceilings on the claims of a period, and which sectors the care was given in."""

from __future__ import annotations

import json
from datetime import date

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.schemes.models import Mutual
from entraide.core.what_if.ceilings import Hit, hits_of


def claims_in(mutual: Mutual, start: date, until: date) -> QuerySet[Claim]:
    """The claims with care in ``[start, until)``; reversed ones are out."""
    claims = Claim.objects.filter(mutual=mutual, care_on__gte=start, care_on__lt=until)
    return claims.exclude(state=ClaimState.REVERSED)


def ceiling_hits(mutual: Mutual, start: date, until: date) -> list[Hit]:
    """Each ceiling that took something from a claim of the period, by the decisions in force."""
    rows = (
        Decision.objects.filter(
            claim__in=claims_in(mutual, start, until), number=F("claim__decision_number")
        )
        .annotate(text=Cast("outcome", TextField()))
        .filter(Q(text__contains="CEILING_") | Q(text__contains="LIMIT"))
        .order_by("claim_id")
        .values_list("claim_id", "claim__household_id", "text")
    )
    hits: list[Hit] = []
    for claim, household, text in rows.iterator():
        hits += hits_of(claim, household, json.loads(text))
    return hits


def claims_by_sector(mutual: Mutual, start: date, until: date) -> dict[str, int]:
    """How many claims of the period were of providers of each sector."""
    claims = claims_in(mutual, start, until).order_by()
    rows = claims.values_list("provider__sector").annotate(count=Count("pk"))
    return dict(rows)

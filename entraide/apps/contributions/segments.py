"""How many covered families stand in each segment of the scorecard."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, F, OuterRef, Q, Subquery

from entraide.apps.enrolment.models import Household, HouseholdScore, Membership
from entraide.apps.schemes.models import Mutual


def segment_counts(mutual: Mutual, on: date) -> tuple[dict[str, int], int]:
    """Segment → covered families, and how many have answered no scorecard. Two queries."""
    covering = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        effective_until__gt=on,
    ).values("household")
    latest = (
        HouseholdScore.objects.filter(household=OuterRef("household"))
        .order_by("-answered_on", "-id")
        .values("pk")[:1]
    )
    scores = HouseholdScore.objects.filter(
        mutual=mutual, household__in=covering, pk=Subquery(latest)
    )
    counts = dict(scores.order_by().values_list(F("segment")).annotate(count=Count("household")))
    covered = Household.objects.filter(mutual=mutual, pk__in=covering).count()
    return counts, covered - sum(counts.values())

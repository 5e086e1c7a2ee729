"""Claims of which a free-care programme pays everything: nothing is payable, nothing is refused."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision


def paid_instead(claims: Iterable[Claim]) -> frozenset[int]:
    """Which of these claims the State pays in full, by their keys. One query, or none."""
    nothing = [each.pk for each in claims if each.state == ClaimState.REFUSED]
    if not nothing:
        return frozenset()
    rows = Decision.objects.filter(claim__in=nothing, number=F("claim__decision_number"))
    outcomes = rows.order_by().values_list("claim_id", "outcome")
    return frozenset(
        pk for pk, outcome in outcomes if CoreDecision.from_json(outcome).is_paid_instead
    )


def borne_elsewhere(claims: Iterable[Claim]) -> dict[int, int]:
    """What the State or another payer bears of each of these claims by its decision in force, in
    minor units, by their keys; those of which it bears nothing are left out. One query, or none."""
    keys = [each.pk for each in claims]
    if not keys:
        return {}
    rows = Decision.objects.filter(claim__in=keys, number=F("claim__decision_number"))
    borne = {
        pk: CoreDecision.from_json(outcome).borne_minor(BorneBy.OTHER)
        for pk, outcome in rows.order_by().values_list("claim_id", "outcome")
    }
    return {pk: minor for pk, minor in borne.items() if minor}

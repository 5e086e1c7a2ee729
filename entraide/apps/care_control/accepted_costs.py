"""What a claim cost: the one definition that profiles, scorecards and the committee share."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from entraide.apps.claims.models import ClaimState, Decision
from entraide.apps.schemes.models import Mutual
from entraide.core.control.credibility import BORNE_BY_ANOTHER

_UNDECIDED = (ClaimState.REVERSED, ClaimState.REFUSED, ClaimState.IN_REVIEW)


def accepted_costs(mutual: Mutual, from_: date, until: date) -> dict[int, int]:
    """Claim (pk) → what its decision in force accepts as the cost of the care, in minor units,
    whoever bears it; claims cared for in ``[from_, until)``, one query.

    That is what is payable, with the shares that the rules leave to the family, to another payer or
    to the State (:data:`entraide.core.control.credibility.BORNE_BY_ANOTHER`). A claim that is
    refused, reversed or still looked at has no accepted cost.
    """
    decisions = Decision.objects.filter(
        mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until,
        number=F("claim__decision_number"),
    ).exclude(claim__state__in=_UNDECIDED)  # fmt: skip
    rows = decisions.order_by().values_list("claim_id", "payable_minor", "outcome__lines")
    return {
        claim: payable
        + sum(
            cut["amount_minor"]
            for line in lines
            for cut in line["reductions"]
            if cut["code"] in BORNE_BY_ANOTHER
        )
        for claim, payable, lines in rows.iterator()
    }

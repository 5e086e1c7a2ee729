"""The pre-control of all claims: what the rules found, and what a person then looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet

from entraide.apps.care_control.models import SampledClaim
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.schemes.models import Mutual
from entraide.core.control.pre_control import RuleHits, count_rules, found_in

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PreControl:
    """Claims received in a period: how many the rules examined, whom they left to a person.

    ``examined`` equals ``received``: no claim is recorded without its decision by the rules.
    ``flagged``: a rule asks for a person; ``waiting`` of these still wait; ``sampled``: drawn by a
    control campaign.
    """

    received: int
    examined: int
    flagged: int
    waiting: int
    sampled: int
    rules: dict[str, RuleHits]


def pre_control(mutual: Mutual, from_: date, until: date) -> PreControl:
    """The pre-control of the claims received in ``[from_, until)``; reads each first decision."""
    claims = _received(mutual, from_, until)
    examined = 0

    def decisions() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        nonlocal examined
        for outcome, warnings in _first_decisions(mutual, from_, until, "outcome"):
            examined += 1
            yield outcome, warnings

    rules = count_rules(decisions())
    return PreControl(
        received=claims.count(),
        examined=examined,
        flagged=claims.exclude(Q(review_codes=[])).count(),
        waiting=claims.filter(state=ClaimState.IN_REVIEW).count(),
        sampled=SampledClaim.objects.filter(claim__in=claims).values("claim").distinct().count(),
        rules=rules,
    )


def last_received_on(mutual: Mutual, on: date) -> date:
    """The latest day up to ``on`` on which a claim was received; ``on`` itself where none was."""
    received = Claim.objects.filter(mutual=mutual, received_on__lte=on)
    return received.aggregate(last=Max("received_on"))["last"] or on


def claims_found_by(mutual: Mutual, from_: date, until: date, code: str) -> QuerySet[Claim]:
    """The claims received in ``[from_, until)`` in which a rule found something, latest first."""
    keys = [
        key
        for key, outcome, warnings in _first_decisions(mutual, from_, until, "claim_id", "outcome")
        if any(each == code for each, _lines, _amount in found_in(outcome, warnings))
    ]
    claims = _received(mutual, from_, until).filter(pk__in=keys)
    return claims.select_related("person", "provider").order_by("-received_on", "-pk")


def _received(mutual: Mutual, from_: date, until: date) -> QuerySet[Claim]:
    return Claim.objects.filter(mutual=mutual, received_on__gte=from_, received_on__lt=until)


def _first_decisions(mutual: Mutual, from_: date, until: date, *fields: str) -> Iterator[Any]:
    rows = Decision.objects.filter(
        mutual=mutual, number=1, claim__received_on__gte=from_, claim__received_on__lt=until
    )
    return rows.order_by().values_list(*fields, "claim__warnings").iterator(chunk_size=_CHUNK)

"""The scorecard of a provider: what it did, what it cost beside peers, what stands between us.

Counts and sums only: nobody cared for is in it. Care given in the period, unless said otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q, QuerySet, Sum

from entraide.apps.care_control.accepted_costs import accepted_costs
from entraide.apps.care_control.committee import Score, scores
from entraide.apps.care_control.observed import profiles
from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.care_control.recoveries import open_recoveries
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.providers.breaches import turnovers_of
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    ConventionBreach,
    Provider,
)
from entraide.apps.schemes.models import Mutual
from entraide.core.control.credibility import Costs
from entraide.core.control.profiles import Compared
from entraide.core.money import round_half_up

NO_SCORE = Score(0, None, None, 0)
NO_COSTS = Costs(0, 0, 0)
_ACCEPTED = ~Q(state=ClaimState.REFUSED)
_NOTHING = {"count": 0, "accepted": 0, "persons": 0, "stated": 0, "refused": 0, "owed": 0}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything that a talk with a provider needs; amounts in minor units.

    ``stated``: as invoiced on the ``accepted_count`` claims that are not refused; ``payable``: as
    decided; ``costs``: what the decisions accept as the cost of a case, whoever bears it, the
    dearest twentieth of the cases (at least one) lowered to the next, so that a slip of the hand
    does not make a provider dear. The delay goes from the
    reception of a claim to its payment, of those paid; ``late`` counts those that waited longer
    than the convention says, paid or not. ``agreement``: the convention of the last day, or None.
    """

    provider: Provider
    claims_count: int
    accepted_count: int
    persons_count: int
    stated_minor: int
    payable_minor: int
    refused_minor: int  # as invoiced on the claims that are refused
    paid_minor: int
    delay_median_days: int | None
    delay_p90_days: int | None
    late_count: int
    agreement: Agreement | None
    breaches_count: int
    breaches_open: int
    recoveries_count: int  # open today
    recoveries_minor: int
    score: Score
    costs: Costs = NO_COSTS
    measures: tuple[Compared, ...] = field(default=())

    @property
    def mean_cost_minor(self) -> int | None:
        """The accepted cost of a case, as ``costs`` counts it; None where nothing is decided."""
        if not self.costs.count:
            return None
        return round_half_up(Decimal(self.costs.total_minor) / self.costs.count)

    @property
    def reduced_minor(self) -> int:
        """What was stated and is not owed on claims not refused: shares of families, prices."""
        return self.stated_minor - self.payable_minor

    @property
    def refused_count(self) -> int:
        """The claims on which nothing is owed; their reasons are no part of what is taken away."""
        return self.claims_count - self.accepted_count

    @property
    def is_unusual(self) -> bool:
        """Whether a figure lies beyond its peers."""
        return any(each.is_unusual for each in self.measures)


def claims_looked_at(
    mutual: Mutual, from_: date, until: date, provider: Provider | None = None
) -> QuerySet[Claim]:
    """The claims that scorecards count: cared for in ``[from_, until)``, not reversed."""
    rows = Claim.objects.filter(mutual=mutual, care_on__gte=from_, care_on__lt=until)
    if provider is not None:
        rows = rows.filter(provider=provider)
    return rows.exclude(state=ClaimState.REVERSED)


def scorecards(
    mutual: Mutual, from_: date, until: date, *, on: date, provider: Provider | None = None
) -> list[Scorecard]:
    """The scorecard of every provider with a claim in the period, the dearest first; or of one.

    About ten queries, however many the providers and claims.
    """
    claims = claims_looked_at(mutual, from_, until, provider)
    sums = {
        row["provider"]: row
        for row in claims.order_by().values("provider").annotate(
            count=Count("pk"), accepted=Count("pk", filter=_ACCEPTED),
            persons=Count("person", distinct=True),
            stated=Sum("stated_minor", filter=_ACCEPTED),
            refused=Sum("stated_minor", filter=~_ACCEPTED), owed=Sum("payable_minor"),
        )
    }  # fmt: skip
    keys = set(sums) | ({provider.pk} if provider is not None else set())
    agreements = _agreements(keys, until)
    delays = _delays(claims, agreements, on)
    breaches = _breaches(mutual, from_, until, keys)
    owed = _recoveries(mutual, keys)
    heard = scores(mutual, from_, until)
    accepted = accepted_costs(mutual, from_, until)
    costs = _costs(claims, accepted)
    measures: dict[str, list[Compared]] = defaultdict(list)
    for each in profiles(mutual, from_, until, accepted):
        measures[each.provider].append(each)
    cards = []
    for each in Provider.objects.filter(pk__in=keys).select_related("area"):
        row = sums.get(each.pk, _NOTHING)
        waits = delays.get(each.pk, _Waits())
        paid_days = sorted(waits.paid_days)
        count, is_open = breaches.get(each.pk, (0, 0))
        recoveries_count, recoveries_minor = owed.get(each.pk, (0, 0))
        cards.append(
            Scorecard(
                provider=each,
                claims_count=row["count"],
                accepted_count=row["accepted"],
                persons_count=row["persons"],
                stated_minor=row["stated"] or 0,
                payable_minor=row["owed"] or 0,
                refused_minor=row["refused"] or 0,
                paid_minor=waits.paid_minor,
                delay_median_days=round(median(paid_days)) if paid_days else None,
                delay_p90_days=_ninetieth(paid_days),
                late_count=waits.late,
                agreement=agreements.get(each.pk),
                breaches_count=count,
                breaches_open=is_open,
                recoveries_count=recoveries_count,
                recoveries_minor=recoveries_minor,
                score=heard.get(each.pk, NO_SCORE),
                costs=costs.get(each.pk, NO_COSTS),
                measures=tuple(measures.get(str(each.uid), ())),
            )
        )
    return sorted(cards, key=lambda card: (-card.payable_minor, card.provider.name))


def _costs(claims: QuerySet[Claim], accepted: dict[int, int]) -> dict[int, Costs]:
    """Provider → the accepted costs of its claims."""
    found: dict[int, list[int]] = defaultdict(list)
    for claim, provider in claims.order_by().values_list("pk", "provider_id"):
        if claim in accepted:
            found[provider].append(accepted[claim])
    return {provider: Costs.winsorised(amounts) for provider, amounts in found.items()}


@dataclass(slots=True)
class _Waits:
    paid_days: list[int] = field(default_factory=list)
    paid_minor: int = 0
    late: int = 0


def _ninetieth(days: list[int]) -> int | None:
    """Of sorted days, the one that nine in ten do not exceed (nearest rank); None of none."""
    return days[-(-len(days) * 9 // 10) - 1] if days else None


def is_late(received_on: date, paid_on: date | None, on: date, agreement: Agreement | None) -> bool:
    """Whether a claim waits, or waited, longer than its convention says."""
    promised = agreement.payment_delay_days if agreement is not None else None
    return promised is not None and ((paid_on or on) - received_on).days > promised


def _delays(
    claims: QuerySet[Claim], agreements: dict[int, Agreement], on: date
) -> dict[int, _Waits]:
    waits: dict[int, _Waits] = defaultdict(_Waits)
    rows = (
        claims.exclude(payable_minor=0)
        .order_by()
        .values_list("provider_id", "payable_minor", "received_on", "paid_on")
    )
    for provider, payable_minor, received_on, paid_on in rows.iterator():
        held = waits[provider]
        held.late += is_late(received_on, paid_on, on, agreements.get(provider))
        if paid_on is not None:
            held.paid_days.append((paid_on - received_on).days)
            held.paid_minor += payable_minor
    return waits


def _agreements(keys: set[int], until: date) -> dict[int, Agreement]:
    """Provider → its convention in force on the last day of the period, else its latest one."""
    rows = Agreement.objects.filter(
        provider__in=keys, state=AgreementState.APPROVED, effective_from__lt=until
    )
    return {each.provider_id: each for each in rows.order_by("effective_from", "pk")}


def _breaches(
    mutual: Mutual, from_: date, until: date, keys: set[int]
) -> dict[int, tuple[int, int]]:
    rows = (
        ConventionBreach.objects.filter(
            mutual=mutual, agreement__provider__in=keys, occurred_on__gte=from_,
            occurred_on__lt=until,
        )
        .order_by()
        .values_list("agreement__provider")
        .annotate(count=Count("pk"), is_open=Count("pk", filter=Q(closed_on__isnull=True)))
    )  # fmt: skip
    return {provider: (count, is_open) for provider, count, is_open in rows}


def _recoveries(mutual: Mutual, keys: set[int]) -> dict[int, tuple[int, int]]:
    """Provider → how many recoveries are open, and what is left to take of them."""
    owed: dict[int, tuple[int, int]] = {}
    for each in open_recoveries(mutual).filter(provider__in=keys):
        count, left = owed.get(each.provider_id, (0, 0))
        owed[each.provider_id] = (count + 1, left + each.amount_minor - each.taken_minor)
    return owed


@dataclass(frozen=True, slots=True)
class Reduced:
    """One reason for paying less: on how many lines, how much."""

    code: str
    count: int
    amount_minor: int


def reductions_of(mutual: Mutual, provider: Provider, from_: date, until: date) -> list[Reduced]:
    """Every reason in the decisions in force on the claims of the period that are not refused, the
    dearest first: what the figure « taken away » of the scorecard is made of."""
    claims = claims_looked_at(mutual, from_, until, provider).filter(_ACCEPTED)
    in_force = dict(claims.values_list("pk", "decision_number"))
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, int] = defaultdict(int)
    rows = Decision.objects.filter(claim__in=claims).values_list("claim_id", "number", "outcome")
    for claim, number, outcome in rows.iterator():
        if in_force[claim] != number:
            continue
        for line in outcome["lines"]:
            for cut in line["reductions"]:
                counts[cut["code"]] += 1
                amounts[cut["code"]] += cut["amount_minor"]
    found = [Reduced(code, counts[code], amounts[code]) for code in counts]
    return sorted(found, key=lambda each: (-each.amount_minor, each.code))


@dataclass(frozen=True, slots=True)
class Share:
    """What the mutual paid for care of a year out of all that the provider says it earned."""

    year: int
    paid_minor: int
    turnover_minor: int
    source: str

    @property
    def rate(self) -> Decimal:
        """The share of the mutual."""
        return Decimal(self.paid_minor) / self.turnover_minor

    @property
    def is_impossible(self) -> bool:
        """Whether the mutual alone paid more than the provider says it earned from everybody."""
        return self.paid_minor > self.turnover_minor


def share_of(mutual: Mutual, provider: Provider, until: date) -> Share | None:
    """The share of the latest year told that began before the end of the period; None untold."""
    for each in turnovers_of(mutual, provider):
        if each.year < until.year or (each.year == until.year and until > date(each.year, 1, 1)):
            paid = paid_by_year(mutual, provider).get(each.year, 0)
            return Share(each.year, paid, each.amount_minor, each.source)
    return None

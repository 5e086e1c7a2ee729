"""The draw of a campaign: from which claims, how many, which of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from django.db.models import QuerySet

from entraide.apps.care_control.models import ControlCampaign, SampledClaim
from entraide.apps.care_control.observed import flagged
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.control.sampling import Unit, chance_to_find, draw, sample_size
from entraide.core.errors import Finding
from entraide.core.exactness import too_precise

RISK_FACTOR = 2  # how much sooner a claim is drawn that an anomaly names
_CONTROLLED = (ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID)
_KEPT = Decimal("0.0001")  # how precisely a campaign keeps its probability


def claims_to_control(
    mutual: Mutual, from_: date, until: date, provider: Provider | None = None
) -> QuerySet[Claim]:
    """The claims cared for in ``[from_, until)`` that were approved and pay something."""
    claims = Claim.objects.filter(
        mutual=mutual,
        care_on__gte=from_,
        care_on__lt=until,
        state__in=_CONTROLLED,
        payable_minor__gt=0,
    )
    return claims if provider is None else claims.filter(provider=provider)


def claims_of_draw(
    mutual: Mutual, from_: date, until: date, provider: Provider | None = None, *, on: date
) -> list[Claim]:
    """Those among which a campaign draws: received by the day of the draw."""
    known = claims_to_control(mutual, from_, until, provider)
    return list(known.filter(received_on__lte=on).order_by("id"))


@dataclass(frozen=True, slots=True)
class Plan:
    """How many claims a campaign looks at, and with which chance these find a fault.

    ``needed_count``: how many the probability asked for would take, were there enough.
    """

    population: int
    needed_count: int
    random_count: int
    weighted_count: int
    probability: Decimal

    @property
    def count(self) -> int:
        """How many are drawn."""
        return self.random_count + self.weighted_count

    @property
    def is_census(self) -> bool:
        """Whether every claim is looked at: then nothing is left to chance."""
        return self.count >= self.population


def faults_of_draw(
    period_from: date,
    period_until: date,
    fault_share: Decimal,
    probability: Decimal,
    weighted_share: Decimal,
    size: int | None,
    *,
    on: date,
) -> Iterator[Finding]:
    """What forbids a draw: ``CAMPAIGN_PERIOD``, ``CAMPAIGN_RATES``, ``CAMPAIGN_SIZE``,
    ``RATE_TOO_PRECISE``."""
    if not period_from < period_until or period_until > on:
        yield Finding("CAMPAIGN_PERIOD", place="period_until", data={"on": on})
    if not (0 < fault_share < 1 and 0 < probability < 1 and 0 <= weighted_share <= 1):
        yield Finding("CAMPAIGN_RATES", place="fault_share")
    if size is not None and size < 1:
        yield Finding("CAMPAIGN_SIZE", place="size")
    yield from too_precise(fault_share, "fault_share")
    yield from too_precise(probability, "probability")


def planned(
    population: int,
    fault_share: Decimal,
    probability: Decimal,
    weighted_share: Decimal,
    size: int | None = None,
) -> Plan:
    """How many of ``population`` claims are drawn; ``size`` says it in place of ``probability``.

    Where all are looked at, none is left to chance: both parts would meet in some of them.
    """
    share = Fraction(fault_share)
    needed = sample_size(share, Fraction(probability), population=1 << 62)
    count = min(needed if size is None else size, population)
    weighted = int(count * weighted_share) if count < population else 0
    if size is not None:
        probability = probability_of(fault_share, count)
    return Plan(population, needed, count - weighted, weighted, probability)


def probability_of(fault_share: Decimal, count: int) -> Decimal:
    """With which probability so many claims find a fault, never said higher than it is."""
    chance = chance_to_find(Fraction(fault_share), count)
    said = (Decimal(chance.numerator) / Decimal(chance.denominator)).quantize(_KEPT, ROUND_DOWN)
    return min(max(said, _KEPT), 1 - _KEPT)


def draw_claims(campaign: ControlCampaign, claims: list[Claim]) -> None:
    """Draw a campaign's claims from its seed, and keep each with its chance."""
    by_key = {str(claim.uid): claim for claim in claims}
    told = flagged(campaign.mutual, campaign.period_from, campaign.period_until)
    at_risk = frozenset[str]().union(*told.values())
    units = [
        Unit(key, claim.payable_minor * (RISK_FACTOR if key in at_risk else 1))
        for key, claim in by_key.items()
    ]
    drawn = draw(
        units,
        random_count=campaign.random_count,
        weighted_count=campaign.weighted_count,
        seed=campaign.seed,
    )
    # Those of one provider stand together: a visit looks at them in one go.
    ordered = sorted(drawn, key=lambda each: (by_key[each.key].provider_id, by_key[each.key].pk))
    SampledClaim.objects.bulk_create(
        SampledClaim(
            mutual=campaign.mutual,
            campaign=campaign,
            rank=rank,
            claim=by_key[each.key],
            at_random=each.at_random,
            by_size=each.by_size,
            chance=str(each.chance),
            payable_minor=by_key[each.key].payable_minor,
        )
        for rank, each in enumerate(ordered, start=1)
    )

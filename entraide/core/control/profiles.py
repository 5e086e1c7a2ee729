"""How a provider prescribes beside its peers of the same level, and when that is unusual.

A provider is named only when the *whole* band of its figure lies above the limit that the others
set (:func:`entraide.core.control.bands.peer_limit`), never by its place in a list: someone is
always last. The rational use of drugs is measured by the indicators of WHO, *How to investigate
drug use in health facilities*, 1993: drugs per encounter, share of encounters with an antibiotic,
with an injection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from entraide.core.control.bands import Band, PeerLimit, peer_limit, rate_band, share_band
from entraide.core.control.credibility import Costs, collective, shrunk_cost
from entraide.core.suppression import SMALLEST_SHOWN

FEWEST_CASES = SMALLEST_SHOWN  # below it a provider's figure is neither shown nor compared


class Measure(StrEnum):
    """What is compared: one rate, three shares, one cost."""

    DRUGS = "drugs_per_consultation"
    ANTIBIOTIC = "antibiotic_share"
    INJECTION = "injection_share"
    REFERRAL = "referral_share"
    COST = "cost_per_case"


SHARES = (Measure.ANTIBIOTIC, Measure.INJECTION, Measure.REFERRAL)


@dataclass(frozen=True, slots=True)
class Practice:
    """What one provider did in a period. Counts of consultations; ``costs`` of its cases decided.

    ``referred`` None: where patients were sent is not known. ``plain_mean_minor``: the mean of the
    same costs with nothing smoothed, in minor units; None where it is not known.
    """

    provider: str
    level: str
    consultations: int
    drugs: int
    with_antibiotic: int
    with_injection: int
    costs: Costs
    referred: int | None = None
    plain_mean_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of a provider beside its peers.

    ``peers`` is None where too few do the same. ``is_same_level``: whether they are of its level;
    else all other providers, for want of enough of the level. ``plain_mean_minor`` and
    ``own_weight``, of a cost alone: its plain mean, and how much of the estimate is the provider's
    own, the rest being drawn from the others.
    """

    provider: str
    measure: Measure
    cases: int
    band: Band
    peers: PeerLimit | None
    is_same_level: bool
    plain_mean_minor: int | None = None
    own_weight: float | None = None

    @property
    def is_unusual(self) -> bool:
        """The whole band lies above the peers' limit."""
        return self.peers is not None and self.band.is_above(self.peers.limit)

    @property
    def can_be_unusual(self) -> bool:
        """Whether the peers leave room above them: no share lies above a limit of 100 %."""
        return self.peers is not None and not (self.measure in SHARES and self.peers.limit >= 1)


_COUNTED: Mapping[Measure, Callable[[Practice], int]] = {
    Measure.DRUGS: lambda each: each.drugs,
    Measure.ANTIBIOTIC: lambda each: each.with_antibiotic,
    Measure.INJECTION: lambda each: each.with_injection,
    Measure.REFERRAL: lambda each: each.referred or 0,
}


def compared(practices: list[Practice]) -> tuple[Compared, ...]:
    """Every figure of every provider that has at least :data:`FEWEST_CASES` of what it counts.

    Each is held against the *others* of its level: an unusual provider does not raise the limit
    by which it is judged itself.
    """
    rows = []
    for own in practices:
        for measure in Measure:
            if _cases(own, measure) < FEWEST_CASES:
                continue
            others, is_same_level = _peers(own, practices, measure)
            rows.append(_compared(own, others, measure, is_same_level=is_same_level))
    return tuple(rows)


def _cases(practice: Practice, measure: Measure) -> int:
    if measure is Measure.REFERRAL and practice.referred is None:
        return 0
    return practice.costs.count if measure is Measure.COST else practice.consultations


def _peers(
    own: Practice, practices: list[Practice], measure: Measure
) -> tuple[list[Practice], bool]:
    able = [
        each
        for each in practices
        if each.provider != own.provider and _cases(each, measure) >= FEWEST_CASES
    ]
    of_level = [each for each in able if each.level == own.level]
    return (of_level, True) if len(of_level) >= 2 else (able, False)


def _compared(
    own: Practice, others: list[Practice], measure: Measure, *, is_same_level: bool
) -> Compared:
    cases = _cases(own, measure)
    weights = [float(_cases(each, measure)) for each in others]  # not money
    if measure is Measure.COST:
        limit = peer_limit(
            [each.costs.mean for each in others],
            weights,
            collective([each.costs for each in others]).within,
        )
        return _cost_compared(own, others, limit, is_same_level=is_same_level)
    count = _COUNTED[measure]
    values = [count(each) / each.consultations for each in others]
    pooled = sum(count(each) for each in others) / sum(weights) if weights else 0.0
    is_rate = measure is Measure.DRUGS
    limit = (
        peer_limit(values, weights, pooled)
        if is_rate
        else peer_limit(values, weights, pooled * (1 - pooled), most=1.0)
    )
    band = rate_band(count(own), cases) if is_rate else share_band(count(own), cases)
    return Compared(own.provider, measure, cases, band, limit, is_same_level)


def _cost_compared(
    own: Practice, others: list[Practice], limit: PeerLimit | None, *, is_same_level: bool
) -> Compared:
    """The cost drawn towards the mean of the *others*: drawn wholly, nobody lies beyond them."""
    found = collective([own.costs, *(each.costs for each in others)])
    if others:
        apart = collective([each.costs for each in others])
        found = replace(found, mean=apart.mean, error=apart.error)
    shrunk = shrunk_cost(own.costs, found)
    return Compared(
        own.provider, Measure.COST, own.costs.count, shrunk.band, limit, is_same_level,
        own.plain_mean_minor, shrunk.weight,
    )  # fmt: skip

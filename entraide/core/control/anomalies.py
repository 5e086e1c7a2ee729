"""What in a period of claims a person should look at: one function and one code for each kind.

An anomaly is a question, never a verdict: it names who, which claims and why, and where chance may
explain it, how likely chance is. The level at which a pattern is told is divided by the number of
providers or families looked at (C. E. Bonferroni, 1936): the more are looked at, the rarer a thing
must be to be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from entraide.core.control.distributions import binomial_tail
from entraide.core.control.runs import chance_of_run, longest_run
from entraide.core.periods import age_on

FALSE_ALARMS = 0.01  # chance of one or more, for one kind over a whole period
SHORTEST_RUN = 3
FEWEST_CLAIMS = 20  # of a provider, before a habit is read out of them
SATURDAY = 5
_NOT_A_PLACE_OF_CARE = frozenset({"pharmacy", "laboratory"})  # one goes there after a consultation


class Kind(StrEnum):
    """The codes, by which anomalies are named, counted and answered."""

    TWO_PLACES = "TWO_PLACES_ONE_DAY"
    CONSECUTIVE = "CONSECUTIVE_NUMBERS"
    BEFORE_ENTRY = "CARE_BEFORE_ENTRY"
    AFTER_EXIT = "CARE_AFTER_EXIT"
    WEEKEND = "WEEKEND_PEAK"
    SEX = "IMPOSSIBLE_FOR_SEX"
    AGE = "IMPOSSIBLE_FOR_AGE"
    FAMILY = "FAMILY_TOGETHER"
    ROUND = "ROUND_AMOUNTS"


@dataclass(frozen=True, slots=True)
class Act:
    """One act or drug of a claim with what is true of it everywhere; ages both inside."""

    code: str
    sex: str = ""
    min_age_years: int | None = None
    max_age_years: int | None = None


@dataclass(frozen=True, slots=True)
class Care:
    """One claim as anomalies see it. Keys are texts that mean nothing here."""

    claim: str
    person: str
    household: str
    provider: str
    level: str
    on: date
    attestation: str
    stated_minor: int
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """A person: birth and sex where known, and every period of cover, half-open."""

    birth_on: date | None
    sex: str
    covers: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The claims of a period, the persons in them, the holidays, the unit of round amounts."""

    care: tuple[Care, ...]
    persons: Mapping[str, Covered]
    holidays: frozenset[date] = frozenset()
    round_minor: int = 1_000
    false_alarms: float = FALSE_ALARMS


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Who (``about`` says of what kind), which claims, why; ``p_value`` where chance may do it."""

    kind: Kind
    about: str  # "person", "household" or "provider"
    who: str
    claims: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict)
    p_value: float | None = None

    @property
    def key(self) -> str:
        """The same for the same question asked again: kind, who, and the first of its claims."""
        return f"{self.kind.value}|{self.who}|{self.claims[0] if self.claims else ''}"


def two_places(period: Period) -> Iterator[Anomaly]:
    """One person cared for by two providers on one day; pharmacies and laboratories apart."""
    days: dict[tuple[str, date], list[Care]] = defaultdict(list)
    for each in period.care:
        if each.level not in _NOT_A_PLACE_OF_CARE:
            days[each.person, each.on].append(each)
    for (person, on), held in days.items():
        providers = sorted({each.provider for each in held})
        if len(providers) > 1:
            yield Anomaly(
                Kind.TWO_PLACES,
                "person",
                person,
                tuple(each.claim for each in held),
                {"day": on, "providers": tuple(providers)},
            )


def _numbered(care: Iterable[Care]) -> dict[tuple[str, str], dict[int, Care]]:
    """Attestations by provider and by what stands before the last digits of their number."""
    books: dict[tuple[str, str], dict[int, Care]] = defaultdict(dict)
    for each in care:
        head = each.attestation.rstrip("0123456789")
        digits = each.attestation[len(head) :]
        if digits and len(digits) <= 18:
            books[each.provider, head][int(digits)] = each
    return books


def consecutive_numbers(period: Period) -> Iterator[Anomaly]:
    """One family holding attestations that follow each other, over several days of care.

    On one day the members of a family are written one after the other; over several days others
    come in between. The chance is that of such a run had the family's attestations fallen anywhere
    among those of the book.
    """
    found: list[tuple[str, str, list[Care], float]] = []
    families = 0
    for (provider, _head), book in _numbered(period.care).items():
        place = {number: rank for rank, number in enumerate(sorted(book))}
        of_family: dict[str, list[int]] = defaultdict(list)
        for number, each in book.items():
            of_family[each.household].append(number)
        for household, numbers in of_family.items():
            if len(numbers) < SHORTEST_RUN:
                continue
            families += 1
            run = [book[number] for number in longest_run(numbers)]
            if len(run) < SHORTEST_RUN or len({each.on for each in run}) < SHORTEST_RUN:
                continue
            chance = chance_of_run(len(place), len(numbers), len(run))
            found.append((provider, household, run, chance))
    for provider, household, run, chance in found:
        if chance * families <= period.false_alarms:
            facts = {
                "provider": provider,
                "first": run[0].attestation,
                "last": run[-1].attestation,
                "count": len(run),
            }
            claims = tuple(each.claim for each in run)
            yield Anomaly(Kind.CONSECUTIVE, "household", household, claims, facts, chance)


def outside_cover(period: Period) -> Iterator[Anomaly]:
    """Care before the first day of cover, or after the last; a gap between counts as after."""
    for each in period.care:
        person = period.persons.get(each.person)
        if person is None or any(
            start <= each.on and (end is None or each.on < end) for start, end in person.covers
        ):
            continue
        ended = [end for _start, end in person.covers if end is not None and end <= each.on]
        kind = Kind.AFTER_EXIT if ended else Kind.BEFORE_ENTRY
        facts: dict[str, object] = {"day": each.on}
        if ended:
            facts["since"] = max(ended)
        elif person.covers:
            facts["from"] = min(start for start, _end in person.covers)
        yield Anomaly(kind, "person", each.person, (each.claim,), facts)


def impossible(period: Period) -> Iterator[Anomaly]:
    """An act that is only for the other sex, or for another age."""
    for each in period.care:
        person = period.persons.get(each.person)
        if person is None:
            continue
        age = age_on(person.birth_on, each.on) if person.birth_on else None
        for act in each.acts:
            if act.sex and person.sex and act.sex != person.sex:
                facts: dict[str, object] = {"act": act.code, "day": each.on}
                yield Anomaly(Kind.SEX, "person", each.person, (each.claim,), facts)
            if age is not None and not _is_of_age(act, age):
                facts = {"act": act.code, "day": each.on, "age": age}
                yield Anomaly(Kind.AGE, "person", each.person, (each.claim,), facts)


def _is_of_age(act: Act, age: int) -> bool:
    lowest = act.min_age_years is None or act.min_age_years <= age
    return lowest and (act.max_age_years is None or age <= act.max_age_years)


@dataclass(frozen=True, slots=True)
class _Habit:
    """How often a provider does something: of its claims, those that show it."""

    provider: str
    level: str
    shown: tuple[str, ...]
    total: int


def weekend_peaks(period: Period) -> Iterator[Anomaly]:
    """A provider whose care falls on weekends and holidays beyond what its peers see."""
    off = [
        each for each in period.care if each.on.weekday() >= SATURDAY or each.on in period.holidays
    ]
    yield from _beyond_peers(Kind.WEEKEND, _habits(period.care, off), period)


def round_amounts(period: Period) -> Iterator[Anomaly]:
    """A provider whose totals are round beyond those of its peers: written, not reckoned."""
    off = [
        each
        for each in period.care
        if each.stated_minor and not each.stated_minor % period.round_minor
    ]
    yield from _beyond_peers(Kind.ROUND, _habits(period.care, off), period)


def family_together(period: Period) -> Iterator[Anomaly]:
    """A provider that sees several members of one family on one day for the same act, beyond its
    peers: one came, the others' cards did."""
    visits: dict[tuple[str, str, date], list[Care]] = defaultdict(list)
    for each in period.care:
        visits[each.provider, each.household, each.on].append(each)
    together: dict[str, list[str]] = defaultdict(list)
    levels, days, joint = {}, defaultdict[str, int](int), defaultdict[str, int](int)
    for (provider, _household, _on), held in visits.items():
        levels[provider] = held[0].level
        days[provider] += 1
        shared = _same_act(held)
        if shared:
            joint[provider] += 1
            together[provider].extend(shared)
    counted = {name: (joint[name], days[name]) for name in days}
    for provider, (count, total) in counted.items():
        if total < FEWEST_CLAIMS or not count:
            continue
        chance = _chance_beyond_peers(provider, counted, levels)
        if chance is not None and chance * len(counted) <= period.false_alarms:
            facts = {"count": count, "visits": total}
            claims = tuple(together[provider])
            yield Anomaly(Kind.FAMILY, "provider", provider, claims, facts, chance)


def _same_act(held: list[Care]) -> list[str]:
    """The claims of two or more persons that share an act."""
    by_act: dict[str, dict[str, str]] = defaultdict(dict)
    for each in held:
        for act in each.acts:
            by_act[act.code][each.person] = each.claim
    shared = {claim for who in by_act.values() if len(who) > 1 for claim in who.values()}
    return [each.claim for each in held if each.claim in shared]


def _habits(care: Iterable[Care], shown: Iterable[Care]) -> list[_Habit]:
    marked: dict[str, list[str]] = defaultdict(list)
    for each in shown:
        marked[each.provider].append(each.claim)
    totals: dict[str, int] = defaultdict(int)
    levels: dict[str, str] = {}
    for each in care:
        totals[each.provider] += 1
        levels[each.provider] = each.level
    return [_Habit(name, levels[name], tuple(marked[name]), totals[name]) for name in totals]


def _beyond_peers(kind: Kind, habits: list[_Habit], period: Period) -> Iterator[Anomaly]:
    counted = {each.provider: (len(each.shown), each.total) for each in habits}
    levels = {each.provider: each.level for each in habits}
    for each in habits:
        if each.total < FEWEST_CLAIMS or not each.shown:
            continue
        chance = _chance_beyond_peers(each.provider, counted, levels)
        if chance is not None and chance * len(habits) <= period.false_alarms:
            facts = {"count": len(each.shown), "claims": each.total}
            yield Anomaly(kind, "provider", each.provider, each.shown, facts, chance)


def _chance_beyond_peers(
    provider: str, counted: Mapping[str, tuple[int, int]], levels: Mapping[str, str]
) -> float | None:
    """The chance to show a habit at least so often at the rate of the peer that shows it most.

    Peers are the others of its level, or all others where it has fewer than two; the highest rate
    among them is usual, since providers differ. Agresti and Coull's two and two are added, so that
    few claims do not make a rate of 0 (*The American Statistician* 52, 1998). None without peers.
    """
    others = [
        each
        for name, each in counted.items()
        if name != provider and each[1] >= FEWEST_CLAIMS and levels[name] == levels[provider]
    ]
    if len(others) < 2:
        others = [
            each for name, each in counted.items() if name != provider and each[1] >= FEWEST_CLAIMS
        ]
    if len(others) < 2:
        return None
    usual = max((count + 2) / (total + 4) for count, total in others)
    count, total = counted[provider]
    return binomial_tail(count, total, usual)


DETECTORS: tuple[Callable[[Period], Iterator[Anomaly]], ...] = (
    two_places,
    consecutive_numbers,
    outside_cover,
    impossible,
    weekend_peaks,
    family_together,
    round_amounts,
)


def all_anomalies(period: Period) -> tuple[Anomaly, ...]:
    """Every anomaly of a period, by kind."""
    return tuple(each for detector in DETECTORS for each in detector(period))


def flagged_claims(anomalies: Iterable[Anomaly]) -> dict[Kind, frozenset[str]]:
    """The claims that each kind flags, every kind named: what false alarms are measured on."""
    flagged: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for each in anomalies:
        flagged[each.kind].update(each.claims)
    return {kind: frozenset(claims) for kind, claims in flagged.items()}

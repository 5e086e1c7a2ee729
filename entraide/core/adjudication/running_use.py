"""The use of ceilings and limits, claim after claim, of one household in one cover year.

What the records keep in counters, kept in memory: for cases that follow each other, for a trial of
new rules on past claims, and to recount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from entraide.core.adjudication.decision import Decision, LineDecision
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.scopes import (
    case_key,
    code_of,
    is_count,
    limit_case_key,
    place_of,
)
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.care_package import Per, Whose

_CASE_DEVICES = {"DEDUCTIBLE": "deductible", "COPAYMENT_FIXED": "copayment"}


def episode_use(decisions: Iterable[Decision]) -> dict[str, int]:
    """What claims of one episode have used of its cases and of the limits over an episode.

    The claim that began it did not know that it would be one: its cases are read from what it was
    reduced by, priced at and paid, and from the limits that counted it.
    """
    used: dict[str, int] = {}
    for decision in decisions:
        for line in decision.lines:
            taken = {"paid": line.counted_minor}
            if line.line_key.startswith(FLAT_RATE_KEY) and not _is_taken_away(line):
                taken["flat_rate"] = line.claimed_minor
            for reduction in line.reductions:
                device = _CASE_DEVICES.get(reduction.code)
                if device is not None:
                    taken[device] = taken.get(device, 0) + reduction.amount_minor
            for device, value in taken.items():
                if value:
                    _add(used, case_key(device, line.category), value)
            if line.counted_minor:
                used[case_key("counted", line.category)] = 1
        for key, value in decision.uses.items():
            if is_count(key) and place_of(key)[1] is Per.YEAR:
                used[limit_case_key(code_of(key))] = 1
            if place_of(key)[1] is Per.EPISODE and not key.startswith("case:"):
                _add(used, key, value)
    return used


def _is_taken_away(line: LineDecision) -> bool:
    """Whether a person took away all that a line was to be paid: its price may be asked again."""
    by_hand = any(reduction.code == "MEDICAL_REVIEW" for reduction in line.reductions)
    return by_hand and not line.payable_minor


@dataclass(frozen=True, slots=True)
class Consumption:
    """What a decision uses: what counts against the ceilings by category, the categories that it
    counts as a case, and the limits and deductibles of the cover year that it takes from, by key.
    """

    paid_minor: Mapping[str, int]
    cases: Collection[str]
    year_uses: Mapping[str, int]

    @classmethod
    def of(cls, decision: Decision, counted: Mapping[str, int] | None = None) -> Consumption:
        """The use of a decision, as it says it; with ``counted``, what the earlier claims of its
        episode are cases of (:func:`episode_use`), as they stand now."""
        paid = decision.counted_minor_by_category()
        year = {key: value for key, value in decision.uses.items() if place_of(key)[1] is Per.YEAR}
        if counted is None:
            cases = decision.case_categories()
        else:
            cases = tuple(
                category
                for category in sorted(paid)
                if not counted.get(case_key("counted", category))
            )
            for key in year:
                if is_count(key):
                    year[key] = int(not counted.get(limit_case_key(code_of(key))))
        return cls(paid, cases, {key: value for key, value in year.items() if value})


def consumptions(decisions: Iterable[Decision]) -> list[Consumption]:
    """What the claims of one episode use, in their order: it is one case, of the first that stands
    and is paid, whoever was counted when each was decided."""
    counted: dict[str, int] = {}
    found = []
    for decision in decisions:
        found.append(Consumption.of(decision, counted))
        for key, value in episode_use([decision]).items():
            _add(counted, key, value)
    return found


class RunningUse:
    """What a household has used so far."""

    def __init__(self) -> None:
        self._minor: dict[str, dict[str, int]] = defaultdict(dict)  # by person, "" the household
        self._count: dict[str, dict[str, int]] = defaultdict(dict)
        self._scopes: dict[str, dict[str, int]] = defaultdict(dict)  # of the year
        self._episodes: dict[tuple[str, str], list[Decision]] = defaultdict(list)

    @classmethod
    def after(cls, person: str, used: UsedAmounts) -> RunningUse:
        """The use of a household of which only this is known, for one person and in all."""
        use = cls()
        use._minor[person] = dict(used.person_minor)
        use._minor[""] = dict(used.household_minor)
        use._count[person] = dict(used.person_count)
        use._scopes[person] = dict(used.scopes)
        return use

    def before(self, person: str, episode: str = "") -> UsedAmounts:
        """The use that a claim of this person, in this episode, comes after."""
        own, household = self._minor[person], self._minor[""]
        scopes = {**self._scopes[""], **self._scopes[person]}
        if episode:
            scopes |= episode_use(self._episodes[person, episode])
        return UsedAmounts(
            person_minor=dict(own),
            person_count=dict(self._count[person]),
            household_minor=dict(household),
            person_total_minor=sum(own.values()),
            household_total_minor=sum(household.values()),
            scopes=scopes,
        )

    def count(self, decision: Decision, person: str, episode: str = "", sign: int = 1) -> None:
        """Add what a decision uses; with ``sign=-1`` take back what it used: of an episode, the
        case stays while another claim of it stands."""
        if not episode:
            self._move(Consumption.of(decision), person, sign)
            return
        standing = self._episodes[person, episode]
        before = consumptions(standing)
        if sign > 0:
            standing.append(decision)
        else:
            standing.remove(decision)
        for each in before:
            self._move(each, person, -1)
        for each in consumptions(standing):
            self._move(each, person, 1)

    def _move(self, used: Consumption, person: str, sign: int) -> None:
        for category, paid_minor in used.paid_minor.items():
            for owner in (person, ""):
                _add(self._minor[owner], category, sign * paid_minor)
        for category in used.cases:
            _add(self._count[person], category, sign)
        for key, value in used.year_uses.items():
            owner = person if place_of(key)[0] is Whose.PERSON else ""
            _add(self._scopes[owner], key, sign * value)


def _add(counted: dict[str, int], key: str, value: int) -> None:
    counted[key] = counted.get(key, 0) + value

"""The use of ceilings and limits, claim after claim, of one household in one cover year.

What the records keep in counters, kept in memory: for cases that follow each other, for a trial of
new rules on past claims, and to recount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.scopes import case_key, limit_case_key, place_of
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.care_package import Per, Whose

_Owner = tuple[str, str]  # the person ("" for the household) and the episode ("" for the year)


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
            if line.line_key.startswith(FLAT_RATE_KEY):
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
            if key.startswith("count:") and place_of(key)[1] is Per.YEAR:
                used[limit_case_key(key.split(":", 3)[3])] = 1
            if place_of(key)[1] is Per.EPISODE and not key.startswith("case:"):
                _add(used, key, value)
    return used


class RunningUse:
    """What a household has used so far."""

    def __init__(self) -> None:
        self._minor: dict[str, dict[str, int]] = defaultdict(dict)  # by person, "" the household
        self._count: dict[str, dict[str, int]] = defaultdict(dict)
        self._scopes: dict[_Owner, dict[str, int]] = defaultdict(dict)

    @classmethod
    def after(cls, person: str, used: UsedAmounts) -> RunningUse:
        """The use of a household of which only this is known, for one person and in all."""
        use = cls()
        use._minor[person] = dict(used.person_minor)
        use._minor[""] = dict(used.household_minor)
        use._count[person] = dict(used.person_count)
        use._scopes[person, ""] = dict(used.scopes)
        return use

    def before(self, person: str, episode: str = "") -> UsedAmounts:
        """The use that a claim of this person, in this episode, comes after."""
        own, household = self._minor[person], self._minor[""]
        scopes: dict[str, int] = {}
        for owner in {("", ""), (person, ""), ("", episode), (person, episode)}:
            scopes.update(self._scopes.get(owner, {}))
        return UsedAmounts(
            person_minor=dict(own),
            person_count=dict(self._count[person]),
            household_minor=dict(household),
            person_total_minor=sum(own.values()),
            household_total_minor=sum(household.values()),
            scopes=scopes,
        )

    def count(self, decision: Decision, person: str, episode: str = "", sign: int = 1) -> None:
        """Add what a decision uses; with ``sign=-1`` take back what it used."""
        for category, counted_minor in decision.counted_minor_by_category().items():
            for owner in (person, ""):
                _add(self._minor[owner], category, sign * counted_minor)
        for category in decision.case_categories():
            _add(self._count[person], category, sign)
        for key, value in decision.uses.items():
            whose, per = place_of(key)
            if per is Per.EPISODE and not episode:
                continue
            owner = person if whose is Whose.PERSON else ""
            _add(self._scopes[owner, episode if per is Per.EPISODE else ""], key, sign * value)


def _add(counted: dict[str, int], key: str, value: int) -> None:
    counted[key] = counted.get(key, 0) + value

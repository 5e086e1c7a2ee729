"""The use of ceilings and limits, claim after claim, of one household in one cover year.

What the records keep in counters, kept in memory: for cases that follow each other, for a trial of
new rules on past claims, and to recount.
"""

from __future__ import annotations

from collections import defaultdict

from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.care_package import Per, Whose
from entraide.core.product import Product

_Owner = tuple[str, str]  # the person ("" for the household) and the episode ("" for the year)


def scope_place(product: Product, key: str) -> tuple[Whose, Per]:
    """Whose use a key of ``adjudication.scopes`` counts, and over what.

    The devices of a case are those of one person in one episode. What the product no longer says
    is counted for the person and the year.
    """
    kind, _, code = key.partition(":")
    if kind == "case":
        return Whose.PERSON, Per.EPISODE
    rules = product.deductibles if kind == "deductible" else product.limits
    for rule in rules:
        if rule.code == code:
            return rule.whose, rule.per
    return Whose.PERSON, Per.YEAR


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

    def count(
        self, decision: Decision, product: Product, person: str, episode: str = "", sign: int = 1
    ) -> None:
        """Add what a decision uses; with ``sign=-1`` take back what it used."""
        for category, counted_minor in decision.counted_minor_by_category().items():
            for owner in (person, ""):
                _add(self._minor[owner], category, sign * counted_minor)
        for category in decision.case_categories():
            _add(self._count[person], category, sign)
        for key, value in decision.uses.items():
            whose, per = scope_place(product, key)
            owner = person if whose is Whose.PERSON else ""
            _add(self._scopes[owner, episode if per is Per.EPISODE else ""], key, sign * value)


def _add(counted: dict[str, int], key: str, value: int) -> None:
    counted[key] = counted.get(key, 0) + value

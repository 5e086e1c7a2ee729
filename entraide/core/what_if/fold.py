"""The claims of one household decided again, each after those before it.

What a claim may still use is carried from decision to decision, never taken from the facts of the
time: under other rules the claims before it would have used something else. What the new rules
ask and nobody wrote down then is supposed in favour of the family, and said
(``docs/algorithms/what-if.md``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal as Number

from entraide.core.adjudication.decision import BorneBy, Decision
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    UsedAmounts,
    is_about,
)
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.review import (
    AMOUNT_CEILINGS,
    RestsOn,
    reduced_by_review,
    with_ceiling_exception,
)
from entraide.core.adjudication.running_use import RunningUse, episode_use
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.care_needs import Needs, needs_of
from entraide.core.product import Product
from entraide.core.waiting_periods import waiting_until
from entraide.core.what_if.past import Amounts, ByHand, PastClaim

SUPPOSED = "supposed"  # the number of an agreement that nobody had asked for then
_REASON = "trial"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One claim, before and after: amounts by category, the reasons for paying less."""

    key: int
    household: int
    sector: str
    lines_count: int
    before: Amounts
    after: Amounts
    codes_before: frozenset[str]
    codes_after: frozenset[str]
    waits_unknown: bool = False  # the first day of its waiting periods was not kept

    @property
    def is_changed(self) -> bool:
        """Whether its decision would be another one: in an amount or in a reason."""
        return self.before != self.after or self.codes_before != self.codes_after


def replay_household(
    claims: Sequence[PastClaim], product_on: Callable[[date], Product]
) -> Iterator[Outcome]:
    """Each claim of a household decided again, in the order in which they were decided.

    ``claims``: of one household, in the order of their decisions. Claims from before the period
    count with what was decided and give no outcome.
    """
    years: dict[date, RunningUse] = defaultdict(RunningUse)
    episodes = _Episodes(claims)
    acts = _Acts()
    for claim in claims:
        product = product_on(claim.facts.care_on)
        use, needs = years[claim.year_from], _needs(product)
        if claim.decision is not None:
            decision = claim.decision
        else:
            used = use.before(claim.person)
            if shared := episodes.before(claim):
                used = replace(used, scopes={**used.scopes, **shared})
            facts = acts.known(_supposed(claim, needs), claim, needs)
            decision = _decided(facts, claim, product, used)
            waits_unknown = _waits_unknown(claim, product)
            yield _outcome(claim, decision, waits_unknown)
        use.count(decision, claim.person)
        episodes.count(claim, decision)
        if needs.counted:
            acts.count(claim, decision)


_NEEDS: dict[str, Needs] = {}


def _needs(product: Product) -> Needs:
    """What a product looks at; by its version, which names its rules."""
    found = _NEEDS.get(product.version)
    if found is None:
        found = _NEEDS[product.version] = needs_of(product)
    return found


def _decided(facts: ClaimFacts, claim: PastClaim, product: Product, used: UsedAmounts) -> Decision:
    context = Context(product, claim.patient, _cover(claim.cover, product, facts.care_on), used)
    decision = adjudicate(facts, context)
    for change in claim.by_hand:
        decision = _changed(decision, change, (facts, context))
    return decision


def _cover(cover: CoverFacts, product: Product, on: date) -> CoverFacts:
    """The cover with the waiting periods of the new rules, where their first day is known."""
    if cover.waits_from is None:
        return cover
    opens = waiting_until(cover.waits_from, product, on)
    return cover if opens == cover.waiting_until else replace(cover, waiting_until=opens)


def _waits_unknown(claim: PastClaim, product: Product) -> bool:
    return (
        claim.cover.is_covered
        and claim.cover.waits_from is None
        and any(benefit.waiting_period_months for benefit in product.benefits)
    )


def _supposed(claim: PastClaim, needs: Needs) -> ClaimFacts:
    """The claim with an agreement where none was asked for: then nobody had to ask."""
    facts = claim.facts
    if not needs.pre_authorisations or facts.is_emergency:
        return facts
    lines = tuple(
        line
        if line.pre_authorisation or line.key in claim.refused
        else replace(line, pre_authorisation=SUPPOSED)
        for line in facts.lines
    )
    return replace(facts, lines=lines)


def _changed(decision: Decision, change: ByHand, rests_on: RestsOn) -> Decision:
    """What a person had changed, as far as the new decision leaves room for it."""
    line = next((each for each in decision.lines if each.line_key == change.line_key), None)
    if line is None:
        return decision
    if change.less_minor:
        less = min(change.less_minor, line.payable_minor)
        if less:
            decision = reduced_by_review(
                decision, line.line_key, amount_minor=less, reason=_REASON,
                borne_by=change.borne_by, rests_on=rests_on,
            )  # fmt: skip
    if change.more_minor:
        above = sum(one.amount_minor for one in line.reductions if one.code in AMOUNT_CEILINGS)
        more = min(change.more_minor, above)
        if more:
            decision = with_ceiling_exception(
                decision, line.line_key, amount_minor=more, reason=_REASON, rests_on=rests_on
            )
    return decision


def _outcome(claim: PastClaim, decision: Decision, waits_unknown: bool) -> Outcome:
    after: Amounts = {}
    codes: set[str] = set()
    for line in decision.lines:
        left = 0
        for one in line.reductions:
            codes.add(one.code)
            if one.borne_by is BorneBy.MEMBER:
                left += one.amount_minor
        paid, borne = after.get(line.category, (0, 0))
        after[line.category] = (paid + line.payable_minor, borne + left)
    return Outcome(
        claim.key,
        claim.household,
        claim.facts.sector.value,
        len(claim.facts.lines),
        claim.amounts,
        after,
        claim.codes,
        frozenset(codes),
        waits_unknown,
    )


class _Episodes:
    """What the claims of each episode of a household have used; nothing where there is none."""

    def __init__(self, claims: Sequence[PastClaim]) -> None:
        self._named = {claim.facts.episode for claim in claims if claim.facts.episode}
        self._decided: dict[str, list[Decision]] = defaultdict(list)

    def before(self, claim: PastClaim) -> dict[str, int]:
        """The use of the episode that a claim belongs to."""
        episode = claim.facts.episode
        return episode_use(self._decided[episode]) if episode else {}

    def count(self, claim: PastClaim, decision: Decision) -> None:
        """Remember a decision under its episode; the claim that begins one bears its name."""
        name = claim.facts.episode or claim.document
        if name in self._named:
            self._decided[name].append(decision)


class _Acts:
    """Units paid for of each act that the new rules count, by cover year, and the days of all
    years: claims come in the order of their decisions, not of the care."""

    def __init__(self) -> None:
        self._units: dict[tuple[str, date, str], Number] = {}
        self._days: dict[tuple[str, str], set[date]] = defaultdict(set)

    def known(self, facts: ClaimFacts, claim: PastClaim, needs: Needs) -> ClaimFacts:
        """The claim with the earlier units of its acts, where the rules of the time kept none."""
        if not needs.counted:
            return facts
        lines = []
        for line in facts.lines:
            seen = self._days.get((claim.person, line.item_code))
            days = (line.last_care_on, line.next_care_on)
            is_kept = bool(line.used_quantity) or days != (None, None)
            if not is_kept and seen and any(is_about(target, line) for target in needs.counted):
                key = (claim.person, claim.year_from, line.item_code)
                line = replace(
                    line,
                    used_quantity=self._units.get(key, Number(0)),
                    last_care_on=max((day for day in seen if day <= facts.care_on), default=None),
                    next_care_on=min((day for day in seen if day > facts.care_on), default=None),
                )
            lines.append(line)
        return replace(facts, lines=tuple(lines))

    def count(self, claim: PastClaim, decision: Decision) -> None:
        """Count the units of the lines of which something is paid."""
        paid = {line.line_key for line in decision.lines if line.payable_minor > 0}
        # What a flat rate pays stands on the first line that it includes, as in the records.
        for episode in [each for each in paid if each.startswith(FLAT_RATE_KEY)]:
            category = episode.removeprefix(FLAT_RATE_KEY)
            paid.add(next(line.key for line in claim.facts.lines if line.category == category))
        for line in claim.facts.lines:
            if line.key in paid:
                key = (claim.person, claim.year_from, line.item_code)
                allowed = decision.allowed_quantity(line.key)
                units = line.quantity if allowed is None else allowed
                self._units[key] = self._units.get(key, Number(0)) + units
                self._days[claim.person, line.item_code].add(claim.facts.care_on)

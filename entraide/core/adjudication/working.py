"""What is left of each line, category and ceiling while a claim is being decided.

These values live for the length of one call of ``adjudicate`` and are the only mutable ones of
the package: a device *per case* (deductible, fixed copayment, ceiling) is spent line after line.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from entraide.core.adjudication.decision import BorneBy, LineDecision, Reduction
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    LineFacts,
    UsedAmounts,
    circumstances_of,
    is_about,
)
from entraide.core.adjudication.referrals import as_proved, is_referred, path_of
from entraide.core.adjudication.scopes import (
    UNIT,
    case_key,
    deductible_key,
    limit_case_key,
    limit_key,
    of_lines,
    thousandths,
)
from entraide.core.care_package import Benefit, Deductible, ItemRule, Limit, Per, Variant
from entraide.core.care_path import PathStanding
from entraide.core.errors import Finding

FLAT_RATE_KEY = "flat_rate:"
"""How the key of an episode line begins; the category follows."""


Act = tuple[str, str, str]  # system, code and category


def _left(ceiling_minor: int | None, used_minor: int) -> int | None:
    return None if ceiling_minor is None else max(0, ceiling_minor - used_minor)


class CategoryAtWork:
    """A *case* in the words of the product (« ce cas »): all that one claim asks of one category,
    with the benefit and what is left of each device. Claims of one episode share their cases."""

    __slots__ = (
        "benefit",
        "case_left",
        "category",
        "copayment_left",
        "copayment_taken",
        "count_before",
        "deductible_left",
        "deductible_taken",
        "flat_rate_asked",
        "flat_rate_before",
        "household_left",
        "is_counted",
        "paid_minor",
        "person_left",
        "variant",
    )

    def __init__(
        self, category: str, benefit: Benefit, variant: Variant | None, used: UsedAmounts
    ) -> None:
        earlier = used.scopes
        self.category = category
        self.benefit = benefit
        self.variant = variant
        self.paid_minor = self.deductible_taken = self.copayment_taken = 0
        self.deductible_left = max(
            0,
            benefit.deductible_minor_per_case - earlier.get(case_key("deductible", category), 0),
        )
        self.copayment_left = max(
            0, benefit.copayment_minor_per_case - earlier.get(case_key("copayment", category), 0)
        )
        self.flat_rate_before = earlier.get(case_key("flat_rate", category), 0)
        self.flat_rate_asked = 0
        self.is_counted = bool(earlier.get(case_key("counted", category)))
        self.count_before = used.person_count.get(category, 0)
        self.case_left = _left(
            benefit.ceiling_minor_per_case, earlier.get(case_key("paid", category), 0)
        )
        self.person_left = _left(
            benefit.ceiling_minor_per_person_per_year, used.person_minor.get(category, 0)
        )
        self.household_left = _left(
            benefit.ceiling_minor_per_household_per_year, used.household_minor.get(category, 0)
        )

    def uses(self) -> Iterator[tuple[str, int]]:
        """What the case takes of its devices, for the other claims of its episode."""
        yield case_key("deductible", self.category), self.deductible_taken
        yield case_key("copayment", self.category), self.copayment_taken
        yield case_key("paid", self.category), self.paid_minor
        yield case_key("flat_rate", self.category), self.flat_rate_asked
        yield case_key("counted", self.category), int(self.paid_minor > 0 and not self.is_counted)


class LimitAtWork:
    """A limit of the product whose condition holds for the claim, and what is left of it."""

    __slots__ = ("is_counted", "key", "left", "rule", "stands_at")

    def __init__(self, rule: Limit, household_size: int | None) -> None:
        self.rule = rule
        self.key = limit_key(rule)
        self.is_counted = False  # by an earlier claim of the same episode
        amount = rule.amount_for(household_size)
        if amount is not None:
            self.stands_at = amount
        elif rule.count is not None:
            self.stands_at = rule.count
        else:
            self.stands_at = (rule.quantity or 0) * UNIT
        self.left = self.stands_at  # minor units, cases, or thousandths of a unit


class DeductibleAtWork:
    """A deductible of the product whose condition holds, and what is still to be taken of it."""

    __slots__ = ("key", "left", "rule", "taken")

    def __init__(self, rule: Deductible, before: int) -> None:
        self.rule = rule
        self.key = deductible_key(rule)
        self.left = max(0, rule.amount_minor - before)
        self.taken = 0


class ClaimAtWork:
    """The claim, its context, its cases by category and what is left of the overall ceilings."""

    __slots__ = (
        "admitted",
        "asker",
        "cases",
        "circumstances",
        "claim",
        "context",
        "currency",
        "deductibles",
        "household_left",
        "is_referred",
        "limits",
        "paid_under",
        "path",
        "person_left",
        "quantity_by_item",
    )

    def __init__(self, claim: ClaimFacts, context: Context) -> None:
        product, used = context.product, context.used
        self.claim = claim
        self.context = context
        self.currency = product.currency
        self.is_referred = is_referred(claim, product)
        stated = circumstances_of(claim, context.person)
        self.circumstances = as_proved(stated, claim, referred=self.is_referred)
        self.path = path_of(claim, product, self.circumstances, referred=self.is_referred)
        self.cases: dict[str, CategoryAtWork] = {}
        self.person_left = _left(product.ceiling_minor_per_person_per_year, used.person_total_minor)
        self.household_left = _left(
            product.ceiling_minor_per_household_per_year, used.household_total_minor
        )
        self.admitted: dict[Act, list[LineAtWork]] = {}
        self.quantity_by_item: dict[tuple[str, str], Decimal] = {}
        self.paid_under: dict[str, int] = {}  # by number of what was authorised before care
        self.limits = [
            self._limit(rule) for rule in product.limits if rule.when.holds(self.circumstances)
        ]
        self.deductibles = [
            DeductibleAtWork(rule, self._before(rule.per, deductible_key(rule)))
            for rule in product.deductibles
            if rule.when.holds(self.circumstances)
        ]
        # Whoever asks bears a fault of the asking: a late or doubled claim, an impossible act.
        self.asker = BorneBy.PROVIDER if claim.is_third_party_payment else BorneBy.MEMBER

    def is_out_of_path(self, category: str) -> bool:
        """Whether care of a category was given out of the path that concerns it."""
        rule = self.context.product.care_path
        return (
            self.path is PathStanding.OUT_OF_PATH
            and rule is not None
            and (not rule.categories or category in rule.categories)
        )

    def _is_shared(self, per: Per) -> bool:
        """Whether other claims use the same; a claim of no episode is an episode of its own."""
        return per is Per.YEAR or (per is Per.EPISODE and bool(self.claim.episode))

    def _before(self, per: Per, key: str) -> int:
        return self.context.used.scopes.get(key, 0) if self._is_shared(per) else 0

    def _counts_episodes(self, rule: Limit) -> bool:
        """Whether the claims of this episode are one case for a limit of a number of cases."""
        return bool(self.claim.episode) and rule.per is Per.YEAR and rule.count is not None

    def _limit(self, rule: Limit) -> LimitAtWork:
        limit = LimitAtWork(rule, self.context.cover.household_size)
        limit.left = max(0, limit.stands_at - self._before(rule.per, limit.key))
        if rule.per is Per.YEAR and rule.count is not None:
            # The claim that began the episode bears no name of one, and is of it all the same.
            limit.is_counted = bool(self.context.used.scopes.get(limit_case_key(rule.code)))
        return limit

    def case(self, category: str) -> CategoryAtWork:
        """The case of a category, opened at its first line."""
        found = self.cases.get(category)
        if found is None:
            product = self.context.product
            variant = product.variant_for(category, self.circumstances)
            benefit = (
                product.benefit_for(category, self.claim.sector)
                if variant is None
                else variant.benefit
            )
            if benefit is None:  # a product that does not name a category promises nothing for it
                benefit = Benefit(category, is_covered=False)
            found = CategoryAtWork(category, benefit, variant, self.context.used)
            self.cases[category] = found
        return found

    def item_rule(self, facts: LineFacts) -> ItemRule | None:
        """The first rule of single acts that fits a line."""
        for rule in self.context.product.item_rules:
            if is_about(rule.target, facts) and rule.when.holds(self.circumstances):
                return rule
        return None

    def admit(self, line: LineAtWork) -> None:
        """Keep an admitted line for those of the same act that follow it."""
        if line.act is not None and self.claim.weighs_together:
            self.admitted.setdefault(line.act, []).append(line)

    def admitted_before(self, line: LineAtWork) -> list[LineAtWork]:
        """The lines of the same act that were admitted before one; none of an unknown act."""
        return self.admitted.get(line.act, []) if line.act is not None else []

    def limits_of(self, line: LineAtWork) -> Iterator[LimitAtWork]:
        """The limits of the product that count a line."""
        for limit in self.limits:
            if line.is_target_of(limit.rule):
                yield limit

    def consume(self, line: LineAtWork) -> None:
        """Count what is paid for a line against every ceiling; a refused line consumes nothing."""
        paid, case = line.remaining, line.case
        if number := line.facts.pre_authorisation:
            self.paid_under[number] = self.paid_under.get(number, 0) + paid
        if line.is_free_of_ceilings:
            return
        case.paid_minor += paid
        if case.case_left is not None:
            case.case_left -= paid
        if case.person_left is not None:
            case.person_left -= paid
        if case.household_left is not None:
            case.household_left -= paid
        if self.person_left is not None:
            self.person_left -= paid
        if self.household_left is not None:
            self.household_left -= paid
        if self.limits and paid:
            line.uses = self.uses_of(line, paid)
            for limit in self.limits_of(line):
                if limit.rule.amount_minor is not None:
                    limit.left -= paid
                elif limit.rule.quantity is not None:
                    limit.left -= thousandths(line.quantity)

    def uses_of(self, line: LineAtWork, paid_minor: int) -> dict[str, int]:
        """What a line takes of the limits of the product where so much is paid for it, by key:
        nothing where nothing is, or where it counts against no ceiling."""
        uses: dict[str, int] = {}
        if not paid_minor or line.is_free_of_ceilings:
            return uses
        for limit in self.limits_of(line):
            if limit.rule.per is Per.CLAIM:  # another claim may join its episode later
                continue
            if limit.rule.amount_minor is not None:
                uses[limit.key] = paid_minor
            elif limit.rule.quantity is not None:
                uses[limit.key] = thousandths(line.quantity)
            else:
                uses |= self._case_uses(limit)
        return uses

    def _case_uses(self, limit: LimitAtWork) -> dict[str, int]:
        """1 for a case that a limit counts; 0 where an earlier claim of its episode is the case,
        so that the decision says that this one belongs to it."""
        if limit.is_counted:
            return {limit.key: 0} if self.claim.weighs_together else {}
        if self._counts_episodes(limit.rule):
            return {limit.key: 1, limit_case_key(limit.rule.code): 1}
        return {limit.key: 1}

    def uses(self, lines: list[LineAtWork]) -> dict[str, int]:
        """What the claim takes of limits, deductibles and the cases of its episode, by key."""
        if not (self.limits or self.deductibles or self.claim.episode):
            return {}
        uses = of_lines(line.uses for line in lines)
        uses |= {
            each.key: each.taken
            for each in self.deductibles
            if each.taken and each.rule.per is not Per.CLAIM
        }
        if self.claim.episode:
            uses |= {
                key: value for case in self.cases.values() for key, value in case.uses() if value
            }
        return uses


class LineAtWork:
    """One line: what is still to be paid, and the reasons gathered so far."""

    __slots__ = (
        "case",
        "claimed",
        "facts",
        "is_settled",
        "item_rule",
        "quantity",
        "reductions",
        "remaining",
        "remarks",
        "uses",
    )

    def __init__(
        self, facts: LineFacts, case: CategoryAtWork, item_rule: ItemRule | None = None
    ) -> None:
        self.facts = facts
        self.case = case
        self.item_rule = item_rule
        self.claimed = facts.claimed_minor
        self.remaining = facts.claimed_minor
        self.quantity = facts.quantity
        self.is_settled = False
        self.reductions: list[Reduction] = []
        self.remarks: list[Finding] = []
        self.uses: dict[str, int] = {}

    @property
    def act(self) -> Act | None:
        """Which act it is; None where no list has it."""
        facts = self.facts
        if not facts.item_code or facts.is_unknown:
            return None
        return facts.item_system, facts.item_code, facts.category

    @property
    def is_free_of_ceilings(self) -> bool:
        """Whether the product counts what is paid for it against no ceiling."""
        return self.item_rule is not None and self.item_rule.is_free_of_ceilings

    @property
    def is_episode(self) -> bool:
        """Whether it is no line of the paper but the price of an episode."""
        return self.facts.key.startswith(FLAT_RATE_KEY)

    def is_target_of(self, rule: Limit | Deductible) -> bool:
        """Whether a limit or a deductible is about this line."""
        return is_about(rule.target, self.facts)

    def refuse(self, reduction: Reduction) -> None:
        """Nothing is paid for the line, for this one reason."""
        self.reductions.append(reduction)
        self.remaining = 0
        self.is_settled = True

    def include_in_flat_rate(self, remark: Finding) -> None:
        """Nothing is asked for the line itself: the price of the episode pays for it."""
        self.remarks.append(remark)
        self.claimed = 0
        self.remaining = 0
        self.is_settled = True

    def decision(self) -> LineDecision:
        """The line as decided."""
        return LineDecision(
            self.facts.key,
            self.facts.category,
            self.claimed,
            self.remaining,
            tuple(self.reductions),
            tuple(self.remarks),
            self.uses,
            self.is_free_of_ceilings,
        )

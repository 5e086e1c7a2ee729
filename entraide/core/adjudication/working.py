"""What is left of each line, category and ceiling while a claim is being decided.

These values live for the length of one call of ``adjudicate`` and are the only mutable ones of
the package: a device *per case* (deductible, fixed copayment, ceiling) is spent line after line.
"""

from __future__ import annotations

from decimal import Decimal

from entraide.core.adjudication.decision import BorneBy, LineDecision, Reduction
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts, UsedAmounts
from entraide.core.errors import Finding
from entraide.core.product import Benefit


def _left(ceiling_minor: int | None, used_minor: int) -> int | None:
    return None if ceiling_minor is None else max(0, ceiling_minor - used_minor)


class CategoryAtWork:
    """A *case* in the words of the product (« ce cas »): all that one claim asks of one category,
    with the benefit and what is left of each device."""

    __slots__ = (
        "benefit",
        "case_left",
        "category",
        "copayment_left",
        "count_before",
        "deductible_left",
        "household_left",
        "paid_minor",
        "person_left",
    )

    def __init__(self, category: str, benefit: Benefit, used: UsedAmounts) -> None:
        self.category = category
        self.benefit = benefit
        self.paid_minor = 0
        self.deductible_left = benefit.deductible_minor_per_case
        self.copayment_left = benefit.copayment_minor_per_case
        self.count_before = used.person_count.get(category, 0)
        self.case_left = benefit.ceiling_minor_per_case
        self.person_left = _left(
            benefit.ceiling_minor_per_person_per_year, used.person_minor.get(category, 0)
        )
        self.household_left = _left(
            benefit.ceiling_minor_per_household_per_year, used.household_minor.get(category, 0)
        )


class ClaimAtWork:
    """The claim, its context, its cases by category and what is left of the overall ceilings."""

    __slots__ = (
        "asker",
        "cases",
        "claim",
        "context",
        "currency",
        "household_left",
        "person_left",
        "quantity_by_item",
    )

    def __init__(self, claim: ClaimFacts, context: Context) -> None:
        product, used = context.product, context.used
        self.claim = claim
        self.context = context
        self.currency = product.currency
        self.cases: dict[str, CategoryAtWork] = {}
        self.person_left = _left(product.ceiling_minor_per_person_per_year, used.person_total_minor)
        self.household_left = _left(
            product.ceiling_minor_per_household_per_year, used.household_total_minor
        )
        self.quantity_by_item: dict[str, Decimal] = {}
        # Whoever asks bears a fault of the asking: a late or doubled claim, an impossible act.
        self.asker = BorneBy.PROVIDER if claim.is_third_party_payment else BorneBy.MEMBER

    def case(self, category: str) -> CategoryAtWork:
        """The case of a category, opened at its first line."""
        found = self.cases.get(category)
        if found is None:
            benefit = self.context.product.benefit_for(category, self.claim.sector)
            if benefit is None:  # a product that does not name a category promises nothing for it
                benefit = Benefit(category, is_covered=False)
            found = self.cases[category] = CategoryAtWork(category, benefit, self.context.used)
        return found

    def consume(self, line: LineAtWork) -> None:
        """Count what is paid for a line against every ceiling; a refused line consumes nothing."""
        paid, case = line.remaining, line.case
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


class LineAtWork:
    """One line: what is still to be paid, and the reasons gathered so far."""

    __slots__ = (
        "case",
        "claimed",
        "facts",
        "is_settled",
        "quantity",
        "reductions",
        "remaining",
        "remarks",
    )

    def __init__(self, facts: LineFacts, case: CategoryAtWork) -> None:
        self.facts = facts
        self.case = case
        self.claimed = facts.claimed_minor
        self.remaining = facts.claimed_minor
        self.quantity = facts.quantity
        self.is_settled = False
        self.reductions: list[Reduction] = []
        self.remarks: list[Finding] = []

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
        )
